import { type TenantTx } from '@hub/tenancy';
import { type Slot } from './slot';

/** When a connection has something to do again. */
export type NextDue =
  { readonly kind: 'nothing' } | { readonly kind: 'now' } | { readonly kind: 'later'; readonly waitMs: number };

/** The earliest waiting delivery, but not before the connection may be called. */
const LET_GO = `
with look as materialized (
  select greatest(d.next_attempt_at, coalesce(r.resume_at, '-infinity')) as due_at
  from connection_runtime r
  cross join lateral (
    select next_attempt_at from deliveries
    where tenant_id = $1 and connection_id = $2 and status in ('pending', 'retrying')
    order by next_attempt_at limit 1
  ) d
  where r.tenant_id = $1 and r.connection_id = $2
), released as (
  update connection_runtime set slot_token = null, slot_until = null, slot_worker = null
  where tenant_id = $1 and connection_id = $2 and slot_token = $3
    and ($4 or not exists (select 1 from look where due_at <= now()))
  returning 1
)
select exists (select 1 from released) as released, look.due_at <= now() as now,
       extract(epoch from look.due_at - now()) * 1000 as wait_ms
from (values (1)) as one left join look on true`;

/**
 * Lets the slot go and says when the connection is to be drained next. The transaction holds the slot's row already
 * (`holdSlot`), so whatever is committed after this look rings for somebody who waits for that row and finds the slot free.
 * @param evenIfDue false: something that is due keeps the slot, and the answer is null
 */
export async function letGo(tx: TenantTx, slot: Slot, evenIfDue: boolean): Promise<NextDue | null> {
  const [row] = await tx.query<{ released: boolean; now: boolean | null; wait_ms: string | null }>(
    LET_GO,
    [tx.tenantId, slot.connectionId, slot.token, evenIfDue],
    'let_go',
  );
  if (row === undefined || (!row.released && !evenIfDue)) return null;
  if (row.now === null) return { kind: 'nothing' };
  return row.now ? { kind: 'now' } : { kind: 'later', waitMs: Number(row.wait_ms) };
}
