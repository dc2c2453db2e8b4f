import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** The chain of the people who run the hub is that of the tenant that does not exist. */
const OPERATORS = `'00000000-0000-0000-0000-000000000000'::uuid`;

/**
 * What happened, by whom, in a chain of hashes for each tenant.
 *
 * None of these tables but the settings points at `tenants`: records outlive the tenant, and the operators' chain has none.
 */
export class CreateAudit20261121000800 implements MigrationInterface {
  readonly name = 'CreateAudit20261121000800';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [...CHAIN, ...CHECKPOINTS, ...RETENTION, ...EXPORTS]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop table audit_exports`,
      `drop function prune_audit_records(uuid, integer, integer)`,
      `drop table audit_settings`,
      `drop table audit_checkpoints`,
      `drop table audit_records`,
      `drop function chain_audit_record()`,
      `drop table audit_subject_keys`,
      `drop table audit_heads`,
      `drop table audit_signing_keys`,
    ]);
  }
}

const CHAIN = [
  // Public halves of the keys that checkpoints are signed with: the id is the SHA-256 of the key.
  `create table audit_signing_keys (
     id text primary key check (id ~ '^[0-9a-f]{64}$'),
     public_key bytea not null check (octet_length(public_key) = 32),
     created_at timestamptz not null default now()
   )`,
  `grant select, insert on audit_signing_keys to hub_app`,

  // Where each chain ends, and how much of its beginning has been pruned. Nobody but the triggers and functions below writes it.
  `create table audit_heads (
     tenant_id uuid primary key,
     key_id text not null,
     seq bigint not null,
     hash bytea not null,
     pruned_seq bigint not null default 0,
     pruned_hash bytea not null,
     created_at timestamptz not null default now()
   ) with (fillfactor = 50)`,
  ...isolateByTenant('audit_heads'),
  `create policy owner_chains on audit_heads for all to hub_owner using (true) with check (true)`,
  `create policy dispatcher_reads on audit_heads for select to hub_dispatcher using (true)`,
  `grant select on audit_heads to hub_app`,
  `grant select (tenant_id, key_id, seq, hash) on audit_heads to hub_dispatcher`,

  // What personal fields of records are sealed under. To delete a key is to erase them; the chain holds on, for it is over the sealed text.
  `create table audit_subject_keys (
     tenant_id uuid not null,
     subject text not null,
     key bytea not null,
     created_at timestamptz not null default now(),
     primary key (tenant_id, subject)
   )`,
  ...isolateByTenant('audit_subject_keys'),
  `create policy operators_own on audit_subject_keys for all to hub_operator using (tenant_id = ${OPERATORS}) with check (tenant_id = ${OPERATORS})`,
  `grant select, insert, delete on audit_subject_keys to hub_app`,
  `grant select, insert on audit_subject_keys to hub_operator`,

  // `json` keeps the text as it was written, which is what is hashed. The other columns are for finding, and made of it.
  `create table audit_records (
     tenant_id uuid not null,
     seq bigint not null default 0,
     id uuid not null,
     record json not null,
     prev bytea not null default '',
     hash bytea not null default '',
     action text generated always as (record ->> 'action') stored,
     outcome text generated always as (record ->> 'outcome') stored,
     actor text generated always as (record -> 'actor' ->> 'id') stored,
     target text generated always as (record -> 'target' ->> 'id') stored,
     request text generated always as (record ->> 'request_id') stored,
     primary key (tenant_id, seq),
     unique (tenant_id, id)
   )`,
  `create index audit_records_action on audit_records (tenant_id, action, seq)`,
  `create index audit_records_actor on audit_records (tenant_id, actor, seq)`,
  `create index audit_records_target on audit_records (tenant_id, target, seq)`,
  `create index audit_records_request on audit_records (tenant_id, request) where request is not null`,
  ...isolateByTenant('audit_records'),
  `create policy owner_prunes on audit_records for all to hub_owner using (true) with check (true)`,
  `create policy operator_appends on audit_records for insert to hub_operator with check (true)`,
  `grant select, insert on audit_records to hub_app`,
  `grant insert on audit_records to hub_operator`,

  // Place and hashes are made here and not by the caller, so that no caller can leave a gap or a fork: the head is locked
  // until the end of the transaction that appends.
  `create function chain_audit_record() returns trigger
     language plpgsql security definer set search_path = pg_catalog, public
     as $$
       declare
         head public.audit_heads;
         first_key text;
         genesis bytea;
       begin
         select * into head from public.audit_heads where tenant_id = new.tenant_id for update;
         if not found then
           first_key := coalesce((select id from public.audit_signing_keys order by created_at desc, id limit 1), '');
           genesis := sha256('\\x00'::bytea || uuid_send(new.tenant_id) || convert_to(first_key, 'UTF8'));
           insert into public.audit_heads (tenant_id, key_id, seq, hash, pruned_hash)
             values (new.tenant_id, first_key, 0, genesis, genesis) on conflict do nothing;
           select * into head from public.audit_heads where tenant_id = new.tenant_id for update;
         end if;
         new.seq := head.seq + 1;
         new.prev := head.hash;
         new.hash := sha256('\\x01'::bytea || uuid_send(new.tenant_id) || int8send(new.seq) || new.prev
                            || sha256(convert_to(new.record::text, 'UTF8')));
         update public.audit_heads set seq = new.seq, hash = new.hash where tenant_id = new.tenant_id;
         return new;
       end
     $$`,
  `revoke all on function chain_audit_record() from public`,
  `create trigger chain_audit_record before insert on audit_records for each row execute function chain_audit_record()`,
];

const CHECKPOINTS = [
  // Of the checkpoints over one size the first and the latest are kept: between them nothing happened.
  `create table audit_checkpoints (
     tenant_id uuid not null,
     size bigint not null,
     place text not null check (place in ('first', 'latest')),
     signed_at timestamptz not null,
     note text not null,
     primary key (tenant_id, size, place)
   )`,
  ...isolateByTenant('audit_checkpoints'),
  `create policy dispatcher_keeps on audit_checkpoints for all to hub_dispatcher using (true) with check (true)`,
  `create policy owner_prunes on audit_checkpoints for all to hub_owner using (true) with check (true)`,
  `grant select on audit_checkpoints to hub_app`,
  `grant select, insert, update on audit_checkpoints to hub_dispatcher`,
];

const RETENTION = [
  `create table audit_settings (
     tenant_id uuid primary key references tenants (id),
     retention_days integer not null check (retention_days >= 30),
     updated_at timestamptz not null default now()
   )`,
  ...isolateByTenant('audit_settings'),
  `grant select, insert, update on audit_settings to hub_app`,

  // The only way to delete a record: from the beginning, up to a signed checkpoint, and nothing younger than 30 days,
  // whoever asks. What was cut off stays known by its length and its last hash.
  `create function prune_audit_records(pruned_tenant uuid, keep_days integer, most integer)
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
     $$`,
  `revoke all on function prune_audit_records(uuid, integer, integer) from public`,
  `grant execute on function prune_audit_records(uuid, integer, integer) to hub_app`,
];

const EXPORTS = [
  `create table audit_exports (
     tenant_id uuid not null,
     id uuid not null,
     status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed', 'expired')),
     format text not null check (format in ('csv', 'jsonl')),
     filter jsonb not null,
     -- What is exported is settled when it begins: from the first record that is there up to this one.
     first_seq bigint,
     first_prev bytea,
     last_seq bigint,
     done_seq bigint,
     matched bigint not null default 0,
     parts jsonb not null default '[]',
     bytes bigint,
     failure text,
     failures integer not null default 0,
     lease_token uuid,
     lease_until timestamptz,
     created_at timestamptz not null default now(),
     finished_at timestamptz,
     expires_at timestamptz,
     primary key (tenant_id, id)
   )`,
  `create index audit_exports_open on audit_exports (tenant_id, id) where status in ('queued', 'running', 'succeeded')`,
  ...isolateByTenant('audit_exports'),
  `create policy dispatcher_reads on audit_exports for select to hub_dispatcher using (true)`,
  `grant select, insert, update on audit_exports to hub_app`,
  `grant select (tenant_id, id, status, lease_until, expires_at) on audit_exports to hub_dispatcher`,
];
