import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** What ends: deliveries behind a limit that does not, and what is left of exports that came to nothing. */
export class HardenEndings20261121000970 implements MigrationInterface {
  readonly name = 'HardenEndings20261121000970';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Since when every answer has been a limit, or that the settings keep everything from being sent.
      `alter table connection_runtime add column limited_since timestamptz`,
      `grant select (limited_since) on connection_runtime to hub_dispatcher`,
      ...indexExports(`'queued', 'running', 'succeeded', 'failed'`),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      ...indexExports(`'queued', 'running', 'succeeded'`),
      `alter table connection_runtime drop column limited_since`,
    ]);
  }
}

/** Of those that a worker has something to do for. */
function indexExports(statuses: string): string[] {
  return [
    `drop index audit_exports_open`,
    `create index audit_exports_open on audit_exports (tenant_id, id) where status in (${statuses})`,
  ];
}
