import { violatedConstraint } from '@hub/database';
import { err, newUuid, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { insertGoldenCase } from './golden/golden-row';
import { insertVersion } from './insert-version';
import { COLUMNS } from './mapping-columns';
import { type MappingChange, type MappingRow, type NewMapping } from './mapping.types';
import { keepPublication } from './publish/publication.repository';
import { type Publisher } from './publish/publication.types';
import { writePublished } from './publish/publish.repository';

/**
 * Creates the mapping with its first version, published at once.
 * @param by null for the hub itself.
 */
export async function insertMapping(
  tx: TenantTx,
  mapping: NewMapping,
  by: Publisher | null = null,
): Promise<Result<MappingRow, Problem>> {
  const [created] = await tx.query<{ id: string }>(
    `insert into mappings (tenant_id, id, name, description, template_id, template_version) values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, name) where deleted_at is null do nothing returning id`,
    [
      tx.tenantId,
      newUuid(),
      mapping.name,
      mapping.description,
      mapping.template?.id ?? null,
      mapping.template?.version ?? null,
    ],
  );
  if (created === undefined) return err(nameTaken());
  await insertVersion(tx, created.id, 1, mapping);
  for (const golden of mapping.goldenCases ?? []) await insertGoldenCase(tx, created.id, golden, null);
  const first = { version: 1, kind: 'created', backTo: null, by, goldenCases: null, backtest: null } as const;
  await keepPublication(tx, created.id, 1, first);
  return ok(await writePublished(tx, created.id, 1));
}

/** Newest first. `before` is the id of the last one on the page before. */
export async function listMappings(
  tx: TenantTx,
  page: { readonly limit: number; readonly before: string | null },
): Promise<MappingRow[]> {
  return tx.query<MappingRow>(
    `select ${COLUMNS} from mappings m
     where m.tenant_id = $1 and m.deleted_at is null and ($2::uuid is null or m.id < $2) order by m.id desc limit $3`,
    [tx.tenantId, page.before, page.limit],
  );
}

export async function findMapping(tx: TenantTx, id: string): Promise<MappingRow | null> {
  const [row] = await tx.query<MappingRow>(
    `select ${COLUMNS} from mappings m where m.tenant_id = $1 and m.id = $2 and m.deleted_at is null`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/** After a `name_taken` the transaction is dead: it can only roll back. */
export async function updateMapping(
  tx: TenantTx,
  id: string,
  change: MappingChange,
): Promise<Result<MappingRow, Problem>> {
  try {
    const [row] = await tx.query<MappingRow>(
      `update mappings m set name = coalesce($3, m.name), description = coalesce($4, m.description), updated_at = now()
       where m.tenant_id = $1 and m.id = $2 and m.deleted_at is null returning ${COLUMNS}`,
      [tx.tenantId, id, change.name ?? null, change.description ?? null],
    );
    return row === undefined ? err(notFound('mapping')) : ok(row);
  } catch (error) {
    if (violatedConstraint(error) === 'mappings_name') return err(nameTaken());
    throw error;
  }
}

/**
 * Refused while routes or syncs use it, disabled ones too: a route without its mapping would send the event's data as it is,
 * and a sync without its own would bring records without their form in the hub's model. The row lock and the key-share lock
 * that saving either takes exclude each other.
 */
export async function deleteMapping(tx: TenantTx, id: string): Promise<Result<null, Problem>> {
  const [found] = await tx.query(
    `select id from mappings where tenant_id = $1 and id = $2 and deleted_at is null for update`,
    [tx.tenantId, id],
  );
  if (found === undefined) return err(notFound('mapping'));
  const [used] = await tx.query<{ routes: number; syncs: number }>(
    `select (select count(*) from routes where tenant_id = $1 and mapping_id = $2 and deleted_at is null) as routes,
            (select count(*) from syncs where tenant_id = $1 and mapping_id = $2 and deleted_at is null) as syncs`,
    [tx.tenantId, id],
  );
  const { routes, syncs } = used ?? { routes: 0, syncs: 0 };
  if (routes + syncs > 0) {
    const detail = 'Routes or syncs use this mapping. Delete them or give them another mapping first.';
    return err(problem('conflict', 'mapping_in_use', detail, { extra: { routes, syncs } }));
  }
  await tx.query(`update mappings set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2`, [
    tx.tenantId,
    id,
  ]);
  return ok(null);
}

/** Published versions by mapping id, for a drain. Deleted mappings are left out. */
export async function findPublishedVersions(
  tx: TenantTx,
  mappingIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.query<{ id: string; published_version: number }>(
    `select id, published_version from mappings
     where tenant_id = $1 and id = any ($2) and deleted_at is null and published_version is not null`,
    [tx.tenantId, mappingIds],
  );
  return new Map(rows.map((row) => [row.id, row.published_version]));
}

function nameTaken(): Problem {
  return problem('conflict', 'name_taken', 'Another mapping has this name.', {
    faults: [{ pointer: '/name', code: 'name_taken', message: 'Another mapping has this name' }],
  });
}
