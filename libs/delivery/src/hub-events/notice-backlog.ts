import { type Database } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';
import { moveEventCounts } from '../settle/event-counts';

/** A notice on its way to endpoints of webhooks. */
export interface NewNotice {
  /** Of the hub event that it is about: one notice for each, however many endpoints it goes to. */
  readonly id: string;
  /** What receivers know it by, the same for every attempt. */
  readonly publicId: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** JSON text, sent byte for byte. */
  readonly payload: string;
  readonly targets: readonly NoticeTarget[];
}

export interface NoticeTarget {
  readonly connectionId: string;
  readonly routeId: string;
}

/** The operation of the connector that sends notices. */
export const NOTICE_OPERATION = 'notice.send';

/** A notice that goes to a further endpoint has its event already: that one is open again. */
const MAKE = `
with notice as (
  select * from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[]) as n(id, event_id, type, occurred_at, payload)
), target as (
  select * from unnest($7::uuid[], $8::uuid[], $9::uuid[]) with ordinality as t(notice_id, connection_id, route_id, place)
), stored as (
  insert into events (tenant_id, id, event_id, type, source, occurred_at, received_at, payload, status, deliveries_total, deliveries_open, internal)
  select $1, n.id, n.event_id, n.type, 'hub', n.occurred_at, now(), n.payload, 'open', t.n, t.n, true
  from notice n join (select notice_id, count(*)::int as n from target group by notice_id) t on t.notice_id = n.id
  order by n.id
  on conflict (tenant_id, id) do update set status = 'open',
    deliveries_total = events.deliveries_total + excluded.deliveries_total, deliveries_open = events.deliveries_open + excluded.deliveries_open
)
insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_key, ordering_mode, status, internal)
select $1, notice_id, connection_id, route_id, '${NOTICE_OPERATION}', null, 'strict', 'pending', true from target order by place`;

/** Puts notices into the backlog. Needs a transaction that sees internal rows; the caller rings afterwards. */
export async function makeNotices(tx: TenantTx, notices: readonly NewNotice[]): Promise<void> {
  const made = notices.filter(({ targets }) => targets.length > 0);
  if (made.length === 0) return;
  const targets = made.flatMap(({ id, targets: to }) => to.map((target) => ({ noticeId: id, ...target })));
  await tx.query(MAKE, [
    tx.tenantId,
    made.map(({ id }) => id),
    made.map(({ publicId }) => publicId),
    made.map(({ type }) => type),
    made.map(({ occurredAt }) => occurredAt),
    made.map(({ payload }) => payload),
    targets.map(({ noticeId }) => noticeId),
    targets.map(({ connectionId }) => connectionId),
    targets.map(({ routeId }) => routeId),
  ]);
}

export type ResendOutcome =
  | { readonly kind: 'done'; readonly deliveryId: string }
  | { readonly kind: 'not_found' }
  /** It is being sent at this moment. */
  | { readonly kind: 'under_way' };

/**
 * Sends a notice again, under the same id: one that waits goes now, a dead one is taken up again, and of one that has
 * arrived a further delivery is made, so that its history stays as it was.
 */
export async function resendNotice(tx: TenantTx, connectionId: string, deliveryId: string): Promise<ResendOutcome> {
  await lockRuntime(tx, connectionId);
  const [found] = await tx.query<{ status: string; tracking_id: string; route_id: string }>(
    `select status, tracking_id, route_id from deliveries where tenant_id = $1 and id = $2 and connection_id = $3 and internal`,
    [tx.tenantId, deliveryId, connectionId],
  );
  if (found === undefined) return { kind: 'not_found' };
  if (found.status === 'delivering') return { kind: 'under_way' };
  if (found.status === 'dead') await takeUp(tx, [deliveryId]);
  else if (found.status === 'pending' || found.status === 'retrying') {
    await tx.query(`update deliveries set next_attempt_at = now() where tenant_id = $1 and id = $2`, [
      tx.tenantId,
      deliveryId,
    ]);
  } else return { kind: 'done', deliveryId: await copy(tx, deliveryId, found.tracking_id) };
  return { kind: 'done', deliveryId };
}

