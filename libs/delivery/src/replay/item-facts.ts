import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { type DeliveryStatus, turnedAway } from '../shared/delivery-status';
import { findOvertakenLate, type LateEvent } from './overtaken-late';
import { type ItemFacts } from './plan-replay';
import { type ReplayRow } from './replay.types';

export interface WaitingItem {
  readonly deliveryId: string;
  readonly trackingId: string;
}

/** The next items of a job that nobody has looked at, in order of acceptance. */
export async function nextItems(tx: TenantTx, replayId: string, limit: number): Promise<WaitingItem[]> {
  const rows = await tx.query<{ delivery_id: string; tracking_id: string }>(
    `select delivery_id, tracking_id from replay_items
     where tenant_id = $1 and replay_id = $2 and outcome = 'waiting' order by seq limit $3`,
    [tx.tenantId, replayId, limit],
    'next_replay_items',
  );
  return rows.map((row) => ({ deliveryId: row.delivery_id, trackingId: row.tracking_id }));
}

/**
 * A newer change of the same record that has been delivered, or is this moment: accepted later, with the same subject, and
 * written through the same connection by the same operation. Clocks of the processes that name events may differ by some
 * minutes, hence the margin; what counts is the order of acceptance. Routes without an ordering key have no newer and older.
 */
const OVERTAKEN = `exists (
  select 1 from events ne
  join deliveries nd on nd.tenant_id = $1 and nd.tracking_id = ne.id
  where ne.tenant_id = $1 and ne.subject = e.subject and ne.id > uuid_v7_floor(e.received_at - interval '15 minutes')
    and d.ordering_key is not null and nd.connection_id = d.connection_id and nd.operation = d.operation and nd.seq > d.seq
    and nd.status in ('succeeded', 'delivering'))`;

/** Each looked up by its key (`limit` forbids a join): see the claim, which does it so for the same reason. */
const FACTS = `
select i.delivery_id, i.tracking_id, i.route_id, d.id is not null as found, d.status, d.reason, d.replayed_by, i.connection_id, d.operation, d.mapping_id,
       d.mapping_version, d.mapped_payload is not null as mapped,
       d.mapping_id is null and exists (
         select 1 from attempts a where a.tenant_id = $1 and a.delivery_id = d.id and a.request is not null) as sent_raw,
       e.id is not null as has_event, c.deleted_at is not null as connection_deleted,
       r.deleted_at is not null as route_deleted, r.connection_id as route_connection_id, r.operation as route_operation,
       r.mapping_id as route_mapping_id, m.published_version,
       exists (select 1 from mapping_versions v where v.tenant_id = $1 and v.mapping_id = r.mapping_id and v.version = $4) as has_wanted_version,
       d.status = 'cancelled' and ${turnedAway('d.reason')} as turned_away, e.subject,
       e.subject is not null and not (d.status = 'cancelled' and ${turnedAway('d.reason')}) and ${OVERTAKEN} as overtaken
from unnest($3::uuid[], $7::uuid[]) as wanted(id, tracking_id)
cross join lateral (
  select * from replay_items where tenant_id = $1 and replay_id = $2 and delivery_id = wanted.id limit 1) i
join connections c on c.tenant_id = $1 and c.id = i.connection_id
join routes r on r.tenant_id = $1 and r.id = i.route_id
left join mappings m on m.tenant_id = $1 and m.id = r.mapping_id
left join lateral (select * from deliveries where tenant_id = $1 and id = wanted.id and id between $5 and $6 limit 1) d on true
left join lateral (select id, subject, received_at from events where tenant_id = $1 and id = wanted.tracking_id and id between $8 and $9 limit 1) e on true
order by i.seq`;

interface FactsRow extends LateEvent {
  delivery_id: string;
  turned_away: boolean | null;
  found: boolean;
  status: DeliveryStatus | null;
  reason: string | null;
  replayed_by: string | null;
  connection_id: string;
  operation: string | null;
  mapping_id: string | null;
  mapping_version: number | null;
  mapped: boolean;
  sent_raw: boolean;
  has_event: boolean;
  connection_deleted: boolean;
  route_deleted: boolean;
  route_connection_id: string;
  route_operation: string;
  route_mapping_id: string | null;
  published_version: number | null;
  has_wanted_version: boolean;
  overtaken: boolean;
}

/** In order of acceptance. For what is then done to them, the caller holds the rows of their connections. */
export async function readItemFacts(
  tx: TenantTx,
  replay: Pick<ReplayRow, 'id' | 'mapping_version'>,
  items: readonly WaitingItem[],
): Promise<ItemFacts[]> {
  if (items.length === 0) return [];
  const ids = items.map((item) => item.deliveryId);
  const events = items.map((item) => item.trackingId);
  const rows = await tx.query<FactsRow & Record<string, unknown>>(
    FACTS,
    [tx.tenantId, replay.id, ids, replay.mapping_version, ...bounds(ids), events, ...bounds(events)],
    'replay_item_facts',
  );
  const late = rows.filter((row) => row.turned_away);
  const isOvertakenLate = await findOvertakenLate(tx, late);
  return rows.map((row) => factsOf(row, row.turned_away === true ? isOvertakenLate(row) : row.overtaken));
}

function factsOf(row: FactsRow, overtaken: boolean): ItemFacts {
  return {
    deliveryId: row.delivery_id,
    found: row.found,
    status: row.status,
    reason: row.reason,
    replayedBy: row.replayed_by,
    connectionId: row.connection_id,
    operation: row.operation,
    mappingId: row.mapping_id,
    mappingVersion: row.mapping_version,
    mapped: row.mapped,
    sentRaw: row.sent_raw,
    hasEvent: row.has_event,
    connectionDeleted: row.connection_deleted,
    route: {
      deleted: row.route_deleted,
      connectionId: row.route_connection_id,
      operation: row.route_operation,
      mappingId: row.route_mapping_id,
      publishedVersion: row.published_version,
      hasWantedVersion: row.has_wanted_version,
    },
    overtaken,
  };
}
