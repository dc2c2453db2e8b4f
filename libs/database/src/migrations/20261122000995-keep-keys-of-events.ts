import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all';

/** As in HardenDelivery. */
const EVENT_KEYS_KEPT = `interval '30 days'`;
const REQUESTS_KEPT = `interval '24 hours'`;
const BLOCKS_AT_ONCE = 2_000;

/** A day less than keys are kept: the clock that wrote a tracking id is not the one that wrote its key's age. */
const OLD_EVENTS = `interval '29 days'`;

/**
 * A key stays for as long as its event is in the database, however long that is: else the same event would be taken once
 * more beside its own dead letter, and would not be found by the sender's id.
 *
 * FORCE binds the owner too: it is shown events that are old enough for their keys to have expired, and looks for one by
 * its id. The OFFSET has that done key by key, for expired ones alone; joined, all events would be read for each stretch.
 */
export class KeepKeysOfEvents20261122000995 implements MigrationInterface {
  readonly name = 'KeepKeysOfEvents20261122000995';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `create policy owner_finds_old on events for select to hub_owner using (id < uuid_v7_floor(now() - ${OLD_EVENTS}))`,
      purgeExpiredKeys(`and not exists (
                   select 1 from public.events e where e.tenant_id = k.tenant_id and e.id = k.tracking_id offset 0)`),
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [purgeExpiredKeys(''), `drop policy owner_finds_old on events`]);
  }
}

function purgeExpiredKeys(unlessKept: string): string {
  return `create or replace function purge_expired_keys() returns bigint
         language plpgsql security definer set search_path = pg_catalog, public as $$
         declare
           chore record; first tid; beyond tid; deleted bigint; total bigint := 0;
         begin
           for chore in select task, next_block from public.upkeep where due_at <= now() order by task for update skip locked loop
             first := format('(%s,0)', chore.next_block)::tid;
             beyond := format('(%s,0)', chore.next_block + ${BLOCKS_AT_ONCE})::tid;
             if chore.task = 'event_keys' then
               delete from public.event_keys k where k.ctid >= first and k.ctid < beyond and k.created_at < now() - ${EVENT_KEYS_KEPT}
                 ${unlessKept};
             else
               delete from public.idempotent_requests where ctid >= first and ctid < beyond and created_at < now() - ${REQUESTS_KEPT};
             end if;
             get diagnostics deleted = row_count;
             total := total + deleted;
             if (chore.next_block + ${BLOCKS_AT_ONCE}) * current_setting('block_size')::bigint
                  < pg_relation_size(('public.' || quote_ident(chore.task))::regclass) then
               update public.upkeep set next_block = chore.next_block + ${BLOCKS_AT_ONCE} where task = chore.task;
             else
               update public.upkeep set next_block = 0, due_at = now() + interval '1 hour' where task = chore.task;
             end if;
           end loop;
           return total;
         end $$`;
}
