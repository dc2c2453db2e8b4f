import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { newUuid } from '@hub/platform';
import { createTestDatabase, HubProcess, ownPort, readServices, waitUntil, type TestDatabase } from '@hub/testing';

const HOST = '127.0.0.1';

describe('a process that cannot start', () => {
  let database: TestDatabase;
  let other: http.Server;
  let taken: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    other = http.createServer((_request, response) => response.end()).listen(0, HOST);
    await new Promise((resolve) => other.once('listening', resolve));
    taken = String((other.address() as AddressInfo).port);
  }, 60_000);
  afterAll(async () => {
    await new Promise((resolve) => other.close(resolve));
    await database?.close();
  });

  const hub = (
    app: 'api' | 'worker',
    settings: Record<string, string>,
    isReady = (): Promise<boolean> => Promise.resolve(false),
  ): HubProcess => {
    const env = {
      HUB_HOST: HOST,
      HUB_DB_APP_URL: database.urls.app,
      HUB_DB_ACCEPT_URL: database.urls.accept,
      HUB_DB_OPERATOR_URL: database.urls.operator,
      HUB_DB_DISPATCHER_URL: database.urls.dispatcher,
      HUB_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
      HUB_AUDIT_SIGNING_KEY: randomBytes(32).toString('base64'),
      HUB_API_PROCESSES: '1',
      HUB_EGRESS_ALLOW: HOST,
      HUB_EXIT_WITH_PARENT: 'true',
      REDIS_URL: readServices().redisUrl,
      ...settings,
    };
    return new HubProcess({ app, env: () => env, isReady });
  };

  const outputOfFailed = async (app: 'api' | 'worker', settings: Record<string, string>): Promise<string> => {
    const failing = hub(app, settings);
    try {
      await expect(failing.start()).rejects.toThrow('ended while starting');
      return failing.output;
    } finally {
      await failing.end();
    }
  };

  const rowsOf = async (text: string, values: readonly unknown[] = []): Promise<unknown[]> =>
    (await database.asSuperuser((client) => client.query(text, [...values]))).rows;
  const processes = (): Promise<unknown[]> => rowsOf(`select kind from processes`);

  type Superuser = Parameters<Parameters<TestDatabase['asSuperuser']>[0]>[0];
  const waitForLock = async (client: Superuser, table: string): Promise<void> => {
    await waitUntil('a process to wait', async () => {
      const waiting = `select 1 from pg_locks where relation = '${table}'::regclass and not granted`;
      return (await client.query(waiting)).rows.length > 0;
    });
  };

  /** Longer than a worker that delivers needs for what is due. */
  const heldUpAtItsSigningKey = (): Promise<void> =>
    database.asSuperuser(async (client) => {
      await client.query('begin');
      await client.query('lock table audit_signing_keys in exclusive mode');
      await waitForLock(client, 'audit_signing_keys');
      await delay(3_000);
      await client.query('rollback');
    });

  it('says which setting names a port that is another’s, and leaves no process behind that seems to have fallen silent', async () => {
    const free = String(await ownPort());
    const api = await outputOfFailed('api', { HUB_PORT: taken, HUB_METRICS_PORT: free });
    expect(api).toContain(`cannot listen on ${HOST}:${taken} (EADDRINUSE), which HUB_HOST and HUB_PORT say`);
    const worker = await outputOfFailed('worker', { HUB_METRICS_PORT: taken });
    expect(worker).toContain(`cannot listen on ${HOST}:${taken} (EADDRINUSE), which HUB_HOST and HUB_METRICS_PORT say`);
    expect(await processes()).toEqual([]);
  }, 90_000);

  it('leaves none behind of a group either, whose first that fails ends the others', async () => {
    const free = String(await ownPort());
    const api = await outputOfFailed('api', { HUB_PORT: taken, HUB_METRICS_PORT: free, HUB_API_PROCESSES: '3' });
    expect(api).toContain(`cannot listen on ${HOST}:${taken} (EADDRINUSE), which HUB_HOST and HUB_PORT say`);
    expect(await processes()).toEqual([]);
  }, 90_000);

  it('leaves none behind when it is asked to stop while it starts', async () => {
    const [port, metricsPort] = [String(await ownPort()), String(await ownPort())];
    const starting = hub('api', { HUB_PORT: port, HUB_METRICS_PORT: metricsPort, HUB_API_PROCESSES: '3' });
    const stopAtFirstSign = (): Promise<void> =>
      database.asSuperuser(async (client) => {
        const isSeen = async (): Promise<boolean> => (await client.query(`select 1 from processes`)).rows.length > 0;
        while (starting.isRunning && !(await isSeen())) await delay(1);
        starting.signal('SIGTERM');
      });
    try {
      await Promise.all([expect(starting.start()).rejects.toThrow('ended while starting'), stopAtFirstSign()]);
    } finally {
      await starting.end();
    }
    expect(await processes()).toEqual([]);
  }, 90_000);

  it('leaves none behind when it is asked to stop at the moment at which a worker makes itself known', async () => {
    const starting = hub('worker', { HUB_METRICS_PORT: String(await ownPort()) });
    const stopAsItIsWritten = (): Promise<void> =>
      database.asSuperuser(async (client) => {
        await client.query('begin');
        await client.query('lock table processes in exclusive mode');
        await waitForLock(client, 'processes');
        starting.signal('SIGTERM');
        // What would end at once has ended then.
        await delay(1_000);
        await client.query('rollback');
      });
    try {
      await Promise.all([expect(starting.start()).rejects.toThrow('ended while starting'), stopAsItIsWritten()]);
    } finally {
      await starting.end();
    }
    expect(await processes()).toEqual([]);
  }, 90_000);

  it('has touched no delivery, however long its start takes', async () => {
    const tenant = (await database.createTenant()).id;
    const connection = await database.createConnection(tenant, 'http', { url: `http://${HOST}:${taken}/` });
    const [event, delivery] = [newUuid(), newUuid()];
    await database.asSuperuser(async (client) => {
      await client.query(`insert into connection_runtime (tenant_id, connection_id) values ($1, $2)`, [
        tenant,
        connection,
      ]);
      await client.query(
        `insert into events (tenant_id, id, event_id, type, received_at, payload, status, deliveries_total, deliveries_open)
         values ($1, $2, 'order-1', 'thing.changed', now(), '{}', 'open', 1, 1)`,
        [tenant, event],
      );
      await client.query(
        `insert into deliveries (tenant_id, id, tracking_id, connection_id, route_id, operation, ordering_mode, status)
         values ($1, $2, $3, $4, $4, 'request', 'strict', 'pending')`,
        [tenant, delivery, event, connection],
      );
    });
    const state = (): Promise<unknown[]> =>
      rowsOf(`select status, attempts, crashes, lease_token from deliveries where id = $1`, [delivery]);
    const untouched = [{ status: 'pending', attempts: 0, crashes: 0, lease_token: null }];
    await Promise.all([outputOfFailed('worker', { HUB_METRICS_PORT: taken }), heldUpAtItsSigningKey()]);
    expect(await state()).toEqual(untouched);
    // It was due all the time: a worker that has its port takes it.
    const port = await ownPort();
    const working = hub('worker', { HUB_METRICS_PORT: String(port) }, async () => {
      return (await fetch(`http://${HOST}:${port}/health/ready`)).ok;
    });
    try {
      await working.start();
      await waitUntil('the delivery to be taken', async () => {
        const [{ attempts } = { attempts: 0 }] = (await state()) as { attempts: number }[];
        return attempts > 0;
      });
    } finally {
      await working.end();
    }
  }, 180_000);
});
