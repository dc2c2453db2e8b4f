import { type TenantTx } from '@hub/tenancy';
import { type MappingContent, type MappingVersionRow } from './mapping.types';

export const VERSION_COLUMNS = 'version, expression, tables, note, created_at';

/** The caller holds the mapping's lock, or has just made it: numbers are given one at a time. */
export async function insertVersion(
  tx: TenantTx,
  mappingId: string,
  version: number,
  content: MappingContent,
): Promise<MappingVersionRow> {
  const [row] = await tx.query<MappingVersionRow>(
    `insert into mapping_versions (tenant_id, mapping_id, version, expression, tables, note)
     values ($1, $2, $3, $4, $5, $6) returning ${VERSION_COLUMNS}`,
    [tx.tenantId, mappingId, version, content.expression, JSON.stringify(content.tables), content.note],
  );
  if (row === undefined) throw new Error('insert returned no row');
  return row;
}
