import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/**
 * A key's tenant has no foreign key, as the tenants of history have none: checking it took a tenth of what an event costs to
 * keep. Row-level security admits keys of known tenants alone, and a tenant's row is never deleted.
 */
export class KeysWithoutTenant20261122001002 implements MigrationInterface {
  readonly name = 'KeysWithoutTenant20261122001002';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table event_keys drop constraint event_keys_tenant_id_fkey`]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table event_keys add foreign key (tenant_id) references tenants (id)`]);
  }
}
