import { type TenantTx } from '@hub/tenancy';

/** When a connection has something to do again. */
export type NextDue =
  { readonly kind: 'nothing' } | { readonly kind: 'now' } | { readonly kind: 'later'; readonly waitMs: number };

/** The earliest waiting delivery, but not before the connection may be called. */
const NEXT_DUE = `
select greatest(d.next_attempt_at, coalesce(r.resume_at, '-infinity')) <= now() as now,
       extract(epoch from greatest(d.next_attempt_at, coalesce(r.resume_at, '-infinity')) - now()) * 1000 as wait_ms
from connection_runtime r
cross join lateral (
  select next_attempt_at from deliveries
  where tenant_id = $1 and connection_id = $2 and status in ('pending', 'retrying')
  order by next_attempt_at limit 1
) d
where r.tenant_id = $1 and r.connection_id = $2`;

export async function nextDue(tx: TenantTx, connectionId: string): Promise<NextDue> {
  const [row] = await tx.query<{ now: boolean; wait_ms: string | null }>(
    NEXT_DUE,
    [tx.tenantId, connectionId],
    'next_due',
  );
  if (row === undefined) return { kind: 'nothing' };
  return row.now ? { kind: 'now' } : { kind: 'later', waitMs: Number(row.wait_ms) };
}
