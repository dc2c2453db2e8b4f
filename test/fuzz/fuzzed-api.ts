import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type DeliveryError } from '@hub/delivery';
import { newUuid, parseSettings, toPublicId } from '@hub/platform';
import { createTestDatabase, readServices, type TestDatabase } from '@hub/testing';
import { createApp } from '../../apps/api/src/create-app';
import { apiSettings } from '../../apps/api/src/settings';
import { injectAny } from '../support/inject-any';
import { plantKey, plantOperatorKey } from '../support/plant-keys';
import { ApiDocument, type Answer, type OpenApi } from './api-document';
import { IdPool } from './id-pool';
import { type Plan } from './requests';

export interface FuzzedApi {
  readonly api: ApiDocument;
  readonly ids: IdPool;
  /** @param operator whether the operation is one of the operators' */
  send(method: string, operator: boolean, plan: Plan): Promise<Answer>;
  close(): Promise<void>;
}

/** The API in this process, with a tenant that owns something of each kind, and a system to connect to. */
export async function startFuzzedApi(): Promise<FuzzedApi> {
  const database = await createTestDatabase();
  const system = await startSystem();
  const app = await startApp(database);
  const tenant = await database.createTenant({ rateLimitPerMinute: 1_000_000_000 });
  const own = await plantKey(database, tenant.id);
  const narrow = await plantKey(database, tenant.id, ['events:read']);
  const operator = await plantOperatorKey(database);
  const spared = new Set([own.id, narrow.id, toPublicId('tenant', tenant.id)]);
  const ids = new IdPool(system.url, spared);
  const keys = { own: own.key, narrow: narrow.key, none: null, garbage: 'hub_test_garbage' };

  const send: FuzzedApi['send'] = async (method, isOperators, { caller, request }) => {
    const key = caller === 'own' && isOperators ? operator : keys[caller];
    const answer = await injectAny(app, {
      method: method as 'GET',
      url: request.url,
      // The bucket of failed requests is by address: each request comes from one of its own.
      remoteAddress: `10.${[...randomBytes(3)].join('.')}`,
      headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...request.headers },
      ...(request.body === undefined ? {} : { payload: request.body }),
    });
    return { status: answer.status, contentType: answer.headers['content-type']?.toString(), text: answer.text };
  };
  const ask = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = { url: path, headers, body: body === undefined ? undefined : JSON.stringify(body) };
    const answer = await send(method, false, { caller: 'own', request });
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`);
    const told = answer.text === '' ? {} : (JSON.parse(answer.text) as Record<string, unknown>);
    ids.learn(path, told);
    return told;
  };
  const document = (await app.inject({ method: 'GET', url: '/openapi.json' })).json<OpenApi>();
  await furnish(database, tenant.id, system.url, ask);
  return {
    api: new ApiDocument(document),
    ids,
    send,
    async close() {
      await app.close();
      await system.close();
      await database.close();
    },
  };
}

async function startApp(database: TestDatabase): Promise<NestFastifyApplication> {
  const settings = parseSettings(apiSettings, {
    HUB_HOST: '127.0.0.1',
    HUB_PUBLIC_URL: 'https://hub.example',
    HUB_DB_APP_URL: database.urls.app,
    HUB_DB_ACCEPT_URL: database.urls.accept,
    HUB_DB_OPERATOR_URL: database.urls.operator,
    HUB_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
    HUB_EGRESS_ALLOW: '127.0.0.0/8',
    HUB_LOG_LEVEL: 'error',
    REDIS_URL: `${readServices().redisUrl.replace(/\/\d+$/, '')}/12`,
  });
  if (!settings.ok) throw new Error(settings.error.join('\n'));
  const app = await createApp(settings.value);
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

type Ask = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

/** Something of each kind whose making takes more than its schema tells, and deliveries in each of their states. */
async function furnish(database: TestDatabase, tenantId: string, url: string, ask: Ask): Promise<void> {
  const connection = await ask('POST', '/v1/connections', { name: 'first', connector: 'http', config: { url } });
  const other = await ask('POST', '/v1/connections', { name: 'second', connector: 'http', config: { url } });
  const mapping = await ask('POST', '/v1/mappings', { name: 'first', expression: '{ "n": n }' });
  for (const [name, mappingId] of [
    ['plain', null],
    ['mapped', mapping['id']],
  ])
    await ask('POST', '/v1/routes', {
      name,
      event_type: 'order.*',
      connection_id: connection['id'],
      operation: 'request.send',
      mapping_id: mappingId,
    });
  await ask('POST', '/v1/api-keys', { name: 'first', environment: 'test', scopes: ['events:read'] });
  await ask('POST', '/v1/links', {
    type: 'customer',
    ends: [
      { connection_id: connection['id'], record_id: 'one' },
      { connection_id: other['id'], record_id: 'two' },
    ],
  });
  for (let n = 0; n < 8; n++)
    await ask('POST', '/v1/events', { event_id: `seed-${n}`, type: 'order.created', subject: `s-${n}`, data: { n } });
  await plantStates(database, tenantId);
  for (const path of ['/v1/deliveries', '/v1/events', '/v1/syncs']) await ask('GET', path);
}

/** With each of the members that one may have. */
const PLANTED_ERROR: Required<DeliveryError> = {
  category: 'validation',
  code: 'planted',
  message: 'planted',
  fields: ['n'],
  position: { line: 1, column: 2 },
  link: { type: 'customer', id: 'one', system: 'http' },
};

async function plantStates(database: TestDatabase, tenantId: string): Promise<void> {
  await database.asSuperuser(async (client) => {
    await client.query(
      `with numbered as (select id, row_number() over (order by seq) as n from deliveries where tenant_id = $1)
       update deliveries d set status = case when n % 4 = 0 then 'dead' when n % 4 = 1 then 'retrying' else d.status end,
         settled_at = case when n % 4 = 0 then now() end,
         last_error = case when n % 4 = 0 then $2::jsonb end
       from numbered where d.tenant_id = $1 and d.id = numbered.id`,
      [tenantId, JSON.stringify(PLANTED_ERROR)],
    );
    await client.query(
      `update events e set deliveries_open = c.open, deliveries_failed = c.failed, status = case when c.open > 0 then 'open' else 'failed' end
       from (select tracking_id, count(*) filter (where status <> 'dead') as open, count(*) filter (where status = 'dead') as failed
             from deliveries where tenant_id = $1 group by 1) c
       where e.tenant_id = $1 and e.id = c.tracking_id`,
      [tenantId],
    );
    const sync = newUuid();
    await client.query(
      `insert into syncs (tenant_id, id, name, connection_id, object, interval_seconds)
       select tenant_id, $2, 'planted', id, 'Account', 60 from connections where tenant_id = $1 limit 1`,
      [tenantId, sync],
    );
    await client.query(
      `insert into sync_runs (tenant_id, id, sync_id, connection_id, kind, status)
       select tenant_id, $2, id, connection_id, 'scheduled', 'succeeded' from syncs where id = $1`,
      [sync, newUuid()],
    );
  });
}

/** Whatever is called answers `{}`: that connections can be tested and explored without anybody outside. */
async function startSystem(): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
