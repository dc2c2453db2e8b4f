import { type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type ConnectionStatus } from '../store/connection.types';

/** For the opener alone: the only query that reads sealed credentials. */
export interface SealedConnectionRow {
  connector_id: string;
  config: JsonObject;
  status: ConnectionStatus;
  revision: number;
  credentials_sealed: string | null;
  credentials_key_id: string | null;
}

const COLUMNS = 'connector_id, config, status, revision, credentials_sealed, credentials_key_id';

export async function readSealedConnection(tx: TenantTx, id: string): Promise<SealedConnectionRow | null> {
  const [row] = await tx.query<SealedConnectionRow>(
    `select ${COLUMNS} from connections where tenant_id = $1 and id = $2 and deleted_at is null`,
    [tx.tenantId, id],
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
