import {
  BEING_ERASED,
  ENDED_LONG_AGO,
  ERASED_BY_OWNER,
  ITEM_OF_A_REPLAY_ENDED_LONG_AGO,
  ON_NO_HOLD,
  OPERATORS_CHAIN_OR_OF_A_PERSON,
  OWN_TENANT,
  PEOPLE_SEEN_WHILE_ERASING,
  TENANTS_OWN_ROW_OR_ASKED_FOR,
} from './policy-words';

/**
 * What the isolation rules let pass, each with the reason. A new table, key, index or grant that is not covered by a rule
 * fails the build until it either follows the rule or is argued for here.
 */
export type Exceptions = Readonly<Record<string, string>>;

/** Relations without a tenant. */
export const WITHOUT_TENANT: Exceptions = {
  tiers: 'the public price list: the same for every tenant',
  operator_keys: 'keys of the platform itself; only hub_operator may read them',
  upkeep: 'how far the purge of expired keys has got; no role but the owner may touch it',
  audit_signing_keys: 'public halves of the keys that sign checkpoints: the same for every tenant',
  users: 'people, who may belong to several tenants; only hub_operator may read them',
  user_sessions: 'of people, wherever they are; only hub_operator may touch them',
  sign_in_challenges: 'of people on their way in; only hub_operator may touch them',
  sending_limits: 'how often a tenant has had something sent, by a hash; only hub_operator may touch it',
  sso_sign_ins: 'of people on their way in, by way of an identity provider; only hub_operator may touch them',
  processes: 'which processes of the hub are there; each writes its own line, and nothing of a tenant is in it',
  archive_state: 'whose turn it is to archive, and how that is going; only hub_dispatcher may touch it',
  schema_migrations: "the migration runner's own book; no role but the owner may touch it",
};

/** Indexes of tenant tables that do not lead with the tenant. */
export const NOT_LED_BY_TENANT: Exceptions = {
  tenants_slug_key: 'only an operator makes tenants: nobody else can use the key to ask whether a name exists',
  oauth_authorizations_state:
    'looked up before the tenant is known; the hash of 256 random bits, so a collision tells nothing',
  api_keys_prefix_key: 'looked up before the tenant is known; a prefix is random, so a collision tells nothing',
  connections_account:
    'looked up before the tenant is known, for a verified call of a vendor; not unique, so it tells nothing',
  memberships_of_user: 'where a person belongs is asked before a tenant is known; not unique, so it tells nothing',
  invitations_token_hash_key:
    'looked up before the tenant is known; the hash of 256 random bits, so a collision tells nothing',
  invitations_mailed_token_hash_key:
    'looked up before the tenant is known; the hash of 256 random bits, so a collision tells nothing',
  sso_domains_verified:
    'a domain is one tenant’s; who learns that another has it has just proved to be its owner, or is an operator',
  connection_hooks_token:
    'looked up before the tenant is known; the hash of 256 random bits, so a collision tells nothing',
};

