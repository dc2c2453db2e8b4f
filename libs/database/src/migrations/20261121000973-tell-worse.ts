import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** An alert that becomes worse is told again, and one whose rows have left does not count as recovered. */
export class TellWorse20261121000973 implements MigrationInterface {
  readonly name = 'TellWorse20261121000973';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // How far it went, as told or acknowledged, and since when it has been worse.
      `alter table alerts add column known jsonb, add column worse_since timestamptz`,
      ...resolutions(`'recovered', 'aged_out', 'rule_disabled'`),
      ...kinds(`'triggered', 'worse', 'reminder', 'resolved', 'test'`),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table alert_notifications no force row level security`,
      `update alert_notifications set kind = 'reminder' where kind = 'worse'`,
      `alter table alert_notifications force row level security`,
      ...kinds(`'triggered', 'reminder', 'resolved', 'test'`),
      `alter table alerts no force row level security`,
      `update alerts set resolution = 'recovered' where resolution = 'aged_out'`,
      `alter table alerts force row level security`,
      ...resolutions(`'recovered', 'rule_disabled'`),
      `alter table alerts drop column known, drop column worse_since`,
    ]);
  }
}

function resolutions(allowed: string): string[] {
  return [
    `alter table alerts drop constraint alerts_resolution_check`,
    `alter table alerts add constraint alerts_resolution_check check (resolution in (${allowed}))`,
  ];
}

function kinds(allowed: string): string[] {
  return [
    `alter table alert_notifications drop constraint alert_notifications_kind_check`,
    `alter table alert_notifications add constraint alert_notifications_kind_check check (kind in (${allowed}))`,
  ];
}
