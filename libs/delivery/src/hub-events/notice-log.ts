import { type TenantTx } from '@hub/tenancy';
import { type DeliveryError, type DeliveryStatus } from '../shared/delivery-status';

/** A notice on its way to one endpoint, with its latest attempt. */
export interface NoticeRow {
  id: string;
  public_id: string;
  type: string;
  status: DeliveryStatus;
  reason: string | null;
  attempts: number;
  next_attempt_at: Date | null;
  last_error: DeliveryError | null;
  created_at: Date;
  settled_at: Date | null;
  replay_of: string | null;
  attempt_number: number | null;
  attempt_started_at: Date | null;
  attempt_duration_ms: number | null;
  attempt_outcome: 'succeeded' | 'failed' | 'deferred' | 'crashed' | null;
  attempt_message: string | null;
  attempt_response: string | null;
  payload?: string;
}

/** Of an endpoint that may not be called none is touched: that they are held is worked out here, as for any connection. */
const HOLD_REASON = `case when d.status not in ('pending', 'retrying') or c.deleted_at is not null then null
  when c.status <> 'active' then 'endpoint_disabled' when r.resume_at > now() then r.resume_reason end`;
const STATUS = `case when ${HOLD_REASON} is null then d.status else 'held' end`;
const COLUMNS = `d.id, e.event_id as public_id, e.type, ${STATUS} as status, coalesce(${HOLD_REASON}, d.reason) as reason, d.attempts,
  case when d.status in ('pending', 'retrying') and c.status = 'active' then greatest(d.next_attempt_at, r.resume_at) end as next_attempt_at,
  d.last_error, d.created_at, d.settled_at, d.replay_of, a.number as attempt_number, a.started_at as attempt_started_at,
  a.duration_ms as attempt_duration_ms, a.outcome as attempt_outcome, a.message as attempt_message, a.response as attempt_response`;
const FROM = `from deliveries d
  join events e on e.tenant_id = d.tenant_id and e.id = d.tracking_id
  join connections c on c.tenant_id = d.tenant_id and c.id = d.connection_id
  join connection_runtime r on r.tenant_id = d.tenant_id and r.connection_id = d.connection_id
  left join lateral (
    select number, started_at, duration_ms, outcome, message, response from attempts
    where tenant_id = d.tenant_id and delivery_id = d.id order by id desc limit 1
  ) a on true`;

export interface NoticeFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly type?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Newest first. One row more than `limit`. Needs a transaction that sees internal rows, as all here do. */
export async function listNotices(
  tx: TenantTx,
  connectionId: string,
  filter: NoticeFilter,
  page: { readonly limit: number; readonly before: string | null },
): Promise<NoticeRow[]> {
  const values: unknown[] = [tx.tenantId, connectionId];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const where = ['d.tenant_id = $1', 'd.connection_id = $2', 'd.internal'];
  if (page.before !== null) where.push(`d.id < ${put(page.before)}::uuid`);
  if (filter.from !== undefined) where.push(`d.id >= uuid_v7_floor(${put(filter.from)}::timestamptz)`);
  if (filter.to !== undefined) where.push(`d.id < uuid_v7_floor(${put(filter.to)}::timestamptz)`);
  if (filter.type !== undefined) where.push(`e.type = ${put(filter.type)}`);
  if (filter.status !== undefined) where.push(`${STATUS} = ${put(filter.status)}`);
  return tx.query<NoticeRow & Record<string, unknown>>(
    `select ${COLUMNS} ${FROM} where ${where.join(' and ')} order by d.id desc limit ${put(page.limit + 1)}`,
    values,
  );
}

export async function findNotice(tx: TenantTx, connectionId: string, deliveryId: string): Promise<NoticeRow | null> {
  const [row] = await tx.query<NoticeRow & Record<string, unknown>>(
    `select ${COLUMNS}, e.payload ${FROM} where d.tenant_id = $1 and d.connection_id = $2 and d.id = $3 and d.internal`,
    [tx.tenantId, connectionId, deliveryId],
  );
  return row ?? null;
}

/** Of the notices made since a moment. */
export interface NoticeStatistics {
  total: number;
  succeeded: number;
  dead: number;
  open: number;
  attempts: number;
  failed_attempts: number;
  median_ms: number | null;
  p95_ms: number | null;
}

export async function noticeStatistics(tx: TenantTx, connectionId: string, since: Date): Promise<NoticeStatistics> {
  const [row] = await tx.query<NoticeStatistics & Record<string, unknown>>(
    `with made as (
       select id, status from deliveries
       where tenant_id = $1 and connection_id = $2 and internal and id >= uuid_v7_floor($3::timestamptz)
     ), tried as (
       select outcome, duration_ms from attempts
       where tenant_id = $1 and delivery_id in (select id from made) and outcome in ('succeeded', 'failed')
     )
     select d.total, d.succeeded, d.dead, d.open, t.attempts, t.failed_attempts, t.median_ms, t.p95_ms
     from (select count(*)::int as total, (count(*) filter (where status = 'succeeded'))::int as succeeded,
                  (count(*) filter (where status = 'dead'))::int as dead,
                  (count(*) filter (where status in ('pending', 'delivering', 'retrying', 'held')))::int as open from made) d,
          (select count(*)::int as attempts, (count(*) filter (where outcome = 'failed'))::int as failed_attempts,
                  (percentile_disc(0.5) within group (order by duration_ms))::int as median_ms,
                  (percentile_disc(0.95) within group (order by duration_ms))::int as p95_ms from tried) t`,
    [tx.tenantId, connectionId, since],
  );
  if (row === undefined) throw new Error('an aggregate answered no row');
  return row;
}