/** Columns of tenant tables that point at a row without a foreign key. */
export const WITHOUT_FOREIGN_KEY: Exceptions = {
  'connection_runtime.slot_token': 'a fencing token, not a row',
  'deliveries.lease_token': 'a fencing token, not a row',
  'connection_pulls.lease_token': 'a fencing token, not a row',
  'tenant_watch.lease_token': 'a fencing token, not a row',
  'alert_notifications.lease_token': 'a fencing token, not a row',
  'alert_notifications.group_id': 'names a message by its first notice, which is tidied away after its days',
  'mapping_backtests.lease_token': 'a fencing token, not a row',
  'replays.lease_token': 'a fencing token, not a row',
  'replays.mapping_version': 'a number, to be looked up in the mapping of each route',
  'replays.collected_to': 'how far the search for deliveries has got, not a row',
  'replay_items.delivery_id': 'may outlive the delivery, whose partition is dropped after its days',
  'replay_items.new_delivery_id': 'may outlive the delivery, whose partition is dropped after its days',
  'replay_items.tracking_id': 'may outlive the event, whose partition is dropped after its days',
  'replay_items.mapping_id': 'with its version, which versions keep for good',
  'replay_items.mapping_version': 'with its mapping, which versions keep for good',
  'mapping_backtests.before_id': 'a moment in the stream of events, not a row',
  'mapping_backtest_items.tracking_id': 'may outlive the event, whose partition is dropped after its days',
  'mapping_backtest_items.delivery_id': 'may outlive the delivery, whose partition is dropped after its days',
  'mappings.template_version': 'a template comes with a connector and is no row',
  'archive_days.last_id': 'how far a day has been read: a row of the history, which is about to leave',
  'sso_settings.key_id':
    'another tenant’s data key opens nothing here; there is one row, and so no second to point elsewhere',
  'mapping_golden_cases.key_id': 'to destroy a data key erases what it sealed, and must not be refused by it',
  'mapping_backtest_items.key_id': 'to destroy a data key erases what it sealed, and must not be refused by it',
  'archive_objects.key_id': 'to destroy a data key erases the archive, and must not be refused by it',
  'archive_objects.first_id': 'a row of the history that has left',
  'archive_objects.last_id': 'a row of the history that has left',
  'archive_objects.least_ref': 'a row of the history that has left',
  'archive_objects.greatest_ref': 'a row of the history that has left',
  'archive_restores.done_object': 'how far a restore has got; the object may be deleted when it has had its time',
  'archive_restores.lease_token': 'a fencing token, not a row',
  'archive_kept.tracking_id': 'an event, which is partitioned by day',
};

/** Partitioned history: a partition could not be dropped while another table points at it, nor its rows outlive what they name. */
export const HISTORY: Exceptions = {
  event_keys: 'one for each event, which it outlives; a check for each would be dear',
  events: 'partitioned by day, dropped by retention',
  deliveries: 'partitioned by day, dropped by retention',
  attempts: 'partitioned by day, dropped by retention',
  hub_events: 'partitioned by day, dropped by retention',
  audit_heads: 'outlives its tenant; the operators’ chain has none',
  audit_records: 'outlive their tenant; the operators’ chain has none',
  audit_checkpoints: 'outlive their tenant; the operators’ chain has none',
  audit_subject_keys: 'outlive their tenant; the operators’ chain has none',
  audit_exports: 'of the operators’ chain, which has no tenant, too',
};

/** Policies beside the tenant's own, as `table.policy`, with the role and the command that they are for. */
export const FURTHER_POLICIES: Readonly<
  Record<
    string,
    {
      role: string;
      command: string;
      kind: 'all rows' | 'listed tenants' | { using: string };
      /** Takes rows away instead of adding some. */
      restrictive?: true;
      reason: string;
    }
  >
> = {
  'tenants.operator_manages': {
    role: 'hub_operator',
    command: '*',
    kind: 'all rows',
    reason: 'the operator API makes and suspends tenants',
  },
  'tenants.owner_looks_up': {
    role: 'hub_owner',
    command: 'r',
    kind: 'all rows',
    reason: 'find_api_key runs as the owner, and FORCE binds it too',
  },
  'api_keys.owner_looks_up': {
    role: 'hub_owner',
    command: 'r',
    kind: 'all rows',
    reason: 'find_api_key runs as the owner, and FORCE binds it too',
  },
  'oauth_authorizations.owner_looks_up': {
    role: 'hub_owner',
    command: 'r',
    kind: 'all rows',
    reason: 'find_oauth_authorization runs as the owner, and FORCE binds it too',
  },
  'connections.owner_looks_up': {
    role: 'hub_owner',
    command: 'r',
    kind: 'all rows',
    reason: 'find_account_connections runs as the owner, and FORCE binds it too',
  },
  'connection_hooks.owner_looks_up': {
    role: 'hub_owner',
    command: 'r',
    kind: 'all rows',
    reason: 'find_connection_hook runs as the owner, and FORCE binds it too',
  },
  'api_keys.operator_issues': {
    role: 'hub_operator',
    command: 'a',
    kind: 'all rows',
    reason: "a new tenant's first key; insert only",
  },
  ...people(),
  ...audit(),
  ...retiring(),
  ...erasing(),
  ...expired('event_keys', createdBefore('30 days')),
  'events.owner_finds_old': {
    role: 'hub_owner',
    command: 'r',
    kind: { using: `id < uuid_v7_floor(now() - interval '29 days')` },
    reason: 'purge_expired_keys runs as the owner, and keeps the keys of events that are there; old ones only',
  },
  ...expired('idempotent_requests', createdBefore('24 hours')),
  ...expired('replays', ENDED_LONG_AGO, 'purge_old_replays'),
  ...expired('replay_items', ITEM_OF_A_REPLAY_ENDED_LONG_AGO, 'purge_old_replays'),
  ...listed('event_keys', 'events', 'deliveries', 'routes'),
  ...routing('connections', 'connection_runtime', 'deliveries'),
  ...routing('hub_events', 'hub_event_cursors', 'webhook_endpoints'),
  ...hidden('connections', 'routes', 'events', 'deliveries'),
  ...routing('syncs', 'sync_runs', 'connection_pulls', 'hook_notices'),
  ...routing('audit_heads', 'audit_exports'),
  ...routing('tenants', 'tenant_watch', 'alerts', 'alert_notifications', 'balance_hours'),
  ...routing('mapping_backtests', 'replays', 'connection_schemas', 'tenant_data_keys'),
  ...routing('events', 'attempts', 'archive_objects', 'archive_restores'),
};

