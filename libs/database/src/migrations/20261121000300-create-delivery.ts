import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { admitAcceptBatch, admitDispatcher, isolateByTenant } from '../rls';
import { runAll } from './run-all';

/**
 * Events, deliveries, attempts and what happened, partitioned by day on the time inside their UUIDv7, so that a
 * look-up by id prunes to one partition and retention drops whole partitions.
 *
 * These tables have no foreign keys among themselves: a partition could not be dropped while another table points
 * at it. Deliveries are only ever made by joining events and routes of one tenant inside the accept statement.
 */
export class CreateDelivery20261121000300 implements MigrationInterface {
  readonly name = 'CreateDelivery20261121000300';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // RFC 9562 version 7 from the database's clock: 48 bits of milliseconds, the rest random. Works before PostgreSQL 18.
      `create function uuid_v7() returns uuid language sql volatile parallel safe as $$
         select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
           placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
       $$`,
      `create function uuid_v7_floor(moment timestamptz) returns uuid language sql immutable parallel safe as $$
         select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
       $$`,

      `create table event_keys (
         tenant_id uuid not null references tenants (id),
         event_id text not null,
         tracking_id uuid not null,
         fingerprint bytea not null,
         created_at timestamptz not null default now(),
         primary key (tenant_id, event_id)
       )`,
      ...isolateByTenant('event_keys'),
      admitAcceptBatch('event_keys'),
      `grant select on event_keys to hub_app`,
      `grant select, insert on event_keys to hub_accept`,

      `create table events (
         tenant_id uuid not null,
         id uuid not null,
         event_id text not null,
         type text not null,
         source text,
         subject text,
         occurred_at timestamptz,
         received_at timestamptz not null,
         payload text not null,
         metadata text,
         status text not null check (status in ('open', 'succeeded', 'failed', 'unrouted')),
         deliveries_total integer not null,
         deliveries_open integer not null,
         deliveries_succeeded integer not null default 0,
         deliveries_failed integer not null default 0,
         api_key_id uuid,
         request_id text,
         traceparent text,
         primary key (tenant_id, id)
       ) partition by range (id)`,
      `create index events_failed on events (tenant_id, id) where status = 'failed'`,
      `create index events_type on events (tenant_id, type, id)`,
      `create index events_subject on events (tenant_id, subject, id) where subject is not null`,
      ...isolateByTenant('events'),
      admitAcceptBatch('events'),
      `grant select, update on events to hub_app`,
      `grant select, insert on events to hub_accept`,

      `create sequence deliveries_seq`,
      `create table deliveries (
         tenant_id uuid not null,
         id uuid not null default uuid_v7(),
         seq bigint not null default nextval('deliveries_seq'),
         tracking_id uuid not null,
         connection_id uuid not null,
         route_id uuid not null,
         operation text not null,
         ordering_key text,
         ordering_mode text not null,
         status text not null check (status in ('pending', 'delivering', 'retrying', 'succeeded', 'dead', 'cancelled', 'held', 'superseded')),
         reason text,
         filter_pending boolean not null default false,
         attempts integer not null default 0,
         crashes integer not null default 0,
         solo_crashes integer not null default 0,
         next_attempt_at timestamptz not null default now(),
         lease_token uuid,
         lease_solo boolean not null default false,
         mapping_id uuid,
         mapping_version integer,
         mapped_payload text,
         external_id text,
         last_error jsonb,
         created_at timestamptz not null default now(),
         settled_at timestamptz,
         replay_of uuid,
         primary key (tenant_id, id)
       ) partition by range (id)`,
      `alter sequence deliveries_seq owned by deliveries.seq`,
      `create index deliveries_due on deliveries (tenant_id, connection_id, next_attempt_at, seq) where status in ('pending', 'retrying')`,
      `create index deliveries_leased on deliveries (tenant_id, connection_id) where status = 'delivering'`,
      `create index deliveries_order on deliveries (tenant_id, connection_id, ordering_key, seq)
         where status in ('pending', 'delivering', 'retrying', 'held') and ordering_key is not null`,
      `create index deliveries_suspect on deliveries (tenant_id, connection_id) where status in ('pending', 'retrying') and crashes >= 2`,
      `create index deliveries_event on deliveries (tenant_id, tracking_id)`,
      `create index deliveries_dead on deliveries (tenant_id, id) where status = 'dead'`,
      ...isolateByTenant('deliveries'),
      admitAcceptBatch('deliveries'),
      admitDispatcher('deliveries'),
      `grant select, update on deliveries to hub_app`,
      `grant select, insert on deliveries to hub_accept`,
      `grant usage on sequence deliveries_seq to hub_accept`,
      `grant select (tenant_id, id, connection_id, status, next_attempt_at) on deliveries to hub_dispatcher`,

