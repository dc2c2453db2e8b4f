import { type TenantTx } from '@hub/tenancy';
import { type EventStatus } from '../shared/delivery-status';
import { type Put } from './delivery-filter';
import { findNewestFirst, type Found, type ListPage, type Stretch } from './newest-first';
import { findFewOpenEvents } from './open-deliveries';
import { isWithin, spanOfRequest } from './request-span';

export interface EventRow {
  id: string;
  event_id: string;
  type: string;
  source: string | null;
  subject: string | null;
  occurred_at: Date | null;
  received_at: Date;
  metadata: string | null;
  status: EventStatus;
  api_key_id: string | null;
  request_id: string | null;
  traceparent: string | null;
  payload?: string;
}

/** While deliveries are open, an event is `processing` once the first of them has been tried. */
const STATUS = `case when e.status <> 'open' then e.status
  when exists (select 1 from deliveries d where d.tenant_id = e.tenant_id and d.tracking_id = e.id and (d.attempts > 0 or d.status not in ('pending', 'held')))
  then 'processing' else 'pending' end`;

const COLUMNS = `e.id, e.event_id, e.type, e.source, e.subject, e.occurred_at, e.received_at, e.metadata, ${STATUS} as status,
  e.api_key_id, e.request_id, e.traceparent`;

export async function findEvent(tx: TenantTx, id: string, withPayload: boolean): Promise<EventRow | null> {
  const [row] = await tx.query<EventRow & Record<string, unknown>>(
    `select ${COLUMNS}${withPayload ? ', e.payload' : ''} from events e where e.tenant_id = $1 and e.id = $2`,
    [tx.tenantId, id],
    withPayload ? 'find_event_payload' : 'find_event',
  );
  return row ?? null;
}

/** States of some events, with the routes that their deliveries go through. */
export interface EventState {
  id: string;
  event_id: string;
  received_at: Date;
  status: EventStatus;
  route_ids: string[] | null;
}

