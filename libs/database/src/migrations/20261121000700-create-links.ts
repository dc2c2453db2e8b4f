import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** Which record of one system is which in another, and what a mapping was made from. */
export class CreateLinks20261121000700 implements MigrationInterface {
  readonly name = 'CreateLinks20261121000700';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table record_links (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         type text not null,
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now(),
         primary key (tenant_id, id),
         unique (tenant_id, id, type)
       )`,
      ...isolateByTenant('record_links'),
      `grant select, insert, update, delete on record_links to hub_app`,

      // One end is a record of a connection, or of whoever posts events under a source's name ('' where events name none).
      // The type is the link's, repeated here because a record's id is unique only within it.
      `create table record_link_ends (
         tenant_id uuid not null,
         id uuid not null,
         link_id uuid not null,
         type text not null,
         connection_id uuid,
         source text not null default '',
         system text not null generated always as (coalesce('con:' || connection_id::text, 'src:' || source)) stored,
         object text,
         record_id text not null,
         deleted boolean not null default false,
         version_written text,
         written_at timestamptz,
         version_seen text,
         seen_at timestamptz,
         seen jsonb,
         writes jsonb not null default '[]',
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now(),
         primary key (tenant_id, id),
         foreign key (tenant_id, link_id, type) references record_links (tenant_id, id, type),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id),
         check (connection_id is null or source = ''),
         constraint record_link_ends_one_of_each_system unique (tenant_id, link_id, system)
       )`,
      `create unique index record_link_ends_record on record_link_ends (tenant_id, type, system, record_id)`,
      `create index record_link_ends_record_id on record_link_ends (tenant_id, record_id)`,
      `create index record_link_ends_object on record_link_ends (tenant_id, connection_id, object, record_id)`,
      ...isolateByTenant('record_link_ends'),
      `grant select, insert, update, delete on record_link_ends to hub_app`,

      // Who waits for a link is found by it, to be woken when it is there.
      `create index deliveries_waiting_for_link on deliveries (tenant_id, (last_error -> 'link' ->> 'id'))
         where reason = 'waiting_for_link' and status in ('pending', 'retrying')`,

      // Which sync, mapping and route a recipe has been made into, so that applying it again makes nothing twice.
      `create table applied_recipes (
         tenant_id uuid not null,
         source_connection_id uuid not null,
         target_connection_id uuid not null,
         recipe text not null,
         sync_id uuid not null,
         mapping_id uuid not null,
         route_id uuid not null,
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now(),
         primary key (tenant_id, source_connection_id, target_connection_id, recipe),
         foreign key (tenant_id, source_connection_id) references connections (tenant_id, id),
         foreign key (tenant_id, target_connection_id) references connections (tenant_id, id),
         foreign key (tenant_id, sync_id) references syncs (tenant_id, id),
         foreign key (tenant_id, mapping_id) references mappings (tenant_id, id),
         foreign key (tenant_id, route_id) references routes (tenant_id, id)
       )`,
      ...isolateByTenant('applied_recipes'),
      `grant select, insert, update on applied_recipes to hub_app`,

      `alter table mappings add column template_id text, add column template_version integer,
         add constraint mappings_template check ((template_id is null) = (template_version is null))`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table mappings drop column template_id, drop column template_version`,
      `drop table applied_recipes`,
      `drop index deliveries_waiting_for_link`,
      `drop table record_link_ends`,
      `drop table record_links`,
    ]);
  }
}
