import { violatedConstraint } from '@hub/database';
import { err, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import {
  type ConnectionChange,
  type ConnectionFilter,
  type ConnectionRow,
  type ConnectionStatus,
  type NewConnection,
  type SealedCredentials,
} from './connection.types';

const COLUMNS = `id, name, connector_id, config, credentials_sealed is not null as has_credentials, status, status_reason,
  revision, created_at, updated_at`;

/** Creates the connection and the row that its drains keep their state in. */
export async function insertConnection(
  tx: TenantTx,
  connection: NewConnection,
): Promise<Result<ConnectionRow, Problem>> {
  const [row] = await tx.query<ConnectionRow>(
    `insert into connections (tenant_id, id, name, connector_id, config, credentials_sealed, credentials_key_id, status, status_reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id, name) where deleted_at is null do nothing
     returning ${COLUMNS}`,
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
    `select ${COLUMNS} from connections
     where tenant_id = $1 and deleted_at is null and ($2::uuid is null or id < $2)
       and ($3::text is null or status = $3) and ($4::text is null or connector_id = $4)
     order by id desc limit $5`,
    [tx.tenantId, page.before, filter.status ?? null, filter.connectorId ?? null, page.limit],
  );
}

export async function findConnection(tx: TenantTx, id: string): Promise<ConnectionRow | null> {
  const [row] = await tx.query<ConnectionRow>(
    `select ${COLUMNS} from connections where tenant_id = $1 and id = $2 and deleted_at is null`,
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
       where tenant_id = $1 and id = $2 and deleted_at is null and revision = $3 returning ${COLUMNS}`,
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

/**
 * Replaces the credentials of one revision. A connection that waited for new credentials goes on; a paused one stays
 * paused.
 */
export async function replaceCredentials(
  tx: TenantTx,
  id: string,
  credentials: SealedCredentials,
  expectedRevision: number,
): Promise<Result<ConnectionRow, Problem>> {
  const [row] = await tx.query<ConnectionRow>(
    `update connections set credentials_sealed = $4, credentials_key_id = $5, revision = revision + 1, updated_at = now(),
       status = case status when 'needs_reauth' then 'active' else status end,
       status_reason = case status when 'needs_reauth' then null else status_reason end
     where tenant_id = $1 and id = $2 and deleted_at is null and revision = $3 returning ${COLUMNS}`,
    [tx.tenantId, id, expectedRevision, credentials.sealed, credentials.keyId],
  );
  return row === undefined ? err(await whyUnchanged(tx, id)) : ok(row);
}

/** Stores what a refresh brought, without touching the status. Null: that revision is no more. */
export async function storeRefreshedCredentials(
  tx: TenantTx,
  id: string,
  credentials: SealedCredentials,
  expectedRevision: number,
): Promise<{ revision: number; status: ConnectionStatus } | null> {
  const [row] = await tx.query<{ revision: number; status: ConnectionStatus }>(
    `update connections set credentials_sealed = $4, credentials_key_id = $5, revision = revision + 1, updated_at = now()
     where tenant_id = $1 and id = $2 and deleted_at is null and revision = $3 returning revision, status`,
    [tx.tenantId, id, expectedRevision, credentials.sealed, credentials.keyId],
  );
  return row ?? null;
}

/**
 * Moves to `status`, only from one of `from` when it is given. Null: no such connection, or in another status.
 * Written again when it is already there, so that the newest reason shows.
 */
export async function setConnectionStatus(
  tx: TenantTx,
  id: string,
  status: ConnectionStatus,
  reason: string | null,
  from: readonly ConnectionStatus[] | null = null,
): Promise<ConnectionRow | null> {
  const [row] = await tx.query<ConnectionRow>(
    `update connections set status = $3, status_reason = $4, updated_at = now()
     where tenant_id = $1 and id = $2 and deleted_at is null and ($5::text[] is null or status = any ($5)) returning ${COLUMNS}`,
    [tx.tenantId, id, status, reason, from],
  );
  return row ?? null;
}

/**
 * Refused while enabled routes use it. The row lock and the key-share lock that saving a route takes on its
 * connection exclude each other, so no route can slip in between the look and the deletion. The credentials go at once.
 */
export async function deleteConnection(tx: TenantTx, id: string): Promise<Result<null, Problem>> {
  const [found] = await tx.query(
    `select id from connections where tenant_id = $1 and id = $2 and deleted_at is null for update`,
    [tx.tenantId, id],
  );
  if (found === undefined) return err(notFound('connection'));
  const [used] = await tx.query<{ routes: number }>(
    `select count(*) as routes from routes where tenant_id = $1 and connection_id = $2 and enabled and deleted_at is null`,
    [tx.tenantId, id],
  );
  const routes = used?.routes ?? 0;
  if (routes > 0) {
    return err(
      problem('conflict', 'connection_in_use', 'Enabled routes use this connection. Disable or delete them first.', {
        extra: { routes },
      }),
    );
  }
  await tx.query(
    `update connections set deleted_at = now(), updated_at = now(), revision = revision + 1,
       credentials_sealed = null, credentials_key_id = null
     where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
  return ok(null);
}

async function whyUnchanged(tx: TenantTx, id: string): Promise<Problem> {
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