/** Whoever lets people in must know where they belong, before a tenant is known. */
function people(): typeof FURTHER_POLICIES {
  const identity = { role: 'hub_operator', command: '*', kind: 'all rows', reason: 'people are let in by it' } as const;
  const owner = {
    role: 'hub_owner',
    command: 'r',
    kind: 'all rows',
    reason: 'list_members runs as the owner, and FORCE binds it too',
  } as const;
  return {
    ...Object.fromEntries(
      ['users', 'user_sessions', 'sign_in_challenges', 'sso_sign_ins', 'sso_domains', 'memberships', 'invitations'].map(
        (table) => [`${table}.identity`, identity],
      ),
    ),
    ...Object.fromEntries(['users', 'user_sessions', 'memberships'].map((table) => [`${table}.owner_looks_up`, owner])),
    'sending_limits.operator_counts': { ...identity, reason: 'what a tenant has had sent is not its own to forget' },
    'sso_settings.identity': {
      ...identity,
      command: 'r',
      reason: 'who is his own identity provider is asked at sign-in',
    },
  };
}

/** The owner sees history inside the functions that take a day out of the database, and nowhere else. */
function retiring(): typeof FURTHER_POLICIES {
  const owner = {
    role: 'hub_owner',
    kind: { using: `((select current_setting('app.retiring', true)) = 'on')` },
    reason: 'retire_day, drop_retired_day, purge_loose_rows and ensure_day_partitions run as the owner',
  } as const;
  const read = ['deliveries', 'archive_days', 'archive_objects', 'archive_kept'];
  return Object.fromEntries([
    ...['events', 'deliveries', 'attempts', 'hub_events']
      .map((table) => `${table}_default`)
      .map((table) => [`${table}.owner_retires`, { ...owner, command: '*' }]),
    ...read.map((table) => [`${table}.owner_retires`, { ...owner, command: 'r' }]),
    [
      'retention_bounds.operator_manages',
      { role: 'hub_operator', command: '*', kind: 'all rows', reason: 'operators set bounds and holds' },
    ],
  ]) as typeof FURTHER_POLICIES;
}

/** The owner sees one tenant inside the functions that erase it, and nowhere else. */
function erasing(): typeof FURTHER_POLICIES {
  const owner = { role: 'hub_owner', command: '*', reason: 'erase_tenant and purge_erased_tenants run as the owner' };
  return Object.fromEntries([
    ['tenants.owner_erases', { ...owner, command: 'w', kind: { using: `id = ${BEING_ERASED}` } }],
    ...ERASED_BY_OWNER.map((table) => [
      `${table}.owner_erases`,
      { ...owner, kind: { using: `tenant_id = ${BEING_ERASED}` } },
    ]),
    ...PEOPLE_SEEN_WHILE_ERASING.map((table) => [
      `${table}.owner_erases`,
      { ...owner, kind: { using: `${BEING_ERASED} is not null` } },
    ]),
  ]) as typeof FURTHER_POLICIES;
}

