import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { CURRENT_TENANT } from '../rls';
import { runAll } from './run-all';

const OPERATORS = `tenant_id = '00000000-0000-0000-0000-000000000000'::uuid`;
/** Of their own chain, and of people in any: what people change about themselves is recorded in the transaction that changes it. */
export const SEALED_BY_OPERATOR = `(${OPERATORS} or starts_with(subject, 'usr_'))`;

/**
 * What people do about themselves is recorded by the role that lets them in, with their names sealed as everywhere; and an
 * export that is asked for while a chain is pruned either stops the pruning or begins behind it.
 */
export class HardenAudit20261122000998 implements MigrationInterface {
  readonly name = 'HardenAudit20261122000998';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // It can neither delete a key nor read a record that one opens.
      `drop policy operators_own on audit_subject_keys`,
      `create policy operator_seals on audit_subject_keys for all to hub_operator using (${SEALED_BY_OPERATOR}) with check (${SEALED_BY_OPERATOR})`,
      `drop policy begins_here on user_sessions`,
      `revoke insert on user_sessions from hub_app`,
      `create policy owner_prunes on audit_exports for select to hub_owner using (tenant_id = ${CURRENT_TENANT})`,
      pruneRecords(UNLESS_EXPORTED),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      pruneRecords(''),
      `drop policy owner_prunes on audit_exports`,
      `grant insert on user_sessions to hub_app`,
      `create policy begins_here on user_sessions for insert to hub_app with check (inside_tenant_id = ${CURRENT_TENANT})`,
      `drop policy operator_seals on audit_subject_keys`,
      `create policy operators_own on audit_subject_keys for all to hub_operator using (${OPERATORS}) with check (${OPERATORS})`,
    ]);
  }
}

// Who asks for an export records it under the head's lock, too: they have committed, or waits until this is done.
const UNLESS_EXPORTED = `if exists (select 1 from public.audit_exports e where e.tenant_id = pruned_tenant and e.status in ('queued', 'running'))
           then return; end if;`;

/** @param unless looked at once the head is locked */
const pruneRecords = (
  unless: string,
): string => `create or replace function prune_audit_records(pruned_tenant uuid, keep_days integer, most integer)
     returns table (first_seq bigint, last_seq bigint, last_hash bytea)
     language plpgsql security definer set search_path = pg_catalog, public
     as $$
       declare
         head public.audit_heads;
         young bigint;
         upto bigint;
         cut_hash bytea;
       begin
         if pruned_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
           raise insufficient_privilege using message = 'a tenant prunes its own chain';
         end if;
         select * into head from public.audit_heads where tenant_id = pruned_tenant for update;
         if not found then return; end if;
         ${unless}
         select min(r.seq) into young from public.audit_records r
           where r.tenant_id = pruned_tenant and r.seq <= head.pruned_seq + most
             and r.id >= public.uuid_v7_floor(now() - make_interval(days => greatest(keep_days, 30)));
         select max(c.size) into upto from public.audit_checkpoints c
           where c.tenant_id = pruned_tenant and c.size > head.pruned_seq and c.size <= head.pruned_seq + most
             and (young is null or c.size < young);
         if upto is null then return; end if;
         select r.hash into strict cut_hash from public.audit_records r where r.tenant_id = pruned_tenant and r.seq = upto;
         delete from public.audit_records r where r.tenant_id = pruned_tenant and r.seq <= upto;
         delete from public.audit_checkpoints c where c.tenant_id = pruned_tenant and c.size < upto;
         update public.audit_heads set pruned_seq = upto, pruned_hash = cut_hash where tenant_id = pruned_tenant;
         return query select head.pruned_seq + 1, upto, cut_hash;
       end
     $$`;
