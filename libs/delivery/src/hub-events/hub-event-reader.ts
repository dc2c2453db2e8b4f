import { type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type HubEvent, type HubEventPage, type HubEventPosition } from './hub-event.types';

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The oldest transaction that may still write. It never goes back, and what is below it has ended, this way or that. */
export const HORIZON = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint';

/**
 * Only below the horizon: a row becomes readable when every transaction that began to write before its own has ended, so
 * none can turn up behind a reader's back, however late it commits. The price: a transaction that stays open (the hub's
 * own are ended by the server after seconds) makes all readers wait.
 *
 * In a cluster that a dump was restored into, what was told in the old one has transactions that are still to come here: it is
 * known by its time, which lies before the reader began here.
 */
const READ = `
with horizon as materialized (select ${HORIZON} as tx_id)
select horizon.tx_id as horizon, h.tx_id, h.id, h.type, h.tracking_id, h.delivery_id, h.connection_id, h.data, h.created_at
from horizon left join lateral (
  select tx_id, id, type, tracking_id, delivery_id, connection_id, data, created_at from hub_events
  where tenant_id = $1 and (tx_id, id) > ($2::bigint, $3::uuid) and tx_id < horizon.tx_id
    and ($4::text[] is null or type like any ($4::text[]))
    and ($6::timestamptz is null or created_at > $6::timestamptz)
  order by tx_id, id limit $5
) h on true
order by h.tx_id, h.id`;

interface EventRow {
  id: string;
  type: string;
  tracking_id: string | null;
  delivery_id: string | null;
  connection_id: string | null;
  data: string;
  created_at: Date;
}

interface ReadRow extends Omit<EventRow, 'id'> {
  horizon: number;
  tx_id: number;
  /** Null in the one row that only tells the horizon. */
  id: string | null;
}

/** What a consumer has read, of a kind, without having told one connection of it. */
const READ_UNTOLD = `
select id, type, tracking_id, delivery_id, connection_id, data, created_at from hub_events h
where tenant_id = $1 and (tx_id, id) <= ($2::bigint, $3::uuid) and id >= uuid_v7_floor($4::timestamptz) and type like any ($5::text[])
  and ($6::uuid[] is null or connection_id is null or connection_id = any ($6::uuid[]))
  and not exists (select 1 from deliveries d where d.tenant_id = $1 and d.tracking_id = h.id and d.connection_id = $7 and d.internal)
order by tx_id, id limit $8`;

export interface HubEventSelection {
  readonly limit: number;
  /** Patterns of SQL's LIKE, as `toLikePattern` makes them. Left out: all types. */
  readonly typesLike?: readonly string[];
}

/**
 * What happened to the transaction's tenant after a position, in the order in which a reader can be sure of it: one
 * transaction's events are together, and nothing is ever read twice or left out. For the order of happening sort by time.
 */
export async function readHubEvents(
  tx: TenantTx,
  after: HubEventPosition,
  selection: HubEventSelection,
): Promise<HubEventPage> {
  const rows = await tx.query<ReadRow & Record<string, unknown>>(READ, [
    tx.tenantId,
    after.txId,
    after.id,
    selection.typesLike ?? null,
    selection.limit,
    after.heardUntil,
  ]);
  const horizon = rows[0]?.horizon ?? 0;
  if (after.txId >= horizon) return { events: [], position: after, more: false, ahead: true };
  const found = rows.flatMap(({ id, ...row }) => (id === null ? [] : [{ ...row, id }]));
  const last = found.length < selection.limit ? undefined : found[found.length - 1];
  return {
    events: found.map(toEvent),
    position: {
      ...(last === undefined ? endBefore(horizon) : { txId: last.tx_id, id: last.id }),
      heardUntil: after.heardUntil,
    },
    more: last !== undefined,
    ahead: false,
  };
}

export interface UntoldSelection {
  /** How far its consumer has read. */
  readonly until: HubEventPosition;
  /** Happened since then. */
  readonly since: Date;
  readonly typesLike: readonly string[];
  /** About these, or about none at all. Null: about all. */
  readonly aboutConnections: readonly string[] | null;
  /** Who was not told. */
  readonly connectionId: string;
  readonly limit: number;
}

/** Of what has been made into notices, or could have been, that which one connection was given no notice of; oldest first. */
export async function readUntoldHubEvents(tx: TenantTx, selection: UntoldSelection): Promise<HubEvent[]> {
  const { until, since, typesLike, aboutConnections, connectionId, limit } = selection;
  const rows = await tx.query<EventRow & Record<string, unknown>>(READ_UNTOLD, [
    tx.tenantId,
    until.txId,
    until.id,
    since,
    typesLike,
    aboutConnections,
    connectionId,
    limit,
  ]);
  return rows.map(toEvent);
}

/**
 * What is readable although no transaction of this cluster can have written it: it was told in another one, and comes again
 * when the numbers get there. Older than a day it may be in the archive instead, and be restored from it later. Of what a clock
 * that was ahead has dated later than now, some is told again: the other way, what happens until then would be told to nobody.
 */
const END = `
select ${HORIZON} as horizon, greatest(now() - interval '1 day', (
  select max(least(created_at, now())) from hub_events
  where tenant_id = $1 and tx_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    and tx_id is distinct from pg_current_xact_id_if_assigned()::text::bigint
))::text as heard_until`;

/** Before all that is yet to happen: what is being written at this moment will be read from here. */
export async function endOfHubEvents(tx: TenantTx): Promise<HubEventPosition> {
  const [row] = await tx.query<{ horizon: number; heard_until: string }>(END, [tx.tenantId]);
  return { ...endBefore(row?.horizon ?? 0), heardUntil: row?.heard_until ?? null };
}

function endBefore(horizon: number): Omit<HubEventPosition, 'heardUntil'> {
  return { txId: horizon - 1, id: LAST_ID };
}

function toEvent(row: EventRow): HubEvent {
  return {
    id: row.id,
    type: row.type,
    trackingId: row.tracking_id,
    deliveryId: row.delivery_id,
    connectionId: row.connection_id,
    data: JSON.parse(row.data) as JsonObject,
    createdAt: row.created_at,
  };
}
