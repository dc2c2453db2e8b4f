import { violatedConstraint } from '@hub/database';
import { err, newUuid, notFound, ok, problem, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { insertVersion } from './insert-version';
import { type MappingChange, type MappingRow, type NewMapping } from './mapping.types';

/** `published_version` is null only inside the transaction that creates the mapping. */
const COLUMNS = `m.id, m.name, m.description, m.published_version, m.template_id, m.template_version, m.created_at, m.updated_at,
  (select max(v.version) from mapping_versions v where v.tenant_id = m.tenant_id and v.mapping_id = m.id) as latest_version`;

/** Creates the mapping with its first version, published at once. */
export async function insertMapping(tx: TenantTx, mapping: NewMapping): Promise<Result<MappingRow, Problem>> {
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

/** Events that are mapped from now on take this version; what is mapped already keeps its own. */
export async function publishVersion(tx: TenantTx, id: string, version: number): Promise<Result<MappingRow, Problem>> {
  const mapping = await lockMapping(tx, id);
  if (mapping === null) return err(notFound('mapping'));
  const [found] = await tx.query(
    `select version from mapping_versions where tenant_id = $1 and mapping_id = $2 and version = $3`,
    [tx.tenantId, id, version],
  );
  if (found === undefined) {
    const fault = { pointer: '/version', code: 'unknown_version', message: 'This mapping has no such version' };
    return err(problem('unprocessable', 'unknown_version', `There is no version ${version}.`, { faults: [fault] }));
  }
  return ok(await writePublished(tx, id, version));
}

/**
 * Publishes the version numbered one below the published one. Which versions were published before is not kept, so
 * after publishing 1, 2 and then 5 a rollback goes to 4; any other is one `publish` away.
 */
export async function rollbackMapping(tx: TenantTx, id: string): Promise<Result<MappingRow, Problem>> {
  const mapping = await lockMapping(tx, id);
  if (mapping === null) return err(notFound('mapping'));
  if (mapping.published_version <= 1) {
    return err(problem('conflict', 'no_earlier_version', 'The published version is the first one.'));
  }
  return ok(await writePublished(tx, id, mapping.published_version - 1));
}

/**
 * Refused while routes use it, disabled ones too: a route without its mapping would send the event's data as it is. The
 * row lock and the key-share lock that saving a route takes exclude each other.
 */
export async function deleteMapping(tx: TenantTx, id: string): Promise<Result<null, Problem>> {
  const [found] = await tx.query(
    `select id from mappings where tenant_id = $1 and id = $2 and deleted_at is null for update`,
    [tx.tenantId, id],
  );
  if (found === undefined) return err(notFound('mapping'));
  const [used] = await tx.query<{ routes: number }>(
    `select count(*) as routes from routes where tenant_id = $1 and mapping_id = $2 and deleted_at is null`,
    [tx.tenantId, id],
  );
  const routes = used?.routes ?? 0;
  if (routes > 0) {
    return err(
      problem(
        'conflict',
        'mapping_in_use',
        'Routes use this mapping. Delete them or give them another mapping first.',
        {
          extra: { routes },
        },
      ),
    );
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

/** Version numbers and the published one change under this lock, one writer at a time. */
export async function lockMapping(tx: TenantTx, id: string): Promise<{ published_version: number } | null> {
  const [row] = await tx.query<{ published_version: number }>(
    `select published_version from mappings where tenant_id = $1 and id = $2 and deleted_at is null for no key update`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

async function writePublished(tx: TenantTx, id: string, version: number): Promise<MappingRow> {
  const [row] = await tx.query<MappingRow>(
    `update mappings m set published_version = $3, updated_at = now() where m.tenant_id = $1 and m.id = $2 returning ${COLUMNS}`,
    [tx.tenantId, id, version],
  );
  if (row === undefined) throw new Error('a locked mapping is gone');
  return row;
}

function nameTaken(): Problem {
  return problem('conflict', 'name_taken', 'Another mapping has this name.', {
    faults: [{ pointer: '/name', code: 'name_taken', message: 'Another mapping has this name' }],
  });
}
