import { type TenantTx } from '@hub/tenancy';
import { cancelDeliveries, retryDeliveries } from '../dead-letters/take-up';
import { type DeliveryError, type DeliveryStatus } from '../shared/delivery-status';
import { deliveryConditions, hasIndex, type DeliveryFilter, type ShownState } from './delivery-filter';
import { findNewestFirst, type Found, type ListPage, type Stretch } from './newest-first';
import { findFewOpen } from './open-deliveries';

export interface DeliveryRow {
  id: string;
  tracking_id: string;
  event_id: string;
  event_type: string;
  connection_id: string;
  connection_name: string;
  connector_id: string;
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
  replay_id: string | null;
  /** The newest delivery that repeats it. */
  replayed_by: string | null;
  /** The delivery that made good what it failed at. */
  resolved_by: string | null;
  /** Whether a mapping has made a payload of it. */
  mapped: boolean;
  mapped_payload?: string | null;
}

/**
 * Deliveries of a connection that may not be called are held, though not one of their rows is touched for it: an
 * outage with 200,000 waiting must not cost 200,000 updates. Those of a deleted one are not: they are ended.
 */
const CONNECTION_HOLD = `case
  when c.deleted_at is not null then null
  when c.status = 'paused' then 'connection_paused'
  when c.status = 'needs_reauth' then 'connection_needs_reauth'
  when c.status = 'disabled' then 'connection_disabled'
  when r.resume_at > now() then r.resume_reason end`;
const WAITS = `d.status in ('pending', 'retrying')`;
const HOLD_REASON = `case when ${WAITS} then ${CONNECTION_HOLD} end`;
const STATUS = `case when ${HOLD_REASON} is null then d.status else 'held' end`;
const FROM = `from deliveries d
  join events e on e.tenant_id = d.tenant_id and e.id = d.tracking_id
  join connections c on c.tenant_id = d.tenant_id and c.id = d.connection_id
  join connection_runtime r on r.tenant_id = d.tenant_id and r.connection_id = d.connection_id
  join routes t on t.tenant_id = d.tenant_id and t.id = d.route_id`;
const COLUMNS = `d.id, d.tracking_id, e.event_id, e.type as event_type, d.connection_id, c.name as connection_name,
  c.connector_id, d.route_id,
  t.name as route_name, d.operation, d.ordering_key, ${STATUS} as status, coalesce(${HOLD_REASON}, d.reason) as reason, d.attempts,
  d.next_attempt_at, d.mapping_id, d.mapping_version, d.external_id, d.last_error, d.created_at, d.settled_at, d.replay_of,
  d.replay_id, d.replayed_by, d.resolved_by, d.mapped_payload is not null as mapped`;

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
    `select ${COLUMNS} ${FROM} where d.tenant_id = $1 and d.tracking_id = $2 order by d.seq, d.id`,
    [tx.tenantId, trackingId],
    'deliveries_of_event',
  );
}

/** Newest first. Which they are is asked of their own table alone, where an index has the order; then they are read. */
export async function listDeliveries(
  tx: TenantTx,
  filter: DeliveryFilter,
  page: ListPage,
): Promise<Found<DeliveryRow>> {
  const { rows: ids, reached } = await findIds(tx, filter, page);
  const shown = ids.slice(0, page.limit).map(({ id }) => id);
  const rows = await tx.query<DeliveryRow & Record<string, unknown>>(
    `select ${COLUMNS} ${FROM} where d.tenant_id = $1 and d.id = any($2::uuid[]) order by d.id desc`,
    [tx.tenantId, shown],
  );
  return { rows, reached: ids.length > page.limit ? (shown.at(-1) ?? null) : reached };
}

interface IdRow extends Record<string, unknown> {
  id: string;
}

async function findIds(tx: TenantTx, filter: DeliveryFilter, page: ListPage): Promise<Found<IdRow>> {
  const few = await findFewOpen(tx, filter.status);
  const { status, trackingId, from, to, ...others } = filter;
  // What an index serves, so that nothing else is looked at.
  const indexed: DeliveryFilter = { status: hasIndex(status) ? status : undefined, trackingId, from, to };
  const ask = (wanted: DeliveryFilter, stretch: Stretch, skipped: number, limit: number): Promise<IdRow[]> => {
    const values: unknown[] = [tx.tenantId];
    const put = (value: unknown): string => `$${values.push(value)}`;
    const where = ['d.tenant_id = $1'];
    if (stretch.before !== null) where.push(`d.id < ${put(stretch.before)}::uuid`);
    if (stretch.from !== null) where.push(`d.id >= ${put(stretch.from)}::uuid`);
    if (few !== null) where.push(`d.id = any(${put(few)}::uuid[])`);
    where.push(...deliveryConditions(wanted, put, SHOWN));
    return tx.query<IdRow>(
      `select d.id from deliveries d where ${where.join(' and ')} order by d.id desc offset ${put(skipped)} limit ${put(limit)}`,
      values,
    );
  };
  const isIndexed =
    few !== null || (status === indexed.status && Object.values(others).every((value) => value === undefined));
  return findNewestFirst(page, {
    isIndexed,
    find: (stretch, limit) => ask(filter, stretch, 0, limit),
    endOf: async (before, rows) => (await ask(indexed, { before, from: null }, rows - 1, 1))[0]?.id ?? null,
  });
}

