import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

const KINDS = `'events', 'deliveries', 'attempts', 'hub_events'`;
/** As where the functions were made. */
const LOCK_TIMEOUT = '300ms';
const CHECKED = `if parent <> all (array[${KINDS}]) then raise exception '% is no history', parent using errcode = 'invalid_parameter_value'; end if;
       if day >= (now() at time zone 'UTC')::date - 1 then raise exception '% is too young', day using errcode = 'invalid_parameter_value'; end if;`;

/**
 * What is taken up again after the list of what stays was made stays too: the rows themselves say, under the lock, that they
 * are open. Without its event a delivery could never be made, and would end as one that kills workers.
 *
 * And a restore between the two steps of a day brings back copies of rows that have changed since: the rows themselves
 * are the younger ones, and take their place.
 */
export class KeepWhatOpens20261122000999 implements MigrationInterface {
  readonly name = 'KeepWhatOpens20261122000999';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [retireDay(OPEN_EVENTS, EVENTS_OF_OPEN_DELIVERIES), dropRetiredDay(INSTEAD_OF_COPIES)]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [retireDay(`''`, `''`), dropRetiredDay('')]);
  }
}

// Another branch of the list, and no `or`: the list is then still read once, and joined.
const OPEN_EVENTS = `' union all select tenant_id, id from hub_retired.' || quote_ident(child) || ' where status = ''open'''`;
/** All of the event's: whoever looks at it sees all of it. */
const EVENTS_OF_OPEN_DELIVERIES = `' union all select tenant_id, tracking_id from hub_retired.' || quote_ident(child) ||
             ' where status in (''pending'', ''delivering'', ''retrying'', ''held'')'`;

/** @param events and @param deliveries SQL of text: which are kept besides those that are listed */
function retireDay(events: string, deliveries: string): string {
  return `create or replace function retire_day(parent text, day date, most_kept integer) returns text
     language plpgsql security definer set search_path = pg_catalog, public as $$
     declare
       child text := parent || '_' || to_char(day, 'YYYYMMDD');
       listed text := 'select tenant_id, tracking_id from public.archive_kept';
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
         when 'events' then '(r.tenant_id, r.id) in (' || listed || ${events} || ')'
         when 'attempts' then '(r.tenant_id, r.delivery_id) in (select tenant_id, id from pg_temp.kept_deliveries)'
         when 'deliveries' then '(r.tenant_id, r.tracking_id) in (' || listed || ${deliveries} || ')'
         else '(r.tenant_id, r.tracking_id) in (' || listed || ')' end;

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
     end $$`;
}

/** Of a row that the archive does not have as it is now. */
const NOT_COVERED = `not exists (
               select 1 from pg_temp.covered c where c.tenant_id = r.tenant_id
                 and (%2$s, r.id) >= (c.first_tx, c.first_id) and (%2$s, r.id) <= (c.last_tx, c.last_id))`;

const INSTEAD_OF_COPIES = `execute format('delete from public.%3$I copy using hub_retired.%1$I r
             where copy.tenant_id = r.tenant_id and copy.id = r.id and ${NOT_COVERED}', child, tx, parent || '_default');`;

/** @param before whatever goes back into the default partition does */
function dropRetiredDay(before: string): string {
  return `create or replace function drop_retired_day(parent text, day date) returns bigint
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
         ${before}
         execute format('with moved as (delete from hub_retired.%1$I r where ${NOT_COVERED} returning r.*)
           insert into public.%3$I select * from moved', child, tx, parent || '_default');
         get diagnostics moved = row_count;
         if moved <> total - known then raise exception 'the archive of % counts rows twice', child; end if;
       end if;
       execute format('drop table hub_retired.%I', child);
       return moved;
     end $$`;
}
