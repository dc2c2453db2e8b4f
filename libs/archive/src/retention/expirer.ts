import { type Database } from '@hub/database';
import { err, ok, type ObjectStore, type Result, type RetentionSettings } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { DAY_MS, dayAt, daysAfter, type ArchiveError, type Day } from '../archive.types';
import { dayPrefixOf } from '../objects/sealed-object';
import { storeFailed } from '../write/object-writer';
import { policyOf, type RetentionPolicy } from './retention-policy';
import { findBounds, findSettings, holdOffHolds } from './retention.repository';

/** Longer than a store may be silent over one object, all its tries counted: the lock is not lost before that is over. */
const LONGEST_DELETE_MS = 120_000;

/**
 * What stayed at hand for long, as dead letters may, comes into the archive late, and under the day of its event: it is not
 * to be deleted in the turn that has written it. A day is deleted as one, so all of it waits.
 */
const LEAST_ARCHIVED_DAYS = 30;

export async function readPolicy(tx: TenantTx, hub: RetentionSettings): Promise<RetentionPolicy> {
  return policyOf(hub, await findSettings(tx), await findBounds(tx, tx.tenantId));
}

/**
 * For whoever deletes what the hub keeps of a tenant, in the transaction that deletes: a hold is on all of it. Where there is
 * none now, none is set before that transaction ends.
 */
export async function isOnLegalHold(tx: TenantTx): Promise<boolean> {
  await holdOffHolds(tx);
  const [own, operators] = [await findSettings(tx), await findBounds(tx, tx.tenantId)];
  return own?.legal_hold === true || operators?.legal_hold === true;
}

export interface ExpirerOptions {
  readonly tenants: TenantDb;
  readonly dispatcher: Database;
  readonly store: ObjectStore;
  readonly settings: RetentionSettings;
  readonly clock: () => number;
}

/**
 * Deletes what the archive has kept long enough, and what nobody can open any more because its key was destroyed. Never
 * anything of a tenant on legal hold.
 */
export class Expirer {
  constructor(private readonly options: ExpirerOptions) {}

  /** @returns how many objects were deleted */
  async expire(stillOurs: () => Promise<boolean>): Promise<Result<number, ArchiveError>> {
    // The shortest that any tenant may have: whose archive is younger than that has nothing to look at, but for its keys.
    const rows = await this.options.dispatcher.query<{ tenant_id: string }>(
      `select tenant_id from archive_objects group by tenant_id order by tenant_id`,
    );
    let deleted = 0;
    for (const { tenant_id: tenantId } of rows) {
      if (!(await stillOurs())) break;
      const done = await this.expireTenant(tenantId, stillOurs);
      if (!done.ok) return done;
      deleted += done.value;
    }
    return ok(deleted);
  }

  private async expireTenant(
    tenantId: string,
    stillOurs: () => Promise<boolean>,
  ): Promise<Result<number, ArchiveError>> {
    const { tenants, settings, clock } = this.options;
    let deleted = 0;
    const policy = await tenants.run(tenantId, (tx) => readPolicy(tx, settings));
    if (policy.legalHold) return ok(0);
    const before = daysAfter(dayAt(clock()), -policy.archiveDays);
    const writtenBefore = new Date(clock() - LEAST_ARCHIVED_DAYS * DAY_MS);
    for (const day of await tenants.run(tenantId, (tx) => expiredDays(tx, before, writtenBefore))) {
      if (!(await stillOurs())) break;
      const done = await this.expireDay(tenantId, day);
      if (!done.ok) return done;
      deleted += done.value;
    }
    for (const object of await tenants.run(tenantId, unreadableObjects)) {
      const gone = await this.deleteUnlessHeld(tenantId, object.object_key);
      if (!gone.ok) return gone;
      if (!gone.value) break;
      await tenants.run(tenantId, (tx) => forgetObject(tx, object.id));
      deleted++;
    }
    return ok(deleted);
  }

  /**
   * The store first: after a crash the manifest still says what there is to do. Everything below the day goes, also what a
   * crash had left there without an entry in the manifest.
   */
  private async expireDay(tenantId: string, day: Day): Promise<Result<number, ArchiveError>> {
    const { store, tenants } = this.options;
    let deleted = 0;
    for (;;) {
      const page = await store.list(dayPrefixOf(tenantId, day), { limit: 100 });
      if (!page.ok) return err(storeFailed(page.error));
      for (const { key } of page.value.objects) {
        const gone = await this.deleteUnlessHeld(tenantId, key);
        if (!gone.ok) return gone;
        if (!gone.value) return ok(deleted);
        deleted++;
      }
      if (!page.value.more) break;
    }
    await tenants.run(tenantId, (tx) => forgetDay(tx, day));
    return ok(deleted);
  }

  /**
   * The one transaction that waits for a store: whoever sets a hold waits for this object, and finds the next one kept. It
   * has locked nothing else.
   *
   * @returns whether it is gone
   */
  private deleteUnlessHeld(tenantId: string, key: string): Promise<Result<boolean, ArchiveError>> {
    const work = async (tx: TenantTx): Promise<Result<boolean, ArchiveError>> => {
      if (await isOnLegalHold(tx)) return ok(false);
      const gone = await this.options.store.delete(key);
      return gone.ok ? ok(true) : err(storeFailed(gone.error));
    };
    return this.options.tenants.run(tenantId, work, { statementTimeoutMs: LONGEST_DELETE_MS });
  }
}

async function expiredDays(tx: TenantTx, before: Day, writtenBefore: Date): Promise<Day[]> {
  const rows = await tx.query<{ day: Day }>(
    `select day::text as day from archive_objects where tenant_id = $1 and day < $2::date
     group by day having max(created_at) < $3 order by 1`,
    [tx.tenantId, before, writtenBefore],
  );
  return rows.map((row) => row.day);
}

async function forgetDay(tx: TenantTx, day: Day): Promise<void> {
  await tx.query(`delete from archive_objects where tenant_id = $1 and day = $2`, [tx.tenantId, day]);
  await tx.query(`delete from archive_days where tenant_id = $1 and day = $2 and status = 'sealed'`, [
    tx.tenantId,
    day,
  ]);
}

async function unreadableObjects(tx: TenantTx): Promise<{ id: string; object_key: string }[]> {
  return tx.query(
    `select o.id, o.object_key from archive_objects o where o.tenant_id = $1
       and not exists (select 1 from tenant_data_keys k where k.tenant_id = o.tenant_id and k.id = o.key_id) order by o.id`,
    [tx.tenantId],
  );
}

async function forgetObject(tx: TenantTx, id: string): Promise<void> {
  await tx.query(`delete from archive_objects where tenant_id = $1 and id = $2`, [tx.tenantId, id]);
}
