import { uuidArray } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { type ClaimedDelivery } from './claim.types';
import { CRASHES_UNTIL_ALONE, type Slot } from './slot';
import { putOffWithoutEvent } from './without-event';

const OPEN = `('pending', 'delivering', 'retrying', 'held')`;

/**
 * Due deliveries in order, each judged: `blocked` when an earlier one of its ordering key is still open, or any is being
 * delivered (an earlier one may turn up late: when a person retries it, or when its commit was overtaken by a later
 * one's); `stale` when a `latest` route has a newer one that its filter is known to let through. The slot's row lock keeps
 * both judgements true until this transaction ends. Suspects have a query of their own, so that each uses its own
 * partial index.
 *
 * A claim of fewer takes those that have been due longest: the probe of an open breaker must not be the same one each time.
 * It may be sent before it is known whether the slot was taken: without the slot it finds nothing, and locks nothing.
 */
const selectDue = (crashes: string): string => `
with due as (
  select id, seq, next_attempt_at, ordering_key, ordering_mode, route_id from deliveries
  where tenant_id = $1 and connection_id = $2 and status in ('pending', 'retrying') and next_attempt_at <= now() and ${crashes}
    and exists (select 1 from connection_runtime where tenant_id = $1 and connection_id = $2 and slot_token = $4)
  order by next_attempt_at, seq limit $3
  for update skip locked
)
select due.id,
  ordering_key is not null and exists (
    select 1 from deliveries o where o.tenant_id = $1 and o.connection_id = $2 and o.ordering_key = due.ordering_key
      and o.id <> due.id and o.status in ${OPEN} and (o.seq < due.seq or o.status = 'delivering')) as blocked,
  ordering_mode = 'latest' and ordering_key is not null and exists (
    select 1 from deliveries o where o.tenant_id = $1 and o.connection_id = $2 and o.ordering_key = due.ordering_key
      and o.seq > due.seq and o.route_id = due.route_id and o.status in ${OPEN} and not o.filter_pending) as stale
from due order by next_attempt_at, seq`;
const SELECT_DUE = selectDue(`crashes < ${CRASHES_UNTIL_ALONE}`);
const SELECT_SUSPECTS = selectDue(`crashes >= ${CRASHES_UNTIL_ALONE}`);

/**
 * A replay keeps to the mapping that it was made with, whatever has been published since.
 *
 * What may have been sent before is told by more than the number of attempts, which a limit or a failed probe gives back and a
 * retry counts anew: whoever was sent and not settled has a crash that counts, whoever was settled as a failure keeps its last
 * error for good, and a replay repeats what was ended. It is true of some that were never sent: a look-up too many is no harm.
 *
 * How long it has been put off is counted from when the connection went on: that somebody had paused it for a week, or had to
 * sign in to it, is no reason to give it up at the first limit after that.
 *
 * The bounds on `id` let the planner touch only the days that the claimed deliveries are of. Events are looked up one by
 * one (`limit` forbids a join): on a day's partition that was not analyzed yet, the planner joined by reading all events
 * of the tenant for each delivery, which made a claim from a backlog of 20,000 cost half a second.
 *
 * A delivery whose event is out of sight, as while its day leaves, is not claimed: nobody would get it, and it would be taken
 * for one that kills workers.
 */
const CLAIM = `
with claimed as (
  update deliveries d set status = 'delivering', reason = null, lease_token = $3, lease_solo = $4, attempts = attempts + 1
  where tenant_id = $1 and id = any($2::uuid[]) and id between $5 and $6
    and (select true from events e where e.tenant_id = $1 and e.id = d.tracking_id limit 1)
  returning id, seq, tracking_id, route_id, operation, ordering_key, attempts, crashes, filter_pending, mapping_id,
            mapping_version, mapped_payload, deferred_since, mapped_payload is not null or replay_of is not null as pinned,
            attempts > 1 or last_error is not null or replay_of is not null as may_have_been_sent,
            replay_of is not null as is_replay
)
select c.id, c.tracking_id, c.route_id, c.operation, c.ordering_key, c.attempts, c.crashes, c.filter_pending,
       c.may_have_been_sent, c.is_replay, c.mapped_payload, r.filter, r.retry_delays_seconds,
       case when c.pinned then c.mapping_id else r.mapping_id end as mapping_id,
       case when c.pinned then c.mapping_version else m.published_version end as mapping_version,
       case when c.deferred_since is null then 0 else extract(epoch from now() - greatest(c.deferred_since,
         (select status_since from connections where tenant_id = $1 and id = $7))) * 1000 end as deferred_ms,
       e.event_id, e.type, e.source, e.subject, e.occurred_at, e.received_at, e.payload, e.metadata, e.traceparent
from claimed c
cross join lateral (
  select event_id, type, source, subject, occurred_at, received_at, payload, metadata, traceparent
  from events where tenant_id = $1 and id = c.tracking_id limit 1
) e
join routes r on r.tenant_id = $1 and r.id = c.route_id
left join mappings m on m.tenant_id = $1 and m.id = r.mapping_id
order by c.seq`;

