import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/**
 * Since when a connection has its status: what it keeps waiting is counted from then. By a trigger, because it is changed in
 * many places, none of which may forget it. Of what was there before it is not known: it is given its whole time.
 */
export class SinceWhenAConnectionStands20261122001020 implements MigrationInterface {
  readonly name = 'SinceWhenAConnectionStands20261122001020';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `alter table connections add column status_since timestamptz not null default now()`,
      `create function note_connection_status() returns trigger language plpgsql set search_path = pg_catalog as $$
       begin
         new.status_since := now();
         return new;
       end $$`,
      `revoke all on function note_connection_status() from public`,
      `create trigger note_connection_status before update on connections for each row
         when (new.status is distinct from old.status) execute function note_connection_status()`,
      `grant select (status_since) on connections to hub_dispatcher`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop trigger note_connection_status on connections`,
      `drop function note_connection_status()`,
      `alter table connections drop column status_since`,
    ]);
  }
}
