import { type TenantTx } from '@hub/tenancy';
import { releaseNextOfKeys } from '../settle/settle';
import { type DeliveryError, type DeliveryStatus } from '../shared/delivery-status';

export interface DeliveryRow {
  id: string;
  tracking_id: string;
  event_id: string;
  event_type: string;
  connection_id: string;
  connection_name: string;
  route_id: string;
  route_name: string;
  operation: string;
  ordering_key: string | null;
  status: DeliveryStatus;
  reason: string | null;
  attempts: number;
  next_attempt_at: Date;
  mapping_id: string | null;
  mapping_version: number | null;
  external_id: string | null;
  last_error: DeliveryError | null;
  created_at: Date;
  settled_at: Date | null;
  replay_of: string | null;
  mapped_payload?: string | null;
}

/**
 * Deliveries of a connection that may not be called are held, though not one of their rows is touched for it: an
 * outage with 200,000 waiting must not cost 200,000 updates. Those of a deleted one are not: they are ended.
 */
const HOLD_REASON = `case
  when c.deleted_at is not null then null
  when d.status not in ('pending', 'retrying') then null
  when c.status = 'paused' then 'connection_paused'
  when c.status = 'needs_reauth' then 'connection_needs_reauth'
  when c.status = 'disabled' then 'connection_disabled'
  when r.resume_at > now() then r.resume_reason end`;
const STATUS = `case when ${HOLD_REASON} is null then d.status else 'held' end`;
const FROM = `from deliveries d
  join events e on e.tenant_id = d.tenant_id and e.id = d.tracking_id
  join connections c on c.tenant_id = d.tenant_id and c.id = d.connection_id
  join connection_runtime r on r.tenant_id = d.tenant_id and r.connection_id = d.connection_id
  join routes t on t.tenant_id = d.tenant_id and t.id = d.route_id`;
const COLUMNS = `d.id, d.tracking_id, e.event_id, e.type as event_type, d.connection_id, c.name as connection_name, d.route_id,
  t.name as route_name, d.operation, d.ordering_key, ${STATUS} as status, coalesce(${HOLD_REASON}, d.reason) as reason, d.attempts,
  d.next_attempt_at, d.mapping_id, d.mapping_version, d.external_id, d.last_error, d.created_at, d.settled_at, d.replay_of`;

export async function findDelivery(tx: TenantTx, id: string): Promise<DeliveryRow | null> {
  const [row] = await tx.query<DeliveryRow & Record<string, unknown>>(
    `select ${COLUMNS}, d.mapped_payload ${FROM} where d.tenant_id = $1 and d.id = $2`,
    [tx.tenantId, id],
    'find_delivery',
  );
  return row ?? null;
}

export async function listDeliveriesOfEvent(tx: TenantTx, trackingId: string): Promise<DeliveryRow[]> {
  return tx.query<DeliveryRow & Record<string, unknown>>(
    `select ${COLUMNS} ${FROM} where d.tenant_id = $1 and d.tracking_id = $2 order by d.seq`,
    [tx.tenantId, trackingId],
    'deliveries_of_event',
  );
}

export interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly connectionId?: string | undefined;
  readonly routeId?: string | undefined;
  readonly trackingId?: string | undefined;
  readonly category?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Newest first. One row more than `limit`. */
export async function listDeliveries(
  tx: TenantTx,
  filter: DeliveryFilter,
  page: { limit: number; before: string | null },
): Promise<DeliveryRow[]> {
  const values: unknown[] = [tx.tenantId];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const where = ['d.tenant_id = $1'];
  if (page.before !== null) where.push(`d.id < ${put(page.before)}::uuid`);
  if (filter.from !== undefined) where.push(`d.id >= uuid_v7_floor(${put(filter.from)}::timestamptz)`);
  if (filter.to !== undefined) where.push(`d.id < uuid_v7_floor(${put(filter.to)}::timestamptz)`);
  if (filter.connectionId !== undefined) where.push(`d.connection_id = ${put(filter.connectionId)}::uuid`);
  if (filter.routeId !== undefined) where.push(`d.route_id = ${put(filter.routeId)}::uuid`);
  if (filter.trackingId !== undefined) where.push(`d.tracking_id = ${put(filter.trackingId)}::uuid`);
  if (filter.category !== undefined) where.push(`d.last_error ->> 'category' = ${put(filter.category)}`);
  // Written out, so that the index on dead ones serves.
  if (filter.status === 'dead') where.push(`d.status = 'dead'`);
  else if (filter.status !== undefined) where.push(`${STATUS} = ${put(filter.status)}`);
  return tx.query<DeliveryRow & Record<string, unknown>>(
    `select ${COLUMNS} ${FROM} where ${where.join(' and ')} order by d.id desc limit ${put(page.limit + 1)}`,
    values,
  );
}

