import { type TenantTx } from '@hub/tenancy';
import { type Put } from '../read/delivery-filter';
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

function inRange({ from, to }: MissingSelection, put: Put): string {
  return `e.id >= uuid_v7_floor(${put(from)}::timestamptz) and e.id < uuid_v7_floor(${put(to)}::timestamptz)`;
}

/** What a job would take up if it began now. */
export async function countMissing(tx: TenantTx, selection: MissingSelection): Promise<number> {
  const values: unknown[] = [tx.tenantId];
  const put: Put = (value) => `$${values.push(value)}`;
  const route = `${put(selection.routeId)}::uuid`;
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from events e
     where e.tenant_id = $1 and ${inRange(selection, put)} and ${OF_TYPE(route)} and ${hasNone('e.id', route)}`,
    values,
  );
  return row?.n ?? 0;
}

/**
 * Writes the next missing ones down. An item bears the id and the place in the order that its delivery will have: whatever
 * is accepted from then on comes after it. So a job that is taken up again makes the same rows, and none twice.
 */
export async function collectMissing(tx: TenantTx, replay: ReplayRow, selection: MissingSelection): Promise<void> {
  const values: unknown[] = [tx.tenantId, replay.id, replay.created_at];
  const put: Put = (value) => `$${values.push(value)}`;
  const route = `${put(selection.routeId)}::uuid`;
  const where = ['e.tenant_id = $1', inRange(selection, put)];
  if (replay.collected_to !== null) where.push(`e.id > ${put(replay.collected_to)}::uuid`);
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
  await noteCollected(tx, replay.id, {
    last: row.last ?? replay.collected_to,
    found: row.found,
    complete: row.looked < LOOKED_AT_ONCE,
  });
}
