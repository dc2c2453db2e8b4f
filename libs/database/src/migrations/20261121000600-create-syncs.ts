import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { admitDispatcher, isolateByTenant } from '../rls';
import { runAll } from './run-all';

/**
 * Pulling: what is pulled how often, the runs, who is pulling right now, and what vendors' hooks have announced.
 *
 * `syncs.next_run_at`, `sync_runs.next_attempt_at` and `hook_notices.due_at` are the schedule: the queue only rings.
 */
export class CreateSyncs20261121000600 implements MigrationInterface {
  readonly name = 'CreateSyncs20261121000600';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table syncs (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         name text not null,
         connection_id uuid not null,
         object text not null,
         mapping_id uuid,
         status text not null default 'active' check (status in ('active', 'paused', 'failing')),
         interval_seconds integer not null check (interval_seconds > 0),
         -- Local time of day between which scheduled runs are made; absent for round the clock.
         daily_window jsonb,
         freshness_seconds integer,
         start_from timestamptz,
         cursor jsonb,
         next_run_at timestamptz not null default now(),
         failures integer not null default 0,
         last_run_at timestamptz,
         last_success_at timestamptz,
         last_error jsonb,
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now(),
         deleted_at timestamptz,
         primary key (tenant_id, id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id),
         foreign key (tenant_id, mapping_id) references mappings (tenant_id, id)
       )`,
      `create unique index syncs_name on syncs (tenant_id, name) where deleted_at is null`,
      // Two syncs of one object would each announce every change.
      `create unique index syncs_object on syncs (tenant_id, connection_id, object) where deleted_at is null`,
      ...isolateByTenant('syncs'),
      admitDispatcher('syncs'),
      `grant select, insert, update on syncs to hub_app`,
      `grant select (tenant_id, id, connection_id, object, status, next_run_at, deleted_at) on syncs to hub_dispatcher`,

      `create table sync_runs (
         tenant_id uuid not null,
         id uuid not null,
         sync_id uuid not null,
         connection_id uuid not null,
         kind text not null check (kind in ('hook', 'scheduled', 'manual', 'backfill', 'full')),
         status text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
         phase text not null default 'listing' check (phase in ('listing', 'missing')),
         from_at timestamptz,
         created_at timestamptz not null default now(),
         started_at timestamptz,
         ended_at timestamptz,
         served_at timestamptz not null default now(),
         next_attempt_at timestamptz not null default now(),
         failures integer not null default 0,
         pages integer not null default 0,
         records_seen bigint not null default 0,
         events_made bigint not null default 0,
         duplicates bigint not null default 0,
         echoes bigint not null default 0,
         unchanged bigint not null default 0,
         unmapped bigint not null default 0,
         failed bigint not null default 0,
         error jsonb,
         cursor_before jsonb,
         cursor_after jsonb,
         -- Where the search for records that are gone has got to, after a whole listing.
         missing_after text,
         primary key (tenant_id, id),
         foreign key (tenant_id, sync_id) references syncs (tenant_id, id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id)
       ) with (fillfactor = 70)`,
      `create index sync_runs_sync on sync_runs (tenant_id, sync_id, id)`,
      `create index sync_runs_open on sync_runs (tenant_id, connection_id, next_attempt_at) where status in ('queued', 'running')`,
      // One run moves the sync's cursor; a back-fill and a whole listing may go on beside it with cursors of their own.
      `create unique index sync_runs_one_changes on sync_runs (tenant_id, sync_id)
         where status in ('queued', 'running') and kind in ('scheduled', 'manual')`,
      `create unique index sync_runs_one_backfill on sync_runs (tenant_id, sync_id) where status in ('queued', 'running') and kind = 'backfill'`,
      `create unique index sync_runs_one_full on sync_runs (tenant_id, sync_id) where status in ('queued', 'running') and kind = 'full'`,
      ...isolateByTenant('sync_runs'),
      admitDispatcher('sync_runs'),
      `grant select, insert, update, delete on sync_runs to hub_app`,
      `grant select (tenant_id, id, connection_id, sync_id, kind, status, next_attempt_at) on sync_runs to hub_dispatcher`,

      // The right to pull from a connection: pulls of one connection run one at a time in the whole cluster.
      `create table connection_pulls (
         tenant_id uuid not null,
         connection_id uuid not null,
         lease_token uuid,
         lease_until timestamptz,
         lease_worker text,
         resume_at timestamptz,
         resume_reason text check (resume_reason in ('rate_limited', 'concurrency')),
         primary key (tenant_id, connection_id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id)
       ) with (fillfactor = 50)`,
      ...isolateByTenant('connection_pulls'),
      admitDispatcher('connection_pulls'),
      `grant select, insert, update on connection_pulls to hub_app`,
      `grant select (tenant_id, connection_id, lease_until, resume_at) on connection_pulls to hub_dispatcher`,

      // The secret path that a vendor calls. Only the hash is kept: the path is shown once.
      `create table connection_hooks (
         tenant_id uuid not null,
         connection_id uuid not null,
         token_hash bytea not null,
         created_at timestamptz not null default now(),
         received bigint not null default 0,
         refused bigint not null default 0,
         last_received_at timestamptz,
         last_refused_at timestamptz,
         last_refusal text,
         primary key (tenant_id, connection_id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id)
       ) with (fillfactor = 50)`,
      `create unique index connection_hooks_token on connection_hooks (token_hash)`,
      ...isolateByTenant('connection_hooks'),
      `grant select, insert, update, delete on connection_hooks to hub_app`,
      // FORCE binds the owner too, and the look-up runs as the owner.
      `create policy owner_looks_up on connection_hooks for select to hub_owner using (true)`,
      `create function find_connection_hook(wanted bytea)
         returns table (tenant_id uuid, connection_id uuid)
         language sql stable security definer set search_path = pg_catalog, public
         as $$
           select h.tenant_id, h.connection_id
           from public.connection_hooks h
           join public.tenants t on t.id = h.tenant_id and t.status = 'active'
           where h.token_hash = wanted
         $$`,
      `revoke all on function find_connection_hook(bytea) from public`,
      `grant execute on function find_connection_hook(bytea) to hub_app`,

      // A vendor that lets an app set one address calls it for all accounts: whose they are is known by the account alone.
      `create index connections_account on connections (connector_id, account_id) where account_id is not null and deleted_at is null`,
      `create policy owner_looks_up on connections for select to hub_owner using (true)`,
      `create function find_account_connections(wanted_connector text, wanted_accounts text[])
         returns table (tenant_id uuid, connection_id uuid, account_id text)
         language sql stable security definer set search_path = pg_catalog, public
         as $$
           select c.tenant_id, c.id, c.account_id
           from public.connections c
           join public.tenants t on t.id = c.tenant_id and t.status = 'active'
           where c.connector_id = wanted_connector and c.account_id = any (wanted_accounts) and c.deleted_at is null
           order by c.tenant_id, c.id
         $$`,
      `revoke all on function find_account_connections(text, text[]) from public`,
      `grant execute on function find_account_connections(text, text[]) to hub_app`,

      // What vendors say has changed, until the worker has read it. The same record announced again while it waits is
      // one notice; `revision` tells whether it was announced again after the worker took it.
      `create table hook_notices (
         tenant_id uuid not null,
         connection_id uuid not null,
         object text not null,
         record_id text not null,
         change text not null check (change in ('created', 'updated', 'deleted')),
         revision integer not null default 1,
         attempts integer not null default 0,
         received_at timestamptz not null default now(),
         due_at timestamptz not null default now(),
         primary key (tenant_id, connection_id, object, record_id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id)
       )`,
      `create index hook_notices_due on hook_notices (tenant_id, connection_id, due_at)`,
      ...isolateByTenant('hook_notices'),
      admitDispatcher('hook_notices'),
      `grant select, insert, update, delete on hook_notices to hub_app`,
      `grant select (tenant_id, connection_id, object, due_at) on hook_notices to hub_dispatcher`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop table hook_notices`,
      `drop function find_account_connections(text, text[])`,
      `drop policy owner_looks_up on connections`,
      `drop index connections_account`,
      `drop function find_connection_hook(bytea)`,
      `drop table connection_hooks`,
      `drop table connection_pulls`,
      `drop table sync_runs`,
      `drop table syncs`,
    ]);
  }
}
