import { classifyDatabaseError, isStatementTimeout, type Database } from '@hub/database';
import { newUuid, ok, uuidTimeMs, type Result } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { type ArchiveError, type ArchiveKind } from '../archive.types';
import { findNewerObjects, findObjectsWithRef, type ObjectPlace } from '../objects/archive-objects.repository';
import { type ObjectReader } from '../read/object-reader';
import { type ArchiveObserver } from '../run/archive-observer';
import { eventsAtHand, insertHistory, keepRestored, lockAgainstPurge } from './history-rows.repository';
import {
  claimRestore,
  dueRestores,
  endRestore,
  moveOn,
  objectsToRestore,
  postponeRestore,
  renewRestore,
  setTotal,
  type PlacedObject,
} from './restore.repository';
import { MOST_RESTORED, type RestoreRow, type RestoreSelection } from './restore.types';

/** Rows of up to 5,000 events, with all that belongs to them. */
const WRITE_TIMEOUT_MS = 60_000;

export interface RestorerOptions {
  /** Must see internal rows too: an event comes back with all that belongs to it. */
  readonly tenants: TenantDb;
  readonly dispatcher: Database;
  readonly objects: ObjectReader;
  readonly observer: ArchiveObserver;
}

/**
 * Brings events back into the database, with their deliveries, attempts and what happened to them, as they were. One object
 * of the archive at a time, in one transaction with the progress: a worker that dies leaves nothing half done, and the next
 * one goes on behind it.
 */
export class Restorer {
  private stopped = false;

  constructor(private readonly options: RestorerOptions) {}

  stop(): void {
    this.stopped = true;
  }

  /**
   * One at which the hub itself fails is tried again later, as one whose objects cannot be read, and keeps none of the others.
   * An outage of the database is no failure of theirs, nor could it be noted: it ends the turn, and once the lease has run out
   * the restore goes on where it was.
   * @returns how many restores this worker has worked on
   */
  async runDue(): Promise<number> {
    let worked = 0;
    for (const { tenant_id: tenantId, id } of await dueRestores(this.options.dispatcher)) {
      if (this.stopped) break;
      const token = newUuid();
      const restore = await this.options.tenants.run(tenantId, (tx) => claimRestore(tx, id, token));
      if (restore === null) continue;
      worked++;
      const held = { tenantId, restore, token };
      await this.work(held).catch(async (error: unknown) => {
        if (isOutage(error)) throw error;
        this.options.observer.restoreFailed(error, tenantId);
        await this.postpone(held, 'unexpected');
      });
    }
    return worked;
  }

  private async work(held: Held): Promise<void> {
    const { tenants, observer } = this.options;
    const { tenantId, restore, token } = held;
    const done = await this.restoreAll(held).catch((error: unknown) => {
      if (error instanceof Overtaken) return ok(null);
      throw error;
    });
    if (done.ok && done.value === null) return;
    if (!done.ok) {
      observer.failed(done.error, tenantId);
      await this.postpone(held, done.error.code);
      return;
    }
    const end = done.value ?? 'completed';
    await tenants.run(tenantId, async (tx) => {
      const errorCode = end === 'too_many' ? 'too_many_events' : null;
      const status = end === 'too_many' ? 'failed' : 'completed';
      let missing = 0;
      if ('trackingIds' in restore.selection) {
        const here = await eventsAtHand(tx, restore.selection.trackingIds);
        missing = new Set(restore.selection.trackingIds).size - here.length;
      }
      await endRestore(tx, restore.id, token, { status, missing, errorCode });
    });
  }

  private postpone({ tenantId, restore, token }: Held, code: string): Promise<void> {
    return this.options.tenants.run(tenantId, (tx) => postponeRestore(tx, restore.id, token, code));
  }

  /** `null`: stopped. */
  private async restoreAll(held: Held): Promise<Result<'completed' | 'too_many' | null, ArchiveError>> {
    const { tenants } = this.options;
    const { tenantId, restore } = held;
    const after =
      restore.done_day === null || restore.done_object === null
        ? null
        : { day: restore.done_day, id: restore.done_object };
    const places = await tenants.run(tenantId, async (tx) => {
      const found = await objectsToRestore(tx, restore.selection, after);
      await setTotal(tx, restore.id, restore.objects_done + found.length);
      return found;
    });
    let matched = restore.matched;
    for (const place of places) {
      if (this.stopped) return ok(null);
      const done = await this.restoreObject(held, place, MOST_RESTORED - matched);
      if (!done.ok) return done;
      if (done.value === 'too_many') return ok('too_many');
      matched += done.value;
    }
    return ok('completed');
  }

  private async restoreObject(
    held: Held,
    place: PlacedObject,
    room: number,
  ): Promise<Result<number | 'too_many', ArchiveError>> {
    const { tenants, observer } = this.options;
    const { tenantId, restore, token } = held;
    const opened = await this.lines(held, place);
    if (!opened.ok) return opened;
    const wanted = opened.value.filter((line) => isWanted(line, restore.selection));
    const newest = await this.withoutOlderSelves(held, place, wanted);
    if (!newest.ok) return newest;
    const events = newest.value;
    if (events.length > room) return ok('too_many');
    const ids = events.map(idOf);
    const belongings = await this.belongings(held, ids);
    if (!belongings.ok) return belongings;
    const restored = await tenants.run(
      tenantId,
      async (tx) => {
        await lockAgainstPurge(tx);
        await keepRestored(tx, ids, restore.keep_days);
        const { length: fresh } = await insertHistory(tx, 'events', events);
        // Of an event that is there some of this may have left: its day, or what stayed of it, leaves table by table.
        for (const kind of ['deliveries', 'attempts', 'hub_events'] as const)
          await insertHistory(tx, kind, belongings.value[kind]);
        const progress = { matched: ids.length, restored: fresh, alreadyThere: ids.length - fresh };
        if (!(await moveOn(tx, restore.id, token, { object: place, ...progress }))) throw new Overtaken();
        return fresh;
      },
      { statementTimeoutMs: WRITE_TIMEOUT_MS },
    );
    if (restored > 0) observer.restored(restored);
    return ok(ids.length);
  }

