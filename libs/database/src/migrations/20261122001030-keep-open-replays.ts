import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** Of replays and what they found: as long as the dead letters that they are about. */
const KEPT = `interval '14 days'`;
/** Rows deleted by one call of the purge: bounded in time, however much has expired. */
const ITEMS_AT_ONCE = 10_000;

const ENDED = `ended_at < now() - ${KEPT}`;
/** Of replays that the owner may see. */
export const ITEM_OF_ENDED = `(tenant_id, replay_id) in (select tenant_id, id from replays where ${ENDED})`;

/**
 * A replay's term begins when it ends. At a slow pace, or behind a connection that stands still, one may be at work for longer
 * than that: its items say what is still to be done.
 */
export class KeepOpenReplays20261122001030 implements MigrationInterface {
  readonly name = 'KeepOpenReplays20261122001030';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      ...ownerSees('replays', ENDED),
      ...ownerSees('replay_items', ITEM_OF_ENDED),
      purgeOldReplays(
        `select i.ctid from public.replays r join public.replay_items i on i.tenant_id = r.tenant_id and i.replay_id = r.id
         where r.${ENDED}`,
        `r.${ENDED}`,
      ),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    const made = `created_at < now() - ${KEPT}`;
    await runAll(runner, [
      ...ownerSees('replays', made),
      ...ownerSees('replay_items', made),
      purgeOldReplays(`select ctid from public.replay_items where ${made}`, `r.${made}`),
    ]);
  }
}

function ownerSees(table: string, rows: string): string[] {
  return ['owner_finds_expired', 'owner_purges'].map((policy) => `alter policy ${policy} on ${table} using (${rows})`);
}

function purgeOldReplays(items: string, replays: string): string {
  return `create or replace function purge_old_replays() returns bigint
         language plpgsql security definer set search_path = pg_catalog, public as $$
         declare
           deleted bigint; total bigint := 0;
         begin
           if not pg_try_advisory_xact_lock(hashtext('purge_old_replays')) then return 0; end if;
           delete from public.replay_items where ctid = any (array(${items} limit ${ITEMS_AT_ONCE}));
           get diagnostics deleted = row_count;
           total := deleted;
           if deleted < ${ITEMS_AT_ONCE} then
             delete from public.replays r where ${replays}
               and not exists (select 1 from public.replay_items i where i.tenant_id = r.tenant_id and i.replay_id = r.id);
             get diagnostics deleted = row_count;
             total := total + deleted;
           end if;
           return total;
         end $$`;
}
