import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** What waits for its turn, by when it was due: it ends with the others that an outage has kept for too long. */
export class FindWhatIsHeld20261122001021 implements MigrationInterface {
  readonly name = 'FindWhatIsHeld20261122001021';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create index deliveries_held on deliveries (tenant_id, connection_id, next_attempt_at) where status = 'held'`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`drop index deliveries_held`]);
  }
}
