import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** The figures that a metric adds up over all tenants: counts, and nothing of what was counted. */
const FIGURES = 'events, events_unrouted, made, replays, open, succeeded, dead, cancelled, superseded';

/** The figures of the books are a metric. */
export class MeasureBooks20261122000990 implements MigrationInterface {
  readonly name = 'MeasureBooks20261122000990';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`grant select (${FIGURES}) on balance_hours to hub_dispatcher`]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`revoke select (${FIGURES}) on balance_hours from hub_dispatcher`]);
  }
}
