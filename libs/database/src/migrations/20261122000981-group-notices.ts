import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** Notices of one trouble go as one message, and PagerDuty is told that somebody has acknowledged an alert. */
export class GroupNotices20261122000981 implements MigrationInterface {
  readonly name = 'GroupNotices20261122000981';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // The first of those that go as one message. Set when it is sent for the first time, so that it is the same message
      // whenever it is sent again. The first may be tidied away before the last: no foreign key.
      `alter table alert_notifications add column group_id uuid`,
      `create index alert_notifications_group on alert_notifications (tenant_id, group_id, id) where group_id is not null`,
      ...kinds(`'triggered', 'worse', 'reminder', 'acknowledged', 'resolved', 'test'`),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table alert_notifications no force row level security`,
      `delete from alert_notifications where kind = 'acknowledged'`,
      `alter table alert_notifications force row level security`,
      ...kinds(`'triggered', 'worse', 'reminder', 'resolved', 'test'`),
      `drop index alert_notifications_group`,
      `alter table alert_notifications drop column group_id`,
    ]);
  }
}

function kinds(allowed: string): string[] {
  return [
    `alter table alert_notifications drop constraint alert_notifications_kind_check`,
    `alter table alert_notifications add constraint alert_notifications_kind_check check (kind in (${allowed}))`,
  ];
}
