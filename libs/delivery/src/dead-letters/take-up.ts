import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { noteReplayOutcomes, type ReplayedDelivery } from '../replay/replay-outcomes';
import { moveEventCounts } from '../settle/event-counts';
import { releaseNextOfKeys } from '../claim/next-of-keys';
import { tellDeliveries } from '../settle/tell-deliveries';

/** A delivery that a person, or a job of theirs, has moved. */
export interface TakenUp {
  readonly id: string;
  readonly tracking_id: string;
  readonly connection_id: string;
}

const LOCK_CONNECTIONS = `
select r.connection_id from connection_runtime r
where r.tenant_id = $1 and r.connection_id in (
  select d.connection_id from deliveries d where d.tenant_id = $1 and d.id = any($2::uuid[]) and d.id between $3 and $4)
order by r.connection_id for update of r`;

/**
 * Locks the rows that order claims and settlements of the deliveries' connections; see `takeSlot`. In the order of ids, and
 * before any other lock, so that whoever moves deliveries of several connections never meets another the other way round.
 */
export async function lockConnectionsOf(tx: TenantTx, deliveryIds: readonly string[]): Promise<void> {
  if (deliveryIds.length === 0) return;
  await tx.query(LOCK_CONNECTIONS, [tx.tenantId, deliveryIds, ...bounds(deliveryIds)], 'lock_connections_of');
}

const RETRY = `
update deliveries d set status = 'pending', reason = null, next_attempt_at = now(), settled_at = null,
  attempts = 0, crashes = 0, solo_crashes = 0, deferred_since = null, replay_id = coalesce($5, d.replay_id)
where d.tenant_id = $1 and d.id = any($2::uuid[]) and d.id between $3 and $4 and d.status = 'dead' and d.replayed_by is null
  and (select true from events e where e.tenant_id = $1 and e.id = d.tracking_id limit 1)
returning d.id, d.tracking_id, d.connection_id`;

/**
 * Takes dead deliveries up again, as they were, with their attempts counted anew from the next; due at once.
 * @param jobId the job that does it for a person.
 * @returns those that were dead, had not been taken up by a replay, and whose event is at hand.
 */
export async function retryDeliveries(
  tx: TenantTx,
  ids: readonly string[],
  jobId: string | null = null,
): Promise<readonly TakenUp[]> {
  if (ids.length === 0) return [];
  await lockConnectionsOf(tx, ids);
  const taken = await tx.query<TakenUp & Record<string, unknown>>(
    RETRY,
    [tx.tenantId, ids, ...bounds(ids), jobId],
    'retry_deliveries',
  );
  await moveEventCounts(
    tx,
    taken.map((row) => ({ trackingId: row.tracking_id, open: 1, failed: -1 })),
  );
  await tellDeliveries(tx, 'delivery.retried', taken);
  return taken;
}

/** Their connections are locked: nobody moves them between the two statements. */
const FIND_CANCELLABLE = `
select id, status = 'dead' as was_dead from deliveries
where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4 and replayed_by is null and status = any($5::text[])`;

const CANCEL = `
update deliveries set status = 'cancelled', reason = 'cancelled_by_user', settled_at = now()
where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4
returning id, tracking_id, connection_id, ordering_key, status, reason, replay_id, replay_of`;

interface CancelledRow extends ReplayedDelivery {
  tracking_id: string;
  connection_id: string;
  ordering_key: string | null;
}

const CANCELLABLE = ['pending', 'retrying', 'held', 'dead'];

/**
 * Gives deliveries up. Their events count them as failed: the record did not arrive where its route said it should.
 * @param from statuses that are given up.
 */
export async function cancelDeliveries(
  tx: TenantTx,
  ids: readonly string[],
  from: readonly string[] = CANCELLABLE,
): Promise<readonly TakenUp[]> {
  if (ids.length === 0) return [];
  await lockConnectionsOf(tx, ids);
  const found = await tx.query<{ id: string; was_dead: boolean }>(
    FIND_CANCELLABLE,
    [tx.tenantId, ids, ...bounds(ids), from],
    'find_cancellable',
  );
  const cancelled = found.map((row) => row.id);
  const rows = await tx.query<CancelledRow & Record<string, unknown>>(
    CANCEL,
    [tx.tenantId, cancelled, ...bounds(cancelled)],
    'cancel_deliveries',
  );
  // A dead one was counted as failed already, and the job that made it knows.
  const dead = new Set(found.filter((row) => row.was_dead).map((row) => row.id));
  const open = rows.filter((row) => !dead.has(row.id));
  await moveEventCounts(
    tx,
    open.map((row) => ({ trackingId: row.tracking_id, open: -1, failed: 1 })),
  );
  await noteReplayOutcomes(tx, open);
  await tellDeliveries(tx, 'delivery.cancelled', rows);
  await releaseKeys(tx, rows);
  return rows;
}

/** Lets those go that waited for these to end. */
export async function releaseKeys(
  tx: TenantTx,
  rows: readonly { readonly connection_id: string; readonly ordering_key: string | null }[],
): Promise<void> {
  const keys = new Map<string, string[]>();
  for (const { connection_id: connectionId, ordering_key: key } of rows) {
    if (key !== null) keys.set(connectionId, [...(keys.get(connectionId) ?? []), key]);
  }
  for (const [connectionId, ofConnection] of keys) await releaseNextOfKeys(tx, connectionId, ofConnection);
}
