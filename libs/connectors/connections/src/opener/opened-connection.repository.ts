import { type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type AuthError, type ConnectionStatus } from '../store/connection.types';

/** How far the note of the last use may lag. */
export const USE_NOTED_EVERY = '10 minutes';

/** For the opener alone: the only query that reads sealed credentials. */
export interface SealedConnectionRow {
  connector_id: string;
  config: JsonObject;
  status: ConnectionStatus;
  revision: number;
  credentials_sealed: string | null;
  credentials_key_id: string | null;
  auth_error: AuthError | null;
  refused_revision: number | null;
}

const COLUMNS = `connector_id, config, status, revision, credentials_sealed, credentials_key_id, auth_error, refused_revision`;

/**
 * For a call to the system behind it. That it is used is noted, now and then: credentials of an idle connection are
 * refreshed once a day, those of one in use before they end.
 */
export async function readSealedConnection(tx: TenantTx, id: string): Promise<SealedConnectionRow | null> {
  const [row] = await tx.query<SealedConnectionRow>(
    `with used as (
       update connection_runtime set used_at = now()
       where tenant_id = $1 and connection_id = $2 and (used_at is null or used_at < now() - interval '${USE_NOTED_EVERY}')
     )
     select ${COLUMNS} from connections where tenant_id = $1 and id = $2 and deleted_at is null`,
    [tx.tenantId, id],
    'read_sealed_connection',
  );
  return row ?? null;
}

/** Holds off other refreshes and changes until the transaction ends; saving a route that uses the connection goes on. */
export async function lockSealedConnection(tx: TenantTx, id: string): Promise<SealedConnectionRow | null> {
  const [row] = await tx.query<SealedConnectionRow>(
    `select ${COLUMNS} from connections where tenant_id = $1 and id = $2 and deleted_at is null for no key update`,
    [tx.tenantId, id],
  );
  return row ?? null;
}
