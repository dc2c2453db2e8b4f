import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { admitDispatcher, isolateByTenant } from '../rls';
import { runAll } from './run-all';

const HISTORY = ['events', 'deliveries', 'attempts', 'hub_events'] as const;
const KINDS = HISTORY.map((table) => `'${table}'`).join(', ');
/** FORCE binds the owner too. Inside the functions below it sees what they are about, and nowhere else. */
const RETIRING = `((select current_setting('app.retiring', true)) = 'on')`;
/** A day's rows are read for as long as the accept path may wait for them: the lock is taken soon, or another time. */
const LOCK_TIMEOUT = '300ms';

/**
 * Retention: what of a tenant's history is in the archive, what has to stay at hand, and the functions by which a day leaves
 * the database.
 *
 * A day leaves in two steps. `retire_day` takes its partition out of the table, which needs a lock but no time, and moves
 * what has to stay into the default partition. `drop_retired_day` then holds the rest against the archive at leisure, where
 * nobody reads or writes it any more: what is not there as it is now goes back, and only then is the day dropped.
 */
export class CreateArchive20261121000850 implements MigrationInterface {
  readonly name = 'CreateArchive20261121000850';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [...SETTINGS, ...BOOKS, ...RESTORES, ...ACCESS, ...FUNCTIONS]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop function purge_loose_rows(text, uuid, uuid, uuid[], bigint[])`,
      `drop function drop_retired_day(text, date)`,
      `drop function retire_day(text, date, integer)`,
      partitionsFunction(false),
      `drop schema hub_retired`,
      ...HISTORY.map((table) => `drop policy owner_retires on ${table}_default`),
      `drop policy owner_retires on deliveries`,
      ...['events', 'attempts'].flatMap((table) => [
        `revoke select (tenant_id, id) on ${table} from hub_dispatcher`,
        `drop policy dispatcher_reads on ${table}`,
      ]),
      `drop table archive_state`,
      `drop table archive_kept`,
      `drop table archive_restores`,
      `drop table archive_objects`,
      `drop table archive_days`,
      `drop table retention_bounds`,
      `drop table retention_settings`,
    ]);
  }
}

const SETTINGS = [
  // Null: the hub's own figure. The operator's bounds win over what a tenant has asked for, also afterwards.
  `create table retention_settings (
     tenant_id uuid primary key references tenants (id),
     hot_days integer check (hot_days > 0),
     archive_days integer check (archive_days > 0),
     dead_letter_days integer check (dead_letter_days > 0),
     legal_hold boolean not null default false,
     legal_hold_reason text,
     legal_hold_since timestamptz,
     updated_at timestamptz not null default now(),
     check (not legal_hold or legal_hold_reason is not null and legal_hold_since is not null)
   )`,
  ...isolateByTenant('retention_settings'),
  `grant select, insert, update on retention_settings to hub_app`,

  `create table retention_bounds (
     tenant_id uuid primary key references tenants (id),
     most_hot_days integer check (most_hot_days > 0),
     least_archive_days integer check (least_archive_days > 0),
     most_archive_days integer check (most_archive_days > 0),
     most_dead_letter_days integer check (most_dead_letter_days > 0),
     legal_hold boolean not null default false,
     legal_hold_reason text,
     legal_hold_since timestamptz,
     updated_at timestamptz not null default now(),
     check (not legal_hold or legal_hold_reason is not null and legal_hold_since is not null),
     check (least_archive_days <= most_archive_days)
   )`,
  ...isolateByTenant('retention_bounds'),
  `create policy operator_manages on retention_bounds for all to hub_operator using (true) with check (true)`,
  `grant select on retention_bounds to hub_app`,
  `grant select, insert, update on retention_bounds to hub_operator`,
];

const BOOKS = [
  // How far the reading of a day's partition has got. `sealed`: all of it is in objects that have been read back.
  `create table archive_days (
     tenant_id uuid not null references tenants (id),
     kind text not null check (kind in (${KINDS})),
     day date not null,
     status text not null default 'writing' check (status in ('writing', 'sealed')),
     -- Rows are read in the order of (transaction, id); the transaction is 0 where a table has none.
     last_tx bigint,
     last_id uuid,
     created_at timestamptz not null default now(),
     sealed_at timestamptz,
     primary key (tenant_id, kind, day)
   )`,
  ...isolateByTenant('archive_days'),
  `grant select, insert, update, delete on archive_days to hub_app`,

  // One object of the store. No row is here before its object has been read back and compared.
  // The key has no foreign key: to destroy a tenant's data key erases the archive, and must not be refused by it.
  `create table archive_objects (
     tenant_id uuid not null references tenants (id),
     id uuid not null,
     kind text not null check (kind in (${KINDS})),
     day date not null,
     -- Of a whole partition, or of rows from the default partition.
     source text not null check (source in ('partition', 'loose')),
     object_key text not null,
     key_id uuid not null,
     row_count integer not null,
     first_tx bigint not null,
     first_id uuid not null,
     last_tx bigint not null,
     last_id uuid not null,
     -- What its rows point at: the event of a delivery, the delivery of an attempt.
     least_ref uuid,
     greatest_ref uuid,
     -- Bloom filter: the event ids of events, else what the rows point at. Hashed with a key of the tenant's.
     filter bytea not null,
     -- Sum of the rows' 64-bit hashes: tells whether a row has changed since.
     checksum numeric not null,
     -- Of the object as it is stored.
     sha256 bytea not null,
     bytes bigint not null,
     bytes_stored bigint not null,
     created_at timestamptz not null default now(),
     primary key (tenant_id, id),
     unique (tenant_id, object_key)
   )`,
  `create index archive_objects_day on archive_objects (tenant_id, kind, day, first_id)`,
  // Random bits do not compress, and are read one at a time.
  `alter table archive_objects alter column filter set storage external`,
  ...isolateByTenant('archive_objects'),
  admitDispatcher('archive_objects'),
  `grant select, insert, delete on archive_objects to hub_app`,
  `grant select (tenant_id, day) on archive_objects to hub_dispatcher`,

  // No tenant. One worker at a time does the archive's work; the row tells how that is going.
  `create table archive_state (
     task text primary key,
     holder text,
     lease_until timestamptz,
     last_run_at timestamptz,
     last_success_at timestamptz,
     failing_since timestamptz,
     error_code text,
     -- The oldest day that ought to have left the database and has not.
     waiting_day date,
     waiting_reason text
   )`,
  `insert into archive_state (task) values ('archive')`,
  `grant select, update on archive_state to hub_dispatcher`,
];

const RESTORES = [
  `create table archive_restores (
     tenant_id uuid not null references tenants (id),
     id uuid not null,
     status text not null default 'queued' check (status in ('queued', 'running', 'completed', 'failed', 'cancelled')),
     selection jsonb not null,
     reason text not null,
     keep_days integer not null,
     requested_by jsonb not null,
     -- The last object that has been gone through, and how many there are.
     done_day date,
     done_object uuid,
     objects_done integer not null default 0,
     objects_total integer,
     matched integer not null default 0,
     restored integer not null default 0,
     already_there integer not null default 0,
     missing integer not null default 0,
     failures integer not null default 0,
     error_code text,
     next_at timestamptz not null default now(),
     lease_token uuid,
     lease_until timestamptz,
     created_at timestamptz not null default now(),
     started_at timestamptz,
     ended_at timestamptz,
     primary key (tenant_id, id)
   )`,
  `create index archive_restores_open on archive_restores (tenant_id, next_at) where status in ('queued', 'running')`,
  ...isolateByTenant('archive_restores'),
  admitDispatcher('archive_restores'),
  `grant select, insert, update on archive_restores to hub_app`,
  `grant select (tenant_id, id, status, next_at, lease_until) on archive_restores to hub_dispatcher`,

  // Events whose rows stay at hand although their day has gone: something of theirs is open, or they were brought back.
  `create table archive_kept (
     tenant_id uuid not null references tenants (id),
     tracking_id uuid not null,
     reason text not null check (reason in ('open', 'restored')),
     until timestamptz,
     primary key (tenant_id, tracking_id, reason),
     check ((until is null) = (reason = 'open'))
   )`,
  ...isolateByTenant('archive_kept'),
  `grant select, insert, update, delete on archive_kept to hub_app`,
];

const ACCESS = [
  ...['events', 'attempts'].flatMap((table) => [
    admitDispatcher(table),
    `grant select (tenant_id, id) on ${table} to hub_dispatcher`,
  ]),
  ...HISTORY.map(
    (table) =>
      `create policy owner_retires on ${table}_default for all to hub_owner using ${RETIRING} with check ${RETIRING}`,
  ),
  ...['deliveries', 'archive_days', 'archive_objects', 'archive_kept'].map(
    (table) => `create policy owner_retires on ${table} for select to hub_owner using ${RETIRING}`,
  ),
];

/** Days ahead and one back. A day whose rows are in the default partition already takes them over from there. */
function partitionsFunction(takesOver: boolean): string {
  const create = `execute format('create table public.%I partition of public.%I for values from (%L) to (%L)
             with (autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_scale_factor = 0.05)', child, parent, low, high);`;
  // What ought to have been there before its rows came: a clock ran ahead, or nobody looked after the database for days.
  const takeOver = `begin
           ${create}
         exception when check_violation then
           perform set_config('app.retiring', 'on', true);
           execute format('create table public.%I (like public.%I including all)
             with (autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_scale_factor = 0.05)', child, parent);
           execute format('with moved as (delete from public.%I where id >= %L and id < %L returning *) insert into public.%I select * from moved',
             parent || '_default', low, high, child);
           execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', parent, child, low, high);
         end;`;
  return `create or replace function ensure_day_partitions(days_ahead integer) returns integer
     language plpgsql security definer set search_path = pg_catalog, public as $$
     declare
       parent text; day date; child text; low uuid; high uuid; made integer := 0;
       today date := (now() at time zone 'UTC')::date;
     begin
       perform pg_advisory_xact_lock(hashtext('ensure_day_partitions'));
       foreach parent in array array[${KINDS}] loop
         for day in select d::date from generate_series(today - 1, today + days_ahead, interval '1 day') d loop
           child := parent || '_' || to_char(day, 'YYYYMMDD');
           continue when to_regclass('public.' || child) is not null;
           low := public.uuid_v7_floor(day::timestamp at time zone 'UTC');
           high := public.uuid_v7_floor((day + 1)::timestamp at time zone 'UTC');
           -- A day's partition grows from nothing within the day: statistics and dead rows are looked after early.
           ${takesOver ? takeOver : create}
           execute format('alter table public.%I enable row level security', child);
           execute format('alter table public.%I force row level security', child);
           made := made + 1;
         end loop;
       end loop;
       return made;
     end $$`;
}

/** The beginning of each function: which table, which day, and nothing but one of those days that may leave at all. */
const CHECKED = `
  if parent <> all (array[${KINDS}]) then raise exception '% is no history', parent using errcode = 'invalid_parameter_value'; end if;
  if day >= (now() at time zone 'UTC')::date - 1 then raise exception '% is too young', day using errcode = 'invalid_parameter_value'; end if;`;

const FUNCTIONS = [
  // Days that have left their tables and are about to be dropped. No role but the owner gets in.
  `create schema hub_retired`,
  partitionsFunction(true),

  `create function retire_day(parent text, day date, most_kept integer) returns text
     language plpgsql security definer set search_path = pg_catalog, public as $$
     declare
       child text := parent || '_' || to_char(day, 'YYYYMMDD');
       kept text; count bigint; unsealed boolean;
     begin
       ${CHECKED}
       if not pg_try_advisory_xact_lock(hashtext('retire_day')) then return 'busy'; end if;
       if to_regclass('hub_retired.' || child) is not null then return 'retired'; end if;
       if to_regclass('public.' || child) is null then return 'absent'; end if;
       perform set_config('app.retiring', 'on', true), set_config('lock_timeout', '${LOCK_TIMEOUT}', true);
       if parent = 'attempts' then
         create temp table kept_deliveries on commit drop as
           select d.tenant_id, d.id from public.archive_kept k
           join public.deliveries d on d.tenant_id = k.tenant_id and d.tracking_id = k.tracking_id;
       end if;
       kept := case parent
         when 'events' then '(r.tenant_id, r.id) in (select tenant_id, tracking_id from public.archive_kept)'
         when 'attempts' then '(r.tenant_id, r.delivery_id) in (select tenant_id, id from pg_temp.kept_deliveries)'
         else '(r.tenant_id, r.tracking_id) in (select tenant_id, tracking_id from public.archive_kept)' end;

       execute format('alter table public.%I detach partition public.%I', parent, child);
       execute format('alter table public.%I no force row level security', child);
       execute format('alter table public.%I set schema hub_retired', child);

       execute format('with recursive t as (
           (select tenant_id from hub_retired.%1$I order by tenant_id limit 1)
           union all
           select n.tenant_id from t cross join lateral (
             select tenant_id from hub_retired.%1$I r where r.tenant_id > t.tenant_id order by tenant_id limit 1) n)
         select exists (select 1 from t where not exists (
           select 1 from public.archive_days a where a.tenant_id = t.tenant_id and a.kind = $1 and a.day = $2 and a.status = ''sealed''))', child)
         into unsealed using parent, day;
       if unsealed then raise exception 'not all of % is in the archive', child using errcode = 'object_not_in_prerequisite_state'; end if;

       execute format('select count(*) from (select 1 from hub_retired.%I r where ' || kept || ' limit $1) k', child) into count using most_kept + 1;
       if count > most_kept then raise exception 'more than % rows of % have to stay', most_kept, child using errcode = 'program_limit_exceeded'; end if;
       execute format('with moved as (delete from hub_retired.%I r where ' || kept || ' returning r.*) insert into public.%I select * from moved',
         child, parent || '_default');
       return 'retired';
     end $$`,

  `create function drop_retired_day(parent text, day date) returns bigint
     language plpgsql security definer set search_path = pg_catalog, public as $$
     declare
       child text := parent || '_' || to_char(day, 'YYYYMMDD');
       tx text := case parent when 'hub_events' then 'r.tx_id' else '0::bigint' end;
       total bigint; known bigint; moved bigint := 0;
     begin
       ${CHECKED}
       if not pg_try_advisory_xact_lock(hashtext('retire_day')) then return null; end if;
       if to_regclass('hub_retired.' || child) is null then return null; end if;
       -- The hash is over the row's text, and that of a time depends on the zone.
       perform set_config('app.retiring', 'on', true), set_config('timezone', 'UTC', true);
       execute format('create temp table covered on commit drop as
         select o.tenant_id, o.first_tx, o.first_id, o.last_tx, o.last_id, o.row_count from public.archive_objects o cross join lateral (
           select count(*) as n, coalesce(sum(hashtextextended(row_to_json(r)::text, 0)), 0) as checksum from hub_retired.%I r
           where r.tenant_id = o.tenant_id and (%2$s, r.id) >= (o.first_tx, o.first_id) and (%2$s, r.id) <= (o.last_tx, o.last_id)) found
         where o.kind = $1 and o.day = $2 and o.source = ''partition'' and found.n = o.row_count and found.checksum = o.checksum', child, tx)
         using parent, day;
       execute format('select count(*) from hub_retired.%I', child) into total;
       select coalesce(sum(row_count), 0) into known from pg_temp.covered;
       if total <> known then
         execute format('with moved as (
             delete from hub_retired.%1$I r where not exists (
               select 1 from pg_temp.covered c where c.tenant_id = r.tenant_id
                 and (%2$s, r.id) >= (c.first_tx, c.first_id) and (%2$s, r.id) <= (c.last_tx, c.last_id)) returning r.*)
           insert into public.%3$I select * from moved', child, tx, parent || '_default');
         get diagnostics moved = row_count;
         if moved <> total - known then raise exception 'the archive of % counts rows twice', child; end if;
       end if;
       execute format('drop table hub_retired.%I', child);
       return moved;
     end $$`,

  // Rows of the default partition, by the object that they are in: only all of its rows, and each only as it is there.
  `create function purge_loose_rows(parent text, tenant uuid, object uuid, ids uuid[], hashes bigint[]) returns integer
     language plpgsql security definer set search_path = pg_catalog, public as $$
     declare
       purged integer;
       kept text := 'exists (select 1 from public.archive_kept k where k.tenant_id = r.tenant_id and k.tracking_id = ' ||
         case parent when 'events' then 'r.id)' else 'r.tracking_id)' end;
     begin
       if parent <> all (array[${KINDS}]) then raise exception '% is no history', parent using errcode = 'invalid_parameter_value'; end if;
       perform set_config('app.retiring', 'on', true), set_config('timezone', 'UTC', true);
       if not exists (
         select 1 from public.archive_objects o where o.tenant_id = tenant and o.id = object and o.kind = parent
           and o.row_count = cardinality(ids) and o.checksum = (select sum(h) from unnest(hashes) h)) then
         raise exception 'the archive does not hold these rows' using errcode = 'object_not_in_prerequisite_state';
       end if;
       if parent = 'attempts' then
         kept := 'exists (select 1 from public.deliveries d join public.archive_kept k on k.tenant_id = d.tenant_id and k.tracking_id = d.tracking_id
           where d.tenant_id = r.tenant_id and d.id = r.delivery_id)';
       end if;
       -- Whoever brings rows back holds the same lock: a row is not deleted that he has just found to be there.
       perform pg_advisory_xact_lock(hashtextextended('restore ' || tenant::text, 0));
       execute format('delete from public.%I r using unnest($2, $3) as u (id, hash)
         where r.tenant_id = $1 and r.id = u.id and hashtextextended(row_to_json(r)::text, 0) = u.hash
           and r.id < public.uuid_v7_floor(now() - interval ''1 day'') and not ' || kept, parent || '_default') using tenant, ids, hashes;
       get diagnostics purged = row_count;
       return purged;
     end $$`,

  ...[
    'retire_day(text, date, integer)',
    'drop_retired_day(text, date)',
    'purge_loose_rows(text, uuid, uuid, uuid[], bigint[])',
  ].flatMap((signature) => [
    `revoke all on function ${signature} from public`,
    `grant execute on function ${signature} to hub_dispatcher`,
  ]),
];
