import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** Which processes of the hub are at work, and how much of their work is due: for the people who run it. */
export class CreateProcesses20261121000900 implements MigrationInterface {
  readonly name = 'CreateProcesses20261121000900';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create table processes (
         id text primary key check (length(id) between 1 and 300),
         kind text not null check (kind in ('api', 'worker')),
         host text not null,
         pid integer not null,
         started_at timestamptz not null default now(),
         seen_at timestamptz not null default now()
       )`,
      `grant select, insert, update, delete on processes to hub_app`,
      `grant select on processes to hub_operator`,

      // Counts over all tenants, for a role that sees no delivery of any. Counting stops where more would tell no more.
      `create function platform_backlog(most integer)
         returns table (due bigint, oldest_due_at timestamptz)
         language sql stable security definer set search_path = pg_catalog, public
         as $$
           with late as (
             select o.next_attempt_at
             from public.connections c cross join lateral (
               select d.next_attempt_at from public.deliveries d
               where d.tenant_id = c.tenant_id and d.connection_id = c.id and d.status in ('pending', 'retrying')
                 and d.next_attempt_at <= now()
               order by d.next_attempt_at limit most) o
             where c.deleted_at is null and c.status = 'active'
           )
           select count(*), min(next_attempt_at) from late
         $$`,
      `revoke all on function platform_backlog(integer) from public`,
      `grant execute on function platform_backlog(integer) to hub_operator`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [`drop function platform_backlog(integer)`, `drop table processes`]);
  }
}
