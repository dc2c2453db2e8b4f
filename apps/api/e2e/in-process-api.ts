import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { newUuid } from '@hub/platform';
import { issueKey, SCOPES, type Scope } from '@hub/tenancy';
import { createApp } from '../src/create-app';
import { apiSettings } from '../src/settings';

type InjectOptions = Exclude<Parameters<NestFastifyApplication['inject']>[0], string | undefined>;
type InjectedAnswer = Awaited<ReturnType<NestFastifyApplication['inject']>>;

/** What a test file has: its own database, with the hub's roles. */
export interface TestStorage {
  readonly urls: Readonly<Record<'app' | 'accept' | 'operator', string>>;
  asSuperuser(
    work: (client: { query(sql: string, values?: unknown[]): Promise<unknown> }) => Promise<unknown>,
  ): Promise<unknown>;
  createTenant(overrides: { rateLimitPerMinute?: number }): Promise<{ id: string }>;
}

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

/** @param storage a test's own database, which goes on after the API is closed */
export async function startInProcessApi(
  storage: TestStorage,
  settings: Readonly<Record<string, string>>,
): Promise<InProcessApi> {
  const app = await createApp(
    apiSettings.parse({
      HUB_DB_APP_URL: storage.urls.app,
      HUB_DB_ACCEPT_URL: storage.urls.accept,
      HUB_DB_OPERATOR_URL: storage.urls.operator,
      HUB_MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      HUB_LOG_LEVEL: 'silent',
      ...settings,
    }),
  );
  await app.getHttpAdapter().getInstance().ready();
  const newKey = async (tenantId: string, scopes: readonly Scope[] = SCOPES): Promise<string> => {
    const issued = issueKey('test');
    await storage.asSuperuser((client) =>
      client.query(
        `insert into api_keys (tenant_id, id, prefix, name, environment, secret_hash, scopes) values ($1, $2, $3, 'k', 'test', $4, $5)`,
        [tenantId, newUuid(), issued.prefix, issued.hash, scopes],
      ),
    );
    return issued.key;
  };
  return {
    newKey,
    async newOperatorKey() {
      const issued = issueKey('op');
      await storage.asSuperuser((client) =>
        client.query(`insert into operator_keys (id, prefix, name, secret_hash) values ($1, $2, 'test', $3)`, [
          newUuid(),
          issued.prefix,
          issued.hash,
        ]),
      );
      return issued.key;
    },
    async newTenant(rateLimitPerMinute) {
      const { id } = await storage.createTenant(rateLimitPerMinute === undefined ? {} : { rateLimitPerMinute });
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
