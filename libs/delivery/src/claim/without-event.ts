import { type TenantTx } from '@hub/tenancy';
import { noteReplayOutcomes, type ReplayedDelivery } from '../replay/replay-outcomes';
import { tellDeliveries } from '../settle/tell-deliveries';
import { type DeliveryError } from '../shared/delivery-status';
import { bounds } from '../shared/id-bounds';
import { releaseNextOfKeys } from './next-of-keys';

/** An event comes into sight again within minutes, as when its day is put back, or not at all. */
const END = `
update deliveries set status = 'dead', reason = 'deferred_too_long', settled_at = now(), last_error = $5
where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4 and deferred_since < now() - interval '1 day'
returning id, tracking_id, connection_id, ordering_key, status, reason, replay_id, replay_of, internal`;

/** Else it would be found again at once, before all others. */
const PUT_OFF = `
update deliveries set next_attempt_at = now() + interval '1 minute', deferred_since = coalesce(deferred_since, now())
where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4`;

const ERROR: DeliveryError = {
  category: 'config',
  code: 'event_archived',
  message: 'The event of this delivery is no longer at hand. No attempt was made.',
};

interface EndedRow extends ReplayedDelivery {
  tracking_id: string;
  connection_id: string;
  ordering_key: string | null;
  internal: boolean;
}

/**
 * Puts locked deliveries off whose event is out of sight, and ends those that have waited for it for a day: else they would
 * wait for ever, with what is behind them in their order and with the replay that they belong to. There is no event whose
 * counters would move.
 * @returns whether what was behind one is due now
 */
export async function putOffWithoutEvent(tx: TenantTx, connectionId: string, ids: readonly string[]): Promise<boolean> {
  const ended = await tx.query<EndedRow & Record<string, unknown>>(
    END,
    [tx.tenantId, ids, ...bounds(ids), JSON.stringify(ERROR)],
    'end_without_event',
  );
  const gone = new Set(ended.map((row) => row.id));
  const left = ids.filter((id) => !gone.has(id));
  if (left.length > 0) await tx.query(PUT_OFF, [tx.tenantId, left, ...bounds(left)], 'put_off_without_event');
  await noteReplayOutcomes(tx, ended);
  await tellDeliveries(
    tx,
    'delivery.dead',
    ended.filter((row) => !row.internal),
  );
  return releaseNextOfKeys(
    tx,
    connectionId,
    ended.flatMap((row) => row.ordering_key ?? []),
  );
}
