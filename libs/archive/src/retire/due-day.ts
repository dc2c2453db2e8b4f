import { type Database } from '@hub/database';
import { ok, type Result, type RetentionSettings } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import {
  ARCHIVE_KINDS,
  DAY_MS,
  daysAfter,
  startOf,
  type ArchiveError,
  type ArchiveKind,
  type Day,
} from '../archive.types';
import { readPolicy } from '../retention/expirer';
import { isReplayGathering, refreshKept } from '../rows/kept.repository';
import { type ArchiveObserver, type WaitReason } from '../run/archive-observer';
import { READ_TIMEOUT_MS, type DayArchiver } from '../write/day-archiver';
import { dropRetiredDay, retireDay, tenantsBetween } from './partitions.repository';

/**
 * Rows that may have to be moved while the table is locked: a second's worth. A day with more that is open keeps its
 * partition until there are fewer; it is no copy that would be in the way, only a day more in the database.
 */
const MOST_KEPT = 20_000;
/** The lock is asked for this often, each time for a moment that whoever posts an event does not notice. */
const LOCK_TRIES = 20;
const LOCK_PAUSE_MS = 250;

export interface DueDayOptions {
  readonly tenants: TenantDb;
  readonly dispatcher: Database;
  readonly archiver: DayArchiver;
  readonly settings: RetentionSettings;
  readonly observer: ArchiveObserver;
  readonly clock: () => number;
}

/** Takes one day out of the database, once all of it is in the archive. */
export class DueDay {
  constructor(private readonly options: DueDayOptions) {}

  /** @returns why it has to wait, or null: it has left, or its time has not come. */
  async leave(
    day: Day,
    kinds: readonly ArchiveKind[],
    stillOurs: () => Promise<boolean>,
  ): Promise<Result<WaitReason | null, ArchiveError>> {
    const holders = new Map<ArchiveKind, string[]>();
    for (const kind of kinds)
      holders.set(kind, await tenantsBetween(this.options.dispatcher, kind, day, daysAfter(day, 1)));
    const tenants = [...new Set([...holders.values()].flat())].sort();
    if (!(await this.isDue(day, tenants))) return ok(null);
    const archived = await this.archiveAll(day, tenants, holders, stillOurs);
    if (!archived.ok || archived.value !== null) return archived;
    if (!(await stillOurs())) return ok('archiving');
    return ok(await this.retire(day, kinds, tenants, stillOurs));
  }

  /**
   * Brings the list of what has to stay up to date.
   * @param staying the first day whose rows stay at hand in any case
   * @returns why nothing of the tenant's may leave now, or null
   */
  async mayLeave(tenantId: string, day: Day, staying = daysAfter(day, 1)): Promise<WaitReason | null> {
    const { tenants, settings } = this.options;
    return tenants.run(
      tenantId,
      async (tx) => {
        if (await isReplayGathering(tx)) return 'replay';
        const { deadLetterDays } = await readPolicy(tx, settings);
        await refreshKept(tx, day, staying, deadLetterDays);
        return null;
      },
      { statementTimeoutMs: READ_TIMEOUT_MS },
    );
  }

  /** The longest that any of its tenants wants to have it at hand has passed. */
  private async isDue(day: Day, tenants: readonly string[]): Promise<boolean> {
    const { settings, clock } = this.options;
    const age = clock() - startOf(daysAfter(day, 1));
    const hasPassed = (hotDays: number): boolean => age >= hotDays * DAY_MS;
    if (tenants.length === 0) return hasPassed(settings.HUB_HOT_DAYS);
    for (const tenant of tenants) {
      const { hotDays } = await this.options.tenants.run(tenant, (tx) => readPolicy(tx, settings));
      if (!hasPassed(hotDays)) return false;
    }
    return true;
  }

  private async archiveAll(
    day: Day,
    tenants: readonly string[],
    holders: ReadonlyMap<ArchiveKind, readonly string[]>,
    stillOurs: () => Promise<boolean>,
  ): Promise<Result<WaitReason | null, ArchiveError>> {
    let waits: WaitReason | null = null;
    for (const tenantId of tenants) {
      const reason = await this.mayLeave(tenantId, day);
      if (reason !== null) {
        waits = reason;
        continue;
      }
      for (const kind of ARCHIVE_KINDS) {
        if (holders.get(kind)?.includes(tenantId) !== true) continue;
        if (!(await stillOurs())) return ok('archiving');
        const done = await this.options.archiver.archive({ tenantId, kind, day }, stillOurs);
        if (!done.ok) {
          if (done.error.code !== 'key_unavailable') return done;
          // The others go on; the day waits.
          this.options.observer.failed(done.error, tenantId);
          waits = 'key_unavailable';
          break;
        }
        if (!done.value) waits ??= 'archiving';
      }
    }
    return ok(waits);
  }

  private async retire(
    day: Day,
    kinds: readonly ArchiveKind[],
    tenants: readonly string[],
    stillOurs: () => Promise<boolean>,
  ): Promise<WaitReason | null> {
    const { dispatcher, observer } = this.options;
    for (const kind of ARCHIVE_KINDS) {
      if (!kinds.includes(kind)) continue;
      // To archive a large day takes a while, and so does each of its tables: what has been opened meanwhile stays too.
      for (const tenantId of tenants) {
        const reason = await this.mayLeave(tenantId, day);
        if (reason !== null) return reason;
      }
      const outcome = await this.retireKind(kind, day, stillOurs);
      if (outcome !== null) return outcome;
      observer.retired(kind, day);
      const moved = await dropRetiredDay(dispatcher, { kind, day });
      if (moved !== null) observer.dropped(kind, day, moved);
    }
    return null;
  }

  private async retireKind(kind: ArchiveKind, day: Day, stillOurs: () => Promise<boolean>): Promise<WaitReason | null> {
    for (let attempt = 1; attempt <= LOCK_TRIES && (await stillOurs()); attempt++) {
      const outcome = await retireDay(this.options.dispatcher, { kind, day }, MOST_KEPT);
      if (outcome === 'retired' || outcome === 'absent') return null;
      if (outcome === 'unsealed') return 'archiving';
      if (outcome === 'many_open') return 'many_open';
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
    }
    return 'locked';
  }
}
