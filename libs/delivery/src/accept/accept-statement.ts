import {
  boolArray,
  exchangeJoined,
  hexArray,
  intArray,
  queryJoined,
  textArray,
  timestampArray,
  uuidArray,
  type Database,
  type Tx,
} from '@hub/database';
import { orderingKeyOf } from '../shared/ordering-key';
import { acceptPreamble } from './accept-preamble';
import { type AcceptInput, type AcceptOutcome, type FilterVerdict, type MatchedRoute } from './accept.types';

/**
 * Keys, events and deliveries in one statement: the tenant's routes are joined as they are at this very moment.
 * Keys go in sorted by (tenant, event id), so that two batches that share ids wait for each other in one order and
 * never deadlock. A verdict counts only for the revision of the route that it was made for; without one, the delivery
 * is made and the worker decides. Routes of all tenants are read once and joined: looked up event by event, the policy's
 * list of tenants would be sorted for each. Arrays are taken apart in the select list, because in `from` each of them is written
 * out as a table of its own first.
 */
const ACCEPT = `
with input as (
  select unnest($1::int[]) as idx, unnest($2::uuid[]) as id, unnest($3::uuid[]) as tenant_id, unnest($4::text[]) as event_id,
         unnest($5::text[]) as type, unnest($6::text[]) as source, unnest($7::text[]) as subject,
         unnest($8::text[]) as occurred_at, unnest($9::timestamptz[]) as received_at, unnest($10::text[]) as payload,
         unnest($11::text[]) as metadata, unnest($12::bytea[]) as fingerprint, unnest($13::uuid[]) as api_key_id,
         unnest($14::text[]) as request_id, unnest($15::text[]) as traceparent
), verdicts as (
  select * from unnest($16::uuid[], $17::uuid[], $18::int[], $19::bool[]) as v(tracking_id, route_id, revision, passes)
), keys as (
  insert into event_keys (tenant_id, event_id, tracking_id, fingerprint)
  select tenant_id, event_id, id, fingerprint from input order by tenant_id, event_id, idx
  on conflict do nothing
  returning tracking_id
), fresh as (
  select i.* from input i join keys k on k.tracking_id = i.id
), matched as (
  select f.idx, f.id as tracking_id, f.tenant_id, r.id as route_id, r.connection_id, r.operation, r.ordering_mode,
         r.filter is not null and v.passes is null as filter_pending,
         ${orderingKeyOf('f', 'r')} as ordering_key
  from fresh f
  join routes r on r.tenant_id = f.tenant_id and r.enabled and r.deleted_at is null and f.type like r.event_type_like
  left join verdicts v on v.tracking_id = f.id and v.route_id = r.id and v.revision = r.revision
  where r.filter is null or v.passes is not false
), made as (
  insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_key, ordering_mode, filter_pending, status)
  select tenant_id, tracking_id, connection_id, route_id, operation, ordering_key, ordering_mode, filter_pending, 'pending'
  from matched order by idx, route_id
), counted as (
  select idx, count(*)::int as n from matched group by idx
), stored as (
  insert into events (tenant_id, id, event_id, type, source, subject, occurred_at, received_at, payload, metadata,
                      status, deliveries_total, deliveries_open, api_key_id, request_id, traceparent)
  select f.tenant_id, f.id, f.event_id, f.type, f.source, f.subject, f.occurred_at::timestamptz, f.received_at, f.payload, f.metadata,
         case when c.n is null then 'unrouted' else 'open' end, coalesce(c.n, 0), coalesce(c.n, 0), f.api_key_id, f.request_id, f.traceparent
  from fresh f left join counted c using (idx)
)
select m.route_id, m.connection_id, string_agg(f.idx::text, ',') as indexes
from fresh f left join matched m using (idx) group by m.route_id, m.connection_id order by m.route_id`;

const STATEMENT = 'accept_events';

const FIND_EARLIER = `
select i.idx, k.tracking_id, k.created_at, k.fingerprint = i.fingerprint as same
from unnest($1::int[], $2::uuid[], $3::text[], $4::bytea[]) as i(idx, tenant_id, event_id, fingerprint)
cross join lateral (
  select * from event_keys where tenant_id = i.tenant_id and event_id = i.event_id offset 0) k`;

/**
 * One for each route, and one without a route for the events that have none. A row for each event took PostgreSQL's client
 * longer than the rest of the answer, and PostgreSQL to name its routes in it longer than to find them.
 */
interface FreshRow {
  route_id: string | null;
  connection_id: string | null;
  /** Places of its events among the inputs, with commas. */
  indexes: string;
}

interface EarlierRow {
  idx: number;
  tracking_id: string;
  created_at: Date;
  same: boolean;
}

/** A key may go between the two statements: it had its 30 days at that moment. Another one that does so in turn is no accident. */
const MOST_ROUNDS = 5;

/** Runs inside a transaction whose `app.tenant_ids` names every tenant of `inputs`. One outcome each, in order. */
export function insertEvents(
  tx: Tx,
  inputs: readonly AcceptInput[],
  verdicts: readonly FilterVerdict[],
): Promise<AcceptOutcome[]> {
  return insertRest(tx, inputs, verdicts, new Array<undefined>(inputs.length));
}

/** As {@link insertEvents}, for events that are likely to be there. */
export async function findOrInsertEvents(
  tx: Tx,
  inputs: readonly AcceptInput[],
  verdicts: readonly FilterVerdict[],
): Promise<AcceptOutcome[]> {
  const outcomes = new Array<AcceptOutcome | undefined>(inputs.length);
  await fillEarlier(tx, inputs, outcomes);
  return insertRest(tx, inputs, verdicts, outcomes);
}

