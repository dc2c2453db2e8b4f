import { followChain, genesisHash, type ChainRecord } from '@hub/audit';
import { fromPublicId } from '@hub/platform';
import { type HubDatabase, waitUntil } from '@hub/testing';

/** Everything that is wrong with a tenant's rows, as text; empty when all promises are kept. */
const BROKEN = `
with d as (
  -- A delivery that a replay has taken up counts no more; what was promised are those made at acceptance, or
  -- for a route that had missed the event.
  select tracking_id, count(*) as rows, count(*) filter (where replay_of is null) as total,
         count(*) filter (where status in ('pending', 'delivering', 'retrying', 'held')) as open,
         count(*) filter (where replayed_by is null and status in ('succeeded', 'superseded')) as succeeded,
         count(*) filter (where replayed_by is null and (status = 'dead' or status = 'cancelled' and not neutral)) as failed,
         count(*) filter (where replayed_by is not null or neutral) as out_of_it
  from (select *, status = 'cancelled' and coalesce(reason in ('filtered', 'skipped_by_mapping', 'replay_cancelled'), false) as neutral
        from deliveries where tenant_id = $1) every_one
  group by tracking_id
), books as (
  select e.id, e.status, e.deliveries_total, e.deliveries_open, e.deliveries_succeeded, e.deliveries_failed,
         coalesce(d.total, 0) as total, coalesce(d.open, 0) as open, coalesce(d.succeeded, 0) as succeeded,
         coalesce(d.failed, 0) as failed, coalesce(d.out_of_it, 0) as out_of_it, coalesce(d.rows, 0) as rows
  from events e left join d on d.tracking_id = e.id where e.tenant_id = $1
)
select 'the books of event ' || id || ' do not balance: ' || row_to_json(books)::text as fault from books
where (deliveries_total, deliveries_open, deliveries_succeeded, deliveries_failed) is distinct from (total, open, succeeded, failed)
   or rows <> open + succeeded + failed + out_of_it
   or status <> case when open > 0 then 'open' when failed > 0 then 'failed' when succeeded > 0 then 'succeeded' else 'unrouted' end
union all
select 'delivery ' || id || ' has no event' from deliveries d where tenant_id = $1
  and not exists (select 1 from events e where e.tenant_id = $1 and e.id = d.tracking_id)
union all
select 'event ' || id || ' has no key, or another' from events e where tenant_id = $1
  and not exists (select 1 from event_keys k where k.tenant_id = $1 and k.tracking_id = e.id and k.event_id = e.event_id)
union all
select 'key ' || event_id || ' has no event' from event_keys k where tenant_id = $1
  and not exists (select 1 from events e where e.tenant_id = $1 and e.id = k.tracking_id)
union all
select 'delivery ' || id || ' is ' || status || ' and still carries a lease' from deliveries
  where tenant_id = $1 and status <> 'delivering' and (lease_token is not null or lease_solo)
union all
select 'delivery ' || id || ' is delivering and nobody holds its slot' from deliveries d
  where tenant_id = $1 and status = 'delivering' and not exists (
    select 1 from connection_runtime r where r.tenant_id = $1 and r.connection_id = d.connection_id and r.slot_token = d.lease_token)
union all
select 'delivery ' || id || ' is ' || status || ' but settled_at says otherwise' from deliveries
  where tenant_id = $1 and (settled_at is not null) <> (status in ('succeeded', 'dead', 'cancelled', 'superseded'))
union all
select 'delivery ' || id || ' waits and is never due' from deliveries
  where tenant_id = $1 and status in ('pending', 'retrying') and next_attempt_at > now() + interval '73 hours'
union all
select 'attempt ' || id || ' is of a delivery that is not there' from attempts a where tenant_id = $1
  and not exists (select 1 from deliveries d where d.tenant_id = $1 and d.id = a.delivery_id)
union all
select 'hub event ' || id || ' is of a delivery that is not there' from hub_events h where tenant_id = $1
  and delivery_id is not null and not exists (select 1 from deliveries d where d.tenant_id = $1 and d.id = h.delivery_id)
union all
select 'delivery ' || id || ' succeeded and nobody was told' from deliveries d where tenant_id = $1 and status = 'succeeded'
  and not exists (select 1 from hub_events h where h.tenant_id = $1 and h.delivery_id = d.id and h.type = 'delivery.succeeded')
union all
select 'delivery ' || d.id || ' was spent ' || count(*) || ' attempts' from deliveries d
  join attempts a on a.tenant_id = $1 and a.delivery_id = d.id and a.outcome in ('succeeded', 'failed')
  where d.tenant_id = $1 group by d.id having count(*) > $2
union all
select 'delivery ' || d.id || ' succeeded ' || count(a.id) || ' times' from deliveries d
  left join attempts a on a.tenant_id = $1 and a.delivery_id = d.id and a.outcome = 'succeeded'
  where d.tenant_id = $1 and d.status = 'succeeded' group by d.id having count(a.id) <> 1`;

