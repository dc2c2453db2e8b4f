import { type Database } from '@hub/database';
import { ok, type ObjectStore, type Result, type RetentionSettings } from '@hub/platform';
import { type TenantDataKeys, type TenantDb } from '@hub/tenancy';
import { ARCHIVE_KINDS, dayAt, daysAfter, type ArchiveError, type ArchiveKind, type Day } from '../archive.types';
import { purgeErasedTenants } from '../retention/erased-tenants.repository';
import { Expirer } from '../retention/expirer';
import { LEAST_HOT_DAYS } from '../retention/retention-policy';
import { DueDay } from '../retire/due-day';
import { attachedDays, dropRetiredDay, retiredDays, tenantsBetween } from '../retire/partitions.repository';
import { DayArchiver } from '../write/day-archiver';
import { LooseRows } from '../write/loose-rows';
import { ObjectWriter } from '../write/object-writer';
import { type ArchiveObserver, type WaitReason } from './archive-observer';
import { endRun, renewLease, takeLease } from './archive-state.repository';

const RENEW_EVERY_MS = 20_000;
/** Rows of erased tenants in one transaction. */
const PURGED_AT_ONCE = 20_000;
const EXPIRE_EVERY_MS = 60 * 60_000;

export interface ArchiveRunOptions {
  /** Must see internal rows too: they leave with the others. */
  readonly tenants: TenantDb;
  /** Logged in as the dispatcher, with time enough to read a whole day. */
  readonly dispatcher: Database;
  readonly store: ObjectStore;
  readonly keys: TenantDataKeys;
  readonly settings: RetentionSettings;
  readonly observer: ArchiveObserver;
  readonly workerId: string;
}

/**
 * One turn of retention: days whose time has come are copied into the archive, read back and dropped; what stayed behind
 * follows when it may; what the archive has kept long enough is deleted.
 *
 * A store that does not answer ends the turn. Days then stay in the database, which is all that it costs.
 */
export class ArchiveRun {
  /** Of this turn, by the database's clock: a worker whose own runs ahead must delete nothing too early. */
  private nowMs = 0;
  private readonly dueDay: DueDay;
  private readonly loose: LooseRows;
  private readonly expirer: Expirer;
  private renewedAt = 0;
  private expiredAt = Number.NEGATIVE_INFINITY;
  private stopped = false;

  constructor(private readonly options: ArchiveRunOptions) {
    const { tenants, dispatcher, store, keys, settings, observer } = options;
    const clock = (): number => this.nowMs;
    const writer = new ObjectWriter(store, keys);
    const archiver = new DayArchiver({ tenants, writer, observer });
    this.dueDay = new DueDay({ tenants, dispatcher, archiver, settings, observer, clock });
    this.loose = new LooseRows({ tenants, dispatcher, writer, observer });
    this.expirer = new Expirer({ tenants, dispatcher, store, settings, clock });
  }

  /** Ends the turn that is under way at the next object. */
  stop(): void {
    this.stopped = true;
  }

  /** @returns false when another worker is at it. */
  async turn(): Promise<boolean> {
    const { dispatcher, workerId, observer } = this.options;
    const startedAt = await takeLease(dispatcher, workerId);
    if (startedAt === null) return false;
    this.nowMs = startedAt.getTime();
    this.renewedAt = performance.now();
    this.waiting = { day: null, reason: null };
    let errorCode: string | null = 'unexpected';
    try {
      const done = await this.steps();
      errorCode = done.ok ? null : done.error.code;
      if (!done.ok) observer.failed(done.error, null);
    } finally {
      observer.waiting(this.waiting.day, this.waiting.reason);
      await endRun(dispatcher, workerId, {
        errorCode,
        waitingDay: this.waiting.day,
        waitingReason: this.waiting.reason,
      });
    }
    return true;
  }

  private waiting: { day: Day | null; reason: WaitReason | null } = { day: null, reason: null };

