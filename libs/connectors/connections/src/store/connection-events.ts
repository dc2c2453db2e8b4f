import { type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';

export type ConnectionEventType = 'connection.connected' | 'connection.needs_reauth' | 'connection.schema_changed';

/** Writes what happened to a connection where webhooks, alerts and live tail read it, in the transaction that made it so. */
export async function tellConnectionEvent(
  tx: TenantTx,
  type: ConnectionEventType,
  connectionId: string,
  data: JsonObject,
): Promise<void> {
  await tx.query(
    `insert into hub_events (tenant_id, id, type, connection_id, data) values ($1, uuid_v7(), $2, $3, $4)`,
    [tx.tenantId, type, connectionId, JSON.stringify(data)],
  );
}
