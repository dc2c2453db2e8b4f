import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { CURRENT_TENANT } from '../rls';
import { runAll } from './run-all';

const OPERATORS = `tenant_id = '00000000-0000-0000-0000-000000000000'::uuid`;
/** Of their own chain, and of people in any: what one changes about himself is recorded in the transaction that changes it. */
export const SEALED_BY_OPERATOR = `(${OPERATORS} or starts_with(subject, 'usr_'))`;

/** What people do about themselves is recorded by the role that lets them in, with their names sealed as everywhere. */
export class HardenAudit20261122000998 implements MigrationInterface {
  readonly name = 'HardenAudit20261122000998';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // It can neither delete a key nor read a record that one opens.
      `drop policy operators_own on audit_subject_keys`,
      `create policy operator_seals on audit_subject_keys for all to hub_operator using (${SEALED_BY_OPERATOR}) with check (${SEALED_BY_OPERATOR})`,
      `drop policy begins_here on user_sessions`,
      `revoke insert on user_sessions from hub_app`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `grant insert on user_sessions to hub_app`,
      `create policy begins_here on user_sessions for insert to hub_app with check (inside_tenant_id = ${CURRENT_TENANT})`,
      `drop policy operator_seals on audit_subject_keys`,
      `create policy operators_own on audit_subject_keys for all to hub_operator using (${OPERATORS}) with check (${OPERATORS})`,
    ]);
  }
}
