import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { findFreePort } from '@hub/local-services';
import { createTestDatabase, HubProcess, readServices, type TestDatabase } from '@hub/testing';

const HOST = '127.0.0.1';

describe('a process whose port is another’s', () => {
  let database: TestDatabase;
  let other: http.Server;
  let taken: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    other = http.createServer().listen(0, HOST);
    await new Promise((resolve) => other.once('listening', resolve));
    taken = String((other.address() as AddressInfo).port);
  }, 60_000);
  afterAll(async () => {
    await new Promise((resolve) => other.close(resolve));
    await database?.close();
  });

  const start = async (app: 'api' | 'worker', ports: Record<string, string>): Promise<string> => {
    const env = {
      HUB_HOST: HOST,
      HUB_DB_APP_URL: database.urls.app,
      HUB_DB_ACCEPT_URL: database.urls.accept,
      HUB_DB_OPERATOR_URL: database.urls.operator,
      HUB_DB_DISPATCHER_URL: database.urls.dispatcher,
      HUB_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
      HUB_AUDIT_SIGNING_KEY: randomBytes(32).toString('base64'),
      HUB_API_PROCESSES: '1',
      HUB_EXIT_WITH_PARENT: 'true',
      REDIS_URL: readServices().redisUrl,
      ...ports,
    };
    const process = new HubProcess({ app, env: () => env, isReady: () => Promise.resolve(false) });
    await expect(process.start()).rejects.toThrow('ended while starting');
    return process.output;
  };

  it('says which setting names it, and leaves no process behind that seems to have fallen silent', async () => {
    const free = String(await findFreePort());
    const api = await start('api', { HUB_PORT: taken, HUB_METRICS_PORT: free });
    expect(api).toContain(`cannot listen on ${HOST}:${taken} (EADDRINUSE), which HUB_HOST and HUB_PORT say`);
    const worker = await start('worker', { HUB_METRICS_PORT: taken });
    expect(worker).toContain(`cannot listen on ${HOST}:${taken} (EADDRINUSE), which HUB_HOST and HUB_METRICS_PORT say`);
    const { rows } = await database.asSuperuser((client) => client.query(`select kind from processes`));
    expect(rows).toEqual([]);
  }, 90_000);
});
