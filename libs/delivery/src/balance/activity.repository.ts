import { type TenantTx } from '@hub/tenancy';
import { type DurationCounts } from './duration-counts';

/** What one connection did within an hour. */
export interface ConnectionHour {
  readonly connectionId: string;
  readonly hour: Date;
  /** Deliveries that arrived. */
  readonly delivered: number;
  /** Attempts that failed. */
  readonly failed: number;
}

/** How long it took within an hour, over all connections. */
export interface DurationsOfHour {
  readonly hour: Date;
  /** From when a delivery was made until it had arrived. */
  readonly arrived: DurationCounts;
  /** Single calls, failed ones among them. */
  readonly took: DurationCounts;
}

/** From the counted figures alone: it costs the same however many deliveries there were. */
export async function listConnectionHours(tx: TenantTx, since: Date): Promise<ConnectionHour[]> {
  const rows = await tx.query<
    { connection_id: string; hour: Date; delivered: number; failed: number } & Record<string, unknown>
  >(
    `select connection_id, hour, (select coalesce(sum(n), 0)::int from unnest(arrived) n) as delivered,
            (select coalesce(sum(n), 0)::int from unnest(failures) n) as failed
     from connection_stats where tenant_id = $1 and hour >= $2 order by connection_id, hour`,
    [tx.tenantId, since],
    'list_connection_hours',
  );
  return rows.map(({ connection_id: connectionId, ...row }) => ({ connectionId, ...row }));
}

const DURATIONS = `
with steps as (
  select s.hour, a.step, a.n as arrived, 0 as took from connection_stats s, unnest(s.arrived) with ordinality as a(n, step)
  where s.tenant_id = $1 and s.hour >= $2
  union all
  select s.hour, t.step, 0, t.n from connection_stats s, unnest(s.took) with ordinality as t(n, step)
  where s.tenant_id = $1 and s.hour >= $2
)
select hour, step::int as step, sum(arrived)::int as arrived, sum(took)::int as took from steps group by hour, step order by hour, step`;

/** Oldest first; hours in which nothing was called are left out. */
export async function listDurations(tx: TenantTx, since: Date): Promise<DurationsOfHour[]> {
  const rows = await tx.query<{ hour: Date; step: number; arrived: number; took: number } & Record<string, unknown>>(
    DURATIONS,
    [tx.tenantId, since],
    'list_durations',
  );
  const hours = new Map<number, DurationsOfHour>();
  for (const { hour, step, arrived, took } of rows) {
    const entry = hours.get(hour.getTime()) ?? { hour, arrived: [], took: [] };
    hours.set(hour.getTime(), entry);
    // Every step up to the last one has its row.
    entry.arrived[step - 1] = arrived;
    entry.took[step - 1] = took;
  }
  return [...hours.values()];
}
