import { queryJoined } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { moveEventCounts } from '../settle/event-counts';
import { tellDeliveries } from '../settle/tell-deliveries';
import { orderingKeyOf } from '../shared/ordering-key';
import { endItems, type ItemEnd } from './item-ends';
import { nextItems, type WaitingItem } from './item-facts';
import { hasNone } from './missing';
import { findOvertakenLate, type LateEvent } from './overtaken-late';
import { type ReplayPlan } from './plan-replay';
import { type PlannedItems, type Slice } from './replay-slice';
import { type ReplayRow } from './replay.types';

const FACTS = `
select i.delivery_id, e.id is not null as has_event, ${hasNone('i.tracking_id', 'i.route_id')} as missing,
       not r.enabled or r.deleted_at is not null as route_off, c.deleted_at is not null as connection_deleted,
       i.tracking_id, i.route_id, e.subject, r.operation, r.mapping_id, m.published_version
from unnest($3::uuid[], $4::uuid[]) as wanted(id, tracking_id)
cross join lateral (
  select * from replay_items where tenant_id = $1 and replay_id = $2 and delivery_id = wanted.id limit 1) i
join routes r on r.tenant_id = $1 and r.id = i.route_id
join connections c on c.tenant_id = $1 and c.id = r.connection_id
left join mappings m on m.tenant_id = $1 and m.id = r.mapping_id
left join lateral (select id, subject from events where tenant_id = $1 and id = wanted.tracking_id and id between $5 and $6 limit 1) e on true
order by i.seq`;

interface FactsRow extends LateEvent {
  delivery_id: string;
  has_event: boolean;
  missing: boolean;
  route_off: boolean;
  connection_deleted: boolean;
  operation: string;
  mapping_id: string | null;
  published_version: number | null;
}

/** As the route is now: it has never taken these events, so there is no other way that they were to go. */
export async function planLate(tx: TenantTx, replay: ReplayRow, items: readonly WaitingItem[]): Promise<PlannedItems> {
  if (items.length === 0) return { plans: new Map(), skipped: [] };
  const events = items.map((item) => item.trackingId);
  const rows = await tx.query<FactsRow & Record<string, unknown>>(
    FACTS,
    [tx.tenantId, replay.id, items.map((item) => item.deliveryId), events, ...bounds(events)],
    'late_item_facts',
  );
  const isOvertaken = await findOvertakenLate(tx, rows);
  const plans = new Map<string, ReplayPlan>();
  const skipped: ItemEnd[] = [];
  for (const row of rows) {
    const { delivery_id: deliveryId, operation, mapping_id: mappingId } = row;
    const mayGo = replay.include_superseded || !isOvertaken(row);
    const reason = obstacleOf(row) ?? (mayGo ? null : 'superseded_by_newer');
    const mappingVersion = mappingId === null ? null : row.published_version;
    if (reason !== null) skipped.push({ deliveryId, outcome: 'skipped', reason });
    else plans.set(deliveryId, { operation, mappingId, mappingVersion, keepPayload: false });
  }
  return { plans, skipped };
}

function obstacleOf(row: FactsRow): string | null {
  if (!row.missing) return 'not_missing';
  if (row.route_off) return 'route_off';
  if (row.connection_deleted) return 'connection_deleted';
  return row.has_event ? null : 'event_archived';
}

/**
 * Deliveries as the accept statement would make them now, in the places that their items have. They are of the route as any
 * other, not repeats: mapping and filter are those of the moment in which they are sent. Where another job has put an earlier
 * event of the record behind that place, and it is still open, the delivery goes behind that one.
 */
const MAKE = `
with made as (
  insert into deliveries (tenant_id, id, seq, tracking_id, connection_id, route_id, operation, ordering_key, ordering_mode,
                          filter_pending, status, replay_id)
  select $1, i.delivery_id,
         case when exists (
           select 1 from deliveries o where o.tenant_id = $1 and o.connection_id = r.connection_id
             and o.ordering_key = ${orderingKeyOf('e', 'r')} and o.status in ('pending', 'delivering', 'retrying', 'held')
             and o.seq > i.seq and o.tracking_id < e.id) then nextval('deliveries_seq') else i.seq end,
         e.id, r.connection_id, r.id, r.operation, ${orderingKeyOf('e', 'r')}, r.ordering_mode, r.filter is not null, 'pending', $2
  from unnest($3::uuid[]) as wanted(id)
  cross join lateral (
    select * from replay_items where tenant_id = $1 and replay_id = $2 and delivery_id = wanted.id limit 1) i
  cross join lateral (select id, type, subject from events where tenant_id = $1 and id = i.tracking_id limit 1) e
  join routes r on r.tenant_id = $1 and r.id = i.route_id
  order by i.seq
  returning id, tracking_id, connection_id
), noted as (
  update replay_items i set outcome = 'queued', new_delivery_id = i.delivery_id, connection_id = m.connection_id
  from made m where i.tenant_id = $1 and i.replay_id = $2 and i.delivery_id = any($3::uuid[]) and i.delivery_id = m.id
)
select id, tracking_id, connection_id from made`;

interface MadeRow {
  id: string;
  tracking_id: string;
  connection_id: string;
}

/** Has the route take the next events that it missed, in order of acceptance. */
export async function lateSlice(tx: TenantTx, replay: ReplayRow, limit: number): Promise<Slice> {
  const items = await nextItems(tx, replay.id, limit);
  await lockRouteOf(tx, replay);
  const { plans, skipped } = await planLate(tx, replay, items);
  await endItems(tx, replay.id, skipped);
  const made = await make(tx, replay.id, [...plans.keys()]);
  return { looked: items.length, made: made.length, connectionIds: [...new Set(made.map((row) => row.connection_id))] };
}

/**
 * The route stays as it is until the commit, and no other job makes deliveries of it or moves any of its connection's: what
 * is missing is missing until then. First the route, as whoever changes one has it, then the connection.
 */
async function lockRouteOf(tx: TenantTx, { selection }: ReplayRow): Promise<void> {
  const routeId = selection.kind === 'missing' ? selection.routeId : null;
  await tx.query(
    `select 1 from routes where tenant_id = $1 and id = $2 for share`,
    [tx.tenantId, routeId],
    'share_route',
  );
  await tx.query(
    `select 1 from connection_runtime where tenant_id = $1
       and connection_id = (select connection_id from routes where tenant_id = $1 and id = $2) for update`,
    [tx.tenantId, routeId],
    'lock_connection_of_route',
  );
}

async function make(tx: TenantTx, replayId: string, ids: readonly string[]): Promise<readonly MadeRow[]> {
  if (ids.length === 0) return [];
  const made = await queryJoined<MadeRow & Record<string, unknown>>(
    tx,
    ids.length,
    MAKE,
    [tx.tenantId, replayId, ids],
    'make_late',
  );
  if (made.length !== ids.length) throw new Error('an event vanished although a replay was about to take it up');
  await moveEventCounts(
    tx,
    made.map((row) => ({ trackingId: row.tracking_id, total: 1, open: 1 })),
  );
  await tellDeliveries(tx, 'delivery.replayed', made);
  return made;
}
