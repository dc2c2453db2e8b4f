import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/**
 * The audit log of a tenant in which nobody is any more is exported for operators. They ask in the transaction that records
 * it in both chains, and so in their own role; what there is to read they cannot read in it.
 */
export class ExportAuditOfTenants20261121000971 implements MigrationInterface {
  readonly name = 'ExportAuditOfTenants20261121000971';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Null: asked for by the tenant itself.
      `alter table audit_exports add column operator_reason text`,
      `create policy operator_asks on audit_exports for insert to hub_operator with check (operator_reason is not null)`,
      `grant insert on audit_exports to hub_operator`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `revoke insert on audit_exports from hub_operator`,
      `drop policy operator_asks on audit_exports`,
      `alter table audit_exports drop column operator_reason`,
    ]);
  }
}
