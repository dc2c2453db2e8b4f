import { randomBytes } from 'node:crypto';
import { fromPublicId } from '@hub/platform';
import { type Scope } from '@hub/tenancy';
import { startTestHub, TestClient, waitUntil, type TestHub, type TestHubOptions } from '@hub/testing';
import { plantOperatorKey } from './plant-keys';

/** Whoever uses a whole hub waits for real processes on a machine that may be busy. */
jest.setTimeout(60_000);

export interface StagedTenant {
  /** Its UUID in the database. */
  readonly uuid: string;
  readonly publicId: string;
  readonly client: TestClient;
}

/** A running hub with an operator who can make tenants. */
export interface StagedHub extends TestHub {
  readonly operator: TestClient;
  /** Of the enterprise tier unless said otherwise. */
  newTenant(fields?: Readonly<Record<string, unknown>>): Promise<StagedTenant>;
}

export async function stageHub(options: TestHubOptions = { queue: 'redis' }): Promise<StagedHub> {
  const hub = await startTestHub(options);
  const operator = hub.client(await plantOperatorKey(hub.database));
  return {
    ...hub,
    operator,
    async newTenant(fields = {}) {
      const slug = unique('t');
      const created = await operator.demand<{ id: string; api_key: string }>('POST', '/admin/v1/tenants', {
        slug,
        name: slug,
        tier: 'enterprise',
        key_environment: 'test',
        ...fields,
      });
      const uuid = fromPublicId('tenant', created.id);
      if (uuid === null) throw new Error(`${created.id} is no tenant id`);
      return { uuid, publicId: created.id, client: hub.client(created.api_key) };
    },
  };
}

/** A name that no other test has. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

/** A connection to a sink of its own. @returns its id and the sink's name. */
export async function connectSink(
  hub: StagedHub,
  { client }: StagedTenant,
  config: Readonly<Record<string, unknown>> = {},
  credentials?: Readonly<Record<string, string>>,
): Promise<{ id: string; sink: string }> {
  const sink = unique('sink');
  const { id } = await client.demand<{ id: string }>('POST', '/v1/connections', {
    name: sink,
    connector: 'http',
    config: { url: hub.sandbox.sinkUrl(sink), ...config },
    ...(credentials === undefined ? {} : { credentials }),
  });
  return { id, sink };
}

/** A connection to the first org of the simulated Salesforce. */
export async function connectSalesforce(
  hub: StagedHub,
  { client }: StagedTenant,
  org = 0,
): Promise<{ id: string; org: string }> {
  const account = (await hub.sandbox.accounts())[org];
  if (account === undefined) throw new Error('the sandbox has no such org');
  const url = hub.sandbox.salesforceUrl;
  const { id } = await client.demand<{ id: string }>('POST', '/v1/connections', {
    name: unique('salesforce'),
    connector: 'salesforce',
    config: { login_url: url, instance_url: url },
    credentials: {
      client_id: account.clientId,
      client_secret: account.clientSecret,
      refresh_token: account.refreshToken,
    },
  });
  return { id, org: account.orgId };
}

/** A route of the tenant; its payload goes as it is unless a mapping is named. */
export async function addRoute(
  { client }: StagedTenant,
  route: { event_type: string; connection_id: string } & Readonly<Record<string, unknown>>,
): Promise<string> {
  const { id } = await client.demand<{ id: string }>('POST', '/v1/routes', {
    name: unique('route'),
    operation: 'request.send',
    ...route,
  });
  return id;
}

export async function addMapping({ client }: StagedTenant, expression: string): Promise<string> {
  const { id } = await client.demand<{ id: string }>('POST', '/v1/mappings', { name: unique('mapping'), expression });
  return id;
}

/** A key of the tenant with these scopes alone. */
export async function keyWith(
  { client }: StagedTenant,
  scopes: readonly Scope[],
  fields: Readonly<Record<string, unknown>> = {},
): Promise<{ id: string; client: TestClient }> {
  const { id, key } = await client.demand<{ id: string; key: string }>('POST', '/v1/api-keys', {
    name: unique('key'),
    environment: 'test',
    scopes,
    ...fields,
  });
  return { id, client: new TestClient(client.apiUrl, key) };
}

export interface DeliveryView {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly connection_id: string;
  readonly route_id: string;
  readonly external_id: string | null;
  readonly last_error: { category: string; code: string; message: string } | null;
  readonly next_attempt_at: string | null;
}

export interface EventView {
  readonly tracking_id: string;
  readonly event_id: string;
  readonly status: string;
  readonly deliveries: readonly DeliveryView[];
}

/** Posts one event and answers its tracking id. @throws unless it is accepted as new. */
export async function accept(
  client: TestClient,
  event: Readonly<Record<string, unknown>>,
  headers?: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await client.post<{ tracking_id: string }>(
    '/v1/events',
    { event_id: unique('e'), data: {}, ...event },
    headers,
  );
  if (answer.status !== 202) throw new Error(`the event was answered ${answer.status}: ${answer.text}`);
  return answer.body.tracking_id;
}

export async function readEvent(client: TestClient, trackingId: string): Promise<EventView> {
  return client.demand<EventView>('GET', `/v1/events/${trackingId}`);
}

/** Waits until the event is as wanted, for instance settled. */
export async function eventWhen(
  client: TestClient,
  trackingId: string,
  is: (event: EventView) => boolean,
  timeoutMs = 20_000,
): Promise<EventView> {
  let last: EventView | null = null;
  return waitUntil(
    `event ${trackingId}`,
    async () => {
      last = await readEvent(client, trackingId);
      return is(last) ? last : null;
    },
    timeoutMs,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; it is ${JSON.stringify(last)}`);
  });
}

const SETTLED = new Set(['succeeded', 'failed', 'unrouted']);
export const settled = (event: EventView): boolean => SETTLED.has(event.status);

/** Waits until one delivery of the event is as wanted. */
export async function deliveryWhen(
  client: TestClient,
  trackingId: string,
  is: (delivery: DeliveryView) => boolean,
  timeoutMs?: number,
): Promise<DeliveryView> {
  const event = await eventWhen(client, trackingId, ({ deliveries }) => deliveries.some(is), timeoutMs);
  const found = event.deliveries.find(is);
  if (found === undefined) throw new Error('the delivery changed while it was looked at');
  return found;
}