/** Takes up again what the connection's deliveries have died of since then, at most `limit` of them, oldest first. */
export async function recoverNotices(tx: TenantTx, connectionId: string, since: Date, limit: number): Promise<number> {
  await lockRuntime(tx, connectionId);
  const dead = await tx.query<{ id: string }>(
    `select id from deliveries
     where tenant_id = $1 and connection_id = $2 and internal and status = 'dead' and id >= uuid_v7_floor($3::timestamptz)
     order by id limit $4`,
    [tx.tenantId, connectionId, since, limit],
  );
  if (dead.length > 0)
    await takeUp(
      tx,
      dead.map(({ id }) => id),
    );
  return dead.length;
}

/** As long as events are at hand. An endpoint that is switched on later than this has missed what waited for it. */
const NOTICE_KEPT_DAYS = 7;
const EXPIRED = `internal and status in ('pending', 'retrying') and id < uuid_v7_floor(now() - interval '${NOTICE_KEPT_DAYS} days')`;
const EXPIRED_AT_ONCE = 1_000;

/**
 * Connections with notices that have waited for too long, most often for an endpoint that is switched off.
 * @param dispatcher logged in as the dispatcher.
 */
export async function findExpiredNotices(
  dispatcher: Database,
): Promise<{ readonly tenantId: string; readonly connectionId: string }[]> {
  return dispatcher.query<{ tenantId: string; connectionId: string }>(
    `select distinct tenant_id as "tenantId", connection_id as "connectionId" from deliveries where ${EXPIRED}`,
  );
}

/** Gives up what has waited for too long, or it would keep its day from being put away. @returns whether there is more. */
export async function expireNotices(tx: TenantTx, connectionId: string): Promise<boolean> {
  await lockRuntime(tx, connectionId);
  const rows = await tx.query<{ tracking_id: string }>(
    `update deliveries d set status = 'dead', reason = 'deferred_too_long', settled_at = now()
     from (select id from deliveries where tenant_id = $1 and connection_id = $2 and ${EXPIRED}
           order by id limit ${EXPIRED_AT_ONCE} for update) old
     where d.tenant_id = $1 and d.id = old.id returning d.tracking_id`,
    [tx.tenantId, connectionId],
  );
  await moveEventCounts(
    tx,
    rows.map((row) => ({ trackingId: row.tracking_id, open: -1, failed: 1 })),
  );
  return rows.length === EXPIRED_AT_ONCE;
}

/** The row that orders claims and settlements of one connection: nothing of it moves meanwhile. */
async function lockRuntime(tx: TenantTx, connectionId: string): Promise<void> {
  await tx.query(`select 1 from connection_runtime where tenant_id = $1 and connection_id = $2 for update`, [
    tx.tenantId,
    connectionId,
  ]);
}

const TAKE_UP = `
update deliveries set status = 'pending', reason = null, next_attempt_at = now(), settled_at = null,
       attempts = 0, crashes = 0, solo_crashes = 0, deferred_since = null
where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4 and status = 'dead'
returning tracking_id`;

/** Their attempts are counted anew. */
async function takeUp(tx: TenantTx, ids: readonly string[]): Promise<void> {
  const rows = await tx.query<{ tracking_id: string }>(TAKE_UP, [tx.tenantId, ids, ...bounds(ids)]);
  await moveEventCounts(
    tx,
    rows.map((row) => ({ trackingId: row.tracking_id, open: 1, failed: -1 })),
  );
}

async function copy(tx: TenantTx, deliveryId: string, trackingId: string): Promise<string> {
  const [made] = await tx.query<{ id: string }>(
    `insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_key, ordering_mode, status, internal, replay_of)
     select tenant_id, tracking_id, connection_id, route_id, operation, ordering_key, ordering_mode, 'pending', true, id
     from deliveries where tenant_id = $1 and id = $2 returning id`,
    [tx.tenantId, deliveryId],
  );
  if (made === undefined) throw new Error('a delivery vanished while its connection was locked');
  await moveEventCounts(tx, [{ trackingId, open: 1 }]);
  return made.id;
}
