/**
 * What the isolation rules let pass, each with the reason. A new table, key, index or grant that is not covered by a rule
 * fails the build until it either follows the rule or is argued for here.
 */
export type Exceptions = Readonly<Record<string, string>>;

/** Relations without a tenant. */
export const WITHOUT_TENANT: Exceptions = {
  tiers: 'the public price list: the same for every tenant',
  operator_keys: 'keys of the platform itself; only hub_operator may read them',
  schema_migrations: "the migration runner's own book; no role but the owner may touch it",
};

/** Indexes of tenant tables that do not lead with the tenant. */
export const NOT_LED_BY_TENANT: Exceptions = {
  tenants_slug_key: 'only an operator makes tenants: nobody else can use the key to ask whether a name exists',
  api_keys_prefix_key: 'looked up before the tenant is known; a prefix is random, so a collision tells nothing',
};

/** Columns of tenant tables that point at a row without a foreign key. */
export const WITHOUT_FOREIGN_KEY: Exceptions = {
  'connection_runtime.slot_token': 'a fencing token, not a row',
  'deliveries.lease_token': 'a fencing token, not a row',
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
  Record<string, { role: string; command: string; kind: 'all rows' | 'listed tenants'; reason: string }>
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
  'api_keys.operator_issues': {
    role: 'hub_operator',
    command: 'a',
    kind: 'all rows',
    reason: "a new tenant's first key; insert only",
  },
  ...listed('event_keys', 'events', 'deliveries', 'routes'),
  ...routing('connections', 'connection_runtime', 'deliveries'),
};

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
    connections: ['tenant_id', 'id', 'status', 'deleted_at'],
    connection_runtime: ['tenant_id', 'connection_id', 'slot_until', 'resume_at'],
    deliveries: ['tenant_id', 'id', 'connection_id', 'status', 'next_attempt_at'],
  },
  hub_operator: { tiers: 'r', tenants: 'raw', api_keys: 'a', operator_keys: 'r' },
  hub_queue: {},
};

/** Functions that run with their owner's rights, and who may call them. */
export const DEFINER_FUNCTIONS: Readonly<Record<string, { role: string; reason: string }>> = {
  find_api_key: { role: 'hub_app', reason: 'one row for who holds its prefix, before the tenant is known' },
  ensure_day_partitions: { role: 'hub_dispatcher', reason: 'makes partitions; reads and returns no rows' },
};