/** The chain is kept by a trigger and pruned by a function, both as the owner, whom FORCE binds too. */
function audit(): typeof FURTHER_POLICIES {
  const owner = { role: 'hub_owner', command: '*', kind: 'all rows' } as const;
  return {
    'audit_heads.owner_chains': { ...owner, reason: 'chain_audit_record and prune_audit_records keep the heads' },
    'audit_records.owner_prunes': { ...owner, reason: 'prune_audit_records runs as the owner' },
    'audit_checkpoints.owner_prunes': { ...owner, reason: 'prune_audit_records runs as the owner' },
    'audit_checkpoints.dispatcher_keeps': {
      role: 'hub_dispatcher',
      command: '*',
      kind: 'all rows',
      reason: 'checkpoints of all chains are signed at once; they hold lengths and hashes',
    },
    'audit_records.operator_appends': {
      role: 'hub_operator',
      command: 'a',
      kind: 'all rows',
      reason: 'what operators do lands in the chain of whom they touch; insert only',
    },
    'audit_exports.owner_prunes': {
      role: 'hub_owner',
      command: 'r',
      kind: { using: `tenant_id = ${OWN_TENANT}` },
      reason: 'prune_audit_records leaves what an export reads; it runs as the owner',
    },
    'audit_exports.operator_asks': {
      role: 'hub_operator',
      command: 'a',
      kind: { using: `(operator_reason is not null)` },
      reason: 'the log of a tenant that nobody is let into any more; for a reason, insert only',
    },
    'audit_subject_keys.operator_seals': {
      role: 'hub_operator',
      command: '*',
      kind: { using: OPERATORS_CHAIN_OR_OF_A_PERSON },
      reason: 'seals what the operators’ own chain says of them, and any chain of people who change what lets them in',
    },
    'audit_subject_keys.held': {
      role: 'hub_app',
      command: 'd',
      kind: { using: ON_NO_HOLD },
      restrictive: true,
      reason: 'who did what is not destroyed while the tenant is on legal hold',
    },
  };
}

/** The owner, inside the function that purges, sees and deletes what has had its time, and nothing else. */
function createdBefore(age: string): string {
  return `created_at < now() - interval '${age}'`;
}

function expired(table: string, using: string, purge = 'purge_expired_keys'): typeof FURTHER_POLICIES {
  const policy = {
    role: 'hub_owner',
    kind: { using },
    reason: `${purge} runs as the owner, and FORCE binds it too; expired rows only`,
  } as const;
  return {
    [`${table}.owner_finds_expired`]: { ...policy, command: 'r' },
    [`${table}.owner_purges`]: { ...policy, command: 'd' },
  };
}

function listed(...tables: string[]): typeof FURTHER_POLICIES {
  const policy = {
    role: 'hub_accept',
    command: '*',
    kind: 'listed tenants',
    reason: 'the accept batch mixes tenants',
  } as const;
  return Object.fromEntries(tables.map((table) => [`${table}.accept_batch`, policy]));
}

function hidden(...tables: string[]): typeof FURTHER_POLICIES {
  const policy = {
    role: 'hub_app',
    command: '*',
    kind: { using: TENANTS_OWN_ROW_OR_ASKED_FOR },
    restrictive: true,
    reason: 'rows that the hub keeps for a tenant beside the tenant’s own are seen by whoever asks for them alone',
  } as const;
  return Object.fromEntries(tables.map((table) => [`${table}.hides_internal`, policy]));
}

function routing(...tables: string[]): typeof FURTHER_POLICIES {
  const policy = {
    role: 'hub_dispatcher',
    command: 'r',
    kind: 'all rows',
    reason: 'the sweeper; columns are limited by grants',
  } as const;
  return Object.fromEntries(tables.map((table) => [`${table}.dispatcher_reads`, policy]));
}

/**
 * Everything that the roles may do, table by table: `r` select, `a` insert, `w` update, `d` delete. A list instead of a
 * letter names the only columns. What is not here is a violation, and so is what is here and not granted.
 */
