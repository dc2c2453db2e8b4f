/**
 * The conditions of the policies, written down a second time: nothing here comes from the code or the migrations that make
 * them, so that a slip there is none of the catalogue.
 */
export const OWN_TENANT = `(select nullif(current_setting('app.tenant_id', true), '')::uuid)`;
export const LISTED_TENANTS = `any ((select string_to_array(nullif(current_setting('app.tenant_ids', true), ''), ',')::uuid[])::uuid[])`;

export const TENANTS_OWN_ROW_OR_ASKED_FOR = `(not internal or (select current_setting('app.internal', true)) = 'on')`;

export const ON_NO_HOLD = `
  not exists (select 1 from retention_settings h where h.tenant_id = ${OWN_TENANT} and h.legal_hold)
  and not exists (select 1 from retention_bounds h where h.tenant_id = ${OWN_TENANT} and h.legal_hold)`;

export const OPERATORS_CHAIN_OR_OF_A_PERSON = `
  (tenant_id = '00000000-0000-0000-0000-000000000000'::uuid or starts_with(subject, 'usr_'))`;

export const ENDED_LONG_AGO = `ended_at < now() - interval '14 days'`;
export const ITEM_OF_A_REPLAY_ENDED_LONG_AGO = `
  (tenant_id, replay_id) in (select tenant_id, id from replays where ended_at < now() - interval '14 days')`;

export const BEING_ERASED = `(select nullif(current_setting('app.erasing', true), '')::uuid)`;

/** Tables whose rows of a tenant the owner sees while it erases that tenant. */
export const ERASED_BY_OWNER = [
  'alert_channels',
  'alert_notifications',
  'alert_rule_channels',
  'alert_rules',
  'alerts',
  'api_keys',
  'applied_recipes',
  'archive_days',
  'archive_kept',
  'archive_restores',
  'attempts',
  'audit_exports',
  'audit_subject_keys',
  'balance_hours',
  'connection_hooks',
  'connection_limits',
  'connection_pulls',
  'connection_runtime',
  'connection_schema_changes',
  'connection_schemas',
  'connection_stats',
  'connections',
  'deliveries',
  'event_keys',
  'events',
  'hook_notices',
  'hub_event_cursors',
  'hub_events',
  'idempotent_requests',
  'invitations',
  'mapping_backtest_items',
  'mapping_backtests',
  'mapping_golden_cases',
  'mapping_publications',
  'mapping_versions',
  'mappings',
  'memberships',
  'oauth_authorizations',
  'record_link_ends',
  'record_links',
  'replay_items',
  'replays',
  'retention_bounds',
  'retention_settings',
  'routes',
  'saved_filters',
  'sso_domains',
  'sso_settings',
  'sync_runs',
  'syncs',
  'tenant_data_keys',
  'tenant_watch',
  'usage_counts',
  'webhook_endpoints',
] as const;
/** People are of no tenant: the owner sees all of them while it erases one. */
export const PEOPLE_SEEN_WHILE_ERASING = ['sign_in_challenges', 'user_sessions', 'users'] as const;
