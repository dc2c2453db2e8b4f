import { violatedConstraint } from '@hub/database';
import {
  err,
  notFound,
  ok,
  problem,
  toPublicId,
  type InputFault,
  type JsonObject,
  type Problem,
  type Result,
} from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import {
  type ConnectionChange,
  type ConnectionFilter,
  type ConnectionRow,
  type NewConnection,
  type SealedCredentials,
} from './connection.types';
import { TIMELESS } from './credential-times';

/** Everything but the secrets. */
export const CONNECTION_COLUMNS = `id, name, connector_id, config, credentials_sealed is not null as has_credentials,
  status, status_reason, revision, account_id, account_name, token_expires_at, refresh_expires_at, refresh_failures,
  auth_error, refused_revision, created_at, updated_at`;

/** Creates the connection and the row that its drains keep their state in. */
export async function insertConnection(
  tx: TenantTx,
  connection: NewConnection,
): Promise<Result<ConnectionRow, Problem>> {
  const times = connection.times ?? TIMELESS;
  const [row] = await tx.query<ConnectionRow>(
    `insert into connections (tenant_id, id, name, connector_id, config, credentials_sealed, credentials_key_id, status, status_reason,
       credentials_stored_at, token_expires_at, refresh_expires_at, refresh_due_at, refresh_idle_at, internal)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $6::text is not null then now() end, $10, $11, $12, $13, $14)
     on conflict (tenant_id, name) where deleted_at is null do nothing
     returning ${CONNECTION_COLUMNS}`,
    [
      tx.tenantId,
      connection.id,
      connection.name,
      connection.connectorId,
      JSON.stringify(connection.config),
      connection.credentials?.sealed ?? null,
      connection.credentials?.keyId ?? null,
      connection.status,
      connection.statusReason,
      times.tokenExpiresAt,
      times.refreshExpiresAt,
      times.refreshDueAt,
      times.refreshIdleAt,
      connection.internal ?? false,
    ],
  );
  if (row === undefined) return err(nameTaken());
  await tx.query(`insert into connection_runtime (tenant_id, connection_id) values ($1, $2)`, [
    tx.tenantId,
    connection.id,
  ]);
  return ok(row);
}

/** Newest first. `before` is the id of the last one on the page before. */
export async function listConnections(
  tx: TenantTx,
  page: { readonly limit: number; readonly before: string | null },
  filter: ConnectionFilter = {},
): Promise<ConnectionRow[]> {
  return tx.query<ConnectionRow>(
    `select ${CONNECTION_COLUMNS} from connections
     where tenant_id = $1 and deleted_at is null and ($2::uuid is null or id < $2)
       and ($3::text is null or status = $3) and ($4::text is null or connector_id = $4)
     order by id desc limit $5`,
    [tx.tenantId, page.before, filter.status ?? null, filter.connectorId ?? null, page.limit],
  );
}

