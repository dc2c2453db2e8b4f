import { type TenantTx } from '@hub/tenancy';
import { type Put } from '../read/delivery-filter';
import { MIN_UUID } from '../shared/id-bounds';
import { firstMomentAtHand } from './at-hand.repository';
import { noteCollected } from './collected';
import { type MissingSelection, type ReplayRow } from './replay.types';

/** Events looked at in one transaction, most of which the route may have taken. */
const LOOKED_AT_ONCE = 5_000;

/**
 * Whether the route has nothing of event `e`. What a cancelled job has taken back is no delivery: the event is missing as
 * before.
 */
export const hasNone = (event: string, route: string): string => `not exists (
  select 1 from deliveries o where o.tenant_id = $1 and o.tracking_id = ${event} and o.route_id = ${route}
    and o.reason is distinct from 'replay_cancelled')`;

const OF_TYPE = (route: string): string =>
  `e.type like (select event_type_like from routes where tenant_id = $1 and id = ${route})`;

/**
 * Writes the next missing ones down. An item bears the id and the place in the order that its delivery will have: whatever
 * is accepted from then on comes after it. So a job that is taken up again makes the same rows, and none twice.
 *
 * Days that leave the database meanwhile are passed over, from the moment on that their deliveries do: without them all events
 * of the day would look missed.
 * @throws Error when one left while it looked; whoever takes the job up again begins after it
 */
export async function collectMissing(tx: TenantTx, replay: ReplayRow, selection: MissingSelection): Promise<void> {
  const values: unknown[] = [tx.tenantId, replay.id, replay.created_at];
  const put: Put = (value) => `$${values.push(value)}`;
  const route = `${put(selection.routeId)}::uuid`;
  const { from, to } = selection;
  const atHand = await firstMomentAtHand(tx, from, to);
  const since = atHand ?? new Date(from);
  // The first look is the same statement as the others: a prepared one has one text on its connection.
  const after = put(replay.collected_to ?? MIN_UUID);
  const where = [
    'e.tenant_id = $1',
    `e.id >= uuid_v7_floor(${put(since)}::timestamptz)`,
    `e.id < uuid_v7_floor(${put(to)}::timestamptz)`,
    `e.id > ${after}::uuid`,
  ];
  const [row] = await tx.query<{ looked: number; last: string | null; found: number }>(
    `with looked as materialized (
       select e.id, e.type from events e where ${where.join(' and ')} order by e.id limit ${LOOKED_AT_ONCE}
     ), found as materialized (
       select e.id from looked e where ${OF_TYPE(route)} and ${hasNone('e.id', route)} order by e.id
     ), written as (
       insert into replay_items (tenant_id, replay_id, delivery_id, seq, tracking_id, connection_id, route_id, created_at)
       select $1, $2, uuid_v7(), nextval('deliveries_seq'), f.id, r.connection_id, r.id, $3
       from found f join routes r on r.tenant_id = $1 and r.id = ${route} order by f.id
       returning 1
     )
     select (select count(*) from looked) as looked, (select id from looked order by id desc limit 1) as last,
            (select count(*) from written) as found`,
    values,
    'collect_missing',
  );
  if (row === undefined) throw new Error('a count answered nothing');
  // What it has read is locked until the commit: what is there now was there while it looked.
  const stillAtHand = await firstMomentAtHand(tx, since.toISOString(), to);
  if (stillAtHand !== null && stillAtHand > since) throw new Error('a day left the database while it was searched');
  await noteCollected(tx, replay.id, {
    last: row.last ?? replay.collected_to,
    found: row.found,
    complete: row.looked < LOOKED_AT_ONCE,
  });
}
