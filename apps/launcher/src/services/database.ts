import { addOperatorKey } from '@hub/audit';
import {
  Database,
  DATABASE_ROLES,
  migrate,
  provisionDatabase,
  QUEUE_SCHEMA,
  type DatabaseRole,
  type RolePasswords,
} from '@hub/database';
import { systemCode } from '@hub/local-services';
import { prepareQueue, type QueueBackend } from '@hub/platform';
import { parseKey } from '@hub/tenancy';
import { LauncherError } from '../launcher-error';

const DATABASE = 'hub';

export interface PreparedDatabase {
  /** The admin login, in the hub's own database. */
  readonly adminUrl: string;
  readonly urls: Readonly<Record<DatabaseRole, string>>;
  /** Names of the migrations that ran now. */
  readonly migrations: readonly string[];
}

/**
 * Roles, database, schema and the operator's key, whatever of it is missing.
 * @throws LauncherError when the server cannot be reached or the login may not do it
 */
export async function prepareDatabase(
  adminUrl: string,
  passwords: RolePasswords,
  operatorKey: string,
): Promise<PreparedDatabase> {
  let urls: PreparedDatabase['urls'];
  try {
    urls = await provisionDatabase({ adminUrl, database: DATABASE, passwords });
  } catch (error) {
    throw new LauncherError(
      `roles and database cannot be created (${systemCode(error) ?? 'unknown reason'}): ${reasonOf(error)}`,
      'DATABASE_URL must name a running server and a login that may create roles and databases.',
      { cause: error },
    );
  }
  const migrations = await migrate(urls.owner);
  await keepOperatorKey(urls.owner, operatorKey);
  const hubAdmin = new URL(adminUrl);
  hubAdmin.pathname = `/${DATABASE}`;
  return { adminUrl: hubAdmin.toString(), urls, migrations };
}

/**
 * Brings the queue's tables up to date. BullMQ begins with `create schema if not exists`, for which PostgreSQL wants the
 * right to create schemas even when the schema is there; the queue's role has it for these milliseconds only.
 */
export async function preparePostgresQueue({ adminUrl, urls }: PreparedDatabase): Promise<QueueBackend> {
  const backend: QueueBackend = { kind: 'postgres', url: urls.queue, schema: QUEUE_SCHEMA };
  const admin = new Database({ url: adminUrl, poolSize: 1, applicationName: 'hub-launcher' });
  try {
    await admin.query(`grant create on database ${DATABASE} to ${DATABASE_ROLES.queue}`);
    await prepareQueue(backend);
  } finally {
    await admin.query(`revoke create on database ${DATABASE} from ${DATABASE_ROLES.queue}`);
    await admin.close();
  }
  return backend;
}

function reasonOf(error: unknown): string {
  // Connecting to "localhost" fails once for each address; the parts carry the message, the whole has none.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

/** The first operator key cannot come from the operator API; it is the one row the launcher writes by itself. */
async function keepOperatorKey(ownerUrl: string, operatorKey: string): Promise<void> {
  const parsed = parseKey(operatorKey);
  if (parsed === null) throw new Error('the operator key has the wrong shape');
  const database = new Database({ url: ownerUrl, poolSize: 1, applicationName: 'hub-launcher' });
  try {
    await database.transaction((tx) => addOperatorKey(tx, { ...parsed, name: 'start command' }, 'launcher'));
  } finally {
    await database.close();
  }
}
