import { Redis } from 'ioredis';
import { createTestDatabase, HubRedis, waitUntil } from '@hub/testing';
import { throughProxy, type ProxiedDatabase } from '../support/proxied-database';
import { TcpProxy } from '../support/tcp-proxy';
import { faultRow } from './fault-row';
import { faultStage, RECOVERY_MS, type FaultStage } from './fault-stage';
import { worksAgain } from './progress';

/** A line that dies without being closed is noticed within this. */
const NOTICED_MS = 15_000;
/** More than there is time for: the load is stopped once the fault has been overcome. */
const EVENTS = 50_000;

describe('lines to Postgres', () => {
  let stage: FaultStage;
  let database: ProxiedDatabase;
  beforeAll(async () => {
    database = await throughProxy(await createTestDatabase(), ['app', 'accept', 'dispatcher', 'operator']);
    stage = await faultStage({ queue: 'redis', database });
  }, 120_000);
  afterAll(() => stage?.hub.stop());

  faultRow('half-open TCP to Postgres', 'noticed ≤ 15 s; 503 meanwhile; nothing lost', async (told) => {
    const run = await stage.begin({ count: EVENTS, concurrency: 2 });
    await run.load.reached(500);
    database.proxy.swallow();
    told.recovered(await worksAgain(stage.hub, run, NOTICED_MS));
    await run.load.stop();
    expect(run.load.countOf(5)).toBe(run.load.count(503));
    expect(run.load.rude).toEqual([]);
    await run.expectNothingLost();
  });

  faultRow('every connection to Postgres is reset', '503 meanwhile; nothing lost', async (told) => {
    const run = await stage.begin({ count: EVENTS, concurrency: 2 });
    await run.load.reached(500);
    database.proxy.cut();
    told.recovered(await worksAgain(stage.hub, run, RECOVERY_MS));
    await run.load.stop();
    expect(run.load.rude).toEqual([]);
    await run.expectNothingLost();
  });
});

describe('lines to Redis', () => {
  let stage: FaultStage;
  let primary: HubRedis;
  let replica: HubRedis;
  let proxy: TcpProxy;
  beforeAll(async () => {
    [primary, replica] = [new HubRedis(), new HubRedis()];
    await Promise.all([primary.start(), replica.start()]);
    proxy = await TcpProxy.start(Number(new URL(primary.url).port));
    // The hub's own Redis stands idle: the hub is led to the one behind the proxy.
    stage = await faultStage({ queue: 'redis', env: { REDIS_URL: proxy.through(primary.url) } });
  }, 120_000);
  afterAll(async () => {
    await stage?.hub.stop();
    await proxy?.close();
    await Promise.all([primary?.close(), replica?.close()]);
  });

  faultRow('half-open TCP to Redis', 'noticed ≤ 15 s; 0 5xx, nothing lost', async (told) => {
    const run = await stage.begin({ count: EVENTS, concurrency: 2 });
    await run.load.reached(500);
    proxy.swallow();
    told.recovered(await worksAgain(stage.hub, run, NOTICED_MS));
    await bellIsHeard(NOTICED_MS);
    await run.load.stop();
    expect(run.load.countOf(5)).toBe(0);
    expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
  });

  faultRow('CLIENT KILL of every connection to Redis', '0 5xx, 0 lost, 0 repeated', async (told) => {
    const run = await stage.begin({ count: EVENTS, concurrency: 2 });
    for (const at of [1_000, 2_000, 3_000]) {
      await run.load.reached(at);
      await asked(primary.url, async (client) => {
        await client.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      });
      told.recovered(await worksAgain(stage.hub, run, RECOVERY_MS));
    }
    await run.load.stop();
    expect(run.load.countOf(5)).toBe(0);
    expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
  });

  faultRow('Redis killed and started again, empty', '0 5xx, 0 lost, 0 repeated', async (told) => {
    const run = await stage.begin({ count: EVENTS, concurrency: 2 });
    await run.load.reached(1_000);
    await primary.stop();
    await run.load.reached(1_500);
    await primary.start();
    told.recovered(await worksAgain(stage.hub, run, RECOVERY_MS));
    await run.load.stop();
    expect(run.load.countOf(5)).toBe(0);
    expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
    await bellIsHeard(RECOVERY_MS);
  });

  faultRow('a Redis replica that lags behind is promoted', '0 lost, no double effect', async (told) => {
    const address = new URL(primary.url);
    await asked(replica.url, async (client) => {
      await client.config('SET', 'masterauth', address.password);
      await client.config('SET', 'requirepass', address.password);
      await client.replicaof('127.0.0.1', address.port);
    });
    const promoted = Object.assign(new URL(replica.url), { password: address.password }).toString();
    await waitUntil('the replica to follow', () =>
      asked(promoted, async (client) => (await client.info('replication')).includes('master_link_status:up')),
    );
    const run = await stage.begin({ count: EVENTS, concurrency: 2 });
    await run.load.reached(1_000);
    await asked(promoted, (client) => client.replicaof('NO', 'ONE'));
    // What the primary is told from here on, the other never hears of.
    await run.load.reached(2_000);
    proxy.lead(Number(new URL(promoted).port));
    told.recovered(await worksAgain(stage.hub, run, RECOVERY_MS));
    await run.load.stop();
    expect(run.load.countOf(5)).toBe(0);
    expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
  });

  /** The queue says that it can be reached, from the API and back. */
  async function bellIsHeard(within: number): Promise<void> {
    await waitUntil(
      'the queue to be back',
      async () => {
        const { body } = await stage.hub.client(null).get<{ checks: { queue: { status: string } } }>('/health/ready');
        return body.checks.queue.status === 'up';
      },
      within,
    );
  }
});

async function asked<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { maxRetriesPerRequest: 1 });
  client.on('error', () => undefined);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
