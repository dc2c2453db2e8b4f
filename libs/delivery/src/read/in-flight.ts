import { type TenantTx } from '@hub/tenancy';

/** Deliveries of a connection that are in a worker's hands at this moment. */
export async function findDelivering(tx: TenantTx, connectionId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from deliveries where tenant_id = $1 and connection_id = $2 and status = 'delivering'`,
    [tx.tenantId, connectionId],
    'find_delivering',
  );
  return rows.map((row) => row.id);
}
