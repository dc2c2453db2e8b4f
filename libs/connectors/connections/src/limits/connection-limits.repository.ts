import { type LimitReading } from '@hub/connector-sdk';
import { type TenantTx } from '@hub/tenancy';

/** A vendor that says it starts anew in a month is asked again tomorrow: it may have been given more meanwhile. */
const LONGEST_WAIT = '24 hours';

export interface ConnectionLimitRow {
  connection_id: string;
  limit_name: string;
  used: number;
  max: number;
  resets_at: Date | null;
  observed_at: Date;
}

export interface ObservedLimit extends LimitReading {
  readonly observedAtMs: number;
}

/** Keeps readings that are newer than what is there. */
export async function keepLimits(
  tx: TenantTx,
  connectionId: string,
  readings: readonly ObservedLimit[],
): Promise<void> {
  if (readings.length === 0) return;
  await tx.query(
    `insert into connection_limits (tenant_id, connection_id, limit_name, used, max, resets_at, observed_at)
     select $1, $2, i.* from unnest($3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[]) as i
     where exists (select 1 from connections where tenant_id = $1 and id = $2)
     on conflict (tenant_id, connection_id, limit_name) do update
       set used = excluded.used, max = excluded.max, resets_at = excluded.resets_at, observed_at = excluded.observed_at
       where connection_limits.observed_at <= excluded.observed_at`,
    [
      tx.tenantId,
      connectionId,
      readings.map(({ limit }) => limit),
      readings.map(({ used }) => Math.round(used)),
      readings.map(({ max }) => Math.round(max)),
      readings.map(({ resetsAt }) => resetsAt ?? null),
      readings.map(({ observedAtMs }) => new Date(observedAtMs)),
    ],
  );
}

/**
 * Adds what this process has used to what the others have, of the same window; a later window begins with it, and what comes
 * too late for the present one is left out.
 * @returns the sums
 */
export async function addLimits(
  tx: TenantTx,
  connectionId: string,
  readings: readonly ObservedLimit[],
): Promise<readonly LimitReading[]> {
  if (readings.length === 0) return [];
  const rows = await tx.query<
    Omit<ConnectionLimitRow, 'connection_id' | 'resets_at'> & { resets_at: Date } & Record<string, unknown>
  >(
    `insert into connection_limits as known (tenant_id, connection_id, limit_name, used, max, resets_at, observed_at)
     select $1, $2, i.* from unnest($3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[]) as i
     where exists (select 1 from connections where tenant_id = $1 and id = $2)
     on conflict (tenant_id, connection_id, limit_name) do update
       set used = case when known.resets_at = excluded.resets_at then known.used + excluded.used else excluded.used end,
           max = excluded.max, resets_at = excluded.resets_at, observed_at = greatest(known.observed_at, excluded.observed_at)
       where known.resets_at is null or known.resets_at <= excluded.resets_at
     returning limit_name, used, max, resets_at, observed_at`,
    [
      tx.tenantId,
      connectionId,
      readings.map(({ limit }) => limit),
      readings.map(({ used }) => Math.round(used)),
      readings.map(({ max }) => Math.round(max)),
      readings.map(({ resetsAt }) => resetsAt ?? null),
      readings.map(({ observedAtMs }) => new Date(observedAtMs)),
    ],
  );
  return rows.map(({ limit_name: limit, used, max, resets_at: resetsAt }) => ({
    limit,
    used: Number(used),
    max: Number(max),
    resetsAt: resetsAt.toISOString(),
  }));
}

/** Everything that would call this connection's system waits until then. A longer wait that is there stays. */
export async function waitForLimit(tx: TenantTx, connectionId: string, until: string): Promise<void> {
  await tx.query(
    `update connection_runtime set resume_reason = 'rate_limited', 
       limited_since = case when resume_at > now() - interval '1 hour' then coalesce(limited_since, now()) else now() end,
       resume_at = greatest(coalesce(resume_at, '-infinity'), least($3::timestamptz, now() + interval '${LONGEST_WAIT}'))
     where tenant_id = $1 and connection_id = $2 and $3::timestamptz > now()
       and (resume_at is null or resume_at < least($3::timestamptz, now() + interval '${LONGEST_WAIT}'))`,
    [tx.tenantId, connectionId, until],
  );
}

/**
 * As last heard; one that has started anew since is shown unused.
 * @param connectionId null for those of all connections
 */
export async function listLimits(tx: TenantTx, connectionId: string | null): Promise<ConnectionLimitRow[]> {
  return tx.query<ConnectionLimitRow & Record<string, unknown>>(
    `select connection_id, limit_name, case when resets_at <= now() then 0 else used end as used, max, resets_at, observed_at
     from connection_limits where tenant_id = $1 and ($2::uuid is null or connection_id = $2) order by limit_name`,
    [tx.tenantId, connectionId],
  );
}

export interface ConnectionWait {
  readonly until: Date;
  readonly reason: 'breaker_open' | 'rate_limited';
}

/** Until when nobody may call this connection's system; null when it may be called now. */
export async function findConnectionWait(tx: TenantTx, connectionId: string): Promise<ConnectionWait | null> {
  const [row] = await tx.query<{ resume_at: Date; resume_reason: ConnectionWait['reason'] }>(
    `select resume_at, resume_reason from connection_runtime
     where tenant_id = $1 and connection_id = $2 and resume_at > now()`,
    [tx.tenantId, connectionId],
  );
  return row === undefined ? null : { until: row.resume_at, reason: row.resume_reason };
}
