import { type Database } from '@hub/database';
import { type DrainTarget } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { releaseKeys } from '../dead-letters/take-up';
import { noteReplayOutcomes, type ReplayedDelivery } from '../replay/replay-outcomes';
import { moveEventCounts } from '../settle/event-counts';
import { tellDeliveries } from '../settle/tell-deliveries';

/** How long an outage, a limit or wrong settings may keep a delivery waiting, as a missing link may. */
const LONGEST_OUTAGE_HOURS = 24;
/**
 * How long a connection that waits for a person may: one that is paused, disabled or to be signed in to. As long as events
 * are at hand; somebody has been told long before.
 */
export const LONGEST_HOLD_DAYS = 7;

const ENDED_AT_ONCE = 500;

// A probe that a limit answers leaves the breaker half open: the outage goes on.
const OUTAGE = `r.breaker_state <> 'closed' and r.breaker_opened_at < now() - interval '${LONGEST_OUTAGE_HOURS} hours'`;
// While it waits: one that is over is to be tried, however long nobody did.
const LIMIT = `r.limited_since < now() - interval '${LONGEST_OUTAGE_HOURS} hours' and r.resume_at > now()`;
// And for as long as it has its status: a pause of a minute is not to blame for the age of a backlog.
const LONG_STOPPED = `c.status <> 'active' and c.status_since < now() - interval '${LONGEST_HOLD_DAYS} days'`;
const LONG_OUT = `c.status = 'active' and (${OUTAGE} or ${LIMIT}) and c.status_since < now() - interval '${LONGEST_OUTAGE_HOURS} hours'`;
const SINCE = `case when ${LONG_STOPPED} then now() - interval '${LONGEST_HOLD_DAYS} days'
                    when ${LONG_OUT} then now() - interval '${LONGEST_OUTAGE_HOURS} hours' end`;

/**
 * Connections with a delivery that has been due for too long while they could not be called: two probes for each. What waits for
 * its turn was due when it was set aside, and the one before it, which probes, may always have been tried just now.
 */
const HOLDING = `
select r.tenant_id, r.connection_id
from connection_runtime r
join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id and c.deleted_at is null and not c.internal
where (${LONG_STOPPED} or ${LONG_OUT})
  and (exists (select 1 from deliveries d where d.tenant_id = r.tenant_id and d.connection_id = r.connection_id
               and d.status in ('pending', 'retrying') and d.next_attempt_at < ${SINCE})
       or exists (select 1 from deliveries d where d.tenant_id = r.tenant_id and d.connection_id = r.connection_id
                  and d.status = 'held' and d.next_attempt_at < ${SINCE}))
limit 100`;

/** Under the row lock that orders claims, so that none of them is claimed at this moment. */
const LOCK = `
select c.status, c.status_reason, case when ${OUTAGE} then 'breaker_open' else r.resume_reason end as waits_for,
       ${SINCE} as since
from connection_runtime r
join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id and c.deleted_at is null
where r.tenant_id = $1 and r.connection_id = $2 for update of r`;

/** Each half by an index of its own. */
const FIND = `
(select id from deliveries where tenant_id = $1 and connection_id = $2 and status in ('pending', 'retrying')
   and next_attempt_at < $3 order by next_attempt_at, seq limit ${ENDED_AT_ONCE})
union all
(select id from deliveries where tenant_id = $1 and connection_id = $2 and status = 'held'
   and next_attempt_at < $3 order by next_attempt_at limit ${ENDED_AT_ONCE})
limit ${ENDED_AT_ONCE}`;

const END = `
update deliveries set status = 'dead', reason = 'deferred_too_long', settled_at = now(), last_error = $5
where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4
returning id, tracking_id, connection_id, ordering_key, status, reason, replay_id, replay_of`;

interface LockRow {
  status: string;
  status_reason: string | null;
  waits_for: string | null;
  since: Date | null;
}

interface EndedRow extends ReplayedDelivery {
  tracking_id: string;
  connection_id: string;
  ordering_key: string | null;
}

/** Connections of all tenants that have held something for too long, as the dispatcher. */
export async function findHeldTooLong(dispatcher: Database): Promise<DrainTarget[]> {
  const rows = await dispatcher.query<{ tenant_id: string; connection_id: string }>(HOLDING);
  return rows.map((row) => ({ tenantId: row.tenant_id, connectionId: row.connection_id }));
}

/**
 * Ends what a connection has held for too long: without an attempt, and with words for what it waited for. Waiting uses up
 * no attempt, so this is its end where no drain comes by.
 * @returns how many were ended.
 */
export async function endHeldTooLong(tenants: TenantDb, { tenantId, connectionId }: DrainTarget): Promise<number> {
  for (let total = 0; ;) {
    const ended = await tenants.run(tenantId, (tx) => endSome(tx, connectionId));
    total += ended;
    if (ended < ENDED_AT_ONCE) return total;
  }
}

async function endSome(tx: TenantTx, connectionId: string): Promise<number> {
  const [held] = await tx.query<LockRow & Record<string, unknown>>(LOCK, [tx.tenantId, connectionId], 'lock_held');
  if (held === undefined || held.since === null) return 0;
  const error = JSON.stringify({ category: categoryOf(held), code: 'held_too_long', message: wordsFor(held) });
  const found = await tx.query<{ id: string }>(FIND, [tx.tenantId, connectionId, held.since], 'find_held_too_long');
  const ids = found.map((row) => row.id);
  const rows = await tx.query<EndedRow & Record<string, unknown>>(
    END,
    [tx.tenantId, ids, ...bounds(ids), error],
    'end_held_too_long',
  );
  await moveEventCounts(
    tx,
    rows.map((row) => ({ trackingId: row.tracking_id, open: -1, failed: 1 })),
  );
  await noteReplayOutcomes(tx, rows);
  await tellDeliveries(tx, 'delivery.dead', rows);
  await releaseKeys(tx, rows);
  return rows.length;
}

function categoryOf({ status, waits_for: waitsFor }: LockRow): string {
  if (status === 'needs_reauth') return 'auth_revoked';
  if (status !== 'active' || waitsFor === 'misconfigured') return 'config';
  return waitsFor === 'rate_limited' ? 'rate_limited' : 'transient';
}

const ACTIVE_WORDS: Readonly<Record<string, string>> = {
  rate_limited: 'A limit of the system behind the connection has lasted',
  misconfigured: 'The settings of the connection have kept everything from being sent',
};

function wordsFor({ status, status_reason: reason, waits_for: waitsFor }: LockRow): string {
  const why = reason === null ? '' : ` (${reason})`;
  switch (status) {
    case 'active':
      return `${ACTIVE_WORDS[waitsFor ?? ''] ?? 'The system behind the connection has failed'} for more than ${LONGEST_OUTAGE_HOURS} hours; the hub gave up waiting. No attempt was used up.`;
    case 'needs_reauth':
      return `The connection has needed to be signed in to for more than ${LONGEST_HOLD_DAYS} days${why}.`;
    case 'paused':
      return `The connection has been paused for more than ${LONGEST_HOLD_DAYS} days.`;
    default:
      return `The connection has been ${status} for more than ${LONGEST_HOLD_DAYS} days${why}.`;
  }
}