export interface AttemptRow {
  id: string;
  delivery_id: string;
  number: number;
  started_at: Date;
  duration_ms: number;
  outcome: 'succeeded' | 'failed' | 'deferred' | 'crashed';
  category: string | null;
  code: string | null;
  message: string | null;
  http_status: number | null;
  request: string | null;
  response: string | null;
  worker: string | null;
  trace_id: string | null;
}

export async function listAttempts(tx: TenantTx, deliveryIds: readonly string[]): Promise<AttemptRow[]> {
  return tx.query<AttemptRow & Record<string, unknown>>(
    `select id, delivery_id, number, started_at, duration_ms, outcome, category, code, message, http_status, request, response, worker, trace_id
     from attempts where tenant_id = $1 and delivery_id = any($2::uuid[]) order by id`,
    [tx.tenantId, deliveryIds],
    'list_attempts',
  );
}

/** Locks the row that orders claims and settlements of the delivery's connection; see `takeSlot`. */
async function lockConnectionOf(tx: TenantTx, deliveryId: string): Promise<string | null> {
  const [row] = await tx.query<{ connection_id: string }>(
    `select r.connection_id from deliveries d
     join connection_runtime r on r.tenant_id = d.tenant_id and r.connection_id = d.connection_id
     where d.tenant_id = $1 and d.id = $2 for update of r`,
    [tx.tenantId, deliveryId],
  );
  return row?.connection_id ?? null;
}

export type ManualOutcome =
  | { readonly kind: 'done'; readonly connectionId: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'wrong_status' };

/** Takes a dead delivery up again, as it was, with its attempts counted anew from the next; due at once. */
export async function retryDelivery(tx: TenantTx, id: string): Promise<ManualOutcome> {
  const connectionId = await lockConnectionOf(tx, id);
  if (connectionId === null) return { kind: 'not_found' };
  const [row] = await tx.query<{ tracking_id: string }>(
    `update deliveries set status = 'pending', reason = null, next_attempt_at = now(), settled_at = null,
            attempts = 0, crashes = 0, solo_crashes = 0, deferred_since = null
     where tenant_id = $1 and id = $2 and status = 'dead' returning tracking_id`,
    [tx.tenantId, id],
  );
  if (row === undefined) return { kind: 'wrong_status' };
  await tx.query(
    `update events set deliveries_open = deliveries_open + 1, deliveries_failed = deliveries_failed - 1, status = 'open'
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, row.tracking_id],
  );
  await tell(tx, 'delivery.retried', id, row.tracking_id, connectionId);
  return { kind: 'done', connectionId };
}

/** Gives up a delivery that is still waiting. One that is being delivered this moment cannot be called back. */
export async function cancelDelivery(tx: TenantTx, id: string): Promise<ManualOutcome> {
  const connectionId = await lockConnectionOf(tx, id);
  if (connectionId === null) return { kind: 'not_found' };
  const [row] = await tx.query<{ tracking_id: string; ordering_key: string | null }>(
    `update deliveries set status = 'cancelled', reason = 'cancelled_by_user', settled_at = now()
     where tenant_id = $1 and id = $2 and status in ('pending', 'retrying', 'held') returning tracking_id, ordering_key`,
    [tx.tenantId, id],
  );
  if (row === undefined) return { kind: 'wrong_status' };
  // Counted as failed: the event's record did not arrive where its route said it should.
  await tx.query(
    `update events set deliveries_open = deliveries_open - 1, deliveries_failed = deliveries_failed + 1,
            status = case when deliveries_open - 1 > 0 then 'open' else 'failed' end
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, row.tracking_id],
  );
  await tell(tx, 'delivery.cancelled', id, row.tracking_id, connectionId);
  if (row.ordering_key !== null) await releaseNextOfKeys(tx, connectionId, [row.ordering_key]);
  return { kind: 'done', connectionId };
}

async function tell(
  tx: TenantTx,
  type: string,
  deliveryId: string,
  trackingId: string,
  connectionId: string,
): Promise<void> {
  await tx.query(
    `insert into hub_events (tenant_id, id, type, tracking_id, delivery_id, connection_id) values ($1, uuid_v7(), $2, $3, $4, $5)`,
    [tx.tenantId, type, trackingId, deliveryId, connectionId],
  );
}
