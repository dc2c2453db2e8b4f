import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** Whoever looks for notices to be sent sees which of them wait behind others. */
export class FindNotices20261122001003 implements MigrationInterface {
  readonly name = 'FindNotices20261122001003';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`grant select (alert_id, channel_id) on alert_notifications to hub_dispatcher`]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`revoke select (alert_id, channel_id) on alert_notifications from hub_dispatcher`]);
  }
}
