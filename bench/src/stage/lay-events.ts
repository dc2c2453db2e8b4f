import { samplePayload } from '../load/events';
import { type Stage } from './stage';

/** How long events are kept at hand: that is over how many days they are spread. */
const DAYS = 7;
/** One in so many is of this fate; all others have succeeded. */
const ONE_IN = { failed: 100, unrouted: 500, pending: 1_000, cancelled: 2_500, superseded: 5_000 } as const;
export const TYPES = 20;
/** As many events as this, all of them among the oldest, come from somewhere else and go somewhere else. */
const RARE = 10;

const PARTITIONS = `do $$
  declare parent text; day date; child text; today date := (now() at time zone 'UTC')::date;
  begin
    foreach parent in array array['events', 'deliveries'] loop
      for day in select d::date from generate_series(today - ${DAYS}, today, interval '1 day') d loop
        child := parent || '_' || to_char(day, 'YYYYMMDD');
        continue when to_regclass(child) is not null;
        execute format('create table %I partition of %I for values from (%L) to (%L)', child, parent,
          uuid_v7_floor(day::timestamp at time zone 'UTC'), uuid_v7_floor((day + 1)::timestamp at time zone 'UTC'));
        execute format('alter table %I enable row level security', child);
        execute format('alter table %I force row level security', child);
      end loop;
    end loop;
  end $$`;
/** A UUIDv7 of a moment. */
const ID_AT = `(left(uuid_v7_floor(at)::text, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid`;
const PLAN = `create temp table laid on commit drop as
  with numbered as (
    select n, now() - interval '${DAYS} days' * (($2::int - n) / $2::float8) as at,
           case when n % ${ONE_IN.failed} = 0 then 'dead' when n % ${ONE_IN.unrouted} = 1 then 'unrouted'
                when n % ${ONE_IN.pending} = 2 then 'pending' when n % ${ONE_IN.cancelled} = 3 then 'cancelled'
                when n % ${ONE_IN.superseded} = 4 then 'superseded' else 'succeeded' end as fate,
           n <= ${RARE} as is_rare
    from generate_series(1, $2::int) n
  )
  select numbered.*, ${ID_AT} as event_uuid, ${ID_AT} as delivery_uuid, r.tenant_id, r.id as route_id, r.connection_id,
         r.operation, r.ordering_mode
  from numbered join routes r on r.tenant_id = $1 and r.name = case when is_rare then 'Rare' else 'Invoices' end`;
const KEYS = `insert into event_keys (tenant_id, event_id, tracking_id, fingerprint)
  select tenant_id, 'laid-' || n, event_uuid, '\\x00' from laid order by n`;
const EVENTS = `insert into events (tenant_id, id, event_id, type, source, subject, occurred_at, received_at, payload, status,
                                   deliveries_total, deliveries_open, deliveries_succeeded, deliveries_failed)
  select tenant_id, event_uuid, 'laid-' || n,
         case when is_rare then 'rare.happened' else 'invoice.t' || n % ${TYPES} end,
         case when is_rare then 'elsewhere' else 'bench' end, 'invoice/' || n, at, at,
         replace($1, $2, lpad(n::text, length($2), '0')),
         case fate when 'dead' then 'failed' when 'unrouted' then 'unrouted' when 'pending' then 'open' else 'succeeded' end,
         (fate <> 'unrouted')::int, (fate = 'pending')::int, (fate = 'succeeded')::int, (fate = 'dead')::int
  from laid order by n`;
const DELIVERIES = `insert into deliveries (tenant_id, id, tracking_id, connection_id, route_id, operation, ordering_key, ordering_mode,
                                            status, attempts, last_error, created_at, settled_at)
  select tenant_id, delivery_uuid, event_uuid, connection_id, route_id, operation, 'invoice/' || n, ordering_mode, fate,
         (fate in ('dead', 'succeeded'))::int,
         case when fate = 'dead' then jsonb_build_object(
           'category', (array['validation', 'not_found', 'permission', 'transient'])[1 + n / ${ONE_IN.failed} % 4],
           'code', 'code_' || n / ${ONE_IN.failed} % 25, 'message', 'The field "number" is required (' || n || ').') end,
         at, case when fate <> 'pending' then at end
  from laid where fate <> 'unrouted' order by n`;

/**
 * A week of a tenant's events, laid in as if they had come and gone: most delivered, some of every other fate, and ten at
 * the far end that are of a type, a source and a connection of their own, which a search has to go all the way for.
 */
export async function layEvents(stage: Stage, tenantId: string, count: number): Promise<void> {
  const { text, number } = samplePayload();
  await stage.admin.query(PARTITIONS);
  await stage.inTransaction(async (client) => {
    await client.query(PLAN, [tenantId, count]);
    await client.query('analyze laid');
    await client.query(KEYS);
    await client.query(EVENTS, [text, number]);
    await client.query(DELIVERIES);
  });
  await stage.admin.query('vacuum analyze events, deliveries, event_keys');
  await stage.admin.query('checkpoint');
}