export const GRANTS: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>> = {
  hub_app: {
    tiers: 'r',
    processes: 'rawd',
    tenants: 'r',
    tenant_data_keys: 'raw',
    api_keys: 'raw',
    idempotent_requests: 'rawd',
    connections: 'raw',
    connection_runtime: 'raw',
    oauth_authorizations: 'rawd',
    connection_limits: 'raw',
    connection_schemas: 'raw',
    connection_schema_changes: 'ra',
    syncs: 'raw',
    sync_runs: 'rawd',
    connection_pulls: 'raw',
    connection_hooks: 'rawd',
    hook_notices: 'rawd',
    record_links: 'rawd',
    record_link_ends: 'rawd',
    applied_recipes: 'raw',
    mappings: 'raw',
    mapping_versions: 'ra',
    mapping_golden_cases: 'rawd',
    mapping_publications: 'ra',
    mapping_backtests: 'rawd',
    mapping_backtest_items: 'rad',
    replays: 'raw',
    replay_items: 'raw',
    routes: 'raw',
    event_keys: 'r',
    events: 'raw',
    deliveries: 'raw',
    deliveries_seq: 'U',
    attempts: 'ra',
    hub_events: 'ra',
    retention_settings: 'raw',
    retention_bounds: 'r',
    archive_days: 'rawd',
    archive_objects: 'rad',
    archive_restores: 'raw',
    archive_kept: 'rawd',
    balance_hours: 'rawd',
    connection_stats: 'rawd',
    usage_counts: 'rawd',
    tenant_watch: 'raw',
    alert_channels: 'raw',
    alert_rules: 'raw',
    alert_rule_channels: 'rawd',
    alerts: 'rawd',
    alert_notifications: 'rawd',
    hub_event_cursors: 'rawd',
    webhook_endpoints: 'raw',
    audit_signing_keys: 'ra',
    audit_heads: 'r',
    audit_subject_keys: 'rad',
    audit_records: 'ra',
    audit_checkpoints: 'r',
    audit_settings: 'raw',
    audit_exports: 'raw',
    memberships: 'rawd',
    invitations: 'rawd',
    saved_filters: 'rawd',
    sso_settings: 'rawd',
    sso_domains: 'rawd',
  },
  hub_accept: { routes: 'r', event_keys: 'ra', events: 'ra', deliveries: 'ra', deliveries_seq: 'U' },
  hub_dispatcher: {
    connections: [
      'tenant_id',
      'id',
      'status',
      'deleted_at',
      'credentials_stored_at',
      'refresh_due_at',
      'refresh_idle_at',
      'refresh_not_before',
      'internal',
      'status_since',
    ],
    connection_runtime: [
      'tenant_id',
      'connection_id',
      'slot_until',
      'resume_at',
      'used_at',
      'breaker_state',
      'breaker_opened_at',
      'failing_since',
      'last_failure_at',
      'limited_since',
    ],
    deliveries: ['tenant_id', 'id', 'connection_id', 'status', 'next_attempt_at', 'internal', 'replayed_by'],
    hub_events: ['tenant_id', 'tx_id', 'id'],
    hub_event_cursors: ['tenant_id', 'consumer', 'tx_id', 'id'],
    events: ['tenant_id', 'id'],
    attempts: ['tenant_id', 'id'],
    archive_objects: ['tenant_id', 'day'],
    archive_restores: ['tenant_id', 'id', 'status', 'next_at', 'lease_until'],
    archive_state: 'rw',
    webhook_endpoints: ['tenant_id', 'id', 'connection_id', 'disabled_at', 'deleted_at'],
    syncs: ['tenant_id', 'id', 'connection_id', 'object', 'status', 'next_run_at', 'deleted_at'],
    sync_runs: ['tenant_id', 'id', 'connection_id', 'sync_id', 'kind', 'status', 'next_attempt_at'],
    connection_pulls: ['tenant_id', 'connection_id', 'lease_until', 'resume_at'],
    hook_notices: ['tenant_id', 'connection_id', 'object', 'due_at'],
    audit_heads: ['tenant_id', 'key_id', 'seq', 'hash'],
    tenant_data_keys: ['tenant_id', 'id', 'master_key'],
    audit_checkpoints: 'raw',
    audit_exports: ['tenant_id', 'id', 'status', 'lease_until', 'expires_at'],
    tenants: ['id', 'status'],
    tenant_watch: ['tenant_id', 'due_at', 'lease_until'],
    alerts: ['tenant_id', 'rule', 'severity', 'phase'],
    alert_notifications: ['tenant_id', 'id', 'alert_id', 'channel_id', 'status', 'next_attempt_at', 'lease_until'],
    balance_hours: [
      'tenant_id',
      'hour',
      'balanced',
      'events',
      'events_unrouted',
      'made',
      'replays',
      'open',
      'succeeded',
      'dead',
      'cancelled',
      'superseded',
    ],
    connection_schemas: ['tenant_id', 'connection_id', 'object', 'described_at', 'looked_at'],
    mapping_backtests: ['tenant_id', 'id', 'status', 'created_at', 'served_at', 'lease_until'],
    replays: ['tenant_id', 'id', 'status', 'next_slice_at', 'lease_until'],
  },
  hub_operator: {
    tiers: 'r',
    tenants: 'raw',
    api_keys: 'a',
    operator_keys: 'r',
    processes: 'r',
    audit_records: 'a',
    audit_exports: 'a',
    audit_subject_keys: 'ra',
    retention_bounds: 'raw',
    users: 'raw',
    memberships: 'rawd',
    invitations: 'rw',
    user_sessions: 'rawd',
    sign_in_challenges: 'rawd',
    sso_settings: ['tenant_id', 'issuer', 'client_id', 'default_role', 'required', 'updated_at'],
    sso_domains: 'rw',
    sso_sign_ins: 'rad',
    sending_limits: 'rawd',
  },
  hub_queue: {},
};

