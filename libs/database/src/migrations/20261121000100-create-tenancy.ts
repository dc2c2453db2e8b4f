import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** Tenants, tiers, keys, and the two look-ups that must work before a tenant is known. */
export class CreateTenancy20261121000100 implements MigrationInterface {
  readonly name = 'CreateTenancy20261121000100';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `revoke create on schema public from public`,
      `grant usage on schema public to hub_app, hub_accept, hub_dispatcher, hub_operator`,

      `create table tiers (
         name text primary key,
         rate_limit_per_minute integer not null check (rate_limit_per_minute > 0)
       )`,
      `insert into tiers (name, rate_limit_per_minute) values ('free', 100), ('standard', 1000), ('enterprise', 10000)`,
      `grant select on tiers to hub_app, hub_operator`,

      `create table tenants (
         id uuid primary key,
         slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
         name text not null,
         tier text not null references tiers (name),
         rate_limit_per_minute integer check (rate_limit_per_minute > 0),
         status text not null default 'active' check (status in ('active', 'suspended')),
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now()
       )`,
      ...isolateByTenant('tenants', 'id'),
      `create policy operator_manages on tenants for all to hub_operator using (true) with check (true)`,
      `create policy owner_looks_up on tenants for select to hub_owner using (true)`,
      `grant select on tenants to hub_app`,
      `grant select, insert, update on tenants to hub_operator`,

      `create table tenant_data_keys (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         wrapped_key text not null,
         active boolean not null,
         created_at timestamptz not null default now(),
         primary key (tenant_id, id)
       )`,
      `create unique index tenant_data_keys_one_active on tenant_data_keys (tenant_id) where active`,
      ...isolateByTenant('tenant_data_keys'),
      `grant select, insert, update on tenant_data_keys to hub_app`,

      `create table api_keys (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         prefix text not null unique,
         name text not null,
         environment text not null check (environment in ('live', 'test')),
         secret_hash bytea not null,
         scopes text[] not null,
         expires_at timestamptz,
         revoked_at timestamptz,
         last_used_at timestamptz,
         replaces uuid,
         created_at timestamptz not null default now(),
         primary key (tenant_id, id),
         foreign key (tenant_id, replaces) references api_keys (tenant_id, id)
       )`,
      ...isolateByTenant('api_keys'),
      `create policy operator_issues on api_keys for insert to hub_operator with check (true)`,
      `create policy owner_looks_up on api_keys for select to hub_owner using (true)`,
      `grant select, insert, update on api_keys to hub_app`,
      `grant insert on api_keys to hub_operator`,

      `create table operator_keys (
         id uuid primary key,
         prefix text not null unique,
         name text not null,
         secret_hash bytea not null,
         expires_at timestamptz,
         revoked_at timestamptz,
         created_at timestamptz not null default now()
       )`,
      `grant select on operator_keys to hub_operator`,

      // Nobody may list keys across tenants; who holds a prefix may ask for that one row.
      `create function find_api_key(wanted_prefix text)
         returns table (key_id uuid, tenant_id uuid, secret_hash bytea, scopes text[], environment text, expires_at timestamptz,
                        revoked_at timestamptz, tenant_status text, tier text, rate_limit_per_minute integer)
         language sql stable security definer set search_path = pg_catalog, public
         as $$
           select k.id, k.tenant_id, k.secret_hash, k.scopes, k.environment, k.expires_at, k.revoked_at, t.status, t.tier,
                  coalesce(t.rate_limit_per_minute, r.rate_limit_per_minute)
           from public.api_keys k
           join public.tenants t on t.id = k.tenant_id
           join public.tiers r on r.name = t.tier
           where k.prefix = wanted_prefix
         $$`,
      `revoke all on function find_api_key(text) from public`,
      `grant execute on function find_api_key(text) to hub_app`,

      `create table idempotent_requests (
         tenant_id uuid not null references tenants (id),
         key text not null,
         route text not null,
         fingerprint bytea not null,
         status integer,
         response jsonb,
         created_at timestamptz not null default now(),
         primary key (tenant_id, key, route)
       )`,
      ...isolateByTenant('idempotent_requests'),
      `grant select, insert, update, delete on idempotent_requests to hub_app`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop table idempotent_requests`,
      `drop function find_api_key(text)`,
      `drop table operator_keys`,
      `drop table api_keys`,
      `drop table tenant_data_keys`,
      `drop table tenants`,
      `drop table tiers`,
    ]);
  }
}
