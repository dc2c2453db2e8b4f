import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { lockConnectionsOf, releaseKeys } from '../dead-letters/take-up';
import { countedAs, moveEventCounts } from '../settle/event-counts';
import { type DeliveryStatus } from '../shared/delivery-status';
import { tellDeliveries } from '../settle/tell-deliveries';
import { type ReplayRow } from './replay.types';

const WITHDRAWN_AT_ONCE = 500;
/** Of a job over a range of time there may be millions. */
const CANCELLED_AT_ONCE = 20_000;

const WITHDRAW = `
update deliveries set status = 'cancelled', reason = 'replay_cancelled', settled_at = now()
where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4 and status in ('pending', 'retrying', 'held')
returning id, tracking_id, connection_id, ordering_key, replay_of`;

/** The original is what still has to be seen to, as if this replay had not been. */
const RESTORE = `
update deliveries set replayed_by = null
where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4 returning id, status, reason`;

const NOTE = `
update replay_items set outcome = 'cancelled', reason = 'replay_cancelled', settled_at = now()
where tenant_id = $1 and replay_id = $2 and delivery_id = any($3::uuid[])`;

interface WithdrawnRow {
  id: string;
  tracking_id: string;
  connection_id: string;
  ordering_key: string | null;
  /** Null for an event that the route had not taken: it is missing again. */
  replay_of: string | null;
}

interface Original {
  id: string;
  status: DeliveryStatus;
  reason: string | null;
}

export interface Withdrawal {
  /** Whether something of the job is left. */
  readonly more: boolean;
  /** Deliveries that are being sent this moment. */
  readonly left: number;
  readonly connectionIds: readonly string[];
}

/** Takes back, slice by slice, what a cancelled job has in the backlog. What a retry has taken up goes on. */
export async function withdraw(tx: TenantTx, replay: ReplayRow): Promise<Withdrawal> {
  const queued =
    replay.action === 'replay'
      ? await tx.query<{ new_delivery_id: string }>(
          `select new_delivery_id from replay_items where tenant_id = $1 and replay_id = $2 and outcome = 'queued' limit ${WITHDRAWN_AT_ONCE}`,
          [tx.tenantId, replay.id],
          'queued_items',
        )
      : [];
  // First what would go out meanwhile.
  if (queued.length === 0) return { more: await cancelWaiting(tx, replay), left: 0, connectionIds: [] };
  const ids = queued.map((row) => row.new_delivery_id);
  await lockConnectionsOf(tx, ids);
  const rows = await tx.query<WithdrawnRow & Record<string, unknown>>(
    WITHDRAW,
    [tx.tenantId, ids, ...bounds(ids)],
    'withdraw_replays',
  );
  const originals = rows.flatMap((row) => row.replay_of ?? []);
  const restored = await tx.query<Original & Record<string, unknown>>(
    RESTORE,
    [tx.tenantId, originals, ...bounds(originals)],
    'restore_replayed',
  );
  const states = new Map(restored.map((row) => [row.id, row]));
  await tx.query(NOTE, [tx.tenantId, replay.id, rows.map((row) => row.replay_of ?? row.id)], 'note_withdrawn');
  await moveEventCounts(
    tx,
    rows.map(({ tracking_id: trackingId, replay_of: original }) => {
      const state = original === null ? undefined : states.get(original);
      return { trackingId, open: -1, ...(state === undefined ? {} : countedAs(state, 1)) };
    }),
  );
  await tellDeliveries(tx, 'delivery.cancelled', rows);
  await releaseKeys(tx, rows);
  return {
    more: true,
    left: queued.length - rows.length,
    connectionIds: [...new Set(rows.map((row) => row.connection_id))],
  };
}

/** @returns whether there are more */
async function cancelWaiting(tx: TenantTx, replay: ReplayRow): Promise<boolean> {
  const cancelled = await tx.query(
    `update replay_items set outcome = 'cancelled', reason = 'replay_cancelled', settled_at = now()
     where tenant_id = $1 and replay_id = $2 and delivery_id in (
       select delivery_id from replay_items where tenant_id = $1 and replay_id = $2 and outcome = 'waiting' limit ${CANCELLED_AT_ONCE})
     returning 1`,
    [tx.tenantId, replay.id],
    'cancel_waiting_items',
  );
  return cancelled.length === CANCELLED_AT_ONCE;
}
