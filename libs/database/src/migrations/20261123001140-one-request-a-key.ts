import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** An `Idempotency-Key` stands for one request of its tenant, whatever its address: a second one cannot be claimed beside it. */
export class OneRequestAKey20261123001140 implements MigrationInterface {
  readonly name = 'OneRequestAKey20261123001140';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Of several under one key the first stays, as if the later ones had been refused.
      `alter table idempotent_requests no force row level security`,
      `delete from idempotent_requests later using idempotent_requests first
         where first.tenant_id = later.tenant_id and first.key = later.key
           and (first.created_at, first.route) < (later.created_at, later.route)`,
      `alter table idempotent_requests force row level security`,
      // Beside the primary key, which the version before names in its statements.
      `alter table idempotent_requests add constraint idempotent_requests_key unique (tenant_id, key)`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`alter table idempotent_requests drop constraint idempotent_requests_key`]);
  }
}
