import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** What ends, and what must not: deliveries behind a limit that does not end. */
export class HardenEndings20261121000970 implements MigrationInterface {
  readonly name = 'HardenEndings20261121000970';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Since when every answer has been a limit, or that the settings keep everything from being sent.
      `alter table connection_runtime add column limited_since timestamptz`,
      `grant select (limited_since) on connection_runtime to hub_dispatcher`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table connection_runtime drop column limited_since`]);
  }
}
