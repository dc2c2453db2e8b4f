import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** Replays that also take up what was cancelled. Those that are there were told no such thing. */
export class ReplayCancelled20261121000972 implements MigrationInterface {
  readonly name = 'ReplayCancelled20261121000972';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table replays add column include_cancelled boolean not null default false`]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table replays drop column include_cancelled`]);
  }
}
