import { type DrainTarget } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { LeaseLostError, type PullLease } from '../pull/pull-store.port';
import { PULL_LEASE_MS } from '../pull/puller';

const LEASE = `${PULL_LEASE_MS} * interval '1 millisecond'`;

/** A limit that a delivery met, or that the vendor told: it holds for pulls too, because the vendor counts both. */
const LIMITED = `select 1 from connection_runtime r where r.tenant_id = p.tenant_id and r.connection_id = p.connection_id
  and r.resume_reason = 'rate_limited' and r.resume_at > now()`;

/** Nothing is pulled for a tenant that the operator has shut out. What was due is caught up with when it is let in again. */
const TENANT_IS_ACTIVE = `exists (select 1 from tenants t where t.id = $1 and t.status = 'active')`;

/** Takes the right to pull if it is free or has expired, tenant and connection are active, and no limit makes it wait. */
export async function takeLease(
  tx: TenantTx,
  target: DrainTarget,
  token: string,
  worker: string,
): Promise<PullLease | null> {
  const rows = await tx.query(
    `update connection_pulls p set lease_token = $3, lease_worker = $4, lease_until = now() + ${LEASE}
     from connections c
     where p.tenant_id = $1 and p.connection_id = $2 and c.tenant_id = p.tenant_id and c.id = p.connection_id
       and c.status = 'active' and c.deleted_at is null
       and (p.lease_token is null or p.lease_until < now())
       and (p.resume_at is null or p.resume_at <= now())
       and not exists (${LIMITED}) and ${TENANT_IS_ACTIVE}
     returning 1`,
    [tx.tenantId, target.connectionId, token, worker],
    'take_pull_lease',
  );
  if (rows.length === 0) return null;
  // What a dead process left behind: its notices are still there and are read again.
  await tx.query(
    `update sync_runs set status = 'failed', ended_at = now(),
       error = '{"category":"transient","code":"interrupted","message":"The worker stopped; the records are read again."}'
     where tenant_id = $1 and connection_id = $2 and kind = 'hook' and status = 'running'`,
    [tx.tenantId, target.connectionId],
    'end_orphaned_hook_runs',
  );
  return { target, token };
}

/**
 * The fence: keeps the lease and locks its row until the transaction ends.
 * @returns the database's clock, and whether the connection may still be called.
 * @throws LeaseLostError before anything is written
 */
export async function fence(tx: TenantTx, lease: PullLease): Promise<{ now: Date; active: boolean }> {
  const [row] = await tx.query<{ now: Date; active: boolean | null }>(
    `update connection_pulls p set lease_until = now() + ${LEASE} where p.tenant_id = $1 and p.connection_id = $2 and p.lease_token = $3
     returning now() as now, (p.resume_at is null or p.resume_at <= now()) and not exists (${LIMITED}) and ${TENANT_IS_ACTIVE} and
       (select c.status = 'active' and c.deleted_at is null from connections c where c.tenant_id = p.tenant_id and c.id = p.connection_id) as active`,
    [tx.tenantId, lease.target.connectionId, lease.token],
    'hold_pull_lease',
  );
  if (row === undefined) throw new LeaseLostError();
  return { now: row.now, active: row.active === true };
}

const NEXT_DUE = `
select extract(epoch from greatest(due.at, p.resume_at, case r.resume_reason when 'rate_limited' then r.resume_at end) - now()) * 1000 as wait_ms
from connection_pulls p
left join connection_runtime r on r.tenant_id = p.tenant_id and r.connection_id = p.connection_id
join connections c on c.tenant_id = p.tenant_id and c.id = p.connection_id and c.status = 'active' and c.deleted_at is null
cross join lateral (
  select min(at) as at from (
    select s.next_run_at as at from syncs s
      where s.tenant_id = $1 and s.connection_id = $2 and s.deleted_at is null and s.status <> 'paused'
        and not exists (select 1 from sync_runs o where o.tenant_id = s.tenant_id and o.sync_id = s.id
                          and o.status in ('queued', 'running') and o.kind in ('scheduled', 'manual'))
    union all
    select r.next_attempt_at from sync_runs r join syncs s on s.tenant_id = r.tenant_id and s.id = r.sync_id
      where r.tenant_id = $1 and r.connection_id = $2 and r.status in ('queued', 'running') and r.kind <> 'hook'
        and s.deleted_at is null and s.status <> 'paused'
    union all
    select n.due_at from hook_notices n join syncs s on s.tenant_id = n.tenant_id and s.connection_id = n.connection_id and s.object = n.object
      where n.tenant_id = $1 and n.connection_id = $2 and s.deleted_at is null and s.status <> 'paused'
  ) all_due
) due
where p.tenant_id = $1 and p.connection_id = $2 and due.at is not null and ${TENANT_IS_ACTIVE}`;

/** A person has mended or resumed the connection: what waited for its limit is tried at once. */
export async function clearPullWaits(tx: TenantTx, connectionId: string): Promise<void> {
  await tx.query(
    `update connection_pulls set resume_at = null, resume_reason = null where tenant_id = $1 and connection_id = $2`,
    [tx.tenantId, connectionId],
    'clear_pull_waits',
  );
}

/** Lets go, and looks once more: what was committed meanwhile is seen here or rings by itself. */
export async function releaseLease(tx: TenantTx, lease: PullLease): Promise<number | null> {
  const { connectionId } = lease.target;
  await tx.query(
    `update connection_pulls set lease_token = null, lease_until = null, lease_worker = null
     where tenant_id = $1 and connection_id = $2 and lease_token = $3`,
    [tx.tenantId, connectionId, lease.token],
    'release_pull_lease',
  );
  const [row] = await tx.query<{ wait_ms: string }>(NEXT_DUE, [tx.tenantId, connectionId], 'next_pull_due');
  return row === undefined ? null : Math.max(0, Number(row.wait_ms));
}

/** Null when the connection may not be called or has no sync that runs by the clock. */
export async function readCadence(tx: TenantTx, connectionId: string): Promise<number | null> {
  const [row] = await tx.query<{ seconds: number | null }>(
    `select min(s.interval_seconds) as seconds from syncs s
     join connections c on c.tenant_id = s.tenant_id and c.id = s.connection_id and c.status = 'active' and c.deleted_at is null
     where s.tenant_id = $1 and s.connection_id = $2 and s.deleted_at is null and s.status <> 'paused' and ${TENANT_IS_ACTIVE}`,
    [tx.tenantId, connectionId],
    'pull_cadence',
  );
  return row?.seconds == null ? null : row.seconds * 1_000;
}
