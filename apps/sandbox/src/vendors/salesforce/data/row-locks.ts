import { reject } from '../salesforce.errors';

/**
 * Rows that writes in flight hold. The simulator answers in microseconds, so contention is produced by holding a
 * row for a set real time, during which the request that took it has not been answered yet.
 */
export class RowLocks {
  private readonly held = new Map<string, { readonly owner: number; readonly untilMs: number }>();

  /** @throws Rejection 400 UNABLE_TO_LOCK_ROW when another request holds one of the rows */
  acquire(owner: number, rowIds: readonly string[], holdMs: number): void {
    const nowMs = Date.now();
    for (const id of rowIds) {
      const lock = this.held.get(id);
      if (lock && lock.owner !== owner && lock.untilMs > nowMs) {
        reject(400, 'UNABLE_TO_LOCK_ROW', `unable to obtain exclusive access to this record or 1 records: ${id}`, []);
      }
    }
    if (this.held.size > 10_000) this.forget(nowMs);
    for (const id of rowIds) this.held.set(id, { owner, untilMs: nowMs + holdMs });
  }

  private forget(nowMs: number): void {
    for (const [id, { untilMs }] of this.held) if (untilMs <= nowMs) this.held.delete(id);
  }
}
