import { type Database } from '@hub/database';

/** What the next borrower of a pooled connection finds of the one before, if all is well. */
export const NOTHING = { setting: '', tenants: 0 };

export async function leftBehind(database: Database): Promise<typeof NOTHING> {
  const [row] = await database.query<typeof NOTHING>(
    `select coalesce(current_setting('app.tenant_id', true), '') as setting, (select count(*)::int from tenants) as tenants`,
  );
  if (row === undefined) throw new Error('no row');
  return row;
}
