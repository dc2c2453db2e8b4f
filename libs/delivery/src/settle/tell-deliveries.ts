import { type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';

export interface ToldDelivery {
  readonly id: string;
  readonly tracking_id: string;
  readonly connection_id: string;
}

/** Puts what was done to deliveries on the bus. */
export async function tellDeliveries(
  tx: TenantTx,
  type: string,
  deliveries: readonly ToldDelivery[],
  data: JsonObject = {},
): Promise<void> {
  if (deliveries.length === 0) return;
  await tx.query(
    `insert into hub_events (tenant_id, id, type, tracking_id, delivery_id, connection_id, data)
     select $1, uuid_v7(), $2, d.tracking_id, d.id, d.connection_id, $6
     from unnest($3::uuid[], $4::uuid[], $5::uuid[]) as d(id, tracking_id, connection_id)`,
    [
      tx.tenantId,
      type,
      deliveries.map((delivery) => delivery.id),
      deliveries.map((delivery) => delivery.tracking_id),
      deliveries.map((delivery) => delivery.connection_id),
      JSON.stringify(data),
    ],
    'tell_deliveries',
  );
}
