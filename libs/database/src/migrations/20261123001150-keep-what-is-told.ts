import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** What a reader of the bus is not told again, wherever its transaction comes, stays fixed while the reader moves on. */
export class KeepWhatIsTold20261123001150 implements MigrationInterface {
  readonly name = 'KeepWhatIsTold20261123001150';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Null: nothing is left out.
      `alter table hub_event_cursors add column heard_until timestamptz`,
      // A dump may have been restored into this cluster before: what it holds of transactions that have yet to come here.
      `alter table hub_event_cursors no force row level security`,
      `alter table hub_events no force row level security`,
      `update hub_event_cursors c set heard_until = (
         select max(h.created_at) from hub_events h
         where h.tenant_id = c.tenant_id and h.tx_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)`,
      `alter table hub_events force row level security`,
      `alter table hub_event_cursors force row level security`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table hub_event_cursors drop column heard_until`]);
  }
}
