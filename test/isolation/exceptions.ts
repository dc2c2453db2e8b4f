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
  connection_hooks_token:
    'looked up before the tenant is known; the hash of 256 random bits, so a collision tells nothing',
};

/** Columns of tenant tables that point at a row without a foreign key. */
export const WITHOUT_FOREIGN_KEY: Exceptions = {
  'connection_runtime.slot_token': 'a fencing token, not a row',
  'deliveries.lease_token': 'a fencing token, not a row',
  'connection_pulls.lease_token': 'a fencing token, not a row',
  'mappings.template_version': 'a template comes with a connector and is no row',
  'event_keys.tracking_id': 'outlives the event: keys are kept 30 days, events 7',
};

/** Partitioned history: a partition could not be dropped while another table points at it, nor its rows outlive what they name. */
export const HISTORY: Exceptions = {
  events: 'partitioned by day, dropped by retention',
  deliveries: 'partitioned by day, dropped by retention',
  attempts: 'partitioned by day, dropped by retention',
  hub_events: 'partitioned by day, dropped by retention',
};

/** Policies beside the tenant's own, as `table.policy`, with the role and the command that they are for. */
export const FURTHER_POLICIES: Readonly<
  Record<
    string,
    { role: string; command: string; kind: 'all rows' | 'listed tenants' | { using: string }; reason: string }
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
  ...expired('event_keys', '30 days'),
  ...expired('idempotent_requests', '24 hours'),
  ...listed('event_keys', 'events', 'deliveries', 'routes'),
  ...routing('connections', 'connection_runtime', 'deliveries'),
  ...routing('syncs', 'sync_runs', 'connection_pulls', 'hook_notices'),
};

/** The owner, inside purge_expired_keys, sees and deletes what has had its time, and nothing else. */
function expired(table: string, age: string): typeof FURTHER_POLICIES {
  const policy = {
    role: 'hub_owner',
    kind: { using: `created_at < now() - interval '${age}'` },
    reason: 'purge_expired_keys runs as the owner, and FORCE binds it too; expired rows only',
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
    routes: 'raw',
    event_keys: 'r',
    events: 'rw',
    deliveries: 'rw',
    attempts: 'ra',
    hub_events: 'ra',
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
    ],
    connection_runtime: ['tenant_id', 'connection_id', 'slot_until', 'resume_at', 'used_at'],
    deliveries: ['tenant_id', 'id', 'connection_id', 'status', 'next_attempt_at'],
    syncs: ['tenant_id', 'id', 'connection_id', 'object', 'status', 'next_run_at', 'deleted_at'],
    sync_runs: ['tenant_id', 'id', 'connection_id', 'sync_id', 'kind', 'status', 'next_attempt_at'],
    connection_pulls: ['tenant_id', 'connection_id', 'lease_until', 'resume_at'],
    hook_notices: ['tenant_id', 'connection_id', 'object', 'due_at'],
  },
  hub_operator: { tiers: 'r', tenants: 'raw', api_keys: 'a', operator_keys: 'r' },
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
  purge_expired_keys: { role: 'hub_dispatcher', reason: 'deletes expired keys; returns how many' },
  refresh_statistics: {
    role: 'hub_dispatcher',
    reason: 'analyzes the partitions of the day; reads and returns no rows',
  },
  ensure_day_partitions: { role: 'hub_dispatcher', reason: 'makes partitions; reads and returns no rows' },
};
