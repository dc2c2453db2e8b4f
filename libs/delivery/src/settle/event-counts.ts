import { queryJoined } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { type DeliveryStatus } from '../shared/delivery-status';

/**
 * How the deliveries of one event have changed: what is added to each of its counters. `total` is what was promised: it
 * changes only where a route takes an event that it had not taken when that was accepted.
 */
export interface EventCountChange {
  readonly trackingId: string;
  readonly total?: number;
  readonly open?: number;
  readonly succeeded?: number;
  readonly failed?: number;
}

/** Row locks in the order of ids, as when deliveries are settled, so that two hands on the same events never deadlock. */
const LOCK = `
select 1 from events where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4 order by id for no key update`;

const MOVE = `
update events e set deliveries_total = e.deliveries_total + c.total,
  deliveries_open = e.deliveries_open + c.open, deliveries_succeeded = e.deliveries_succeeded + c.succeeded,
  deliveries_failed = e.deliveries_failed + c.failed,
  status = case when e.deliveries_open + c.open > 0 then 'open' when e.deliveries_failed + c.failed > 0 then 'failed'
                when e.deliveries_succeeded + c.succeeded > 0 then 'succeeded' else 'unrouted' end
from unnest($2::uuid[], $5::int[], $6::int[], $7::int[], $8::int[]) as c(id, open, succeeded, failed, total)
where e.tenant_id = $1 and e.id = any($2::uuid[]) and e.id between $3 and $4 and e.id = c.id`;

/** What a settled delivery counts as: one that filter or mapping turned away, or that a cancelled replay made, as nothing. */
export function countedAs(
  { status, reason }: { readonly status: DeliveryStatus; readonly reason: string | null },
  by: 1 | -1,
): Pick<EventCountChange, 'succeeded' | 'failed'> {
  if (status === 'succeeded' || status === 'superseded') return { succeeded: by };
  const counts = status === 'dead' || (status === 'cancelled' && reason === 'cancelled_by_user');
  return counts ? { failed: by } : {};
}

/** The event's status follows from its counters. */
export async function moveEventCounts(tx: TenantTx, changes: readonly EventCountChange[]): Promise<void> {
  if (changes.length === 0) return;
  const sums = new Map<string, Required<Omit<EventCountChange, 'trackingId'>>>();
  for (const { trackingId, total = 0, open = 0, succeeded = 0, failed = 0 } of changes) {
    const sum = sums.get(trackingId) ?? { total: 0, open: 0, succeeded: 0, failed: 0 };
    sums.set(trackingId, {
      total: sum.total + total,
      open: sum.open + open,
      succeeded: sum.succeeded + succeeded,
      failed: sum.failed + failed,
    });
  }
  const ids = [...sums.keys()];
  const all = [...sums.values()];
  const key = [tx.tenantId, ids, ...bounds(ids)];
  await tx.query(LOCK, key, 'lock_events');
  await queryJoined(
    tx,
    ids.length,
    MOVE,
    [
      ...key,
      all.map((sum) => sum.open),
      all.map((sum) => sum.succeeded),
      all.map((sum) => sum.failed),
      all.map((sum) => sum.total),
    ],
    'move_event_counts',
  );
}
