import { type TenantTx } from '@hub/tenancy';
import { type NoticeTarget } from '../notices/notice';
import { type EndpointChange, type EndpointRow, type NewEndpoint } from './endpoint.types';

/** All here need a transaction that sees internal rows: an endpoint's connection is one. */
const COLUMNS = `w.id, w.connection_id, w.route_id, c.config ->> 'url' as url, w.description, w.event_types, w.connection_ids,
  w.header_names, w.previous_secret_until, w.disabled_reason, w.disabled_at, w.created_at, w.updated_at, c.revision,
  r.failing_since, r.last_success_at, r.last_failure_at, r.last_error, case when r.resume_at > now() then r.resume_at end as resume_at`;
const FROM = `from webhook_endpoints w
  join connections c on c.tenant_id = w.tenant_id and c.id = w.connection_id
  join connection_runtime r on r.tenant_id = w.tenant_id and r.connection_id = w.connection_id`;

/** Its connection and its route are there already. */
export async function insertEndpoint(tx: TenantTx, endpoint: NewEndpoint): Promise<void> {
  await tx.query(
    `insert into webhook_endpoints (tenant_id, id, connection_id, route_id, description, event_types, connection_ids, header_names)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tx.tenantId,
      endpoint.id,
      endpoint.connectionId,
      endpoint.routeId,
      endpoint.description,
      endpoint.eventTypes,
      endpoint.connectionIds,
      endpoint.headerNames,
    ],
  );
}

export async function findEndpoint(tx: TenantTx, id: string): Promise<EndpointRow | null> {
  const [row] = await tx.query<EndpointRow & Record<string, unknown>>(
    `select ${COLUMNS} ${FROM} where w.tenant_id = $1 and w.id = $2 and w.deleted_at is null`,
    [tx.tenantId, id],
  );
  return row ?? null;
}

/** Newest first. `before` is the id of the last one on the page before. */
export async function listEndpoints(
  tx: TenantTx,
  page: { readonly limit: number; readonly before: string | null },
): Promise<EndpointRow[]> {
  return tx.query<EndpointRow & Record<string, unknown>>(
    `select ${COLUMNS} ${FROM} where w.tenant_id = $1 and w.deleted_at is null and ($2::uuid is null or w.id < $2)
     order by w.id desc limit $3`,
    [tx.tenantId, page.before, page.limit],
  );
}

export async function countEndpoints(tx: TenantTx): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from webhook_endpoints where tenant_id = $1 and deleted_at is null`,
    [tx.tenantId],
  );
  return row?.n ?? 0;
}

export async function updateEndpoint(tx: TenantTx, id: string, change: EndpointChange): Promise<void> {
  const values: unknown[] = [tx.tenantId, id];
  const sets = Object.entries({
    description: change.description,
    event_types: change.eventTypes,
    connection_ids: change.connectionIds,
    header_names: change.headerNames,
    previous_secret_until: change.previousSecretUntil,
  }).flatMap(([column, value]) => (value === undefined ? [] : [`${column} = $${values.push(value)}`]));
  await tx.query(
    `update webhook_endpoints set ${[...sets, 'updated_at = now()'].join(', ')}
     where tenant_id = $1 and id = $2 and deleted_at is null`,
    values,
  );
}

/** The row stays: its notices' history points at it. */
export async function markEndpointDeleted(tx: TenantTx, id: string): Promise<void> {
  await tx.query(
    `update webhook_endpoints set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null`,
    [tx.tenantId, id],
  );
}

/** Those that are to be told of what happens. */
export async function listTargets(tx: TenantTx): Promise<NoticeTarget[]> {
  return tx.query<NoticeTarget & Record<string, unknown>>(
    `select connection_id as "connectionId", route_id as "routeId", event_types as "eventTypes", connection_ids as "connectionIds"
     from webhook_endpoints where tenant_id = $1 and deleted_at is null and disabled_at is null order by id`,
    [tx.tenantId],
  );
}
