import { type TenantTx } from '@hub/tenancy';
import { HORIZON } from '../hub-events/hub-event-reader';
import { type TailEdge } from './tail-position';

/**
 * How long it may take from an id being drawn to the beginning of the transaction that writes its row, with what the clocks of
 * hub and database differ by. A row that was under way for longer is not followed.
 */
const UNDER_WAY_MS = 30_000;

const EDGE = `select ${HORIZON} as tx, (extract(epoch from clock_timestamp()) * 1000)::bigint as at`;

/** What every follower can have read up to at this moment. The same in every tenant. */
export async function currentTailEdge(tx: TenantTx): Promise<TailEdge> {
  const [row] = await tx.query<{ tx: number; at: number }>(EDGE);
  if (row === undefined) throw new Error('the database does not tell its time');
  return { tx: row.tx, at: row.at };
}

/** Transactions by which a row is older than the edge `$3`: xmin has the lower half of their number. */
const age = (row: string): string =>
  `((($3::bigint & 4294967295) - ${row}.xmin::text::bigint + 6442450944) & 4294967295) - 2147483648`;
/** Written by a transaction of the stretch from `$2` on. */
const isNew = (row: string): string => `${age(row)} <= $3::bigint - $2::bigint`;
/** Up to `$3`, which it does not hold. */
const isSettled = (row: string): string => `${age(row)} > 0`;

/**
 * Nothing is written for followers: accepting must not pay for them. That a row is new is known by the transaction that wrote
 * it, which the row of its idempotency key names for good: that one is never changed, while the event's own row is.
 */
const EVENTS = `
select id, bool_or(accepted) as accepted from (
  select e.id, ${isNew('k')} as accepted
  from events e
  join event_keys k on k.tenant_id = e.tenant_id and k.event_id = e.event_id and k.tracking_id = e.id
  where e.tenant_id = $1 and e.id >= uuid_v7_floor($4::timestamptz) and ${isNew('e')}
    and case when ${isNew('k')} then ${isSettled('k')} else ${isSettled('e')} end
  union all
  select h.tracking_id, false from hub_events h
  where h.tenant_id = $1 and h.tx_id >= $2::bigint and h.tx_id < $3::bigint and h.tracking_id < uuid_v7_floor($4::timestamptz)
) changed
where $5::uuid is null or id > $5::uuid
group by id order by id limit $6`;

/** Of those that are older than what is looked through row by row, only what the bus was told. */
const DELIVERIES = `
select id, false as accepted from (
  select d.id from deliveries d
  where d.tenant_id = $1 and d.id >= uuid_v7_floor($4::timestamptz) and ${isNew('d')} and ${isSettled('d')}
  union
  select h.delivery_id from hub_events h
  where h.tenant_id = $1 and h.tx_id >= $2::bigint and h.tx_id < $3::bigint and h.delivery_id < uuid_v7_floor($4::timestamptz)
) changed
where $5::uuid is null or id > $5::uuid
order by id limit $6`;

/** A row that came or changed. */
export interface ChangedRow {
  readonly id: string;
  /** An event that is new in this stretch: of each one told exactly once. */
  readonly accepted: boolean;
}

export interface TailStretch {
  readonly from: TailEdge;
  readonly to: TailEdge;
  /** Only ids after this one. */
  readonly after: string | null;
  readonly limit: number;
}

/**
 * The events of the transaction's tenant that came or changed in a stretch of transactions, by id. It costs a look at each
 * event of the last half minute.
 */
export function findChangedEvents(tx: TenantTx, stretch: TailStretch): Promise<ChangedRow[]> {
  return findChanged(tx, EVENTS, stretch);
}

/** The same of deliveries. */
export function findChangedDeliveries(tx: TenantTx, stretch: TailStretch): Promise<ChangedRow[]> {
  return findChanged(tx, DELIVERIES, stretch);
}

function findChanged(tx: TenantTx, sql: string, { from, to, after, limit }: TailStretch): Promise<ChangedRow[]> {
  const since = new Date(from.at - UNDER_WAY_MS);
  return tx.query<ChangedRow & Record<string, unknown>>(sql, [tx.tenantId, from.tx, to.tx, since, after, limit]);
}
