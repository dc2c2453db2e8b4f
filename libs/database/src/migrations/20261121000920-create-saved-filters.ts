import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** Views of lists that a person gave a name to. They go with the person's membership. */
export class CreateSavedFilters20261121000920 implements MigrationInterface {
  readonly name = 'CreateSavedFilters20261121000920';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table saved_filters (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         user_id uuid not null,
         view text not null check (view in ('events', 'deliveries', 'dead_letters')),
         name text not null check (length(name) between 1 and 80),
         -- The members of the list's query, as text.
         query jsonb not null,
         created_at timestamptz not null default now(),
         primary key (tenant_id, id),
         foreign key (tenant_id, user_id) references memberships (tenant_id, user_id) on delete cascade
       )`,
      `create unique index saved_filters_name on saved_filters (tenant_id, user_id, view, name)`,
      ...isolateByTenant('saved_filters'),
      `grant select, insert, update, delete on saved_filters to hub_app`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`drop table saved_filters`]);
  }
}