/** Functions that run with their owner's rights, and who may call them. */
export const DEFINER_FUNCTIONS: Readonly<Record<string, { role: string; reason: string }>> = {
  find_api_key: { role: 'hub_app', reason: 'one row for who holds its prefix, before the tenant is known' },
  find_oauth_authorization: { role: 'hub_app', reason: 'one row for who holds its state, before the tenant is known' },
  find_account_connections: {
    role: 'hub_app',
    reason: 'whose an account is that a verified call of a vendor names; answers ids alone',
  },
  find_connection_hook: { role: 'hub_app', reason: 'one row for who holds its token, before the tenant is known' },
  erase_tenant: {
    role: 'hub_operator',
    reason: 'destroys the keys of one suspended tenant that is not on hold; returns a word',
  },
  purge_erased_tenants: { role: 'hub_dispatcher', reason: 'deletes rows of erased tenants; returns how many' },
  purge_expired_keys: { role: 'hub_dispatcher', reason: 'deletes expired keys; returns how many' },
  purge_old_replays: { role: 'hub_dispatcher', reason: 'deletes replays that have had their time; returns how many' },
  refresh_statistics: {
    role: 'hub_dispatcher',
    reason: 'analyzes the partitions of the day; reads and returns no rows',
  },
  chain_audit_record: { role: '', reason: 'a trigger: gives each record its place and hash; nobody may call it' },
  prune_audit_records: {
    role: 'hub_app',
    reason: 'deletes records that have had their time, behind a signed checkpoint, of the transaction’s own tenant',
  },
  list_members: { role: 'hub_app', reason: 'who the members of the transaction’s own tenant are' },
  find_person_at_work: {
    role: 'hub_app',
    reason: 'whether somebody is at work in the transaction’s own tenant, and under which address',
  },
  platform_backlog: {
    role: 'hub_operator',
    reason: 'how many deliveries are due and since when, over all tenants; two figures, no row',
  },
  ensure_day_partitions: { role: 'hub_dispatcher', reason: 'makes partitions; reads and returns no rows' },
  retire_day: {
    role: 'hub_dispatcher',
    reason: 'takes a day that is in the archive out of its table; moves rows within the table, returns none',
  },
  drop_retired_day: {
    role: 'hub_dispatcher',
    reason: 'drops a retired day once its rows are what the archive holds; moves back what is not, returns how many',
  },
  purge_loose_rows: {
    role: 'hub_dispatcher',
    reason:
      'deletes old rows of the default partition that an object of the archive holds as they are; returns how many',
  },
};
