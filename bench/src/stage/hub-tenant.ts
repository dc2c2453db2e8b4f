import { randomUUID } from 'node:crypto';
import { fromPublicId } from '@hub/platform';
import { MAPPING } from '../load/events';

/** Events a minute: the most that the operator API grants, far above what is measured. */
const RATE_LIMIT = 1_000_000;
export const CALLS_AT_ONCE = 64;

export interface HubTenant {
  /** As in the database. */
  readonly id: string;
  readonly apiKey: string;
  readonly connectionId: string;
}

export interface TenantPlan {
  readonly apiUrl: string;
  readonly operatorKey: string;
  readonly sinkUrl: string;
  readonly callsAtOnce?: number;
}

/** Where a tenant's events go, and how. */
export interface Destination {
  readonly connection: Readonly<Record<string, unknown>>;
  readonly operation: string;
  readonly mapping: string;
}

/** A tenant of its own with one connection to the sink, one mapping and one route, made through the API as by a customer. */
export async function createTenant(plan: TenantPlan): Promise<HubTenant> {
  return createTenantWith(plan, {
    connection: {
      name: 'Sink',
      connector: 'http',
      config: { url: `${plan.sinkUrl}/in`, concurrency: plan.callsAtOnce ?? CALLS_AT_ONCE },
      credentials: {},
    },
    operation: 'request.send',
    mapping: MAPPING,
  });
}

/** The same with a connection of another kind. */
export async function createTenantWith(
  { apiUrl, operatorKey }: Pick<TenantPlan, 'apiUrl' | 'operatorKey'>,
  destination: Destination,
): Promise<HubTenant> {
  const tenant = await postTo(apiUrl, operatorKey, '/admin/v1/tenants', {
    slug: `bench-${randomUUID().slice(0, 8)}`,
    name: 'Bench',
    tier: 'enterprise',
    rate_limit_per_minute: RATE_LIMIT,
  });
  const apiKey = String(tenant['api_key']);
  const connection = await postTo(apiUrl, apiKey, '/v1/connections', destination.connection);
  const mapping = await postTo(apiUrl, apiKey, '/v1/mappings', { name: 'Invoice', expression: destination.mapping });
  await postTo(apiUrl, apiKey, '/v1/routes', {
    name: 'Invoices',
    event_type: 'invoice.*',
    connection_id: connection['id'],
    operation: destination.operation,
    mapping_id: mapping['id'],
    enabled: true,
  });
  const id = fromPublicId('tenant', String(tenant['id']));
  if (id === null) throw new Error(`${String(tenant['id'])} is no id of a tenant`);
  return { id, apiKey, connectionId: String(connection['id']) };
}

/** What the API makes of it. @throws unless it was taken */
export async function postTo(url: string, key: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} was answered ${response.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}