const HOLD_BLOCKED = `
update deliveries set status = 'held', reason = 'order'
where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4`;

interface DueRow {
  id: string;
  blocked: boolean;
  stale: boolean;
}

interface ClaimedRow {
  id: string;
  tracking_id: string;
  route_id: string;
  operation: string;
  ordering_key: string | null;
  attempts: number;
  crashes: number;
  may_have_been_sent: boolean;
  is_replay: boolean;
  filter_pending: boolean;
  mapped_payload: string | null;
  filter: string | null;
  retry_delays_seconds: number[] | null;
  mapping_id: string | null;
  mapping_version: number | null;
  deferred_ms: string;
  event_id: string;
  type: string;
  source: string | null;
  subject: string | null;
  occurred_at: Date | null;
  received_at: Date;
  payload: string;
  metadata: string | null;
  traceparent: string | null;
}

export interface Claim {
  readonly deliveries: readonly ClaimedDelivery[];
  /** True when more may be due: the window was full, or some were set aside as blocked. */
  readonly more: boolean;
}

/** Due deliveries that are locked and not yet claimed. */
export type DueLook = readonly DueRow[];

/** How many are looked for before it is known how many the connection takes at once. */
const FIRST_LOOK = 32;

/** To be sent behind `takeSlot`. @param slot by the token that it is asked for with */
export function lookForDue(
  tx: TenantTx,
  slot: Pick<Slot, 'connectionId' | 'token'>,
  limit = FIRST_LOOK,
): Promise<DueLook> {
  return tx.query<DueRow>(SELECT_DUE, [tx.tenantId, slot.connectionId, limit, slot.token], 'select_due');
}

/**
 * Claims up to `limit` due deliveries of the slot's connection, each the earliest open one of its ordering key.
 * Blocked ones are set aside as `held` once, so a hot key's backlog is not looked at again and others pass it.
 * @param look of this transaction, behind which nothing was written
 */
export async function claimDue(tx: TenantTx, slot: Slot, limit: number, look?: DueLook): Promise<Claim> {
  const isWhole = look !== undefined && (look.length < FIRST_LOOK || limit <= FIRST_LOOK);
  return claimOf(tx, slot, limit, isWhole ? look : await lookForDue(tx, slot, limit));
}

/** Claims a single suspect: a delivery whose earlier claims ended in crashes. */
export async function claimSuspect(tx: TenantTx, slot: Slot): Promise<Claim> {
  const due = await tx.query<DueRow>(
    SELECT_SUSPECTS,
    [tx.tenantId, slot.connectionId, 1, slot.token],
    'select_suspects',
  );
  return { ...(await claimOf(tx, slot, 1, due, true)), more: false };
}

async function claimOf(tx: TenantTx, slot: Slot, limit: number, due: DueLook, alone = false): Promise<Claim> {
  if (due.length === 0) return { deliveries: [], more: false };
  const blocked = due.filter((row) => row.blocked && !row.stale).map((row) => row.id);
  const claimable = due.filter((row) => !row.blocked || row.stale).slice(0, limit);
  if (blocked.length > 0)
    await tx.query(HOLD_BLOCKED, [tx.tenantId, uuidArray(blocked), ...bounds(blocked)], 'hold_blocked');
  const more = due.length >= limit || blocked.length > 0;
  if (claimable.length === 0) return { deliveries: [], more };
  const ids = claimable.map((row) => row.id);
  const stale = new Set(claimable.filter((row) => row.stale).map((row) => row.id));
  const rows = await tx.query<ClaimedRow>(
    CLAIM,
    [tx.tenantId, uuidArray(ids), slot.token, alone || ids.length === 1, ...bounds(ids), slot.connectionId],
    'claim',
  );
  const claimed = new Set(rows.map((row) => row.id));
  const left = ids.filter((id) => !claimed.has(id));
  const released = left.length > 0 && (await putOffWithoutEvent(tx, slot.connectionId, left));
  return { deliveries: rows.map((row) => toClaimed(row, stale.has(row.id))), more: more || released };
}

function toClaimed(row: ClaimedRow, superseded: boolean): ClaimedDelivery {
  return {
    id: row.id,
    trackingId: row.tracking_id,
    routeId: row.route_id,
    operation: row.operation,
    orderingKey: row.ordering_key,
    attemptNumber: row.attempts,
    countedAttempts: row.attempts - row.crashes,
    mayHaveBeenSent: row.may_have_been_sent,
    isReplay: row.is_replay,
    superseded,
    filterPending: row.filter_pending,
    filter: row.filter,
    retryDelaysSeconds: row.retry_delays_seconds,
    mappingId: row.mapping_id,
    mappingVersion: row.mapping_version,
    mappedPayload: row.mapped_payload,
    deferredMs: Number(row.deferred_ms),
    event: {
      eventId: row.event_id,
      type: row.type,
      source: row.source,
      subject: row.subject,
      occurredAt: row.occurred_at,
      receivedAt: row.received_at,
      payload: row.payload,
      metadata: row.metadata,
      traceparent: row.traceparent,
    },
  };
}
