import { type TenantTx } from '@hub/tenancy';
import { bounds } from '../shared/id-bounds';

/** Of each ordering key in `$3`: its earliest open delivery, if that one was waiting for its turn. */
export const NEXT_OF_KEYS = `
select next.id from unnest($3::text[]) as k(ordering_key)
cross join lateral (
  select o.id, o.status, o.reason from deliveries o
  where o.tenant_id = $1 and o.connection_id = $2 and o.ordering_key = k.ordering_key
    and o.status in ('pending', 'delivering', 'retrying', 'held')
  order by o.seq limit 1
) next
where next.status = 'held' and next.reason = 'order'`;

const RELEASE = `
update deliveries set status = 'pending', reason = null
where tenant_id = $1 and id = any($2::uuid[]) and id between $3 and $4 and status = 'held' and reason = 'order'`;

/** Lets the next delivery of each ordering key go. The caller holds the connection's runtime row. */
export async function releaseNextOfKeys(tx: TenantTx, connectionId: string, keys: readonly string[]): Promise<boolean> {
  return release(tx, await nextOfKeys(tx, connectionId, keys));
}

/** Apart from the update, because most often there is nothing to release, and that is seen in an index alone. */
export async function nextOfKeys(
  tx: TenantTx,
  connectionId: string,
  keys: readonly string[],
): Promise<readonly string[]> {
  if (keys.length === 0) return [];
  const next = await tx.query<{ id: string }>(
    NEXT_OF_KEYS,
    [tx.tenantId, connectionId, [...new Set(keys)]],
    'next_of_keys',
  );
  return next.map((row) => row.id);
}

export async function release(tx: TenantTx, ids: readonly string[]): Promise<boolean> {
  if (ids.length > 0) await tx.query(RELEASE, [tx.tenantId, ids, ...bounds(ids)], 'release_next');
  return ids.length > 0;
}
