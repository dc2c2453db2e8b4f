import { type TenantTx } from '@hub/tenancy';

/** What a tenant used on one day, UTC. */
export interface UsageDay {
  /** As `2026-11-20`. */
  readonly day: string;
  readonly accepted: number;
  /** Known since the hub counts them: repeats leave no row of their own. */
  readonly duplicates: number;
  /** Requests that the rate limit refused. */
  readonly rateLimited: number;
  /** Of what was accepted on this day: deliveries that succeeded, and dead ones. */
  readonly delivered: number;
  readonly dead: number;
  readonly calls: number;
  readonly failedCalls: number;
  /** Most events posted within one minute. */
  readonly busiestMinute: number;
}

const USAGE = `
with days as (
  select date_trunc('day', hour, 'UTC') as day, sum(events)::bigint as accepted, 0::bigint as duplicates, 0::bigint as rate_limited,
         sum(succeeded)::bigint as delivered, sum(dead)::bigint as dead, 0::bigint as calls, 0::bigint as failed, max(busiest_minute) as busiest
  from balance_hours where tenant_id = $1 and hour >= $2 and hour < $3 group by 1
  union all
  select date_trunc('day', hour, 'UTC'), 0, sum(duplicates)::bigint, sum(rate_limited)::bigint, 0, 0, sum(calls)::bigint,
         sum(failed_calls)::bigint, 0
  from usage_counts where tenant_id = $1 and hour >= $2 and hour < $3 group by 1
)
select to_char(day at time zone 'UTC', 'YYYY-MM-DD') as day, sum(accepted)::bigint as accepted, sum(duplicates)::bigint as duplicates,
       sum(rate_limited)::bigint as rate_limited, sum(delivered)::bigint as delivered, sum(dead)::bigint as dead,
       sum(calls)::bigint as calls, sum(failed)::bigint as failed, max(busiest)::int as busiest
from days group by day order by day`;

interface UsageRow {
  day: string;
  accepted: number;
  duplicates: number;
  rate_limited: number;
  delivered: number;
  dead: number;
  calls: number;
  failed: number;
  busiest: number;
}

/** Days with anything in them, oldest first, from `from` up to `to`, both at midnight UTC. Told from kept figures alone. */
export async function listUsage(tx: TenantTx, from: Date, to: Date): Promise<UsageDay[]> {
  const rows = await tx.query<UsageRow & Record<string, unknown>>(USAGE, [tx.tenantId, from, to], 'list_usage');
  return rows.map((row) => ({
    day: row.day,
    accepted: row.accepted,
    duplicates: row.duplicates,
    rateLimited: row.rate_limited,
    delivered: row.delivered,
    dead: row.dead,
    calls: row.calls,
    failedCalls: row.failed,
    busiestMinute: row.busiest,
  }));
}

export interface UsageCounts {
  readonly duplicates?: number;
  readonly rateLimited?: number;
  readonly calls?: number;
  readonly failedCalls?: number;
}

/** Adds to what was counted within an hour that leaves no row of its own. */
export async function addUsageCounts(tx: TenantTx, hour: Date, counts: UsageCounts): Promise<void> {
  await tx.query(
    `insert into usage_counts as u (tenant_id, hour, duplicates, rate_limited, calls, failed_calls) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, hour) do update set duplicates = u.duplicates + excluded.duplicates,
       rate_limited = u.rate_limited + excluded.rate_limited, calls = u.calls + excluded.calls,
       failed_calls = u.failed_calls + excluded.failed_calls`,
    [tx.tenantId, hour, counts.duplicates ?? 0, counts.rateLimited ?? 0, counts.calls ?? 0, counts.failedCalls ?? 0],
    'add_usage_counts',
  );
}

/** An hour that does not balance is kept until it is accepted: to forget it would look as if it balanced. */
const OLD = {
  balance_hours: `hour < now() - interval '400 days' and balanced`,
  usage_counts: `hour < now() - interval '400 days'`,
  connection_stats: `hour < now() - interval '15 days'`,
} as const;

/** Deletes figures that have had their time: a year and a month of books and counts, two weeks of each connection's calls. */
export async function dropOldFigures(tx: TenantTx): Promise<void> {
  for (const [table, isOld] of Object.entries(OLD))
    await tx.query(`delete from ${table} where tenant_id = $1 and ${isOld}`, [tx.tenantId]);
}
