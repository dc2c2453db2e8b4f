import { type TenantTx } from '@hub/tenancy';

/** Deliveries of one route whose events came from one source. */
export interface FlowCountRow {
  route_id: string;
  /** As the events say; null where they say nothing. */
  source: string | null;
  total: number;
  succeeded: number;
  /** Not settled. */
  waiting: number;
  /** Dead, and not taken up by a replay. */
  dead: number;
  oldest_at: Date;
  newest_at: Date;
}

/**
 * Deliveries made since `since`, by route and source. Costs the same however busy the tenant is: no more than the newest
 * `most` are looked at, which a total of `most` over all rows gives away.
 *
 * The source is looked up event by event: a join by sets would read every partition that replays may reach back to.
 */
export async function countFlow(tx: TenantTx, since: Date, most: number): Promise<FlowCountRow[]> {
  return tx.query<FlowCountRow & Record<string, unknown>>(
    `select d.route_id, e.source, count(*)::int as total, count(*) filter (where d.status = 'succeeded')::int as succeeded,
            count(*) filter (where d.status in ('pending', 'delivering', 'retrying', 'held'))::int as waiting,
            count(*) filter (where d.status = 'dead' and d.replayed_by is null)::int as dead,
            min(d.created_at) as oldest_at, max(d.created_at) as newest_at
     from (select route_id, tracking_id, status, replayed_by, created_at from deliveries
           where tenant_id = $1 and id >= uuid_v7_floor($2::timestamptz) order by id desc limit $3) d
     left join lateral (select source from events where tenant_id = $1 and id = d.tracking_id offset 0) e on true
     group by d.route_id, e.source`,
    [tx.tenantId, since, most],
    'count_flow',
  );
}
