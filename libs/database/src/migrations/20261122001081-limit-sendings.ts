import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** What a tenant has the hub send to addresses that the tenant names is counted, in every process and over restarts. */
export class LimitSendings20261122001081 implements MigrationInterface {
  readonly name = 'LimitSendings20261122001081';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // By the hash of who sends what to whom: no address is kept in plain text.
      `create table sending_limits (
         key bytea primary key,
         -- Of those that still count, oldest first: at most as many as the limit allows.
         sent_at timestamptz[] not null,
         expires_at timestamptz not null
       )`,
      `create index sending_limits_expired on sending_limits (expires_at)`,
      `alter table sending_limits enable row level security`,
      `alter table sending_limits force row level security`,
      `create policy operator_counts on sending_limits for all to hub_operator using (true) with check (true)`,
      `grant select, insert, update, delete on sending_limits to hub_operator`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`drop table sending_limits`]);
  }
}
