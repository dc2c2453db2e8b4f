import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Scope } from '@hub/tenancy';
import { readServices, type TestDatabase } from '@hub/testing';
import { plantKey, plantOperatorKey } from '../../../test/support/plant-keys';
import { createApp } from '../src/create-app';
import { stageApi } from '../src/fixtures/stage-api';
import { apiSettings } from '../src/settings';

type InjectOptions = Exclude<Parameters<NestFastifyApplication['inject']>[0], string | undefined>;
type InjectedAnswer = Awaited<ReturnType<NestFastifyApplication['inject']>>;

/** The API inside the test's own process, asked without a socket: for what has to be arranged around a request. */
export interface InProcessApi {
  newTenant(rateLimitPerMinute?: number): Promise<{ readonly id: string; readonly key: string }>;
  newKey(tenantId: string, scopes?: readonly Scope[]): Promise<string>;
  newOperatorKey(): Promise<string>;
  send(
    key: string | null,
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    rest?: InjectOptions,
  ): Promise<InjectedAnswer>;
  /** Also on a port, for what is about connections. @returns its address */
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** @param database a test's own, which goes on after the API is closed */
export async function startInProcessApi(
  database: TestDatabase,
  settings: Readonly<Record<string, string>>,
): Promise<InProcessApi> {
  const app = await createApp(
    apiSettings.parse({
      HUB_DB_APP_URL: database.urls.app,
      HUB_DB_ACCEPT_URL: database.urls.accept,
      HUB_DB_OPERATOR_URL: database.urls.operator,
      HUB_MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      HUB_LOG_LEVEL: 'silent',
      ...settings,
    }),
  );
  await app.getHttpAdapter().getInstance().ready();
  const newKey = async (tenantId: string, scopes?: readonly Scope[]): Promise<string> =>
    (await plantKey(database, tenantId, scopes)).key;
  return {
    newKey,
    newOperatorKey: () => plantOperatorKey(database),
    async newTenant(rateLimitPerMinute) {
      const { id } = await database.createTenant(rateLimitPerMinute === undefined ? {} : { rateLimitPerMinute });
      return { id, key: await newKey(id) };
    },
    // Awaited here: a request that nobody waits for is not even begun.
    async send(key, method, url, rest = {}) {
      const authorization = key === null ? {} : { authorization: `Bearer ${key}` };
      return await app.inject({ method, url, ...rest, headers: { ...authorization, ...rest.headers } });
    },
    async listen() {
      await app.listen({ host: '127.0.0.1', port: 0 });
      return app.getUrl();
    },
    close: () => app.close(),
  };
}

/** Call it where the tests are: an API over a database of its own, for all of them. */
export function stageInProcessApi(
  begin: (api: InProcessApi, database: TestDatabase) => unknown,
  settings: Readonly<Record<string, string>> = {},
): void {
  const start = (database: TestDatabase): Promise<InProcessApi> =>
    startInProcessApi(database, { REDIS_URL: readServices().redisUrl, ...settings });
  stageApi(start, begin);
}
