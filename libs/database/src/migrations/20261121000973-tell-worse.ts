import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** An alert that becomes worse is told again. */
export class TellWorse20261121000973 implements MigrationInterface {
  readonly name = 'TellWorse20261121000973';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // How far it went, as told or acknowledged, and since when it has been worse.
      `alter table alerts add column known jsonb, add column worse_since timestamptz`,
      ...kinds(`'triggered', 'worse', 'reminder', 'resolved', 'test'`),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table alert_notifications no force row level security`,
      `update alert_notifications set kind = 'reminder' where kind = 'worse'`,
      `alter table alert_notifications force row level security`,
      ...kinds(`'triggered', 'reminder', 'resolved', 'test'`),
      `alter table alerts drop column known, drop column worse_since`,
    ]);
  }
}

function kinds(allowed: string): string[] {
  return [
    `alter table alert_notifications drop constraint alert_notifications_kind_check`,
    `alter table alert_notifications add constraint alert_notifications_kind_check check (kind in (${allowed}))`,
  ];
}
