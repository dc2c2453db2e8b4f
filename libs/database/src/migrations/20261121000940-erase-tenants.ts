import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** FORCE binds the owner too. Inside the functions below it sees the one tenant that they are about, and nowhere else. */
const ERASING = `(select nullif(current_setting('app.erasing', true), '')::uuid)`;

/**
 * What an erased tenant leaves behind nothing of, each before what it points at. Not here: the tenant's own row, its
 * settings and holds, the chain of its audit log, and the manifest of its archive, by which the objects are still found.
 */
export const ERASED = [
  ...['replay_items', 'replays', 'mapping_backtest_items', 'mapping_backtests', 'mapping_golden_cases'],
  ...['mapping_publications', 'applied_recipes', 'webhook_endpoints', 'alert_notifications', 'alerts'],
  ...['alert_rule_channels', 'alert_rules', 'alert_channels', 'hook_notices', 'connection_hooks', 'connection_pulls'],
  ...['connection_limits', 'connection_schemas', 'connection_schema_changes', 'connection_stats', 'connection_runtime'],
  ...['oauth_authorizations', 'record_link_ends', 'record_links', 'sync_runs', 'routes', 'syncs', 'mapping_versions'],
  ...['mappings', 'connections', 'api_keys', 'hub_event_cursors', 'hub_events', 'attempts', 'deliveries', 'events'],
  ...['event_keys', 'idempotent_requests', 'archive_restores', 'archive_kept', 'archive_days', 'balance_hours'],
  ...['usage_counts', 'tenant_watch', 'saved_filters', 'memberships', 'invitations', 'sso_settings', 'sso_domains'],
  ...['audit_subject_keys'],
];
/** Named only to be changed, or read. */
export const TOUCHED = ['tenant_data_keys', 'retention_settings', 'retention_bounds', 'audit_exports'];
export const SESSIONS = ['users', 'user_sessions', 'sign_in_challenges'];

function ownerErases(table: string, command: 'all' | 'update', condition: string): string {
  return `create policy owner_erases on ${table} for ${command} to hub_owner using (${condition}) with check (${condition})`;
}

/**
 * The end of a tenant. `erase_tenant` destroys its keys, so that whatever they sealed can be read by nobody from that moment
 * on, wherever copies of it are; `purge_erased_tenants` then deletes its rows, a bounded number with each call.
 */
export class EraseTenants20261121000940 implements MigrationInterface {
  readonly name = 'EraseTenants20261121000940';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table tenants add column erased_at timestamptz,
         add constraint tenants_erased check (erased_at is null or status = 'suspended')`,
      ownerErases('tenants', 'update', `id = ${ERASING}`),
      ...[...ERASED, ...TOUCHED].map((table) => ownerErases(table, 'all', `tenant_id = ${ERASING}`)),
      ...SESSIONS.map((table) => ownerErases(table, 'all', `${ERASING} is not null`)),
      `create ${eraseTenant(EXPIRE_EXPORTS)}`,
      `revoke all on function erase_tenant(uuid) from public`,
      `grant execute on function erase_tenant(uuid) to hub_operator`,
      PURGE,
      `revoke all on function purge_erased_tenants(integer) from public`,
      `grant execute on function purge_erased_tenants(integer) to hub_dispatcher`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop function purge_erased_tenants(integer)`,
      `drop function erase_tenant(uuid)`,
      ...['tenants', ...ERASED, ...TOUCHED, ...SESSIONS].map((table) => `drop policy owner_erases on ${table}`),
      `alter table tenants drop constraint tenants_erased, drop column erased_at`,
    ]);
  }
}

export const EXPIRE_EXPORTS = `-- Exports hold names in the clear: the next turn takes them away.
    update public.audit_exports set expires_at = now() where tenant_id = wanted and status = 'succeeded';`;

/**
 * Rows are locked before holds are looked for: one that is set meanwhile is seen, or comes too late.
 * @param exports what becomes of the tenant's exports
 */
export const eraseTenant = (exports: string): string => `function erase_tenant(wanted uuid) returns text
  language plpgsql security definer set search_path = pg_catalog, public as $$
  declare
    tenant public.tenants;
  begin
    perform set_config('app.erasing', wanted::text, true);
    select * into tenant from public.tenants where id = wanted for update;
    if not found then return 'not_found'; end if;
    if tenant.erased_at is not null then return 'already_erased'; end if;
    if tenant.status <> 'suspended' then return 'not_suspended'; end if;
    perform 1 from public.retention_settings where tenant_id = wanted for update;
    perform 1 from public.retention_bounds where tenant_id = wanted for update;
    if exists (select 1 from public.retention_settings where tenant_id = wanted and legal_hold)
       or exists (select 1 from public.retention_bounds where tenant_id = wanted and legal_hold) then return 'legal_hold'; end if;
    update public.tenants set erased_at = now(), updated_at = now() where id = wanted;
    update public.connections set credentials_sealed = null, credentials_key_id = null where tenant_id = wanted;
    update public.alert_channels set secret_sealed = null, secret_key_id = null where tenant_id = wanted;
    update public.api_keys set revoked_at = now() where tenant_id = wanted and revoked_at is null;
    ${exports}
    delete from public.oauth_authorizations where tenant_id = wanted;
    delete from public.sso_settings where tenant_id = wanted;
    delete from public.user_sessions where inside_tenant_id = wanted or sso_tenant_id = wanted;
    delete from public.audit_subject_keys where tenant_id = wanted;
    delete from public.tenant_data_keys where tenant_id = wanted;
    return 'erased';
  end $$`;

// People who belonged nowhere else go with their membership. A day that is about to be dropped holds rows, too.
const PURGE = `create function purge_erased_tenants(most integer) returns bigint
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
      end loop;
      delete from public.sign_in_challenges c using unnest(people) as p (id) where c.user_id = p.id
        and not exists (select 1 from public.memberships m where m.user_id = p.id);
      delete from public.user_sessions s using public.users u, unnest(people) as p (id) where s.user_id = p.id and u.id = p.id
        and not u.is_operator and not exists (select 1 from public.memberships m where m.user_id = p.id);
      delete from public.users u using unnest(people) as p (id) where u.id = p.id and not u.is_operator
        and not exists (select 1 from public.memberships m where m.user_id = p.id);
      exit when total >= most;
    end loop;
    return total;
  end $$`;
