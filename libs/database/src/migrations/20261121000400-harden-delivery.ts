import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** Keys of events, and of requests sent with `Idempotency-Key`, are of no use after this; see the tables' readers. */
const EVENT_KEYS_KEPT = `interval '30 days'`;
const REQUESTS_KEPT = `interval '24 hours'`;
/** 16 MiB of a table in one transaction: bounded in time whether its rows have expired or not. */
const BLOCKS_AT_ONCE = 2_000;

/**
 * How long a delivery has been put off, the retention of idempotency keys, and statistics of a day that has just begun.
 *
 * The upkeep runs as the owner inside functions that only the dispatcher may call, so that no role which serves requests
 * may delete a key. FORCE binds the owner too: its policies show it rows that have expired, and no others.
 */
export class HardenDelivery20261121000400 implements MigrationInterface {
  readonly name = 'HardenDelivery20261121000400';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Since when claims have been given back without an attempt; null once one was made.
      `alter table deliveries add column deferred_since timestamptz`,

      ...ownerPurges('event_keys', EVENT_KEYS_KEPT),
      ...ownerPurges('idempotent_requests', REQUESTS_KEPT),

      // Where the walk through each table has got to, for all workers together. No tenant, and no role is granted it.
      `create table upkeep (
         task text primary key,
         next_block bigint not null default 0,
         due_at timestamptz not null default now()
       )`,
      `insert into upkeep (task) values ('event_keys'), ('idempotent_requests')`,
      // Walked by block, a stretch in each call and from the start again every hour: an index on the age would cost each
      // accepted event an entry in it, and would serve nothing else.
      `create function purge_expired_keys() returns bigint
         language plpgsql security definer set search_path = pg_catalog, public as $$
         declare
           chore record; first tid; beyond tid; deleted bigint; total bigint := 0;
         begin
           for chore in select task, next_block from public.upkeep where due_at <= now() order by task for update skip locked loop
             first := format('(%s,0)', chore.next_block)::tid;
             beyond := format('(%s,0)', chore.next_block + ${BLOCKS_AT_ONCE})::tid;
             if chore.task = 'event_keys' then
               delete from public.event_keys where ctid >= first and ctid < beyond and created_at < now() - ${EVENT_KEYS_KEPT};
             else
               delete from public.idempotent_requests where ctid >= first and ctid < beyond and created_at < now() - ${REQUESTS_KEPT};
             end if;
             get diagnostics deleted = row_count;
             total := total + deleted;
             if (chore.next_block + ${BLOCKS_AT_ONCE}) * current_setting('block_size')::bigint
                  < pg_relation_size(('public.' || quote_ident(chore.task))::regclass) then
               update public.upkeep set next_block = chore.next_block + ${BLOCKS_AT_ONCE} where task = chore.task;
             else
               update public.upkeep set next_block = 0, due_at = now() + interval '1 hour' where task = chore.task;
             end if;
           end loop;
           return total;
         end $$`,
      `revoke all on function purge_expired_keys() from public`,
      `grant execute on function purge_expired_keys() to hub_dispatcher`,

      // A day's partition goes from empty to millions of rows; autovacuum looks once a minute and may be busy elsewhere.
      `create function refresh_statistics() returns integer
         language plpgsql security definer set search_path = pg_catalog, public as $$
         declare
           child text; analyzed integer := 0;
           today text := to_char(now() at time zone 'UTC', 'YYYYMMDD');
         begin
           if not pg_try_advisory_xact_lock(hashtext('refresh_statistics')) then return 0; end if;
           for child in
             select s.relname from pg_stat_all_tables s
             where s.schemaname = 'public' and s.relname in ('events_' || today, 'deliveries_' || today)
               and s.n_mod_since_analyze > 5000 + s.n_live_tup / 5
               and coalesce(greatest(s.last_analyze, s.last_autoanalyze), '-infinity') < now() - interval '50 seconds'
             order by s.relname
           loop
             execute format('analyze public.%I', child);
             analyzed := analyzed + 1;
           end loop;
           return analyzed;
         end $$`,
      `revoke all on function refresh_statistics() from public`,
      `grant execute on function refresh_statistics() to hub_dispatcher`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop function refresh_statistics()`,
      `drop function purge_expired_keys()`,
      `drop table upkeep`,
      ...['event_keys', 'idempotent_requests'].flatMap((table) => [
        `drop policy owner_purges on ${table}`,
        `drop policy owner_finds_expired on ${table}`,
      ]),
      `alter table deliveries drop column deferred_since`,
    ]);
  }
}

/** Two policies, because a DELETE that names a column also needs to see the row. */
function ownerPurges(table: string, kept: string): string[] {
  return [
    `create policy owner_finds_expired on ${table} for select to hub_owner using (created_at < now() - ${kept})`,
    `create policy owner_purges on ${table} for delete to hub_owner using (created_at < now() - ${kept})`,
  ];
}
