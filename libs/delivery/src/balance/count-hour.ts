import { type TenantTx } from '@hub/tenancy';
import { type HourFacts } from './balance.types';

/**
 * One statement, so that all witnesses are heard in one snapshot: with a statement each, traffic between them would look
 * like a loss. Everything goes by the time inside the event's id, so that an event and what came of it fall into the same
 * hour whatever the clocks of API and database say, and however much later a delivery was settled or replayed.
 *
 * What was told of a delivery goes by its last word, so that one which a person took up again counts once.
 *
 * `at_hand` is asked in the same statement, whose plan holds every partition that it was made for: a day that retention
 * takes out is either counted whole, or known to be gone.
 */
const COUNT = `
with accepted as (
  select count(*) as n, count(*) filter (where api_key_id is not null) as posted, count(*) filter (where deliveries_total = 0) as unrouted,
         sum(deliveries_total) as promised, sum(deliveries_open) as open
  from events where tenant_id = $1 and id >= uuid_v7_floor($2) and id < uuid_v7_floor($3)
  group by date_trunc('minute', received_at)
), keyed as (
  select count(*) as n from events e
  join event_keys k on k.tenant_id = e.tenant_id and k.event_id = e.event_id and k.tracking_id = e.id
  where $4 and e.tenant_id = $1 and e.id >= uuid_v7_floor($2) and e.id < uuid_v7_floor($3)
), made as (
  select count(distinct tracking_id) filter (where replay_of is null) as events,
         count(*) filter (where replay_of is null) as made, count(*) filter (where replay_of is not null) as replays,
         count(*) filter (where status in ('pending', 'delivering', 'retrying', 'held')) as open,
         count(*) filter (where status = 'succeeded') as succeeded, count(*) filter (where status = 'dead') as dead,
         count(*) filter (where status = 'cancelled') as cancelled, count(*) filter (where status = 'superseded') as superseded
  from deliveries where tenant_id = $1 and tracking_id >= uuid_v7_floor($2) and tracking_id < uuid_v7_floor($3)
), told as (
  select count(*) filter (where last.type <> 'delivery.retried') as n from (
    select distinct on (delivery_id) type from hub_events
    where tenant_id = $1 and tracking_id >= uuid_v7_floor($2) and tracking_id < uuid_v7_floor($3)
      and type in ('delivery.succeeded', 'delivery.dead', 'delivery.cancelled', 'delivery.superseded', 'delivery.retried')
    order by delivery_id, id desc) last
)
select coalesce(sum(a.n), 0)::bigint as events, coalesce(sum(a.unrouted), 0)::bigint as unrouted, (select n from keyed) as keyed,
       coalesce(sum(a.promised), 0)::bigint as promised, coalesce(sum(a.open), 0)::bigint as promised_open,
       coalesce(max(a.posted), 0)::int as busiest, m.events as delivered, m.made, m.replays, m.open, m.succeeded, m.dead,
       m.cancelled, m.superseded, (select n from told) as told,
       to_regclass('public.events_' || $5) is not null and to_regclass('public.deliveries_' || $5) is not null
         and to_regclass('public.hub_events_' || $5) is not null as at_hand
from made m left join accepted a on true
group by m.events, m.made, m.replays, m.open, m.succeeded, m.dead, m.cancelled, m.superseded`;

interface CountRow {
  events: number;
  unrouted: number;
  keyed: number;
  promised: number;
  promised_open: number;
  busiest: number;
  delivered: number;
  made: number;
  replays: number;
  open: number;
  succeeded: number;
  dead: number;
  cancelled: number;
  superseded: number;
  told: number;
  at_hand: boolean;
}

/**
 * Counts an hour of the tenant from the tables themselves.
 *
 * @param withKeys whether to look up each event's idempotency key: a probe for each event, left out while the hour goes on
 * @returns null when retention has begun to take the hour's day away: what is left of it would look like a loss
 */
export async function countHour(tx: TenantTx, hour: Date, withKeys: boolean): Promise<HourFacts | null> {
  const end = new Date(hour.getTime() + 3_600_000);
  const [row] = await tx.query<CountRow & Record<string, unknown>>(
    COUNT,
    [tx.tenantId, hour, end, withKeys, hour.toISOString().slice(0, 10).replaceAll('-', '')],
    'count_hour',
  );
  if (row === undefined) throw new Error('counting an hour answered nothing');
  if (!row.at_hand) return null;
  return {
    events: row.events,
    eventsUnrouted: row.unrouted,
    eventsKeyed: withKeys ? row.keyed : null,
    eventsDelivered: row.delivered,
    promised: row.promised,
    promisedOpen: row.promised_open,
    busiestMinute: row.busiest,
    made: row.made,
    replays: row.replays,
    open: row.open,
    succeeded: row.succeeded,
    dead: row.dead,
    cancelled: row.cancelled,
    superseded: row.superseded,
    told: row.told,
  };
}
