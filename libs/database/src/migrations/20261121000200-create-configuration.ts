import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { admitAcceptBatch, admitDispatcher, isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** Connections, mappings and routes: what a tenant sets up. Rows are soft-deleted, because history points at them. */
export class CreateConfiguration20261121000200 implements MigrationInterface {
  readonly name = 'CreateConfiguration20261121000200';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table connections (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         name text not null,
         connector_id text not null,
         config jsonb not null,
         credentials_sealed text,
         credentials_key_id uuid,
         status text not null default 'active' check (status in ('active', 'paused', 'needs_reauth', 'disabled')),
         status_reason text,
         revision integer not null default 1,
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now(),
         deleted_at timestamptz,
         primary key (tenant_id, id),
         foreign key (tenant_id, credentials_key_id) references tenant_data_keys (tenant_id, id)
       )`,
      `create unique index connections_name on connections (tenant_id, name) where deleted_at is null`,
      ...isolateByTenant('connections'),
      admitDispatcher('connections'),
      `grant select, insert, update on connections to hub_app`,
      `grant select (tenant_id, id, status, deleted_at) on connections to hub_dispatcher`,

      // Changes with every drain, hence apart from the configuration. The slot is the lease of the whole drain:
      // whoever holds it is the only one that calls this connection's system.
      `create table connection_runtime (
         tenant_id uuid not null,
         connection_id uuid not null,
         slot_token uuid,
         slot_until timestamptz,
         slot_worker text,
         breaker_state text not null default 'closed' check (breaker_state in ('closed', 'open', 'half_open')),
         consecutive_failures integer not null default 0,
         breaker_opened_at timestamptz,
         resume_at timestamptz,
         resume_reason text check (resume_reason in ('breaker_open', 'rate_limited')),
         last_success_at timestamptz,
         last_failure_at timestamptz,
         last_error jsonb,
         primary key (tenant_id, connection_id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id)
       ) with (fillfactor = 50)`,
      ...isolateByTenant('connection_runtime'),
      admitDispatcher('connection_runtime'),
      `grant select, insert, update on connection_runtime to hub_app`,
      `grant select (tenant_id, connection_id, slot_until, resume_at) on connection_runtime to hub_dispatcher`,

      `create table mappings (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         name text not null,
         description text not null default '',
         published_version integer,
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now(),
         deleted_at timestamptz,
         primary key (tenant_id, id)
       )`,
      `create unique index mappings_name on mappings (tenant_id, name) where deleted_at is null`,
      ...isolateByTenant('mappings'),
      `grant select, insert, update on mappings to hub_app`,

      `create table mapping_versions (
         tenant_id uuid not null,
         mapping_id uuid not null,
         version integer not null check (version > 0),
         expression text not null,
         tables jsonb not null default '{}',
         note text not null default '',
         created_at timestamptz not null default now(),
         primary key (tenant_id, mapping_id, version),
         foreign key (tenant_id, mapping_id) references mappings (tenant_id, id)
       )`,
      ...isolateByTenant('mapping_versions'),
      `grant select, insert on mapping_versions to hub_app`,
      `alter table mappings add foreign key (tenant_id, id, published_version)
         references mapping_versions (tenant_id, mapping_id, version)`,

      `create table routes (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         name text not null,
         event_type text not null,
         event_type_like text not null,
         filter text,
         connection_id uuid not null,
         operation text not null,
         mapping_id uuid,
         ordering_key text not null default 'subject' check (ordering_key in ('subject', 'type', 'connection', 'none')),
         ordering_mode text not null default 'strict' check (ordering_mode in ('strict', 'latest')),
         retry_delays_seconds integer[],
         enabled boolean not null default true,
         revision integer not null default 1,
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now(),
         deleted_at timestamptz,
         primary key (tenant_id, id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id),
         foreign key (tenant_id, mapping_id) references mappings (tenant_id, id)
       )`,
      `create unique index routes_name on routes (tenant_id, name) where deleted_at is null`,
      `create index routes_connection on routes (tenant_id, connection_id)`,
      ...isolateByTenant('routes'),
      admitAcceptBatch('routes'),
      `grant select, insert, update on routes to hub_app`,
      `grant select on routes to hub_accept`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop table routes`,
      `alter table mappings drop constraint mappings_tenant_id_id_published_version_fkey`,
      `drop table mapping_versions`,
      `drop table mappings`,
      `drop table connection_runtime`,
      `drop table connections`,
    ]);
  }
}