/** What a delivery may be spent by itself; each time that a person tries it again adds as many. */
const ATTEMPTS = 3;

/** The promises that hold at any moment, whatever is going on. @param mostRetries by persons, of one delivery */
export async function expectInvariants(database: HubDatabase, tenant: string, mostRetries = 0): Promise<void> {
  const faults = await database.asSuperuser((client) =>
    client.query<{ fault: string }>(`${BROKEN} limit 20`, [tenant, ATTEMPTS * (1 + mostRetries)]),
  );
  expect(faults.rows.map(({ fault }) => fault)).toEqual([]);
  await expectAuditChain(database, tenant);
}

/** Read as the verifier of exports reads it, from the first record to the head. */
async function expectAuditChain(database: HubDatabase, tenant: string): Promise<void> {
  await database.asSuperuser(async (client) => {
    // One statement: a record that is appended meanwhile is in both or in neither.
    const { rows } = await client.query<{ key_id: string; head: Buffer; records: AuditRecord[] | null }>(
      `select h.key_id, h.hash as head, (
         select json_agg(json_build_object('seq', r.seq, 'text', r.record::text, 'prev', encode(r.prev, 'hex'),
                                           'hash', encode(r.hash, 'hex')) order by r.seq)
         from audit_records r where r.tenant_id = h.tenant_id) as records
       from audit_heads h where h.tenant_id = $1`,
      [tenant],
    );
    for (const { key_id: key, head, records } of rows) {
      const from = { seq: 0, hash: genesisHash(tenant, key) };
      const followed = followChain(tenant, from, (records ?? []).map(chainRecord));
      expect(followed).toEqual({ ok: true, value: { seq: records?.length ?? 0, hash: head } });
    }
  });
}

interface AuditRecord {
  readonly seq: number;
  readonly text: string;
  readonly prev: string;
  readonly hash: string;
}

function chainRecord({ prev, hash, ...rest }: AuditRecord): ChainRecord {
  return { ...rest, subjectKey: undefined, prev: Buffer.from(prev, 'hex'), hash: Buffer.from(hash, 'hex') };
}

/** Every acknowledged event is there under the id that was answered, and none that was never sent. */
export async function expectAcknowledged(
  database: HubDatabase,
  tenant: string,
  acknowledged: ReadonlyMap<string, string>,
): Promise<void> {
  const { rows } = await database.asSuperuser((client) =>
    client.query<{ event_id: string; id: string }>(`select event_id, id from events where tenant_id = $1`, [tenant]),
  );
  const stored = new Map(rows.map((row) => [row.event_id, row.id]));
  const lost = [...acknowledged].filter(([eventId, id]) => stored.get(eventId) !== fromPublicId('event', id));
  expect(lost).toEqual([]);
  expect(stored.size).toBe(acknowledged.size);
}

/** Waits until nothing of the tenant is open and no slot is held. @returns deliveries by status. */
export async function settledDeliveries(
  database: HubDatabase,
  tenant: string,
  timeoutMs: number,
): Promise<Readonly<Record<string, number>>> {
  let last = '';
  return waitUntil(
    'all deliveries to settle',
    async () => {
      const { rows } = await database.asSuperuser((client) =>
        client.query<{ status: string; n: number }>(
          `select status, count(*)::int as n from deliveries where tenant_id = $1 group by status
           union all
           select 'slot held', count(*)::int from connection_runtime where tenant_id = $1 and slot_token is not null having count(*) > 0`,
          [tenant],
        ),
      );
      const counts = Object.fromEntries(rows.map(({ status, n }) => [status, n]));
      last = JSON.stringify(counts);
      const open = ['pending', 'delivering', 'retrying', 'held', 'slot held'].some((status) => status in counts);
      return open ? null : counts;
    },
    timeoutMs,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; last seen ${last}`);
  });
}
