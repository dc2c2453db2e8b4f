import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { admitDispatcher } from '../rls';
import { runAll } from './run-all';

/** Whoever seals data keys anew after a rotation finds those under an older master key, of every tenant, and no key itself. */
export class FindOldWrappings20261122001070 implements MigrationInterface {
  readonly name = 'FindOldWrappings20261122001070';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table tenant_data_keys add column master_key text generated always as (split_part(wrapped_key, '.', 2)) stored`,
      admitDispatcher('tenant_data_keys'),
      `grant select (tenant_id, id, master_key) on tenant_data_keys to hub_dispatcher`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `revoke select (tenant_id, id, master_key) on tenant_data_keys from hub_dispatcher`,
      `drop policy dispatcher_reads on tenant_data_keys`,
      `alter table tenant_data_keys drop column master_key`,
    ]);
  }
}
