import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { admitDispatcher, hideInternal, isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** Tables in which the hub keeps rows of its own for a tenant beside the tenant's. */
const SHARED = ['connections', 'routes', 'events', 'deliveries'];

/**
 * Outbound webhooks: the bus made readable in order of commit, who has read how far, and the tenants' endpoints.
 *
 * A notice rides on the delivery machine: its endpoint is a connection, its way there a route, the notice itself an event
 * with a delivery for each endpoint. Those rows are `internal`: hidden from every transaction of the app that does not ask
 * for them, so that no list, count, search or balance of the tenant's own has to remember to leave them out.
 */
export class CreateWebhooks20261121000840 implements MigrationInterface {
  readonly name = 'CreateWebhooks20261121000840';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      // Ids are made before the commit, by several clocks: who reads by them loses what commits late. Whoever reads by the
      // writing transaction, and only below the oldest one still running, reads every row once. In the key instead of in
      // an index of its own, so that settling pays for no further one. Rows from before were read by nobody: 0.
      `alter table hub_events add column tx_id bigint not null default 0`,
      `alter table hub_events alter column tx_id set default pg_current_xact_id()::text::bigint`,
      `alter table hub_events drop constraint hub_events_pkey`,
      `alter table hub_events add primary key (tenant_id, tx_id, id)`,
      admitDispatcher('hub_events'),
      `grant select (tenant_id, tx_id, id) on hub_events to hub_dispatcher`,

      `create table hub_event_cursors (
         tenant_id uuid not null references tenants (id),
         consumer text not null,
         tx_id bigint not null,
         id uuid not null,
         moved_at timestamptz not null default now(),
         primary key (tenant_id, consumer)
       ) with (fillfactor = 50)`,
      ...isolateByTenant('hub_event_cursors'),
      admitDispatcher('hub_event_cursors'),
      `grant select, insert, update, delete on hub_event_cursors to hub_app`,
      `grant select (tenant_id, consumer, tx_id, id) on hub_event_cursors to hub_dispatcher`,

      ...SHARED.flatMap((table) => [
        `alter table ${table} add column internal boolean not null default false`,
        ...hideInternal(table),
      ]),
      `create index deliveries_internal on deliveries (tenant_id, connection_id, id) where internal`,
      `grant select (internal) on deliveries to hub_dispatcher`,
      `grant select (internal) on connections to hub_dispatcher`,
      `grant insert on events, deliveries to hub_app`,
      `grant usage on sequence deliveries_seq to hub_app`,

      // Of the first failure since the last success.
      `alter table connection_runtime add column failing_since timestamptz`,
      `grant select (failing_since, last_failure_at) on connection_runtime to hub_dispatcher`,

      // Address and headers are the connection's; its secrets too, sealed.
      `create table webhook_endpoints (
         tenant_id uuid not null references tenants (id),
         id uuid not null,
         connection_id uuid not null,
         route_id uuid not null,
         description text not null default '',
         event_types text[] not null,
         -- Null: of all connections.
         connection_ids uuid[],
         header_names text[] not null default '{}',
         previous_secret_until timestamptz,
         disabled_reason text check (disabled_reason in ('user', 'failing', 'gone')),
         disabled_at timestamptz,
         created_at timestamptz not null default now(),
         updated_at timestamptz not null default now(),
         deleted_at timestamptz,
         primary key (tenant_id, id),
         check ((disabled_reason is null) = (disabled_at is null)),
         foreign key (tenant_id, connection_id) references connections (tenant_id, id),
         foreign key (tenant_id, route_id) references routes (tenant_id, id)
       )`,
      `create unique index webhook_endpoints_connection on webhook_endpoints (tenant_id, connection_id)`,
      ...isolateByTenant('webhook_endpoints'),
      admitDispatcher('webhook_endpoints'),
      `grant select, insert, update on webhook_endpoints to hub_app`,
      `grant select (tenant_id, id, connection_id, disabled_at, deleted_at) on webhook_endpoints to hub_dispatcher`,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop table webhook_endpoints`,
      `alter table connection_runtime drop column failing_since`,
      `revoke select (last_failure_at) on connection_runtime from hub_dispatcher`,
      `revoke insert on events from hub_app`,
      `drop index deliveries_internal`,
      ...SHARED.flatMap((table) => [
        `drop policy hides_internal on ${table}`,
        `alter table ${table} drop column internal`,
      ]),
      `drop table hub_event_cursors`,
      `drop policy dispatcher_reads on hub_events`,
      `revoke select (tenant_id, id) on hub_events from hub_dispatcher`,
      `alter table hub_events drop constraint hub_events_pkey`,
      `alter table hub_events drop column tx_id`,
      `alter table hub_events add primary key (tenant_id, id)`,
    ]);
  }
}
