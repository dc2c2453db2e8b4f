import { type Database } from '@hub/database';

/**
 * Deletes rows of tenants that were erased, for the dispatcher, which cannot read them.
 * @returns how many, at least; 0 when nothing is left
 */
export async function purgeErasedTenants(dispatcher: Database, most: number): Promise<number> {
  const [row] = await dispatcher.query<{ deleted: number }>(`select purge_erased_tenants($1) as deleted`, [most]);
  return row?.deleted ?? 0;
}
