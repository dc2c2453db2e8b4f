import { type Database } from '@hub/database';
import { err, ok, type Result } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { ARCHIVE_KINDS, type ArchiveError, type ArchiveKind, type Day, type TenantDay } from '../archive.types';
import { insertObject, type Position } from '../objects/archive-objects.repository';
import { daysWithRows, PAGE_ROWS, readHistory, type HistoryRow } from '../rows/row-pages.repository';
import { type ArchiveObserver } from '../run/archive-observer';
import { READ_TIMEOUT_MS } from './day-archiver';
import { ObjectDraft, type ObjectWriter } from './object-writer';

export interface LooseRowsOptions {
  readonly tenants: TenantDb;
  /** Logged in as the dispatcher, which alone may have rows deleted. */
  readonly dispatcher: Database;
  readonly writer: ObjectWriter;
  readonly observer: ArchiveObserver;
}

/**
 * Rows without a day of their own, in the default partitions: what stayed when its day left, and has closed since; what was
 * brought back, and has had its time; what came while partitions were missing. Archived like any other, then deleted: each
 * row only if it is still as the archive has it.
 */
export class LooseRows {
  constructor(private readonly options: LooseRowsOptions) {}

  /**
   * @param before days that no partition stands for: older than the oldest.
   * @param mayLeave brings the list of what has to stay up to date; false when nothing of the tenant's may leave now.
   * @returns how many rows have left.
   */
  async archive(
    tenantId: string,
    before: Readonly<Record<ArchiveKind, Day>>,
    mayLeave: () => Promise<boolean>,
    stillOurs: () => Promise<boolean>,
  ): Promise<Result<number, ArchiveError>> {
    let left = 0;
    // Attempts first: whether one may leave is told by its delivery, and that by its event.
    for (const kind of ARCHIVE_KINDS) {
      const days = await this.options.tenants.run(tenantId, (tx) => daysWithRows(tx, kind, before[kind]), {
        statementTimeoutMs: READ_TIMEOUT_MS,
      });
      for (const day of days) {
        const done = await this.archiveDay({ tenantId, kind, day }, mayLeave, stillOurs);
        if (!done.ok) return done;
        left += done.value;
      }
    }
    return ok(left);
  }

  private async archiveDay(
    place: TenantDay,
    mayLeave: () => Promise<boolean>,
    stillOurs: () => Promise<boolean>,
  ): Promise<Result<number, ArchiveError>> {
    let left = 0;
    let at: Position | null = null;
    while (await stillOurs()) {
      const rows = await this.nextRows(place, at);
      const last = rows[rows.length - 1];
      if (last === undefined) break;
      const moved = await this.archiveRows(place, rows, mayLeave);
      if (!moved.ok) return moved;
      left += moved.value;
      at = { tx: last.tx, id: last.id };
    }
    return ok(left);
  }

  private async archiveRows(
    place: TenantDay,
    rows: readonly HistoryRow[],
    mayLeave: () => Promise<boolean>,
  ): Promise<Result<number, ArchiveError>> {
    const { tenants, dispatcher, writer, observer } = this.options;
    const object = await writer.write(place, 'loose', rows);
    if (!object.ok) return object;
    const id = await tenants.run(place.tenantId, (tx) => insertObject(tx, object.value));
    if (id === null) {
      writer.forgetKey(place.tenantId);
      return err({ code: 'key_unavailable', message: 'the data key was destroyed while it was used' });
    }
    observer.archived(object.value);
    // To write an object takes a while: what a replay has chosen meanwhile stays.
    if (!(await mayLeave())) return ok(0);
    const [purged] = await dispatcher.query<{ rows: number }>(
      `select purge_loose_rows($1, $2, $3, $4::uuid[], $5::bigint[]) as rows`,
      [place.kind, place.tenantId, id, rows.map((row) => row.id), rows.map((row) => row.hash)],
    );
    return ok(purged?.rows ?? 0);
  }

  private async nextRows(place: TenantDay, after: Position | null): Promise<readonly HistoryRow[]> {
    const draft = new ObjectDraft();
    let at = after;
    for (;;) {
      const from = at;
      const page = await this.options.tenants.run(
        place.tenantId,
        (tx) => readHistory(tx, place.kind, place.day, from),
        { statementTimeoutMs: READ_TIMEOUT_MS },
      );
      for (const row of page) {
        draft.add(row);
        at = { tx: row.tx, id: row.id };
        if (draft.isFull) return draft.rows;
      }
      if (page.length < PAGE_ROWS) return draft.rows;
    }
  }
}
