import { type TenantTx } from '@hub/tenancy';
import { type ArchivedRow } from './object-reader';

/** What connections and routes are called: deleted ones too, whose rows stay. */
export interface HistoryNames {
  readonly connections: ReadonlyMap<string, { readonly name: string; readonly connectorId: string }>;
  readonly routes: ReadonlyMap<string, string>;
}

export async function findHistoryNames(tx: TenantTx, deliveries: readonly ArchivedRow[]): Promise<HistoryNames> {
  const ids = (column: string): string[] => [...new Set(deliveries.map((row) => String(row[column])))];
  const connections = await tx.query<{ id: string; name: string; connector_id: string }>(
    `select id, name, connector_id from connections where tenant_id = $1 and id = any ($2::uuid[])`,
    [tx.tenantId, ids('connection_id')],
  );
  const routes = await tx.query<{ id: string; name: string }>(
    `select id, name from routes where tenant_id = $1 and id = any ($2::uuid[])`,
    [tx.tenantId, ids('route_id')],
  );
  return {
    connections: new Map(connections.map((row) => [row.id, { name: row.name, connectorId: row.connector_id }])),
    routes: new Map(routes.map((row) => [row.id, row.name])),
  };
}

/** Those of the tracking ids that are neither at hand nor in the range of anything archived. */
export async function findUnknownEvents(tx: TenantTx, trackingIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select wanted.id from unnest($2::uuid[]) wanted (id)
     where not exists (select 1 from events e where e.tenant_id = $1 and e.id = wanted.id)
       and not exists (select 1 from archive_objects o where o.tenant_id = $1 and o.kind = 'events' and wanted.id between o.first_id and o.last_id)`,
    [tx.tenantId, trackingIds],
  );
  return rows.map((row) => row.id);
}

/** Tracking ids of events by the tenant's own ids, for as long as idempotency keys are kept. */
export async function findTrackingIds(tx: TenantTx, eventIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ event_id: string; tracking_id: string }>(
    `select event_id, tracking_id from event_keys where tenant_id = $1 and event_id = any ($2::text[])`,
    [tx.tenantId, eventIds],
  );
  return new Map(rows.map((row) => [row.event_id, row.tracking_id]));
}
