import { samplePayload } from '../load/events';
import { type Stage } from './stage';

const PLAN = `create temp table laid on commit drop as
  with targets as (
    select row_number() over (order by r.id) - 1 as k, count(*) over () as many, r.tenant_id, r.id as route_id, r.connection_id,
           r.operation, r.ordering_mode
    from routes r join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id
    where not r.internal and not c.internal and c.status = $2
  )
  select n, uuid_v7() as id, t.* from generate_series(1, $1::int) n join targets t on t.k = n % t.many`;
const KEYS = `insert into event_keys (tenant_id, event_id, tracking_id, fingerprint)
  select tenant_id, 'backlog-' || n, id, '\\x00' from laid order by tenant_id, n`;
const EVENTS = `insert into events (tenant_id, id, event_id, type, source, subject, occurred_at, received_at, payload, status,
                                   deliveries_total, deliveries_open)
  select tenant_id, id, 'backlog-' || n, 'invoice.created', 'bench', 'invoice/backlog-' || n, now(), now(),
         replace($1, $2, lpad(n::text, length($2), '0')), 'open', 1, 1
  from laid order by n`;
const DELIVERIES = `insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_key, ordering_mode, status)
  select tenant_id, id, connection_id, route_id, operation, 'invoice/backlog-' || n, ordering_mode, 'pending'
  from laid order by n`;

/**
 * Due deliveries with their events and keys, evenly over all routes to connections of this status, as if they had come
 * earlier. Statistics are gathered afterwards, as autovacuum does within a minute.
 */
export async function layBacklog(stage: Stage, count: number, status: 'active' | 'paused'): Promise<void> {
  const { text, number } = samplePayload();
  await stage.inTransaction(async (client) => {
    await client.query(PLAN, [count, status]);
    await client.query('analyze laid');
    await client.query(KEYS);
    await client.query(EVENTS, [text, number]);
    await client.query(DELIVERIES);
  });
  const { rows } = await stage.admin.query<{ due: number }>(
    `select count(*)::int as due from deliveries where status = 'pending' and next_attempt_at <= now()`,
  );
  if (rows[0]?.due !== count) throw new Error(`${rows[0]?.due} instead of ${count} deliveries are due`);
  await stage.admin.query('vacuum analyze events, deliveries, event_keys');
  await stage.admin.query('checkpoint');
}
