import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** A record may be asked for again so that its state is carried on, also when it is what the hub has written itself. */
export class CarryRecordsAgain20261122001001 implements MigrationInterface {
  readonly name = 'CarryRecordsAgain20261122001001';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table hook_notices add column carry boolean not null default false`]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table hook_notices drop column carry`]);
  }
}
