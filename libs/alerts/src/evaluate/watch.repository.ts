import { type Database } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';

/**
 * Whoever counts the books for longer than this is taken for dead; what it writes afterwards is refused. Longer than a
 * statement may take: workers that took a tenant from each other while they count would never decide. While somebody decides,
 * the lock of the tenant's row keeps others out.
 */
const LEASE = `interval '45 seconds'`;

/** As the dispatcher: active tenants whose turn it is, longest overdue first. */
export async function findDueTenants(database: Database, limit: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `select t.id from tenants t left join tenant_watch w on w.tenant_id = t.id
     where t.status = 'active' and coalesce(w.due_at, '-infinity') <= now() and coalesce(w.lease_until, '-infinity') < now()
     order by w.due_at nulls first limit $1`,
    [limit],
  );
  return rows.map((row) => row.id);
}

/** Of workers that look at once, one gets the tenant. */
export async function claimTenant(tx: TenantTx, token: string): Promise<boolean> {
  const rows = await tx.query(
    `insert into tenant_watch as w (tenant_id, lease_token, lease_until) values ($1, $2, now() + ${LEASE})
     on conflict (tenant_id) do update set lease_token = excluded.lease_token, lease_until = excluded.lease_until
       where w.due_at <= now() and (w.lease_until is null or w.lease_until < now())
     returning tenant_id`,
    [tx.tenantId, token],
    'claim_tenant',
  );
  return rows.length > 0;
}

/** Locks the tenant's row for this transaction. Null when the lease is another's by now: then nothing may be written. */
export async function holdTenant(tx: TenantTx, token: string): Promise<{ now: Date; tidiedAt: Date | null } | null> {
  const [row] = await tx.query<{ now: Date; tidied_at: Date | null }>(
    `select now() as now, tidied_at from tenant_watch where tenant_id = $1 and lease_token = $2 for update`,
    [tx.tenantId, token],
    'hold_tenant',
  );
  return row === undefined ? null : { now: row.now, tidiedAt: row.tidied_at };
}

export async function releaseTenant(tx: TenantTx, token: string, dueInMs: number, tidied: boolean): Promise<void> {
  await tx.query(
    `update tenant_watch set lease_token = null, lease_until = null, looked_at = now(),
       due_at = now() + $3::bigint * interval '1 millisecond', tidied_at = case when $4 then now() else tidied_at end
     where tenant_id = $1 and lease_token = $2`,
    [tx.tenantId, token, Math.round(dueInMs), tidied],
    'release_tenant',
  );
}
