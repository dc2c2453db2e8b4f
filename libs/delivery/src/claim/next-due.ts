import { type TenantTx } from '@hub/tenancy';
import { NEXT_OF_KEYS } from './next-of-keys';
import { type Slot } from './slot';

/** When a connection has something to do again. */
export type NextDue =
  { readonly kind: 'nothing' } | { readonly kind: 'now' } | { readonly kind: 'later'; readonly waitMs: number };

/** The earliest waiting delivery, but not before the connection may be called; and whose turn has come. */
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
), turns as materialized (${NEXT_OF_KEYS}
), released as (
  update connection_runtime set slot_token = null, slot_until = null, slot_worker = null
  where tenant_id = $1 and connection_id = $2 and slot_token = $4
    and ($5 or not exists (select 1 from look where due_at <= now()) and not exists (select 1 from turns))
  returning 1
)
select exists (select 1 from released) as released, look.due_at <= now() as now,
       extract(epoch from look.due_at - now()) * 1000 as wait_ms, array(select id::text from turns) as turns
from (values (1)) as one left join look on true`;

interface LetGoRow {
  released: boolean;
  now: boolean | null;
  wait_ms: string | null;
  turns: string[];
}

export interface LetGo {
  /** Null: the slot is kept. */
  readonly next: NextDue | null;
  /** Of the keys asked about: deliveries whose turn has come. They are the caller's to release. */
  readonly turns: readonly string[];
}

/**
 * Lets the slot go and says when the connection is to be drained next. The transaction holds the slot's row already
 * (`holdSlot`), so whatever is committed after this look rings for somebody who waits for that row and finds the slot free.
 * @param evenIfDue false: something that is due keeps the slot, and so does something whose turn has come
 * @param keys ordering keys of which deliveries were settled, and nothing released yet
 */
export async function letGo(
  tx: TenantTx,
  slot: Slot,
  evenIfDue: boolean,
  keys: readonly string[] = [],
): Promise<LetGo> {
  const [row] = await tx.query<LetGoRow>(
    LET_GO,
    [tx.tenantId, slot.connectionId, [...new Set(keys)], slot.token, evenIfDue],
    'let_go',
  );
  const turns = row?.turns ?? [];
  if (row === undefined || (!row.released && !evenIfDue)) return { next: null, turns };
  if (row.now === null) return { next: { kind: 'nothing' }, turns };
  return { next: row.now ? { kind: 'now' } : { kind: 'later', waitMs: Number(row.wait_ms) }, turns };
}
