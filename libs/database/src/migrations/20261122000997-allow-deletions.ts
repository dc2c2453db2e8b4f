import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** Whole listings for which a person has said that many records are really gone. */
export class AllowDeletions20261122000997 implements MigrationInterface {
  readonly name = 'AllowDeletions20261122000997';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table sync_runs add column allow_deletions boolean not null default false`]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table sync_runs drop column allow_deletions`]);
  }
}
