import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { admitDispatcher } from '../rls';
import { runAll } from './run-all';

/**
 * What is looked at now and then although nobody asks: whether a vendor's objects still have the fields that they had, and
 * whether a listing of every record finds what changes alone do not show.
 */
export class CreateDailyLooks20261121000870 implements MigrationInterface {
  readonly name = 'CreateDailyLooks20261121000870';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // When the vendor was last asked, whatever it answered: one that refuses is not asked again at once.
      `alter table connection_schemas add column looked_at timestamptz`,
      admitDispatcher('connection_schemas'),
      `grant select (tenant_id, connection_id, object, described_at, looked_at) on connection_schemas to hub_dispatcher`,

      `alter table syncs
         add column full_every_hours integer check (full_every_hours between 1 and 8760),
         add column next_full_at timestamptz,
         add check ((full_every_hours is null) = (next_full_at is null))`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table syncs drop column full_every_hours, drop column next_full_at`,
      `drop policy dispatcher_reads on connection_schemas`,
      `revoke select (tenant_id, connection_id, object, described_at) on connection_schemas from hub_dispatcher`,
      `alter table connection_schemas drop column looked_at`,
    ]);
  }
}