export async function findEventStates(tx: TenantTx, ids: readonly string[]): Promise<Map<string, EventState>> {
  const rows = await tx.query<EventState & Record<string, unknown>>(
    `select e.id, e.event_id, e.received_at, ${STATUS} as status,
            (select array_agg(distinct d.route_id order by d.route_id) from deliveries d
             where d.tenant_id = e.tenant_id and d.tracking_id = e.id and d.replay_of is null) as route_ids
     from events e where e.tenant_id = $1 and e.id = any($2::uuid[])`,
    [tx.tenantId, ids],
    'find_event_states',
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export interface EventFilter {
  readonly status?: EventStatus | undefined;
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  readonly subject?: string | undefined;
  readonly eventId?: string | undefined;
  readonly connectionId?: string | undefined;
  /** Of the request that brought them. */
  readonly requestId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Looked for in ids, subject and payload text, without regard to case; or the whole id of the request. */
  readonly q?: string | undefined;
}

/**
 * Newest first. Those of a request whose id tells its time are looked for around that time, and where there are none, everywhere
 * else: a page that goes on from within that time is of the former, any other of the latter. What was looked through before such
 * a page counts: once some were listed, others would come out of their order.
 */
export async function listEvents(tx: TenantTx, filter: EventFilter, page: ListPage): Promise<Found<EventRow>> {
  const few = isOpen(filter.status) ? await findFewOpenEvents(tx) : null;
  const span = filter.requestId === undefined ? null : spanOfRequest(filter.requestId);
  if (span === null) return listAmong(tx, filter, few, page, () => []);
  const isElsewhere = page.before !== null && !isWithin(span, page.before);
  if (!isElsewhere) {
    const found = await listAmong(tx, filter, few, page, (put) => [
      `e.id >= ${put(span.from)}::uuid and e.id < ${put(span.to)}::uuid`,
    ]);
    if (found.rows.length > 0 || found.reached !== null) return found;
    const { before } = page;
    if (before !== null) {
      const listed = await listAmong(tx, filter, few, { ...page, before: null, limit: 1 }, (put) => [
        `e.id >= ${put(before)}::uuid and e.id < ${put(span.to)}::uuid`,
      ]);
      if (listed.rows.length > 0) return found;
    }
  }
  return listAmong(tx, filter, few, isElsewhere ? page : { ...page, before: null }, (put) => [
    `(e.id < ${put(span.from)}::uuid or e.id >= ${put(span.to)}::uuid)`,
  ]);
}

/**
 * @param few where that is all that can fit
 * @param idConditions what the ids must fulfil besides
 */
function listAmong(
  tx: TenantTx,
  filter: EventFilter,
  few: readonly string[] | null,
  page: ListPage,
  idConditions: (put: Put) => string[],
): Promise<Found<EventRow>> {
  const find = ({ before, from }: Stretch, limit: number): Promise<EventRow[]> => {
    const { put, values, where } = indexedConditions(tx, filter, before);
    where.push(...idConditions(put));
    if (few !== null) where.push(`e.id = any(${put(few)}::uuid[])`);
    if (from !== null) where.push(`e.id >= ${put(from)}::uuid`);
    where.push(...otherConditions(filter, put));
    return tx.query<EventRow & Record<string, unknown>>(
      `select ${COLUMNS} from events e where ${where.join(' and ')} order by e.id desc limit ${put(limit)}`,
      values,
    );
  };
  return findNewestFirst(page, {
    isIndexed: few !== null || otherConditions(filter, () => '').length === 0,
    find,
    endOf: async (before, rows) => {
      const { put, values, where } = indexedConditions(tx, filter, before);
      where.push(...idConditions(put));
      const [end] = await tx.query<{ id: string }>(
        `select e.id from events e where ${where.join(' and ')} order by e.id desc offset ${put(rows - 1)} limit 1`,
        values,
      );
      return end?.id ?? null;
    },
  });
}

/** Of these events, by id, those that a list under the filter would hold. @param ids in ascending order */
export async function findEventsAmong(tx: TenantTx, filter: EventFilter, ids: readonly string[]): Promise<EventRow[]> {
  if (ids.length === 0) return [];
  const { put, values, where } = indexedConditions(tx, filter, null);
  where.push(`e.id = any(${put(ids)}::uuid[]) and e.id between ${put(ids[0])}::uuid and ${put(ids.at(-1))}::uuid`);
  where.push(...otherConditions(filter, put));
  return tx.query<EventRow & Record<string, unknown>>(
    `select ${COLUMNS} from events e where ${where.join(' and ')} order by e.id`,
    values,
  );
}

interface Conditions {
  readonly put: Put;
  readonly values: unknown[];
  readonly where: string[];
}

/** What an index serves, so that nothing else is looked at. */
function indexedConditions(tx: TenantTx, filter: EventFilter, before: string | null): Conditions {
  const values: unknown[] = [tx.tenantId];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const where = ['e.tenant_id = $1'];
  if (before !== null) where.push(`e.id < ${put(before)}::uuid`);
  if (filter.from !== undefined) where.push(`e.id >= uuid_v7_floor(${put(filter.from)}::timestamptz)`);
  if (filter.to !== undefined) where.push(`e.id < uuid_v7_floor(${put(filter.to)}::timestamptz)`);
  if (filter.type !== undefined) where.push(`e.type = ${put(filter.type)}`);
  if (filter.subject !== undefined) where.push(`e.subject = ${put(filter.subject)}`);
  if (filter.eventId !== undefined) {
    where.push(
      `e.id = (select k.tracking_id from event_keys k where k.tenant_id = $1 and k.event_id = ${put(filter.eventId)})`,
    );
  }
  // Written out, so that the index serves.
  if (hasIndex(filter.status)) where.push(`e.status = '${filter.status}'`);
  return { put, values, where };
}

function hasIndex(status: EventStatus | undefined): status is 'failed' | 'unrouted' {
  return status === 'failed' || status === 'unrouted';
}

function isOpen(status: EventStatus | undefined): boolean {
  return status === 'pending' || status === 'processing';
}

/** What every event in question has to be looked at for. */
function otherConditions({ status, source, connectionId, requestId, q }: EventFilter, put: Put): string[] {
  const where: string[] = [];
  if (source !== undefined) where.push(`e.source = ${put(source)}`);
  if (requestId !== undefined) where.push(`e.request_id = ${put(requestId)}`);
  if (connectionId !== undefined) {
    where.push(
      // Asked event by event (that is what the OFFSET is for): joined, all deliveries would be read for each stretch.
      `exists (select 1 from deliveries d where d.tenant_id = $1 and d.tracking_id = e.id
               and d.connection_id = ${put(connectionId)}::uuid offset 0)`,
    );
  }
  if (isOpen(status)) where.push(`e.status = 'open' and ${STATUS} = ${put(status)}`);
  else if (status !== undefined && !hasIndex(status)) where.push(`e.status = ${put(status)}`);
  if (q !== undefined) {
    const needle = put(q.toLowerCase());
    where.push(`(e.request_id = ${put(q)} or strpos(lower(e.event_id), ${needle}) > 0
      or strpos(lower(coalesce(e.subject, '')), ${needle}) > 0 or strpos(lower(e.payload), ${needle}) > 0)`);
  }
  return where;
}