  private async steps(): Promise<Result<null, ArchiveError>> {
    await this.purgeErased();
    await this.dropLeftovers();
    const days = await this.dueDays();
    if (!days.ok) return days;
    const loose = await this.looseRows();
    if (!loose.ok) return loose;
    if (performance.now() - this.expiredAt < EXPIRE_EVERY_MS) return ok(null);
    const expired = await this.expirer.expire(this.stillOurs);
    if (!expired.ok) return expired;
    this.expiredAt = performance.now();
    if (expired.value > 0) this.options.observer.expired(expired.value);
    return ok(null);
  }

  /** First: what is gone need not be archived, and the tenant has no key for it. Their objects are due at once, too. */
  private async purgeErased(): Promise<void> {
    while (await this.stillOurs()) {
      if ((await purgeErasedTenants(this.options.dispatcher, PURGED_AT_ONCE)) === 0) return;
      this.expiredAt = Number.NEGATIVE_INFINITY;
    }
  }

  /** A worker died between the two steps of a day. */
  private async dropLeftovers(): Promise<void> {
    for (const left of await retiredDays(this.options.dispatcher)) {
      if (!(await this.stillOurs())) return;
      const moved = await dropRetiredDay(this.options.dispatcher, left);
      if (moved !== null) this.options.observer.dropped(left.kind, left.day, moved);
    }
  }

  /** Oldest first. A day that has to wait keeps none of the others from leaving. */
  private async dueDays(): Promise<Result<null, ArchiveError>> {
    const youngest = daysAfter(dayAt(this.nowMs), -LEAST_HOT_DAYS - 1);
    const attached = await attachedDays(this.options.dispatcher);
    for (const day of new Set(attached.map((each) => each.day))) {
      if (day > youngest || !(await this.stillOurs())) break;
      const kinds = attached.filter((each) => each.day === day).map((each) => each.kind);
      const left = await this.dueDay.leave(day, kinds, this.stillOurs);
      if (!left.ok) {
        this.waiting = { day: this.waiting.day ?? day, reason: this.waiting.reason ?? reasonOf(left.error) };
        return left;
      }
      if (left.value !== null && this.waiting.day === null) this.waiting = { day, reason: left.value };
    }
    return ok(null);
  }

  private async looseRows(): Promise<Result<null, ArchiveError>> {
    const { dispatcher } = this.options;
    const attached = await attachedDays(dispatcher);
    const latest = daysAfter(dayAt(this.nowMs), -LEAST_HOT_DAYS);
    // What lies before the oldest partition lies in the default one.
    const before = Object.fromEntries(
      ARCHIVE_KINDS.map((kind) => [kind, attached.find((each) => each.kind === kind)?.day ?? latest]),
    ) as Record<ArchiveKind, Day>;
    for (const kind of ARCHIVE_KINDS) if (before[kind] > latest) before[kind] = latest;
    const tenants = new Set<string>();
    for (const kind of ARCHIVE_KINDS)
      for (const tenant of await tenantsBetween(dispatcher, kind, null, before[kind])) tenants.add(tenant);
    for (const tenant of tenants) {
      if (!(await this.stillOurs())) break;
      const mayLeave = async (): Promise<boolean> =>
        (await this.dueDay.mayLeave(tenant, latest, before.deliveries)) === null;
      if (!(await mayLeave())) continue;
      const done = await this.loose.archive(tenant, before, mayLeave, this.stillOurs);
      if (done.ok) continue;
      if (!isOfOneTenant(done.error)) return done;
      this.options.observer.failed(done.error, tenant);
    }
    return ok(null);
  }

  private readonly stillOurs = async (): Promise<boolean> => {
    if (this.stopped) return false;
    if (performance.now() - this.renewedAt < RENEW_EVERY_MS) return true;
    this.renewedAt = performance.now();
    return renewLease(this.options.dispatcher, this.options.workerId);
  };
}

/** A key that cannot be opened is the trouble of one tenant; a store that does not answer is everybody's. */
function isOfOneTenant(error: ArchiveError): boolean {
  return error.code === 'key_unavailable';
}

function reasonOf(error: ArchiveError): WaitReason {
  return error.code === 'key_unavailable' ? 'key_unavailable' : 'store';
}
