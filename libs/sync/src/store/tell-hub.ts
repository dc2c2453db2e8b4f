import { newUuid, type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';

/** What happened, for whatever reads the hub's bus: in the transaction in which it happened. */
export async function tellHub(
  tx: TenantTx,
  connectionId: string,
  type: 'sync.failing' | 'sync.recovered',
  data: JsonObject,
): Promise<void> {
  await tx.query(`insert into hub_events (tenant_id, id, type, connection_id, data) values ($1, $2, $3, $4, $5)`, [
    tx.tenantId,
    newUuid(),
    type,
    connectionId,
    JSON.stringify(data),
  ]);
}
