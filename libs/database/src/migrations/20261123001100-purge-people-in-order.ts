import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { ERASED } from './20261121000940-erase-tenants';
import { runAll } from './run-all';

/**
 * People who leave with their tenant are locked before what lets them in, as wherever both are: taken the other way round, the
 * purge and whoever chooses a password would wait for each other. Who runs the hub, or is admitted elsewhere meanwhile, stays,
 * with their links.
 */
export class PurgePeopleInOrder20261123001100 implements MigrationInterface {
  readonly name = 'PurgePeopleInOrder20261123001100';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [purgeErasedTenants(PEOPLE_FIRST)]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [purgeErasedTenants(LINKS_FIRST)]);
  }
}

// Nobody can be admitted anywhere while they are locked; who was before the lock was had is seen by the statement after it.
const PEOPLE_FIRST = `
      select array_agg(locked.id) into people from (
        select u.id from public.users u where u.id = any (people) and not u.is_operator
          and not exists (select 1 from public.memberships m where m.user_id = u.id) order by u.id for update) as locked;
      select array_agg(p.id) into people from unnest(people) as p (id)
        where not exists (select 1 from public.memberships m where m.user_id = p.id);
      delete from public.sign_in_challenges where user_id = any (people);
      delete from public.user_sessions where user_id = any (people);
      delete from public.users where id = any (people);`;

const LINKS_FIRST = `
      delete from public.sign_in_challenges c using unnest(people) as p (id) where c.user_id = p.id
        and not exists (select 1 from public.memberships m where m.user_id = p.id);
      delete from public.user_sessions s using public.users u, unnest(people) as p (id) where s.user_id = p.id and u.id = p.id
        and not u.is_operator and not exists (select 1 from public.memberships m where m.user_id = p.id);
      delete from public.users u using unnest(people) as p (id) where u.id = p.id and not u.is_operator
        and not exists (select 1 from public.memberships m where m.user_id = p.id);`;

/** @param leave what becomes of `people`, who were members of the tenant when the call began */
function purgeErasedTenants(leave: string): string {
  return `create or replace function purge_erased_tenants(most integer) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public as $$
  declare
    tenant uuid; name text; people uuid[]; deleted bigint; total bigint := 0;
  begin
    if not pg_try_advisory_xact_lock(hashtext('purge_erased_tenants')) then return 0; end if;
    for tenant in select id from public.tenants where erased_at is not null order by id loop
      perform set_config('app.erasing', tenant::text, true);
      select array_agg(user_id) into people from public.memberships where tenant_id = tenant;
      update public.mappings set published_version = null where tenant_id = tenant and published_version is not null;
      for name in
        select 'hub_retired.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'hub_retired' and c.relkind = 'r'
        union all select 'public.' || t from unnest(array[${ERASED.map((table) => `'${table}'`).join(', ')}]) with ordinality as e (t, place)
      loop
        execute format('delete from %1$s where (tableoid, ctid) in (select tableoid, ctid from %1$s where tenant_id = $1 limit $2)', name)
          using tenant, most;
        get diagnostics deleted = row_count;
        total := total + deleted;
        -- What it points at follows with the next call.
        exit when deleted = most;
      end loop;${leave}
      exit when total >= most;
    end loop;
    return total;
  end $$`;
}