export async function findConnection(tx: TenantTx, id: string): Promise<ConnectionRow | null> {
  const [row] = await tx.query<ConnectionRow>(
    `select ${CONNECTION_COLUMNS} from connections where tenant_id = $1 and id = $2 and deleted_at is null`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/**
 * Changes name and config of the revision that the caller has checked them against; a change that came between is a
 * `changed_meanwhile` conflict. After a `name_taken` the transaction is dead: it can only roll back.
 */
export async function updateConnection(
  tx: TenantTx,
  id: string,
  change: ConnectionChange,
  expectedRevision: number,
): Promise<Result<ConnectionRow, Problem>> {
  try {
    const [row] = await tx.query<ConnectionRow>(
      `update connections set name = coalesce($4, name), config = coalesce($5::jsonb, config),
         revision = revision + 1, updated_at = now()
       where tenant_id = $1 and id = $2 and deleted_at is null and revision = $3 returning ${CONNECTION_COLUMNS}`,
      [
        tx.tenantId,
        id,
        expectedRevision,
        change.name ?? null,
        change.config === undefined ? null : JSON.stringify(change.config),
      ],
    );
    return row === undefined ? err(await whyUnchanged(tx, id)) : ok(row);
  } catch (error) {
    if (violatedConstraint(error) === 'connections_name') return err(nameTaken());
    throw error;
  }
}

/** What a deletion took away: for ending the grant at the vendor, and for nothing else. */
export interface DeletedConnection {
  readonly connectorId: string;
  readonly config: JsonObject;
  readonly credentials: SealedCredentials | null;
  /** Another connection is signed in to the same account. */
  readonly isAccountShared: boolean;
}

/** The name of another connection that is signed in to the account. */
export async function findAccountHolder(
  tx: TenantTx,
  connectorId: string,
  accountId: string,
  exceptId: string,
): Promise<string | null> {
  const [row] = await tx.query<{ name: string }>(
    `select name from connections
     where tenant_id = $1 and connector_id = $2 and account_id = $3 and id <> $4 and deleted_at is null order by id limit 1`,
    [tx.tenantId, connectorId, accountId, exceptId],
  );
  return row?.name ?? null;
}

/**
 * Refused while enabled routes or syncs that are not paused use it. The row lock and the key-share lock that saving a route,
 * and making or resuming a sync, takes on its connection exclude each other, so none can slip in between the look and the
 * deletion. The credentials go at once.
 */
export async function deleteConnection(tx: TenantTx, id: string): Promise<Result<DeletedConnection, Problem>> {
  const [found] = await tx.query<DeletedRow>(
    `select connector_id, config, account_id, credentials_sealed, credentials_key_id
     from connections where tenant_id = $1 and id = $2 and deleted_at is null for update`,
    [tx.tenantId, id],
  );
  if (found === undefined) return err(notFound('connection'));
  const [used] = await tx.query<{ routes: number; syncs: number }>(
    `select (select count(*) from routes where tenant_id = $1 and connection_id = $2 and enabled and deleted_at is null)::int as routes,
            (select count(*) from syncs where tenant_id = $1 and connection_id = $2 and status <> 'paused' and deleted_at is null)::int as syncs`,
    [tx.tenantId, id],
  );
  const { routes, syncs } = used ?? { routes: 0, syncs: 0 };
  if (routes + syncs > 0) {
    const detail = 'Enabled routes or syncs use this connection. Disable, pause or delete them first.';
    const faults = await usersOf(tx, id);
    return err(problem('conflict', 'connection_in_use', detail, { faults, extra: { routes, syncs } }));
  }
  await tx.query(
    `update connections set deleted_at = now(), updated_at = now(), revision = revision + 1,
       credentials_sealed = null, credentials_key_id = null, refresh_due_at = null, refresh_idle_at = null
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
  // A sign-in under way must not bring a deleted connection credentials.
  await tx.query(`delete from oauth_authorizations where tenant_id = $1 and connection_id = $2`, [tx.tenantId, id]);
  const { connector_id: connectorId, config, account_id: account, credentials_sealed: sealed } = found;
  const keyId = found.credentials_key_id;
  return ok({
    connectorId,
    config,
    credentials: sealed === null || keyId === null ? null : { sealed, keyId },
    isAccountShared: account !== null && (await findAccountHolder(tx, connectorId, account, id)) !== null,
  });
}

/** An answer must not grow with what there is: the numbers beside it tell of more. */
const MOST_USERS_NAMED = 100;

async function usersOf(tx: TenantTx, connectionId: string): Promise<InputFault[]> {
  const users = await tx.query<{ kind: 'route' | 'sync'; id: string; name: string }>(
    `select 'route' as kind, id, name from routes
     where tenant_id = $1 and connection_id = $2 and enabled and deleted_at is null
     union all
     select 'sync', id, name from syncs
     where tenant_id = $1 and connection_id = $2 and status <> 'paused' and deleted_at is null
     order by kind, name, id limit $3`,
    [tx.tenantId, connectionId, MOST_USERS_NAMED],
  );
  return users.map(({ kind, id, name }) => ({
    pointer: '',
    code: `used_by_${kind}`,
    message: kind === 'route' ? `The route "${name}" leads to it.` : `The sync "${name}" pulls from it.`,
    id: toPublicId(kind, id),
  }));
}

interface DeletedRow {
  connector_id: string;
  config: JsonObject;
  account_id: string | null;
  credentials_sealed: string | null;
  credentials_key_id: string | null;
}

/** Why a change of one revision met no row. */
export async function whyUnchanged(tx: TenantTx, id: string): Promise<Problem> {
  if ((await findConnection(tx, id)) === null) return notFound('connection');
  return problem(
    'conflict',
    'changed_meanwhile',
    'The connection was changed by somebody else meanwhile. Read it again and repeat your change.',
  );
}

function nameTaken(): Problem {
  return problem('conflict', 'name_taken', 'Another connection has this name.', {
    faults: [{ pointer: '/name', code: 'name_taken', message: 'Another connection has this name' }],
  });
}
