import { queryJoined } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { lockConnectionsOf } from '../dead-letters/take-up';
import { countedAs, moveEventCounts } from '../settle/event-counts';
import { tellDeliveries } from '../settle/tell-deliveries';
import { type DeliveryStatus, turnedAway } from '../shared/delivery-status';
import { endItems, type ItemEnd } from './item-ends';
import { nextItems, readItemFacts, type WaitingItem } from './item-facts';
import { planReplay, type ReplayPlan } from './plan-replay';
import { type ReplayRow } from './replay.types';

/**
 * New deliveries, each a repeat of its original: with the original's place in the order of acceptance, so that what is open
 * of a record goes out in that order whoever made it when, and with a row of its own, so that the original's history stays
 * as it was. The original only learns where its story goes on.
 *
 * What filter or mapping turned away had no place in the order: it is asked again, and goes to the end; see `findOvertakenLate`.
 *
 * The keys stand there as a list wherever rows are changed; see `noteReplayOutcomes`.
 */
const MAKE = `
with plan as materialized (
  select *, uuid_v7() as new_id
  from unnest($3::uuid[], $4::text[], $5::uuid[], $6::int[], $7::bool[]) with ordinality
    as p(id, operation, mapping_id, mapping_version, keep_payload, place)
), made as (
  insert into deliveries (tenant_id, id, seq, tracking_id, connection_id, route_id, operation, ordering_key, ordering_mode,
                          filter_pending, status, mapping_id, mapping_version, mapped_payload, replay_of, replay_id)
  select $1, p.new_id, case when ${turnedAway('o.reason')} then nextval('deliveries_seq') else o.seq end, o.tracking_id,
         o.connection_id, o.route_id, p.operation, o.ordering_key, o.ordering_mode,
         case when o.reason = 'filtered' then r.filter is not null else o.filter_pending end, 'pending', p.mapping_id, p.mapping_version, case when p.keep_payload then o.mapped_payload end, o.id, $2
  from plan p cross join lateral (
    select * from deliveries where tenant_id = $1 and id = p.id and id between $8 and $9 limit 1) o
  join routes r on r.tenant_id = $1 and r.id = o.route_id
  order by p.place
), noted as (
  update replay_items i set outcome = 'queued', new_delivery_id = p.new_id, mapping_id = p.mapping_id, mapping_version = p.mapping_version
  from plan p where i.tenant_id = $1 and i.replay_id = $2 and i.delivery_id = any($3::uuid[]) and i.delivery_id = p.id
)
update deliveries o set replayed_by = p.new_id from plan p
where o.tenant_id = $1 and o.id = any($3::uuid[]) and o.id between $8 and $9 and o.id = p.id and o.replayed_by is null and o.status in ('dead', 'succeeded', 'cancelled')
returning p.new_id as id, o.tracking_id, o.connection_id, o.status, o.reason`;

interface MadeRow {
  id: string;
  tracking_id: string;
  connection_id: string;
  /** Of the original. */
  status: DeliveryStatus;
  reason: string | null;
}

export interface Slice {
  readonly looked: number;
  /** Deliveries made or taken up. */
  readonly made: number;
  /** To be rung for after the commit. */
  readonly connectionIds: readonly string[];
}

/** Replays the next items, in order of acceptance. */
export async function replaySlice(tx: TenantTx, replay: ReplayRow, limit: number): Promise<Slice> {
  const items = await nextItems(tx, replay.id, limit);
  const ids = items.map((item) => item.deliveryId);
  // Nothing of these connections is claimed, settled or taken up by another hand until this is committed.
  await lockConnectionsOf(tx, ids);
  const { plans, skipped } = await planItems(tx, replay, items);
  await endItems(tx, replay.id, skipped);
  const made = await make(tx, replay.id, plans);
  return { looked: items.length, made: made.length, connectionIds: [...new Set(made.map((row) => row.connection_id))] };
}

export interface PlannedItems {
  /** By delivery, in order of acceptance. */
  readonly plans: ReadonlyMap<string, ReplayPlan>;
  readonly skipped: readonly ItemEnd[];
}

export async function planItems(tx: TenantTx, replay: ReplayRow, items: readonly WaitingItem[]): Promise<PlannedItems> {
  const plans = new Map<string, ReplayPlan>();
  const skipped: ItemEnd[] = [];
  for (const facts of await readItemFacts(tx, replay, items)) {
    const planned = planReplay(facts, replay);
    if (planned.kind === 'send') plans.set(facts.deliveryId, planned.plan);
    else skipped.push({ deliveryId: facts.deliveryId, outcome: 'skipped', reason: planned.reason });
  }
  return { plans, skipped };
}

async function make(
  tx: TenantTx,
  replayId: string,
  plans: ReadonlyMap<string, ReplayPlan>,
): Promise<readonly MadeRow[]> {
  if (plans.size === 0) return [];
  const [ids, all] = [[...plans.keys()], [...plans.values()]];
  const made = await queryJoined<MadeRow & Record<string, unknown>>(
    tx,
    ids.length,
    MAKE,
    [
      tx.tenantId,
      replayId,
      ids,
      all.map((plan) => plan.operation),
      all.map((plan) => plan.mappingId),
      all.map((plan) => plan.mappingVersion),
      all.map((plan) => plan.keepPayload),
      ...bounds(ids),
    ],
    'make_replays',
  );
  if (made.length !== plans.size) throw new Error('a delivery changed although its connection was locked');
  await moveEventCounts(
    tx,
    // The original counts no more: what becomes of its event is for the replay to say.
    made.map((row) => ({ trackingId: row.tracking_id, open: 1, ...countedAs(row, -1) })),
  );
  await tellDeliveries(tx, 'delivery.replayed', made);
  return made;
}
