import { err, notFound, ok, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { insertVersion, VERSION_COLUMNS } from './insert-version';
import { lockMapping } from './lock-mapping';
import { findMapping } from './mapping.repository';
import { type MappingContent, type MappingVersionRow, type MappingVersionSummaryRow } from './mapping.types';

const SUMMARY = 'version, expression, note, created_at';

/** The next number, unpublished. Writers wait for each other on the mapping, so numbers have no gaps. */
export async function addVersion(
  tx: TenantTx,
  mappingId: string,
  content: MappingContent,
): Promise<Result<MappingVersionRow, Problem>> {
  if ((await lockMapping(tx, mappingId)) === null) return err(notFound('mapping'));
  const [newest] = await tx.query<{ version: number }>(
    `select max(version) as version from mapping_versions where tenant_id = $1 and mapping_id = $2`,
    [tx.tenantId, mappingId],
  );
  const row = await insertVersion(tx, mappingId, (newest?.version ?? 0) + 1, content);
  await tx.query(`update mappings set updated_at = now() where tenant_id = $1 and id = $2`, [tx.tenantId, mappingId]);
  return ok(row);
}

/** Newest first. `before` is the lowest number on the page before. Null: no such mapping. */
export async function listVersions(
  tx: TenantTx,
  mappingId: string,
  page: { readonly limit: number; readonly before: number | null },
): Promise<MappingVersionSummaryRow[] | null> {
  if ((await findMapping(tx, mappingId)) === null) return null;
  return tx.query<MappingVersionSummaryRow>(
    `select ${SUMMARY} from mapping_versions
     where tenant_id = $1 and mapping_id = $2 and ($3::integer is null or version < $3) order by version desc limit $4`,
    [tx.tenantId, mappingId, page.before, page.limit],
  );
}

/** Versions of deleted mappings are found too: history points at them. */
export async function findVersion(tx: TenantTx, mappingId: string, version: number): Promise<MappingVersionRow | null> {
  const [row] = await tx.query<MappingVersionRow>(
    `select ${VERSION_COLUMNS} from mapping_versions where tenant_id = $1 and mapping_id = $2 and version = $3`,
    [tx.tenantId, mappingId, version],
  );
  return row ?? null;
}
