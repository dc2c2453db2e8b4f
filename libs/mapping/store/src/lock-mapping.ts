import { type TenantTx } from '@hub/tenancy';

export interface LockedMapping {
  readonly published_version: number;
  readonly golden_revision: number;
}

/** Version numbers, the published one and the golden cases change under this lock, one writer at a time. */
export async function lockMapping(tx: TenantTx, id: string): Promise<LockedMapping | null> {
  const [row] = await tx.query<LockedMapping & Record<string, unknown>>(
    `select published_version, golden_revision from mappings
     where tenant_id = $1 and id = $2 and deleted_at is null for no key update`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/** Without the lock; null: no such mapping. */
export async function findGoldenRevision(tx: TenantTx, id: string): Promise<number | null> {
  const [row] = await tx.query<{ golden_revision: number }>(
    `select golden_revision from mappings where tenant_id = $1 and id = $2 and deleted_at is null`,
    [tx.tenantId, id],
  );
  return row?.golden_revision ?? null;
}
