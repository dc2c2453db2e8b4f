import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** Signing in at vendors, refreshing ahead of time, limits of vendors' accounts, and what their objects look like. */
export class CreateSignIn20261121000500 implements MigrationInterface {
  readonly name = 'CreateSignIn20261121000500';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // `refresh_due_at` lies ahead of the token's end, `refresh_idle_at` a day after it was stored: whichever of them counts
      // depends on whether the connection was used since. `refused_revision` is the one whose credentials the vendor refused
      // for good: nobody asks it again with them.
      `alter table connections
         add column account_id text,
         add column account_name text,
         add column credentials_stored_at timestamptz,
         add column token_expires_at timestamptz,
         add column refresh_expires_at timestamptz,
         add column refresh_due_at timestamptz,
         add column refresh_idle_at timestamptz,
         add column refresh_not_before timestamptz,
         add column refresh_failures integer not null default 0,
         add column auth_error jsonb,
         add column refused_revision integer`,
      `create index connections_refresh on connections (tenant_id, refresh_due_at)
         where refresh_due_at is not null and deleted_at is null`,
      `grant select (credentials_stored_at, refresh_due_at, refresh_idle_at, refresh_not_before) on connections to hub_dispatcher`,
      `alter table connection_runtime add column used_at timestamptz`,
      `grant select (used_at) on connection_runtime to hub_dispatcher`,

      // A sign-in under way. The state is only known by its hash, the PKCE verifier is sealed: the table alone lets nobody in.
      `create table oauth_authorizations (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         connection_id uuid not null,
         connector_id text not null,
         environment text not null,
         state_hash bytea not null,
         verifier_sealed text not null,
         verifier_key_id uuid not null,
         redirect_uri text not null,
         return_url text,
         api_key_id uuid not null,
         created_at timestamptz not null default now(),
         expires_at timestamptz not null,
         used_at timestamptz,
         primary key (tenant_id, id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id),
         foreign key (tenant_id, verifier_key_id) references tenant_data_keys (tenant_id, id),
         foreign key (tenant_id, api_key_id) references api_keys (tenant_id, id)
       )`,
      `create unique index oauth_authorizations_state on oauth_authorizations (state_hash)`,
      `create index oauth_authorizations_age on oauth_authorizations (tenant_id, expires_at)`,
      ...isolateByTenant('oauth_authorizations'),
      `create policy owner_looks_up on oauth_authorizations for select to hub_owner using (true)`,
      `grant select, insert, update, delete on oauth_authorizations to hub_app`,
      // The vendor sends a browser back with nothing but the state: who holds it may learn whose it is.
      `create function find_oauth_authorization(wanted_hash bytea)
         returns table (tenant_id uuid, id uuid, connection_id uuid, connector_id text)
         language sql stable security definer set search_path = pg_catalog, public
         as $$
           select a.tenant_id, a.id, a.connection_id, a.connector_id from public.oauth_authorizations a where a.state_hash = wanted_hash
         $$`,
      `revoke all on function find_oauth_authorization(bytea) from public`,
      `grant execute on function find_oauth_authorization(bytea) to hub_app`,

      `create table connection_limits (
         tenant_id uuid not null,
         connection_id uuid not null,
         limit_name text not null,
         used bigint not null,
         max bigint not null,
         resets_at timestamptz,
         observed_at timestamptz not null,
         primary key (tenant_id, connection_id, limit_name),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id)
       ) with (fillfactor = 70)`,
      ...isolateByTenant('connection_limits'),
      `grant select, insert, update on connection_limits to hub_app`,

      // The list of objects is kept under the empty name.
      `create table connection_schemas (
         tenant_id uuid not null,
         connection_id uuid not null,
         object text not null,
         described jsonb not null,
         described_at timestamptz not null,
         stale boolean not null default false,
         primary key (tenant_id, connection_id, object),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id)
       )`,
      ...isolateByTenant('connection_schemas'),
      `grant select, insert, update on connection_schemas to hub_app`,

      `create table connection_schema_changes (
         tenant_id uuid not null,
         id uuid not null,
         connection_id uuid not null,
         object text not null,
         changes jsonb not null,
         previous_at timestamptz not null,
         detected_at timestamptz not null default now(),
         primary key (tenant_id, id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id)
       )`,
      `create index connection_schema_changes_connection on connection_schema_changes (tenant_id, connection_id, id)`,
      ...isolateByTenant('connection_schema_changes'),
      `grant select, insert on connection_schema_changes to hub_app`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop table connection_schema_changes`,
      `drop table connection_schemas`,
      `drop table connection_limits`,
      `drop function find_oauth_authorization(bytea)`,
      `drop table oauth_authorizations`,
      `revoke select (used_at) on connection_runtime from hub_dispatcher`,
      `alter table connection_runtime drop column used_at`,
      `drop index connections_refresh`,
      `alter table connections
         drop column account_id, drop column account_name, drop column credentials_stored_at, drop column token_expires_at,
         drop column refresh_expires_at, drop column refresh_due_at, drop column refresh_idle_at,
         drop column refresh_not_before, drop column refresh_failures, drop column auth_error, drop column refused_revision`,
    ]);
  }
}