      `create table attempts (
         tenant_id uuid not null,
         id uuid not null,
         delivery_id uuid not null,
         number integer not null,
         started_at timestamptz not null,
         duration_ms integer not null,
         outcome text not null check (outcome in ('succeeded', 'failed', 'deferred', 'crashed')),
         category text,
         code text,
         message text,
         http_status integer,
         request text,
         response text,
         worker text,
         trace_id text,
         primary key (tenant_id, id)
       ) partition by range (id)`,
      `create index attempts_delivery on attempts (tenant_id, delivery_id, id)`,
      ...isolateByTenant('attempts'),
      `grant select, insert on attempts to hub_app`,

      // The bus that outbound webhooks, alerts, live tail and archive read.
      `create table hub_events (
         tenant_id uuid not null,
         id uuid not null,
         type text not null,
         tracking_id uuid,
         delivery_id uuid,
         connection_id uuid,
         data text not null default '{}',
         created_at timestamptz not null default now(),
         primary key (tenant_id, id)
       ) partition by range (id)`,
      `create index hub_events_tracking on hub_events (tenant_id, tracking_id, id)`,
      ...isolateByTenant('hub_events'),
      `grant select, insert on hub_events to hub_app`,

      ...['events', 'deliveries', 'attempts', 'hub_events'].flatMap((table) => [
        // A row outside every day lands here rather than being refused; direct access meets no policy and sees nothing.
        `create table ${table}_default partition of ${table} default`,
        `alter table ${table}_default enable row level security`,
        `alter table ${table}_default force row level security`,
      ]),
      `create function ensure_day_partitions(days_ahead integer) returns integer
         language plpgsql security definer set search_path = pg_catalog, public as $$
         declare
           parent text; day date; child text; made integer := 0;
           today date := (now() at time zone 'UTC')::date;
         begin
           perform pg_advisory_xact_lock(hashtext('ensure_day_partitions'));
           foreach parent in array array['events', 'deliveries', 'attempts', 'hub_events'] loop
             for day in select d::date from generate_series(today - 1, today + days_ahead, interval '1 day') d loop
               child := parent || '_' || to_char(day, 'YYYYMMDD');
               continue when to_regclass('public.' || child) is not null;
               -- A day's partition grows from nothing within the day: statistics and dead rows are looked after early.
               execute format('create table public.%I partition of public.%I for values from (%L) to (%L)
                 with (autovacuum_analyze_threshold = 1000, autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_scale_factor = 0.05)', child, parent,
                 public.uuid_v7_floor(day::timestamp at time zone 'UTC'), public.uuid_v7_floor((day + 1)::timestamp at time zone 'UTC'));
               execute format('alter table public.%I enable row level security', child);
               execute format('alter table public.%I force row level security', child);
               made := made + 1;
             end loop;
           end loop;
           return made;
         end $$`,
      `revoke all on function ensure_day_partitions(integer) from public`,
      `grant execute on function ensure_day_partitions(integer) to hub_dispatcher`,
      `select ensure_day_partitions(2)`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop function ensure_day_partitions(integer)`,
      `drop table hub_events`,
      `drop table attempts`,
      `drop table deliveries`,
      `drop table events`,
      `drop table event_keys`,
      `drop function uuid_v7_floor(timestamptz)`,
      `drop function uuid_v7()`,
    ]);
  }
}
