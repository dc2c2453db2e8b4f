import { boolArray, intArray, queryJoined, textArray, timestampArray, uuidArray } from '@hub/database';
import { newUuid } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { letGo, type NextDue } from '../claim/next-due';
import { nextOfKeys, release } from '../claim/next-of-keys';
import { type Slot } from '../claim/slot';
import { noteReplayOutcomes, type ReplayedDelivery } from '../replay/replay-outcomes';
import { type Settlement } from './settle.types';

/**
 * Deliveries, their attempts, their events' counters and what happened, in one statement. Only rows that still carry the slot's token
 * are touched. The event's status follows from its counters, which move under its row lock, so two connections that
 * settle deliveries of one event at once cannot both believe that the other is still running. Those locks are taken in
 * the order of ids, so that two connections that settle deliveries of the same events never deadlock.
 *
 * Nothing is told of internal deliveries: a notice about a notice would be followed by another.
 */
const SETTLE = `
with input as (
  select * from unnest($3::uuid[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::text[], $9::text[], $10::bool[], $11::uuid[], $12::int[], $13::text[], $18::bool[])
    as i(id, status, reason, unspent, delay_ms, external_id, error, filter_decided, mapping_id, mapping_version, mapped_payload, map_again)
), settled as (
  update deliveries d set
    status = i.status, reason = i.reason, attempts = d.attempts - i.unspent,
    next_attempt_at = case when i.delay_ms is null then d.next_attempt_at else now() + i.delay_ms * interval '1 millisecond' end,
    external_id = coalesce(i.external_id, d.external_id), last_error = coalesce(i.error::jsonb, d.last_error),
    filter_pending = d.filter_pending and not i.filter_decided,
    mapping_id = coalesce(i.mapping_id, d.mapping_id), mapping_version = coalesce(i.mapping_version, d.mapping_version),
    mapped_payload = case when not i.map_again then coalesce(i.mapped_payload, d.mapped_payload) end,
    lease_token = null, lease_solo = false,
    deferred_since = case when i.unspent = 1 and i.status in ('pending', 'retrying') then coalesce(d.deferred_since, now()) end,
    settled_at = case when i.status in ('succeeded', 'dead', 'cancelled', 'superseded') then now() end
  from input i
  where d.tenant_id = $1 and d.id = i.id and d.id = any($3::uuid[]) and d.id between $14 and $15 and d.status = 'delivering' and d.lease_token = $2
  returning d.id, d.tracking_id, d.connection_id, d.status, d.reason, d.internal, d.replay_id, d.replay_of, i.unspent
), closed as (
  select tracking_id, count(*)::int as n, (count(*) filter (where status in ('succeeded', 'superseded')))::int as succeeded,
         (count(*) filter (where status = 'dead'))::int as failed
  from settled where status in ('succeeded', 'dead', 'cancelled', 'superseded') group by tracking_id
), locked as (
  select e.id, c.n, c.succeeded, c.failed from closed c
  join events e on e.tenant_id = $1 and e.id = c.tracking_id and e.id = any($19::uuid[]) and e.id between $16 and $17
  order by e.id for no key update of e
), counted as (
  update events e set
    deliveries_open = e.deliveries_open - l.n, deliveries_succeeded = e.deliveries_succeeded + l.succeeded,
    deliveries_failed = e.deliveries_failed + l.failed,
    status = case when e.deliveries_open - l.n > 0 then 'open' when e.deliveries_failed + l.failed > 0 then 'failed'
                  when e.deliveries_succeeded + l.succeeded > 0 then 'succeeded' else 'unrouted' end
  from locked l where e.tenant_id = $1 and e.id = l.id and e.id = any($19::uuid[]) and e.id between $16 and $17
), kept as (
  insert into attempts (tenant_id, id, delivery_id, number, started_at, duration_ms, outcome, category, code, message, http_status,
                        request, response, worker, trace_id)
  select $1, a.id, a.delivery_id, a.number, a.started_at, a.duration_ms, a.outcome, a.category, a.code, a.message, a.http_status,
         coalesce(a.request, $34), coalesce(a.response, $35), $20, a.trace_id
  from unnest($21::uuid[], $22::uuid[], $23::int[], $24::timestamptz[], $25::int[], $26::text[], $27::text[], $28::text[],
              $29::text[], $30::int[], $31::text[], $32::text[], $33::text[])
    as a(id, delivery_id, number, started_at, duration_ms, outcome, category, code, message, http_status, request, response, trace_id)
  where a.delivery_id in (select id from settled)
), told as (
  insert into hub_events (tenant_id, id, type, tracking_id, delivery_id, connection_id)
  select $1, uuid_v7(), 'delivery.' || status, tracking_id, id, connection_id from settled
  where not internal and (status in ('succeeded', 'dead', 'cancelled', 'superseded') or status = 'retrying' and unspent = 0)
)
select id, status, reason, replay_id, replay_of from settled`;

