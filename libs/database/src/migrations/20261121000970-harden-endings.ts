import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { CURRENT_TENANT } from '../rls';
import { runAll } from './run-all';

/** Asked as the app role, of the tenant's own hold and of the operator's. */
export const NOT_HELD = ['retention_settings', 'retention_bounds']
  .map((table) => `not exists (select 1 from ${table} h where h.tenant_id = ${CURRENT_TENANT} and h.legal_hold)`)
  .join(' and ');

/**
 * What ends, and what must not: deliveries behind a limit that does not, exports that came to nothing or whose tenant is
 * erased; and, while a tenant is on legal hold, who did what in it.
 */
export class HardenEndings20261121000970 implements MigrationInterface {
  readonly name = 'HardenEndings20261121000970';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Since when every answer has been a limit, or that the settings keep everything from being sent.
      `alter table connection_runtime add column limited_since timestamptz`,
      `grant select (limited_since) on connection_runtime to hub_dispatcher`,
      ...indexExports(`'queued', 'running', 'succeeded', 'failed'`),
      eraseTenant(EXPORTS),
      `create policy held on audit_subject_keys as restrictive for delete to hub_app using (${NOT_HELD})`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop policy held on audit_subject_keys`,
      eraseTenant(EXPORTS_BEFORE),
      ...indexExports(`'queued', 'running', 'succeeded'`),
      `alter table connection_runtime drop column limited_since`,
    ]);
  }
}

const EXPORTS_BEFORE = `-- Exports hold names in the clear: the next turn takes them away.
    update public.audit_exports set expires_at = now() where tenant_id = wanted and status = 'succeeded';`;

// A worker may be writing a piece of one that runs, and its note of it comes to nothing: the wait is longer than any writing takes.
const EXPORTS = `${EXPORTS_BEFORE}
    update public.audit_exports set status = 'failed', failure = 'tenant_erased', finished_at = now(), expires_at = case when lease_until > now() then now() + interval '15 minutes' else now() end
      where tenant_id = wanted and status in ('queued', 'running');`;

/** As it was but for what becomes of the tenant's exports. */
function eraseTenant(exports: string): string {
  return `create or replace function erase_tenant(wanted uuid) returns text
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
}

/** Of those that a worker has something to do for. */
function indexExports(statuses: string): string[] {
  return [
    `drop index audit_exports_open`,
    `create index audit_exports_open on audit_exports (tenant_id, id) where status in (${statuses})`,
  ];
}
