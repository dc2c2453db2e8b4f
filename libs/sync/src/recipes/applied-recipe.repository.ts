import { type TenantTx } from '@hub/tenancy';

/** What a recipe has been made into. What has been deleted since is null. */
export interface AppliedRecipeRow {
  recipe: string;
  sync_id: string | null;
  mapping_id: string | null;
  route_id: string | null;
  route_enabled: boolean | null;
}

export interface RecipePair {
  readonly sourceConnectionId: string;
  readonly targetConnectionId: string;
}

/** One at a time for a pair of connections: who applies a recipe looks first whether it has been applied. */
export async function lockRecipes(tx: TenantTx, pair: RecipePair): Promise<void> {
  const key = `recipes ${tx.tenantId} ${pair.sourceConnectionId} ${pair.targetConnectionId}`;
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [key]);
}

export async function listAppliedRecipes(tx: TenantTx, pair: RecipePair): Promise<AppliedRecipeRow[]> {
  return tx.query<AppliedRecipeRow & Record<string, unknown>>(
    `select a.recipe, s.id as sync_id, m.id as mapping_id, r.id as route_id, r.enabled as route_enabled
     from applied_recipes a
     left join syncs s on s.tenant_id = $1 and s.id = a.sync_id and s.deleted_at is null
     left join mappings m on m.tenant_id = $1 and m.id = a.mapping_id and m.deleted_at is null
     left join routes r on r.tenant_id = $1 and r.id = a.route_id and r.deleted_at is null
     where a.tenant_id = $1 and a.source_connection_id = $2 and a.target_connection_id = $3`,
    [tx.tenantId, pair.sourceConnectionId, pair.targetConnectionId],
  );
}

/** @returns the connection from which each route that a recipe has made is fed, by the route's id */
export async function listRecipeSources(tx: TenantTx): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ route_id: string; source_connection_id: string }>(
    `select route_id, source_connection_id from applied_recipes where tenant_id = $1`,
    [tx.tenantId],
    'list_recipe_sources',
  );
  return new Map(rows.map((row) => [row.route_id, row.source_connection_id]));
}

export async function keepAppliedRecipe(
  tx: TenantTx,
  pair: RecipePair,
  applied: { readonly recipe: string; readonly syncId: string; readonly mappingId: string; readonly routeId: string },
): Promise<void> {
  await tx.query(
    `insert into applied_recipes (tenant_id, source_connection_id, target_connection_id, recipe, sync_id, mapping_id, route_id)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id, source_connection_id, target_connection_id, recipe)
     do update set sync_id = excluded.sync_id, mapping_id = excluded.mapping_id, route_id = excluded.route_id, updated_at = now()`,
    [
      tx.tenantId,
      pair.sourceConnectionId,
      pair.targetConnectionId,
      applied.recipe,
      applied.syncId,
      applied.mappingId,
      applied.routeId,
    ],
  );
}

const NAMED = { sync: 'syncs', mapping: 'mappings', route: 'routes' } as const;
/** As the API bounds names. */
const LONGEST_NAME = 200;

/** The name, or the first of `name (2)`, `name (3)`, … that no other of the kind has. */
export async function freeName(tx: TenantTx, kind: keyof typeof NAMED, wanted: string): Promise<string> {
  const name = wanted.slice(0, LONGEST_NAME - 10).trim();
  const rows = await tx.query<{ name: string }>(
    `select name from ${NAMED[kind]} where tenant_id = $1 and deleted_at is null and starts_with(name, $2)`,
    [tx.tenantId, name],
  );
  const taken = new Set(rows.map((row) => row.name));
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name} (${number})`)) number++;
  return `${name} (${number})`;
}