/**
 * Writes the ends of claims. Call it only in a transaction in which `holdSlot` answers true, and that is rolled back otherwise.
 */
export async function settle(
  tx: TenantTx,
  slot: Slot,
  settlements: readonly Settlement[],
  worker: string,
): Promise<Settled> {
  if (settlements.length === 0) return { ids: new Set(), released: false };
  // Sent together, in this order: the second sees what the first has written.
  const [rows, next] = await Promise.all([
    write(tx, slot, settlements, worker),
    nextOfKeys(tx, slot.connectionId, keysOf(settlements)),
  ]);
  return conclude(tx, rows, next);
}

/** {@link settle} and {@link letGo} in one round trip. What waits for its turn keeps the slot as what is due does. */
export async function settleAndLetGo(
  tx: TenantTx,
  slot: Slot,
  settlements: readonly Settlement[],
  worker: string,
  evenIfDue: boolean,
): Promise<Settled & { readonly next: NextDue | null }> {
  const [rows, { next, turns }] = await Promise.all([
    write(tx, slot, settlements, worker),
    letGo(tx, slot, evenIfDue, keysOf(settlements)),
  ]);
  const settled = await conclude(tx, rows, turns);
  if (next === null || !settled.released) return { ...settled, next };
  // What was released is due, but not before the connection may be called: that is seen by a look after the release.
  return { ...settled, next: (await letGo(tx, slot, true)).next };
}

export interface Settled {
  /** Those that took effect: fewer when a row was settled by another hand. */
  readonly ids: ReadonlySet<string>;
  /** A delivery that waited for its turn is due now. */
  readonly released: boolean;
}

function write(
  tx: TenantTx,
  slot: Slot,
  settlements: readonly Settlement[],
  worker: string,
): Promise<ReplayedDelivery[]> {
  const values = [...settleColumns(tx, slot, settlements), worker, ...attemptColumns(settlements)];
  return queryJoined<ReplayedDelivery>(tx, settlements.length, SETTLE, values, 'settle');
}

async function conclude(tx: TenantTx, rows: readonly ReplayedDelivery[], next: readonly string[]): Promise<Settled> {
  await noteReplayOutcomes(tx, rows);
  return { ids: new Set(rows.map((row) => row.id)), released: await release(tx, next) };
}

/** Of those that are not closed, too: an earlier delivery of the key may have turned up while this one was under way. */
function keysOf(settlements: readonly Settlement[]): string[] {
  return settlements.flatMap((settlement) => settlement.orderingKey ?? []);
}

/** In the order of the statement's parameters, binary but for `bigint`, because escaping payloads as text costs more than storing them. */
function settleColumns(tx: TenantTx, slot: Slot, settlements: readonly Settlement[]): unknown[] {
  const ids = settlements.map((item) => item.deliveryId);
  const trackingIds = [...new Set(settlements.map((item) => item.trackingId))];
  return [
    tx.tenantId,
    slot.token,
    uuidArray(ids),
    textArray(settlements.map((item) => item.status)),
    textArray(settlements.map((item) => item.reason)),
    intArray(settlements.map((item) => (item.unspent ? 1 : 0))),
    settlements.map((item) => (item.delayMs === null ? null : Math.ceil(item.delayMs))),
    textArray(settlements.map((item) => item.externalId)),
    textArray(settlements.map((item) => (item.error === null ? null : JSON.stringify(item.error)))),
    boolArray(settlements.map((item) => item.filterDecided)),
    uuidArray(settlements.map((item) => item.mapping?.id ?? null)),
    intArray(settlements.map((item) => item.mapping?.version ?? null)),
    textArray(settlements.map((item) => item.mappedPayload)),
    ...bounds(ids),
    ...bounds(trackingIds),
    boolArray(settlements.map((item) => item.mapAgain)),
    uuidArray(trackingIds),
  ];
}

function attemptColumns(settlements: readonly Settlement[]): unknown[] {
  const made = settlements.flatMap(({ attempt, deliveryId }) => (attempt === null ? [] : [{ deliveryId, ...attempt }]));
  // All records of a bulk job have one exchange: it goes to the database once.
  const one = made.every(({ request, response }) => request === made[0]?.request && response === made[0]?.response);
  return [
    uuidArray(made.map(() => newUuid())),
    uuidArray(made.map((item) => item.deliveryId)),
    intArray(made.map((item) => item.number)),
    timestampArray(made.map((item) => item.startedAt)),
    intArray(made.map((item) => Math.round(item.durationMs))),
    textArray(made.map((item) => item.outcome)),
    textArray(made.map((item) => item.category)),
    textArray(made.map((item) => item.code)),
    textArray(made.map((item) => item.message)),
    intArray(made.map((item) => item.httpStatus)),
    textArray(made.map((item) => (one ? null : item.request))),
    textArray(made.map((item) => (one ? null : item.response))),
    textArray(made.map((item) => item.traceId)),
    one ? (made[0]?.request ?? null) : null,
    one ? (made[0]?.response ?? null) : null,
  ];
}
