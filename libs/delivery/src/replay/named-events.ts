import { fromPublicId } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';

/** Events named in one request. */
export const MOST_NAMED_EVENTS = 1_000;

/**
 * Finds events by what people call them: the hub's tracking id (`evt_…`), or the sender's own event id.
 * @returns the tracking id of each as a UUID, or null for one that is not there, in order.
 */
export async function findNamedEvents(tx: TenantTx, names: readonly string[]): Promise<(string | null)[]> {
  const asTracking = names.map((name) => fromPublicId('event', name));
  const tracked = await tx.query<{ id: string }>(
    `select id from events where tenant_id = $1 and id = any($2::uuid[])`,
    [tx.tenantId, asTracking.filter((id) => id !== null)],
    'named_events_by_id',
  );
  const known = new Set(tracked.map((row) => row.id));
  const keyed = await tx.query<{ event_id: string; id: string }>(
    `select k.event_id, e.id from event_keys k
     join events e on e.tenant_id = $1 and e.id = k.tracking_id
     where k.tenant_id = $1 and k.event_id = any($2::text[])`,
    [tx.tenantId, names],
    'named_events_by_key',
  );
  const byKey = new Map(keyed.map((row) => [row.event_id, row.id]));
  return names.map((name, index) => {
    const id = asTracking[index];
    return id != null && known.has(id) ? id : (byKey.get(name) ?? null);
  });
}

/** Those of the deliveries that are not there. */
export async function missingDeliveries(tx: TenantTx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select w.id from unnest($2::uuid[]) as w(id)
     where not exists (select 1 from deliveries d where d.tenant_id = $1 and d.id = w.id)`,
    [tx.tenantId, ids],
    'missing_deliveries',
  );
  return rows.map((row) => row.id);
}
