import { type Database } from '@hub/database';
import { type TenantTx } from '../tenant-db';

export interface DataKeyRow {
  id: string;
  wrapped_key: string;
}

export async function findActiveDataKey(tx: TenantTx): Promise<DataKeyRow | null> {
  const [row] = await tx.query<DataKeyRow>(
    `select id, wrapped_key from tenant_data_keys where tenant_id = $1 and active`,
    [tx.tenantId],
  );
  return row ?? null;
}

export async function findDataKey(tx: TenantTx, id: string): Promise<DataKeyRow | null> {
  const [row] = await tx.query<DataKeyRow>(
    `select id, wrapped_key from tenant_data_keys where tenant_id = $1 and id = $2`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/**
 * Of processes that make a tenant's first key at once, one wins; the others wait for its commit and then find it. A tenant that
 * was erased gets no other key.
 */
export async function insertDataKeyUnlessThere(tx: TenantTx, key: DataKeyRow): Promise<boolean> {
  const rows = await tx.query(
    `insert into tenant_data_keys (tenant_id, id, wrapped_key, active)
     select t.id, $2, $3, true from tenants t where t.id = $1 and t.erased_at is null
     on conflict (tenant_id) where active do nothing returning id`,
    [tx.tenantId, key.id, key.wrapped_key],
  );
  return rows.length > 0;
}

export interface DataKeyPlace {
  readonly tenantId: string;
  readonly id: string;
}

/** As the dispatcher, in order: keys of all tenants that are not under this master key. */
export async function findKeysNotUnder(
  dispatcher: Database,
  masterKeyId: string,
  after: DataKeyPlace | null,
  most: number,
): Promise<DataKeyPlace[]> {
  const rows = await dispatcher.query<{ tenant_id: string; id: string }>(
    `select tenant_id, id from tenant_data_keys
     where master_key <> $1 and ($2::uuid is null or (tenant_id, id) > ($2, $3::uuid)) order by tenant_id, id limit $4`,
    [masterKeyId, after?.tenantId ?? null, after?.id ?? null, most],
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, id: row.id }));
}

/** Only over the text that was unwrapped, so that two rewraps at once do not undo each other. */
export async function replaceWrapping(tx: TenantTx, key: DataKeyRow, wrapped: string): Promise<void> {
  await tx.query(`update tenant_data_keys set wrapped_key = $4 where tenant_id = $1 and id = $2 and wrapped_key = $3`, [
    tx.tenantId,
    key.id,
    key.wrapped_key,
    wrapped,
  ]);
}
