import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { admitDispatcher, isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** How a change of a mapping is tried and made: golden cases, back-tests, and who published which version when. */
export class CreateMappingChanges20261121000820 implements MigrationInterface {
  readonly name = 'CreateMappingChanges20261121000820';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Counts up with every change of the golden cases: a version is published by the cases that it was run against.
      `alter table mappings add column golden_revision integer not null default 0`,

      `create table mapping_golden_cases (
         tenant_id uuid not null,
         id uuid not null,
         mapping_id uuid not null,
         name text not null,
         -- JSON as text: numbers must reach the expression as they were written, and jsonb takes no NUL.
         input text not null,
         event text,
         links text not null default '[]',
         outcome text not null check (outcome in ('skipped', 'failed', 'output')),
         output text,
         ignored text not null default '[]',
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now(),
         primary key (tenant_id, id),
         foreign key (tenant_id, mapping_id) references mappings (tenant_id, id),
         check ((outcome = 'output') = (output is not null))
       )`,
      `create unique index mapping_golden_cases_name on mapping_golden_cases (tenant_id, mapping_id, name)`,
      ...isolateByTenant('mapping_golden_cases'),
      `grant select, insert, update, delete on mapping_golden_cases to hub_app`,

      // A list that points backwards: "back_to" is the publication that a rollback returns to. Rows are never changed.
      `create table mapping_publications (
         tenant_id uuid not null,
         mapping_id uuid not null,
         number integer not null check (number > 0),
         version integer not null,
         kind text not null check (kind in ('created', 'published', 'rolled_back', 'found')),
         back_to integer,
         published_at timestamptz,
         actor_type text,
         actor_id text,
         golden_cases integer,
         backtest jsonb,
         primary key (tenant_id, mapping_id, number),
         foreign key (tenant_id, mapping_id, version) references mapping_versions (tenant_id, mapping_id, version)
       )`,
      ...isolateByTenant('mapping_publications'),
      `grant select, insert on mapping_publications to hub_app`,

      `create table mapping_backtests (
         tenant_id uuid not null,
         id uuid not null,
         mapping_id uuid not null,
         -- Null: a draft that has not been saved as a version.
         version integer,
         base_version integer not null,
         expression text not null,
         tables jsonb not null,
         content_hash bytea not null,
         wanted integer not null check (wanted > 0),
         route_ids jsonb,
         requested_by jsonb,
         status text not null check (status in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
         stopped_because text check (stopped_because in ('deadline', 'draft_too_slow', 'few_matches')),
         error jsonb,
         -- Events before this one are still to be looked at.
         before_id uuid not null,
         examined integer not null default 0,
         tested integer not null default 0,
         totals jsonb not null default '{}',
         slow_runs integer not null default 0,
         worked_ms integer not null default 0,
         created_at timestamptz not null default now(),
         started_at timestamptz,
         ended_at timestamptz,
         served_at timestamptz not null default now(),
         lease_token uuid,
         lease_until timestamptz,
         -- Times that whoever worked on it fell silent.
         interruptions integer not null default 0,
         primary key (tenant_id, id),
         foreign key (tenant_id, mapping_id) references mappings (tenant_id, id),
         foreign key (tenant_id, mapping_id, version) references mapping_versions (tenant_id, mapping_id, version),
         foreign key (tenant_id, mapping_id, base_version) references mapping_versions (tenant_id, mapping_id, version)
       ) with (fillfactor = 70)`,
      `create index mapping_backtests_mapping on mapping_backtests (tenant_id, mapping_id, id)`,
      `create index mapping_backtests_open on mapping_backtests (tenant_id, served_at) where status in ('queued', 'running')`,
      `create unique index mapping_backtests_one_open on mapping_backtests (tenant_id, mapping_id) where status in ('queued', 'running')`,
      ...isolateByTenant('mapping_backtests'),
      admitDispatcher('mapping_backtests'),
      `grant select, insert, update, delete on mapping_backtests to hub_app`,
      `grant select (tenant_id, id, status, created_at, served_at, lease_until) on mapping_backtests to hub_dispatcher`,

      `create table mapping_backtest_items (
         tenant_id uuid not null,
         backtest_id uuid not null,
         number integer not null,
         tracking_id uuid not null,
         event_id text not null,
         event_type text not null,
         connection_id uuid not null,
         route_id uuid,
         sync_id uuid,
         delivery_id uuid,
         outcome text not null check (outcome in ('unchanged', 'changed', 'now_failing', 'now_fixed', 'still_failing',
           'now_skipped', 'no_longer_skipped', 'skipped_both', 'not_comparable')),
         was_sent text not null check (was_sent in ('same', 'different', 'not_kept', 'not_comparable')),
         detail text not null,
         primary key (tenant_id, backtest_id, number),
         foreign key (tenant_id, backtest_id) references mapping_backtests (tenant_id, id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id),
         foreign key (tenant_id, route_id) references routes (tenant_id, id),
         foreign key (tenant_id, sync_id) references syncs (tenant_id, id)
       )`,
      ...isolateByTenant('mapping_backtest_items'),
      `grant select, insert, delete on mapping_backtest_items to hub_app`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop table mapping_backtest_items`,
      `drop table mapping_backtests`,
      `drop table mapping_publications`,
      `drop table mapping_golden_cases`,
      `alter table mappings drop column golden_revision`,
    ]);
  }
}
