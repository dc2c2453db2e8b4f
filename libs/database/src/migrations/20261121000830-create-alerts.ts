import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { admitDispatcher, isolateByTenant } from '../rls';
import { runAll } from './run-all';

/** The books of each hour, what was counted for usage, and alerts: rules, channels, episodes and what was sent of them. */
export class CreateAlerts20261121000830 implements MigrationInterface {
  readonly name = 'CreateAlerts20261121000830';

  async up(runner: QueryRunner): Promise<void> {
    await runAll(runner, [...BOOKS, ...WATCH, ...CHANNELS, ...ALERTS]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runAll(runner, [
      `drop table alert_notifications`,
      `drop table alerts`,
      `drop table alert_rule_channels`,
      `drop table alert_rules`,
      `drop table alert_channels`,
      `drop table tenant_watch`,
      `revoke select (id, status) on tenants from hub_dispatcher`,
      `drop policy dispatcher_reads on tenants`,
      `drop table usage_counts`,
      `drop table connection_stats`,
      `drop table balance_hours`,
    ]);
  }
}

const BOOKS = [
  // What three sets of tables say of the events accepted in an hour. `most_…` is the most that was ever seen: facts of the
  // past only grow, so fewer than before means that something was taken away.
  `create table balance_hours (
     tenant_id uuid not null references tenants (id),
     hour timestamptz not null,
     events bigint not null default 0,
     events_unrouted bigint not null default 0,
     events_keyed bigint,
     events_delivered bigint not null default 0,
     promised bigint not null default 0,
     promised_open bigint not null default 0,
     busiest_minute integer not null default 0,
     made bigint not null default 0,
     replays bigint not null default 0,
     open bigint not null default 0,
     succeeded bigint not null default 0,
     dead bigint not null default 0,
     cancelled bigint not null default 0,
     superseded bigint not null default 0,
     told bigint not null default 0,
     most_events bigint not null default 0,
     most_deliveries bigint not null default 0,
     balanced boolean not null default true,
     differences jsonb not null default '[]',
     counted_at timestamptz not null default now(),
     due_at timestamptz not null default now(),
     primary key (tenant_id, hour)
   ) with (fillfactor = 70)`,
  `create index balance_hours_due on balance_hours (tenant_id, due_at)`,
  `create index balance_hours_unbalanced on balance_hours (tenant_id, hour) where not balanced`,
  ...isolateByTenant('balance_hours'),
  admitDispatcher('balance_hours'),
  `grant select, insert, update, delete on balance_hours to hub_app`,
  `grant select (tenant_id, hour, balanced) on balance_hours to hub_dispatcher`,

  // Calls to a connection's system, in twelve pieces of five minutes. Written behind: a worker that dies takes seconds of
  // them with it, so nothing but rates and sums is told from them.
  `create table connection_stats (
     tenant_id uuid not null,
     connection_id uuid not null,
     hour timestamptz not null,
     calls integer[] not null default array_fill(0, array[12]),
     failures integer[] not null default array_fill(0, array[12]),
     primary key (tenant_id, connection_id, hour),
     foreign key (tenant_id, connection_id) references connections (tenant_id, id)
   ) with (fillfactor = 50)`,
  `create index connection_stats_hour on connection_stats (tenant_id, hour)`,
  ...isolateByTenant('connection_stats'),
  `grant select, insert, update, delete on connection_stats to hub_app`,

  // What leaves no row of its own, or not for long: repeats of known events, what the rate limit refused, calls of all
  // connections together. Written behind, too.
  `create table usage_counts (
     tenant_id uuid not null references tenants (id),
     hour timestamptz not null,
     duplicates bigint not null default 0,
     rate_limited bigint not null default 0,
     calls bigint not null default 0,
     failed_calls bigint not null default 0,
     primary key (tenant_id, hour)
   ) with (fillfactor = 70)`,
  ...isolateByTenant('usage_counts'),
  `grant select, insert, update, delete on usage_counts to hub_app`,
];

const WATCH = [
  // Whose books and alerts are to be looked at, and by whom right now.
  `create table tenant_watch (
     tenant_id uuid primary key references tenants (id),
     due_at timestamptz not null default now(),
     lease_token uuid,
     lease_until timestamptz,
     looked_at timestamptz,
     books_through timestamptz,
     tidied_at timestamptz
   ) with (fillfactor = 50)`,
  ...isolateByTenant('tenant_watch'),
  admitDispatcher('tenant_watch'),
  `grant select, insert, update on tenant_watch to hub_app`,
  `grant select (tenant_id, due_at, lease_until) on tenant_watch to hub_dispatcher`,
  admitDispatcher('tenants'),
  `grant select (id, status) on tenants to hub_dispatcher`,
];

const CHANNELS = [
  // Addresses that let their holder post (Slack, PagerDuty, webhooks) are secrets: sealed, and shown by their host alone.
  `create table alert_channels (
     tenant_id uuid not null references tenants (id),
     id uuid not null,
     name text not null,
     kind text not null check (kind in ('email', 'slack', 'pagerduty', 'webhook')),
     recipients text[] not null default '{}',
     target_host text,
     secret_sealed text,
     secret_key_id uuid,
     least_severity text not null default 'info' check (least_severity in ('info', 'warning', 'critical')),
     enabled boolean not null default true,
     last_sent_at timestamptz,
     last_failure_at timestamptz,
     last_error jsonb,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now(),
     deleted_at timestamptz,
     primary key (tenant_id, id),
     foreign key (tenant_id, secret_key_id) references tenant_data_keys (tenant_id, id)
   )`,
  `create unique index alert_channels_name on alert_channels (tenant_id, name) where deleted_at is null`,
  ...isolateByTenant('alert_channels'),
  `grant select, insert, update on alert_channels to hub_app`,

  // What a tenant has set otherwise than the hub's defaults; null is the default.
  `create table alert_rules (
     tenant_id uuid not null references tenants (id),
     rule text not null,
     enabled boolean,
     threshold double precision,
     least_volume integer,
     for_seconds integer,
     repeat_seconds integer,
     severity text check (severity in ('info', 'warning', 'critical')),
     every_channel boolean not null default true,
     updated_at timestamptz not null default now(),
     primary key (tenant_id, rule)
   )`,
  ...isolateByTenant('alert_rules'),
  `grant select, insert, update on alert_rules to hub_app`,
  `create table alert_rule_channels (
     tenant_id uuid not null,
     rule text not null,
     channel_id uuid not null,
     added_at timestamptz not null default now(),
     primary key (tenant_id, rule, channel_id),
     foreign key (tenant_id, rule) references alert_rules (tenant_id, rule),
     foreign key (tenant_id, channel_id) references alert_channels (tenant_id, id)
   )`,
  ...isolateByTenant('alert_rule_channels'),
  `grant select, insert, update, delete on alert_rule_channels to hub_app`,
];

const ALERTS = [
  // One row for each episode of a rule and its subject. `pending`: true, but not yet for as long as the rule asks.
  `create table alerts (
     tenant_id uuid not null references tenants (id),
     id uuid not null,
     rule text not null,
     subject text not null default '',
     connection_id uuid,
     phase text not null check (phase in ('pending', 'open', 'acknowledged', 'resolved')),
     severity text not null check (severity in ('info', 'warning', 'critical')),
     title text not null,
     details jsonb not null default '{}',
     since timestamptz not null,
     opened_at timestamptz,
     acknowledged_at timestamptz,
     acknowledged_by text,
     note text,
     muted_until timestamptz,
     clear_since timestamptz,
     resolved_at timestamptz,
     resolution text check (resolution in ('recovered', 'rule_disabled')),
     told_at timestamptz,
     last_told_at timestamptz,
     updated_at timestamptz not null default now(),
     primary key (tenant_id, id),
     foreign key (tenant_id, connection_id) references connections (tenant_id, id)
   ) with (fillfactor = 70)`,
  `create unique index alerts_one_at_a_time on alerts (tenant_id, rule, subject) where phase <> 'resolved'`,
  `create index alerts_muted on alerts (tenant_id, rule, subject, muted_until) where muted_until is not null`,
  ...isolateByTenant('alerts'),
  admitDispatcher('alerts'),
  `grant select, insert, update, delete on alerts to hub_app`,
  `grant select (tenant_id, rule, severity, phase) on alerts to hub_dispatcher`,

  // Decided and sent are two things: what is decided stands here with the alert's change, and is sent until it has arrived.
  `create table alert_notifications (
     tenant_id uuid not null,
     id uuid not null,
     alert_id uuid,
     channel_id uuid not null,
     kind text not null check (kind in ('triggered', 'reminder', 'resolved', 'test')),
     status text not null check (status in ('waiting', 'sent', 'failed', 'discarded')),
     message jsonb not null,
     attempts integer not null default 0,
     next_attempt_at timestamptz not null default now(),
     lease_token uuid,
     lease_until timestamptz,
     http_status integer,
     error jsonb,
     created_at timestamptz not null default now(),
     sent_at timestamptz,
     primary key (tenant_id, id),
     foreign key (tenant_id, alert_id) references alerts (tenant_id, id),
     foreign key (tenant_id, channel_id) references alert_channels (tenant_id, id)
   ) with (fillfactor = 70)`,
  `create index alert_notifications_due on alert_notifications (tenant_id, next_attempt_at) where status = 'waiting'`,
  `create index alert_notifications_alert on alert_notifications (tenant_id, alert_id, id)`,
  `create index alert_notifications_channel on alert_notifications (tenant_id, channel_id, id)`,
  ...isolateByTenant('alert_notifications'),
  admitDispatcher('alert_notifications'),
  `grant select, insert, update, delete on alert_notifications to hub_app`,
  `grant select (tenant_id, id, status, next_attempt_at, lease_until) on alert_notifications to hub_dispatcher`,
];