async function insertRest(
  tx: Tx,
  inputs: readonly AcceptInput[],
  verdicts: readonly FilterVerdict[],
  outcomes: (AcceptOutcome | undefined)[],
): Promise<AcceptOutcome[]> {
  for (let round = 1; round <= MOST_ROUNDS && outcomes.includes(undefined); round++) {
    const open = inputs.map((_input, idx) => idx).filter((idx) => outcomes[idx] === undefined);
    await insertOrFind(tx, inputs, open, verdicts, outcomes);
  }
  if (!outcomes.includes(undefined)) return outcomes as AcceptOutcome[];
  throw new Error('an event was neither stored nor found: its key keeps vanishing between two statements');
}

/**
 * Stores what is new, in a transaction of one round trip, and commits it. What came earlier stays undefined and is for
 * {@link findOrInsertEvents}.
 */
export async function storeEvents(
  database: Database,
  inputs: readonly AcceptInput[],
  verdicts: readonly FilterVerdict[],
): Promise<(AcceptOutcome | undefined)[]> {
  const preamble = acceptPreamble(inputs.map(({ tenantId }) => tenantId));
  const statement = { name: STATEMENT, sql: ACCEPT, values: valuesOf(inputs, verdicts) };
  const rows = await exchangeJoined<FreshRow>(database, preamble, inputs.length, statement);
  return acceptedOf(inputs, rows);
}

/** Of the inputs in `open`: stores what is new, and finds what came earlier. What vanishes in between stays undefined. */
async function insertOrFind(
  tx: Tx,
  inputs: readonly AcceptInput[],
  open: readonly number[],
  verdicts: readonly FilterVerdict[],
  outcomes: (AcceptOutcome | undefined)[],
): Promise<void> {
  const some = open.length === inputs.length ? inputs : open.map((idx) => inputs[idx] as AcceptInput);
  const rows = await queryJoined<FreshRow>(tx, some.length, ACCEPT, valuesOf(some, verdicts), STATEMENT);
  const accepted = acceptedOf(some, rows);
  open.forEach((idx, at) => (outcomes[idx] = accepted[at]));
  if (accepted.includes(undefined)) await fillEarlier(tx, inputs, outcomes);
}

/** A second statement, because only a new snapshot sees what a competing batch has committed meanwhile. */
export async function fillEarlier(
  tx: Tx,
  inputs: readonly AcceptInput[],
  outcomes: (AcceptOutcome | undefined)[],
): Promise<void> {
  const missing = inputs.map((input, idx) => ({ input, idx })).filter(({ idx }) => outcomes[idx] === undefined);
  const rows = await tx.query<EarlierRow>(
    FIND_EARLIER,
    [
      intArray(missing.map(({ idx }) => idx)),
      uuidArray(missing.map(({ input }) => input.tenantId)),
      textArray(missing.map(({ input }) => input.eventId)),
      hexArray(missing.map(({ input }) => input.fingerprint)),
    ],
    'find_earlier_events',
  );
  for (const row of rows) {
    outcomes[row.idx] = row.same
      ? { kind: 'duplicate', trackingId: row.tracking_id, receivedAt: row.created_at }
      : { kind: 'reused', trackingId: row.tracking_id };
  }
}

/** What is fresh, with its routes in the order of the rows; what came earlier stays undefined. */
function acceptedOf(inputs: readonly AcceptInput[], rows: readonly FreshRow[]): (AcceptOutcome | undefined)[] {
  const routes = new Array<MatchedRoute[] | undefined>(inputs.length).fill(undefined);
  for (const { route_id: routeId, connection_id: connectionId, indexes } of rows) {
    const route = routeId === null || connectionId === null ? [] : [{ routeId, connectionId }];
    for (const index of indexes.split(',')) (routes[Number(index)] ??= []).push(...route);
  }
  return inputs.map(({ trackingId }, index) => {
    const own = routes[index];
    return own && { kind: 'accepted', trackingId, routes: own };
  });
}

function valuesOf(inputs: readonly AcceptInput[], verdicts: readonly FilterVerdict[]): Buffer[] {
  return [...inputColumns(inputs), ...verdictColumns(verdicts)];
}

/** In the order of the statement's parameters. */
function inputColumns(inputs: readonly AcceptInput[]): Buffer[] {
  const texts = (of: (input: AcceptInput) => string | null): Buffer => textArray(inputs.map(of));
  const uuids = (of: (input: AcceptInput) => string | null): Buffer => uuidArray(inputs.map(of));
  return [
    intArray(inputs.map((_input, idx) => idx)),
    uuids((input) => input.trackingId),
    uuids((input) => input.tenantId),
    texts((input) => input.eventId),
    texts((input) => input.type),
    texts((input) => input.source),
    texts((input) => input.subject),
    texts((input) => input.occurredAt),
    timestampArray(inputs.map((input) => input.receivedAt)),
    texts((input) => input.payload),
    texts((input) => input.metadata),
    hexArray(inputs.map((input) => input.fingerprint)),
    uuids((input) => input.apiKeyId),
    texts((input) => input.requestId),
    texts((input) => input.traceparent),
  ];
}

function verdictColumns(verdicts: readonly FilterVerdict[]): Buffer[] {
  return [
    uuidArray(verdicts.map((verdict) => verdict.trackingId)),
    uuidArray(verdicts.map((verdict) => verdict.routeId)),
    intArray(verdicts.map((verdict) => verdict.revision)),
    boolArray(verdicts.map((verdict) => verdict.passes)),
  ];
}
