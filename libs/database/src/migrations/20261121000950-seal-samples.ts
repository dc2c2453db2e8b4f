import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/**
 * Golden cases and back-tests keep parts of payloads: from now on under the tenant's data key. What a template brought along
 * is nobody's payload and stays as it is; a back-test's report from before is deleted after its seven days.
 *
 * The keys have no foreign key: to destroy a data key erases what it sealed, and must not be refused by it.
 */
export class SealSamples20261121000950 implements MigrationInterface {
  readonly name = 'SealSamples20261121000950';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table mapping_golden_cases drop constraint mapping_golden_cases_check`,
      `alter table mapping_golden_cases add column sealed text, add column key_id uuid,
         add constraint mapping_golden_cases_sealed check ((sealed is null) = (key_id is null)),
         add constraint mapping_golden_cases_content check (case when sealed is null
           then (outcome = 'output') = (output is not null)
           else input = '' and event is null and output is null and links = '[]' end)`,
      // Null: `detail` is not sealed.
      `alter table mapping_backtest_items add column key_id uuid`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table mapping_backtest_items no force row level security`,
      `delete from mapping_backtest_items where key_id is not null`,
      `alter table mapping_backtest_items force row level security`,
      `alter table mapping_backtest_items drop column key_id`,
      `alter table mapping_golden_cases no force row level security`,
      `delete from mapping_golden_cases where sealed is not null`,
      `alter table mapping_golden_cases force row level security`,
      `alter table mapping_golden_cases drop constraint mapping_golden_cases_content,
         drop constraint mapping_golden_cases_sealed, drop column sealed, drop column key_id`,
      `alter table mapping_golden_cases add constraint mapping_golden_cases_check check ((outcome = 'output') = (output is not null))`,
    ]);
  }
}
