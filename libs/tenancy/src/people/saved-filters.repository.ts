import { violatedConstraint } from '@hub/database';
import { err, newUuid, ok, type Result } from '@hub/platform';
import { type TenantTx } from '../tenant-db';

export const FILTERED_VIEWS = ['events', 'deliveries', 'dead_letters'] as const;
export type FilteredView = (typeof FILTERED_VIEWS)[number];

/** Of one person and one view. More than these nobody finds their way in. */
export const MOST_SAVED_FILTERS = 50;

export interface SavedFilterRow {
  id: string;
  view: FilteredView;
  name: string;
  query: Readonly<Record<string, string>>;
  created_at: Date;
}

export interface SavedFilterDraft {
  readonly view: FilteredView;
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
}

const COLUMNS = 'id, view, name, query, created_at';
const NAME_KEY = 'saved_filters_name';

/** All of one person's, by name. @param view of this view alone */
export function listSavedFilters(tx: TenantTx, userId: string, view: FilteredView | null): Promise<SavedFilterRow[]> {
  return tx.query<SavedFilterRow & Record<string, unknown>>(
    `select ${COLUMNS} from saved_filters
     where tenant_id = $1 and user_id = $2 and ($3::text is null or view = $3) order by lower(name), id`,
    [tx.tenantId, userId, view],
  );
}

/** For a member of the tenant. The transaction is of no further use when it fails. */
export async function insertSavedFilter(
  tx: TenantTx,
  userId: string,
  { view, name, query }: SavedFilterDraft,
): Promise<Result<SavedFilterRow, 'name_taken' | 'too_many'>> {
  return unlessTaken(async () => {
    const [row] = await tx.query<SavedFilterRow & Record<string, unknown>>(
      `insert into saved_filters (tenant_id, id, user_id, view, name, query)
       select $1, $3, $2, $4, $5, $6::jsonb
       where (select count(*) from saved_filters where tenant_id = $1 and user_id = $2 and view = $4) < ${MOST_SAVED_FILTERS}
       returning ${COLUMNS}`,
      [tx.tenantId, userId, newUuid(), view, name, JSON.stringify(query)],
    );
    return row === undefined ? err('too_many') : ok(row);
  });
}

/** Leaves as it is what is not named. The transaction is of no further use when it fails. */
export async function updateSavedFilter(
  tx: TenantTx,
  userId: string,
  id: string,
  { name, query }: Partial<Pick<SavedFilterDraft, 'name' | 'query'>>,
): Promise<Result<SavedFilterRow, 'name_taken' | 'not_found'>> {
  return unlessTaken(async () => {
    const [row] = await tx.query<SavedFilterRow & Record<string, unknown>>(
      `update saved_filters set name = coalesce($4, name), query = coalesce($5::jsonb, query)
       where tenant_id = $1 and user_id = $2 and id = $3 returning ${COLUMNS}`,
      [tx.tenantId, userId, id, name ?? null, query === undefined ? null : JSON.stringify(query)],
    );
    return row === undefined ? err('not_found') : ok(row);
  });
}

/** @returns whether there was one */
export async function deleteSavedFilter(tx: TenantTx, userId: string, id: string): Promise<boolean> {
  const rows = await tx.query<{ id: string }>(
    `delete from saved_filters where tenant_id = $1 and user_id = $2 and id = $3 returning id`,
    [tx.tenantId, userId, id],
  );
  return rows.length > 0;
}

async function unlessTaken<T, E>(write: () => Promise<Result<T, E>>): Promise<Result<T, E | 'name_taken'>> {
  try {
    return await write();
  } catch (error) {
    if (violatedConstraint(error) === NAME_KEY) return err('name_taken');
    throw error;
  }
}
