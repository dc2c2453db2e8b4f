import { type TenantTx } from '@hub/tenancy';

/** Which record of `system` is the one that is `id` in `from`? */
export interface LinkQuery {
  /** As `systemKey` makes it. */
  readonly from: string;
  readonly type: string;
  readonly id: string;
  /** A connector's id, a source's name, or a connection's UUID. */
  readonly system: { readonly name: string } | { readonly connectionId: string };
}

/**
 * Of several connections of one connector the one that the delivery goes to is meant, and else the oldest. What is gone
 * at the vendor is no record to point at, and a deleted connection is no system. Each is looked up (`offset` forbids a join).
 */
const FIND = `
select q.idx, f.record_id
from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[]) as q(idx, origin, type, id, name, connection_id)
cross join lateral (
  select link_id from record_link_ends
  where tenant_id = $1 and type = q.type and system = q.origin and record_id = q.id offset 0) s
cross join lateral (
  select e.record_id from record_link_ends e
  left join connections c on c.tenant_id = $1 and c.id = e.connection_id and c.deleted_at is null
  where e.tenant_id = $1 and e.link_id = s.link_id and not e.deleted
    and (c.id = q.connection_id or c.connector_id = q.name or (e.connection_id is null and e.source = q.name))
  order by (c.id = $8::uuid) desc nulls last, c.id limit 1
) f`;

/**
 * @param preferred the connection that a delivery goes to; null where there is none.
 * @returns the ids, null for no link, in the order of the queries.
 */
export async function findLinkedIds(
  tx: TenantTx,
  queries: readonly LinkQuery[],
  preferred: string | null,
): Promise<(string | null)[]> {
  if (queries.length === 0) return [];
  const rows = await tx.query<{ idx: number; record_id: string }>(
    FIND,
    [
      tx.tenantId,
      queries.map((_query, index) => index),
      queries.map((query) => query.from),
      queries.map((query) => query.type),
      queries.map((query) => query.id),
      queries.map(({ system }) => ('name' in system ? system.name : null)),
      queries.map(({ system }) => ('connectionId' in system ? system.connectionId : null)),
      preferred,
    ],
    'find_linked_ids',
  );
  const found = new Map(rows.map((row) => [row.idx, row.record_id]));
  return queries.map((_query, index) => found.get(index) ?? null);
}
