import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { admitDispatcher, isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** Of replays and what they found: as long as the dead letters that they are about. */
const KEPT = `interval '14 days'`;
/** Rows deleted by one call of the purge: bounded in time, however much has expired. */
const ITEMS_AT_ONCE = 10_000;

/**
 * Dead letters taken up again: replays with their items, and on the deliveries what became of each.
 *
 * `replays` is the truth about work that may last for hours: lease, cursor and pace are in it, the queue only rings.
 */
export class CreateReplays20261121000810 implements MigrationInterface {
  readonly name = 'CreateReplays20261121000810';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // What a delivery was is never changed by a replay; these only say where its story goes on.
      `alter table deliveries add column replay_id uuid, add column replayed_by uuid, add column resolved_by uuid`,
      `create index deliveries_dead_open on deliveries (tenant_id, id) where status = 'dead' and replayed_by is null`,
      // Replays make deliveries as the app role; policies hold it to its tenant.
      `grant insert on deliveries to hub_app`,
      `grant select (replayed_by) on deliveries to hub_dispatcher`,
      `grant select (breaker_state, breaker_opened_at) on connection_runtime to hub_dispatcher`,

      `alter table connection_runtime drop constraint connection_runtime_resume_reason_check`,
      `alter table connection_runtime add constraint connection_runtime_resume_reason_check
         check (resume_reason in ('breaker_open', 'rate_limited', 'misconfigured'))`,

      `create table replays (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         action text not null check (action in ('replay', 'retry', 'cancel')),
         status text not null check (status in ('queued', 'running', 'cancelling', 'completed', 'cancelled', 'failed')),
         phase text not null default 'collecting' check (phase in ('collecting', 'working', 'delivering')),
         selection jsonb not null,
         mapping text not null check (mapping in ('original', 'current', 'version')),
         mapping_version integer,
         include_succeeded boolean not null,
         include_superseded boolean not null,
         dry_run boolean not null,
         rate_per_second double precision check (rate_per_second > 0),
         reason text,
         requested_by jsonb not null,
         -- Deliveries up to this one have been looked at.
         collected_to uuid,
         matched integer not null default 0,
         -- By the database's clock: the pace holds across restarts.
         next_slice_at timestamptz not null default now(),
         failures integer not null default 0,
         error jsonb,
         -- Of its items, as they were when it ended.
         counts jsonb,
         lease_token uuid,
         lease_until timestamptz,
         lease_worker text,
         created_at timestamptz not null default now(),
         started_at timestamptz,
         ended_at timestamptz,
         primary key (tenant_id, id)
       ) with (fillfactor = 50)`,
      `create index replays_open on replays (tenant_id, next_slice_at) where status in ('queued', 'running', 'cancelling')`,
      ...isolateByTenant('replays'),
      admitDispatcher('replays'),
      `grant select, insert, update on replays to hub_app`,
      `grant select (tenant_id, id, status, next_slice_at, lease_until) on replays to hub_dispatcher`,

      `create table replay_items (
         tenant_id uuid not null,
         replay_id uuid not null,
         delivery_id uuid not null,
         -- Of the delivery: the order of acceptance.
         seq bigint not null,
         tracking_id uuid not null,
         connection_id uuid not null,
         route_id uuid not null,
         outcome text not null default 'waiting' check (outcome in
           ('waiting', 'queued', 'succeeded', 'failed', 'skipped', 'cancelled', 'would_send', 'would_fail')),
         reason text,
         new_delivery_id uuid,
         mapping_id uuid,
         mapping_version integer,
         -- JSON as text: numbers stay as they were written.
         was_sent text,
         would_send text,
         changes text,
         changed boolean,
         error jsonb,
         created_at timestamptz not null default now(),
         settled_at timestamptz,
         primary key (tenant_id, replay_id, delivery_id),
         foreign key (tenant_id, replay_id) references replays (tenant_id, id),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id),
         foreign key (tenant_id, route_id) references routes (tenant_id, id)
       ) with (fillfactor = 80)`,
      `create index replay_items_waiting on replay_items (tenant_id, replay_id, seq) where outcome = 'waiting'`,
      // Partial, both of them: on a table that was not analyzed yet, a whole index that begins like the key is taken for it.
      `create index replay_items_queued on replay_items (tenant_id, replay_id) where outcome = 'queued'`,
      ...isolateByTenant('replay_items'),
      `grant select, insert, update on replay_items to hub_app`,

      ...['replays', 'replay_items'].flatMap((table) => [
        `create policy owner_finds_expired on ${table} for select to hub_owner using (created_at < now() - ${KEPT})`,
        `create policy owner_purges on ${table} for delete to hub_owner using (created_at < now() - ${KEPT})`,
      ]),
      // The owner sees expired rows alone; a replay goes when the last of its items has gone.
      `create function purge_old_replays() returns bigint
         language plpgsql security definer set search_path = pg_catalog, public as $$
         declare
           deleted bigint; total bigint := 0;
         begin
           if not pg_try_advisory_xact_lock(hashtext('purge_old_replays')) then return 0; end if;
           delete from public.replay_items where ctid = any (array(
             select ctid from public.replay_items where created_at < now() - ${KEPT} limit ${ITEMS_AT_ONCE}));
           get diagnostics deleted = row_count;
           total := deleted;
           if deleted < ${ITEMS_AT_ONCE} then
             delete from public.replays r where r.created_at < now() - ${KEPT}
               and not exists (select 1 from public.replay_items i where i.tenant_id = r.tenant_id and i.replay_id = r.id);
             get diagnostics deleted = row_count;
             total := total + deleted;
           end if;
           return total;
         end $$`,
      `revoke all on function purge_old_replays() from public`,
      `grant execute on function purge_old_replays() to hub_dispatcher`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop function purge_old_replays()`,
      `drop table replay_items`,
      `drop table replays`,
      `update connection_runtime set resume_reason = null, resume_at = null where resume_reason = 'misconfigured'`,
      `alter table connection_runtime drop constraint connection_runtime_resume_reason_check`,
      `alter table connection_runtime add constraint connection_runtime_resume_reason_check
         check (resume_reason in ('breaker_open', 'rate_limited'))`,
      `revoke select (breaker_state, breaker_opened_at) on connection_runtime from hub_dispatcher`,
      `revoke insert on deliveries from hub_app`,
      `drop index deliveries_dead_open`,
      `alter table deliveries drop column replay_id, drop column replayed_by, drop column resolved_by`,
    ]);
  }
}
