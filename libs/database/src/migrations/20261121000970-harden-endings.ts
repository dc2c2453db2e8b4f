import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { CURRENT_TENANT } from '../rls';
import { eraseTenant, EXPIRE_EXPORTS } from './20261121000940-erase-tenants';
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
      `create or replace ${eraseTenant(EXPORTS)}`,
      `create policy held on audit_subject_keys as restrictive for delete to hub_app using (${NOT_HELD})`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop policy held on audit_subject_keys`,
      `create or replace ${eraseTenant(EXPIRE_EXPORTS)}`,
      ...indexExports(`'queued', 'running', 'succeeded'`),
      `alter table connection_runtime drop column limited_since`,
    ]);
  }
}

// A worker may be writing a piece of one that runs, and its note of it comes to nothing: the wait is longer than any writing takes.
const EXPORTS = `${EXPIRE_EXPORTS}
    update public.audit_exports set status = 'failed', failure = 'tenant_erased', finished_at = now(), expires_at = case when lease_until > now() then now() + interval '15 minutes' else now() end
      where tenant_id = wanted and status in ('queued', 'running');`;

/** Of those that a worker has something to do for. */
function indexExports(statuses: string): string[] {
  return [
    `drop index audit_exports_open`,
    `create index audit_exports_open on audit_exports (tenant_id, id) where status in (${statuses})`,
  ];
}