  /** Of an object's events those that no newer object has: what an event is, and whether it is wanted, its newest self says. */
  private async withoutOlderSelves(
    held: Held,
    place: PlacedObject,
    events: readonly string[],
  ): Promise<Result<readonly string[], ArchiveError>> {
    if (events.length === 0) return ok(events);
    let left = events.map((line) => {
      const { id, event_id: eventId } = JSON.parse(line) as { id: string; event_id: string };
      return { line, id, eventId };
    });
    const range = rangeOf(left.map(({ id }) => id));
    const places = await this.options.tenants.run(held.tenantId, (tx) => findNewerObjects(tx, place, range));
    for (const newer of places) {
      const eventIds = left.map(({ eventId }) => eventId);
      if (!(await this.options.objects.mayHoldAny(held.tenantId, newer, eventIds))) continue;
      const lines = await this.lines(held, newer);
      if (!lines.ok) return lines;
      const ids = new Set(lines.value.map(idOf));
      left = left.filter(({ id }) => !ids.has(id));
    }
    return ok(left.map(({ line }) => line));
  }

  /** What belongs to the events, each as its newest self. */
  private async belongings(
    held: Held,
    events: readonly string[],
  ): Promise<Result<Readonly<Record<'deliveries' | 'attempts' | 'hub_events', readonly string[]>>, ArchiveError>> {
    const deliveries = await this.linesPointingAt(held, 'deliveries', 'tracking_id', events);
    if (!deliveries.ok) return deliveries;
    const attempts = await this.linesPointingAt(held, 'attempts', 'delivery_id', deliveries.value.map(idOf));
    if (!attempts.ok) return attempts;
    const told = await this.linesPointingAt(held, 'hub_events', 'tracking_id', events);
    if (!told.ok) return told;
    return ok({ deliveries: deliveries.value, attempts: attempts.value, hub_events: told.value });
  }

  private async linesPointingAt(
    held: Held,
    kind: ArchiveKind,
    column: string,
    ids: readonly string[],
  ): Promise<Result<readonly string[], ArchiveError>> {
    if (ids.length === 0) return ok([]);
    const { tenants, objects } = this.options;
    const wanted = new Set(ids);
    const range = rangeOf(ids);
    const places = await tenants.run(held.tenantId, (tx) => findObjectsWithRef(tx, kind, range));
    const found = new Map<string, string>();
    for (const place of places) {
      if (!(await objects.mayHoldAny(held.tenantId, place, ids))) continue;
      const lines = await this.lines(held, place);
      if (!lines.ok) return lines;
      for (const line of lines.value) {
        const row = JSON.parse(line) as Record<string, unknown> & { id: string };
        // Newest first: an older self comes too late.
        if (wanted.has(String(row[column])) && !found.has(row.id)) found.set(row.id, line);
      }
    }
    return ok([...found.values()]);
  }

  /** Of an object whose key was destroyed there are none. Renews the lease: one object may take a minute, and many are read. */
  private async lines(
    { tenantId, restore, token }: Held,
    place: ObjectPlace,
  ): Promise<Result<readonly string[], ArchiveError>> {
    const { tenants, objects } = this.options;
    if (!(await tenants.run(tenantId, (tx) => renewRestore(tx, restore.id, token)))) throw new Overtaken();
    const lines = await objects.lines(tenantId, place);
    return lines.ok ? ok(lines.value ?? []) : lines;
  }
}

/** A restore that this worker has. */
interface Held {
  readonly tenantId: string;
  readonly restore: RestoreRow;
  readonly token: string;
}

/** Another worker has it, or it was cancelled. Undoes the transaction. */
class Overtaken extends Error {}

/** What takes longer than its limit would do so each time: that is a failure, which has to show. */
function isOutage(error: unknown): boolean {
  return classifyDatabaseError(error) === 'unavailable' && !isStatementTimeout(error);
}

function idOf(line: string): string {
  return (JSON.parse(line) as { id: string }).id;
}

function rangeOf(ids: readonly string[]): { least: string; greatest: string } {
  const sorted = [...ids].sort();
  return { least: sorted[0] ?? '', greatest: sorted[sorted.length - 1] ?? '' };
}

function isWanted(line: string, selection: RestoreSelection): boolean {
  const row = JSON.parse(line) as Record<string, unknown> & { id: string };
  if (row['internal'] === true) return false;
  if ('trackingIds' in selection) return selection.trackingIds.includes(row.id);
  const at = uuidTimeMs(row.id);
  return (
    at >= Date.parse(selection.from) &&
    at < Date.parse(selection.to) &&
    (['type', 'source', 'subject', 'status'] as const).every(
      (name) => selection[name] === undefined || row[name] === selection[name],
    )
  );
}
