import { type DeliveryStatus } from '../shared/delivery-status';

/** What lists, groups, counts and jobs over deliveries can be narrowed by. Times are RFC 3339, ids UUIDs. */
export interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly connectionId?: string | undefined;
  readonly routeId?: string | undefined;
  readonly trackingId?: string | undefined;
  readonly operation?: string | undefined;
  readonly eventType?: string | undefined;
  /** Of the last failure. */
  readonly category?: string | undefined;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  /** Created in `[from, to)`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Ended in `[endedFrom, endedTo)`. */
  readonly endedFrom?: string | undefined;
  readonly endedTo?: string | undefined;
  /** Whether a replay has taken it up. */
  readonly replayed?: boolean | undefined;
}

/** The filter of what has died and has not been taken up again. */
export type DeadLetterFilter = Omit<DeliveryFilter, 'status' | 'replayed' | 'trackingId'>;

/** Whether the state has an index of its own, by id. It is also one that no connection's hold hides. */
export function hasIndex(status: DeliveryStatus | undefined): status is 'dead' | 'cancelled' | 'superseded' {
  return status === 'dead' || status === 'cancelled' || status === 'superseded';
}

/** Puts a value among the statement's parameters. @returns its placeholder. */
export type Put = (value: unknown) => string;

/** What it means to have a state or a reason, given as placeholders. */
export interface ShownState {
  readonly statusIs: (status: string) => string;
  readonly reasonIs: (reason: string) => string;
}

const AS_STORED: ShownState = {
  statusIs: (status) => `d.status = ${status}`,
  reasonIs: (reason) => `d.reason = ${reason}`,
};

/**
 * Conditions on `deliveries d`, to be joined by AND; `d.tenant_id = $1` is the caller's.
 * @param shown where states and reasons are more than the columns
 */
export function deliveryConditions(filter: DeliveryFilter, put: Put, shown: ShownState = AS_STORED): string[] {
  const found: string[] = [];
  const add = (value: string | undefined, condition: (placeholder: string) => string): void => {
    if (value !== undefined) found.push(condition(put(value)));
  };
  add(filter.from, (at) => `d.id >= uuid_v7_floor(${at}::timestamptz)`);
  add(filter.to, (at) => `d.id < uuid_v7_floor(${at}::timestamptz)`);
  add(filter.endedFrom, (at) => `d.settled_at >= ${at}::timestamptz`);
  add(filter.endedTo, (at) => `d.settled_at < ${at}::timestamptz`);
  add(filter.connectionId, (id) => `d.connection_id = ${id}::uuid`);
  add(filter.routeId, (id) => `d.route_id = ${id}::uuid`);
  add(filter.trackingId, (id) => `d.tracking_id = ${id}::uuid`);
  add(filter.operation, (name) => `d.operation = ${name}`);
  add(filter.category, (name) => `d.last_error ->> 'category' = ${name}`);
  add(filter.code, (name) => `d.last_error ->> 'code' = ${name}`);
  add(filter.reason, shown.reasonIs);
  add(
    filter.eventType,
    (type) => `exists (select 1 from events t where t.tenant_id = $1 and t.id = d.tracking_id and t.type = ${type})`,
  );
  if (filter.replayed !== undefined) found.push(`d.replayed_by is ${filter.replayed ? 'not null' : 'null'}`);
  // Written out, so that the index serves.
  if (hasIndex(filter.status)) found.push(`d.status = '${filter.status}'`);
  else add(filter.status, shown.statusIs);
  return found;
}

/** Dead, and not taken up by a replay: the failures that somebody still has to see to. */
export const OPEN_DEAD_LETTER = `d.status = 'dead' and d.replayed_by is null`;
