import { type TenantTx } from '@hub/tenancy';
import { SLOT_MS } from './call-stats';

/** The piece of five minutes that goes on, and the two before it: what the alert about failing calls looks at. */
const SLOTS_LOOKED_AT = 3;

export interface RecentCalls {
  readonly from: Date;
  readonly calls: number;
  readonly failed: number;
}

/** What a connection's system was sent within the last quarter of an hour, from the counted figures alone. */
export async function findRecentCalls(tx: TenantTx, connectionId: string, now = new Date()): Promise<RecentCalls> {
  const from = new Date(Math.floor(now.getTime() / SLOT_MS) * SLOT_MS - (SLOTS_LOOKED_AT - 1) * SLOT_MS);
  const [row] = await tx.query<{ calls: number; failed: number }>(
    `select coalesce(sum(c.n), 0)::int as calls, coalesce(sum(s.failures[c.slot::int]), 0)::int as failed
     from connection_stats s, unnest(s.calls) with ordinality as c(n, slot)
     where s.tenant_id = $1 and s.connection_id = $2 and s.hour >= date_trunc('hour', $3::timestamptz, 'UTC')
       and s.hour + (c.slot - 1) * make_interval(secs => $4) >= $3`,
    [tx.tenantId, connectionId, from, SLOT_MS / 1_000],
    'find_recent_calls',
  );
  return { from, calls: row?.calls ?? 0, failed: row?.failed ?? 0 };
}