/** Connections are few: those that hold theirs back are listed first, so that no delivery has to be joined with its own. */
const heldBack = (which: string): string => `(${WAITS} and d.connection_id = any (array(
  select c.id from connections c join connection_runtime r on r.tenant_id = c.tenant_id and r.connection_id = c.id
  where c.tenant_id = $1 and ${CONNECTION_HOLD} ${which})))`;

/** As {@link STATUS} and its reason have them. */
const SHOWN: ShownState = {
  statusIs: (status) => `case when ${heldBack('is not null')} then 'held' else d.status end = ${status}`,
  reasonIs: (reason) => `(${heldBack(`= ${reason}`)} or d.reason = ${reason} and not ${heldBack('is not null')})`,
};

/** Of these deliveries, by id, those that a list under the filter would hold. @param ids in ascending order */
export async function findDeliveriesAmong(
  tx: TenantTx,
  filter: DeliveryFilter,
  ids: readonly string[],
): Promise<DeliveryRow[]> {
  if (ids.length === 0) return [];
  const values: unknown[] = [tx.tenantId];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const where = [
    `d.tenant_id = $1 and d.id = any(${put(ids)}::uuid[]) and d.id between ${put(ids[0])}::uuid and ${put(ids.at(-1))}::uuid`,
    ...deliveryConditions(filter, put, SHOWN),
  ];
  return tx.query<DeliveryRow & Record<string, unknown>>(
    `select ${COLUMNS} ${FROM} where ${where.join(' and ')} order by d.id`,
    values,
  );
}

/** Whoever is told to wait for a day is called often enough to fill an answer with nothing else. */
export const MOST_ATTEMPTS_SHOWN = 100;

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
  /** How many its delivery has had, of which the newest are listed. */
  made: number;
}

/** Of each delivery the newest {@link MOST_ATTEMPTS_SHOWN}, in the order in which they were made. */
export async function listAttempts(tx: TenantTx, deliveryIds: readonly string[]): Promise<AttemptRow[]> {
  return tx.query<AttemptRow & Record<string, unknown>>(
    `select a.*, d.made from (
       select i.id, (select count(*) from attempts where tenant_id = $1 and delivery_id = i.id)::int as made
       from unnest($2::uuid[]) as i(id)) d
     cross join lateral (
       select id, delivery_id, number, started_at, duration_ms, outcome, category, code, message, http_status, request, response, worker, trace_id
       from attempts where tenant_id = $1 and delivery_id = d.id order by id desc limit ${MOST_ATTEMPTS_SHOWN}) a
     order by a.id`,
    [tx.tenantId, deliveryIds],
    'list_attempts',
  );
}

export type ManualOutcome =
  | { readonly kind: 'done'; readonly connectionId: string }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'wrong_status' }
  /** A replay has taken it up: its story goes on with that delivery. */
  | { readonly kind: 'replayed'; readonly by: string };

/** Takes a dead delivery up again, as it was, with its attempts counted anew from the next; due at once. */
export async function retryDelivery(tx: TenantTx, id: string): Promise<ManualOutcome> {
  return outcomeOf(tx, id, await retryDeliveries(tx, [id]));
}

/**
 * Gives up a delivery that still waits, or one that is dead: it is not to be delivered any more. One that is being
 * delivered this moment cannot be called back.
 */
export async function cancelDelivery(tx: TenantTx, id: string): Promise<ManualOutcome> {
  return outcomeOf(tx, id, await cancelDeliveries(tx, [id]));
}

async function outcomeOf(
  tx: TenantTx,
  id: string,
  [done]: readonly { readonly connection_id: string }[],
): Promise<ManualOutcome> {
  if (done !== undefined) return { kind: 'done', connectionId: done.connection_id };
  const [row] = await tx.query<{ replayed_by: string | null }>(
    `select replayed_by from deliveries where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
  if (row === undefined) return { kind: 'not_found' };
  return row.replayed_by === null ? { kind: 'wrong_status' } : { kind: 'replayed', by: row.replayed_by };
}
