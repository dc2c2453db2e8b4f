import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** How long deliveries and calls took, and indexes for what few rows are in. */
export class MeasureConnections20261121000930 implements MigrationInterface {
  readonly name = 'MeasureConnections20261121000930';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Counts by steps of half an octave: `arrived` from when a delivery was made until it was in the other system, `took` of
      // single calls. As long as the slowest one needs; empty is none.
      `alter table connection_stats
         add column arrived integer[] not null default '{}',
         add column took integer[] not null default '{}'`,
      // Lists of these would look through everything to find a few. Whoever accepts or delivers as usual enters nothing here.
      `create index events_unrouted on events (tenant_id, id) where status = 'unrouted'`,
      `create index deliveries_cancelled on deliveries (tenant_id, id) where status = 'cancelled'`,
      `create index deliveries_superseded on deliveries (tenant_id, id) where status = 'superseded'`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop index deliveries_superseded`,
      `drop index deliveries_cancelled`,
      `drop index events_unrouted`,
      `alter table connection_stats drop column arrived, drop column took`,
    ]);
  }
}
