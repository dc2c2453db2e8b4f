import { type Database } from '@hub/database';
import { type TenantTx } from '@hub/tenancy';

/** How old a description may get although nobody asks. */
const LOOK_EVERY = '1 day';
const IS_DUE = `coalesce(s.looked_at, s.described_at) < now() - interval '${LOOK_EVERY}'`;

export interface DueSchema {
  readonly tenantId: string;
  readonly connectionId: string;
  /** Null: the list of objects. */
  readonly object: string | null;
}

/** Descriptions of all tenants that are a day old, the oldest first. For the dispatcher. */
export async function findDueSchemas(dispatcher: Database, limit: number): Promise<DueSchema[]> {
  const rows = await dispatcher.query<{ tenant_id: string; connection_id: string; object: string }>(
    `select s.tenant_id, s.connection_id, s.object from connection_schemas s
     join tenants t on t.id = s.tenant_id and t.status = 'active'
     join connections c on c.tenant_id = s.tenant_id and c.id = s.connection_id and c.status = 'active' and c.deleted_at is null
     where ${IS_DUE} order by coalesce(s.looked_at, s.described_at) limit $1`,
    [limit],
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    connectionId: row.connection_id,
    object: row.object === '' ? null : row.object,
  }));
}

/** Takes one of them for this worker, for a day, whatever the vendor answers. False when another has it. */
export async function claimSchema(tx: TenantTx, { connectionId, object }: DueSchema): Promise<boolean> {
  const rows = await tx.query(
    `update connection_schemas s set looked_at = now()
     where s.tenant_id = $1 and s.connection_id = $2 and s.object = $3 and ${IS_DUE} returning 1`,
    [tx.tenantId, connectionId, object ?? ''],
  );
  return rows.length === 1;
}
