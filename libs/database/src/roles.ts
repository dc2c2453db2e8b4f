import { Client } from 'pg';

/**
 * Database roles, each with the least it needs. None of them but `hub_owner` owns a table, and none bypasses
 * row-level security: a bug in a query meets a policy, not another company's rows.
 */
export const DATABASE_ROLES = {
  /** Owns every table; used by migrations alone. */
  owner: 'hub_owner',
  /** API and worker, always inside one tenant. */
  app: 'hub_app',
  /** The accept batch: inserts events of several tenants in one transaction, limited to a stated list of tenants. */
  accept: 'hub_accept',
  /** Sweeper and partition upkeep: sees routing columns of all tenants, never a payload. */
  dispatcher: 'hub_dispatcher',
  /** Operator API: tenants and their first keys, never their data. */
  operator: 'hub_operator',
  /** The queue's own schema, when BullMQ runs on PostgreSQL. */
  queue: 'hub_queue',
} as const;

export type DatabaseRole = keyof typeof DATABASE_ROLES;
export type RolePasswords = Readonly<Record<DatabaseRole, string>>;

export const QUEUE_SCHEMA = 'bullmq';

export interface ProvisionOptions {
  /** A login that may create roles and databases: the embedded superuser, or the operator's admin account. */
  readonly adminUrl: string;
  readonly database: string;
  readonly passwords: RolePasswords;
}

/**
 * Creates what is missing: roles, the database, the queue's schema. Safe to repeat; passwords are set anew each time,
 * so that the secrets file is the truth. Returns the URL of each role.
 */
export async function provisionDatabase(options: ProvisionOptions): Promise<Readonly<Record<DatabaseRole, string>>> {
  const admin = new Client({ connectionString: options.adminUrl });
  await admin.connect();
  try {
    // Of two at once on a new server, both would see that something is missing and both would make it. Let go with the session.
    await admin.query(`select pg_advisory_lock(hashtext('hub_provision'))`);
    for (const role of Object.keys(DATABASE_ROLES) as DatabaseRole[])
      await ensureRole(admin, role, options.passwords[role]);
    const owner = DATABASE_ROLES.owner;
    await admin.query(`grant ${owner} to current_user`);
    const found = await admin.query('select 1 from pg_database where datname = $1', [options.database]);
    if (found.rowCount === 0) {
      await admin.query(
        `create database ${admin.escapeIdentifier(options.database)} owner ${owner} encoding 'UTF8' template template0`,
      );
    }
    await ensureQueueSchema(options);
  } finally {
    await admin.end();
  }
  return roleUrls(options);
}

async function ensureRole(admin: Client, role: DatabaseRole, password: string): Promise<void> {
  const name = DATABASE_ROLES[role];
  const found = await admin.query('select 1 from pg_roles where rolname = $1', [name]);
  const verb = found.rowCount === 0 ? 'create' : 'alter';
  await admin.query(
    `${verb} role ${name} login nosuperuser nobypassrls nocreaterole nocreatedb password ${admin.escapeLiteral(password)}`,
  );
}

async function ensureQueueSchema(options: ProvisionOptions): Promise<void> {
  const url = new URL(options.adminUrl);
  url.pathname = `/${options.database}`;
  const admin = new Client({ connectionString: url.toString() });
  await admin.connect();
  try {
    await admin.query(`grant ${DATABASE_ROLES.queue} to current_user`);
    // BullMQ's migrations say "create schema if not exists", which needs the right even when the schema is there.
    await admin.query(
      `grant create on database ${admin.escapeIdentifier(options.database)} to ${DATABASE_ROLES.queue}`,
    );
    await admin.query(`create schema if not exists ${QUEUE_SCHEMA} authorization ${DATABASE_ROLES.queue}`);
  } finally {
    await admin.end();
  }
}

/** The same server and database, logged in as each role. */
export function roleUrls(options: ProvisionOptions): Readonly<Record<DatabaseRole, string>> {
  const url = (role: DatabaseRole): string => {
    const target = new URL(options.adminUrl);
    target.username = DATABASE_ROLES[role];
    target.password = encodeURIComponent(options.passwords[role]);
    target.pathname = `/${options.database}`;
    return target.toString();
  };
  return {
    owner: url('owner'),
    app: url('app'),
    accept: url('accept'),
    dispatcher: url('dispatcher'),
    operator: url('operator'),
    queue: url('queue'),
  };
}
