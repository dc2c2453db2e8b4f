import { randomBytes } from 'node:crypto';
import { DATABASE_ROLES, QUEUE_SCHEMA } from '@hub/database';
import { DrainBell, newUuid, prepareQueue, silentLogger, type QueueBackend } from '@hub/platform';
import {
  createTestDatabase,
  readServices,
  startTestHub,
  waitUntil,
  withClient,
  type HubProcess,
  type TestHub,
} from '@hub/testing';

/** The tables of the queue are made after the hub was started. */
const LATE_SCHEMA = 'late';
const WARNING = 'the queue cannot be opened, and is tried again until it can';

/** A role cannot have another password for one test only: this one is of its own. */
const role = `hub_queue_${randomBytes(4).toString('hex')}`;

describe('a queue in PostgreSQL that cannot be opened at the start', () => {
  let hub: TestHub;
  let withoutTables: QueueBackend;
  let withoutAccess: QueueBackend;
  beforeAll(async () => {
    const database = await createTestDatabase();
    await database.asSuperuser((client) =>
      client.query(`create role ${role} login password 'right' in role ${DATABASE_ROLES.queue}`),
    );
    const url = new URL(database.urls.queue);
    withoutTables = { kind: 'postgres', url: url.href, schema: LATE_SCHEMA };
    url.username = role;
    url.password = 'right';
    withoutAccess = { kind: 'postgres', url: url.href, schema: QUEUE_SCHEMA };
    url.password = 'wrong';
    const refused = { HUB_DB_QUEUE_URL: url.href };
    hub = await startTestHub({
      queue: 'postgres',
      database,
      workers: 2,
      env: { HUB_QUEUE_SCHEMA: LATE_SCHEMA },
      workerEnv: (index) => (index === 0 ? {} : { ...refused, HUB_QUEUE_SCHEMA: QUEUE_SCHEMA }),
    });
  }, 120_000);
  afterAll(async () => {
    await hub?.stop();
    await withClient(readServices().superuserUrl, (client) => client.query(`drop role if exists ${role}`));
  }, 60_000);

  const warnings = ({ output }: HubProcess): string[] => output.split('\n').filter((line) => line.includes(WARNING));
  const queueOf = async ({ metricsUrl }: { metricsUrl: string }): Promise<unknown> => {
    const ready = await fetch(new URL('/health/ready', metricsUrl), { signal: AbortSignal.timeout(10_000) });
    return ((await ready.json()) as { checks: { queue: { status: string } } }).checks.queue.status;
  };
  /** Only a worker takes a job out. */
  const isTakenOut = async (backend: QueueBackend): Promise<void> => {
    const bell = new DrainBell(backend, silentLogger);
    try {
      expect(await bell.ringNow([{ tenantId: newUuid(), connectionId: newUuid() }])).toBe(true);
      await waitUntil('the worker', async () => {
        const { waiting, active } = await bell.counts();
        return waiting === 0 && active === 0;
      });
    } finally {
      await bell.close();
    }
  };

  it('is told once by each who waits for it, and serves once its tables are there', async () => {
    const [worker] = hub.workers;
    const [api] = hub.apis;
    if (worker === undefined || api === undefined) throw new Error('no process');
    expect(await queueOf(worker)).toBe('down');
    // Deliveries, syncs and replays: a bell and a worker each, and the bells of the API.
    expect(warnings(worker)).toHaveLength(6);
    expect(warnings(api)).toHaveLength(3);
    expect(warnings(api)[0]).toContain('late');
    await prepareQueue(withoutTables);
    await waitUntil('the queue', async () => (await queueOf(worker)) === 'up');
    await isTakenOut(withoutTables);
    expect(warnings(worker)).toHaveLength(6);
  });

  it('serves once its password is right', async () => {
    const [, worker] = hub.workers;
    if (worker === undefined) throw new Error('no process');
    expect(await queueOf(worker)).toBe('down');
    expect(warnings(worker)).toHaveLength(6);
    expect(warnings(worker)[0]).toContain('28P01');
    await hub.database.asSuperuser((client) => client.query(`alter role ${role} password 'wrong'`));
    await waitUntil('the queue', async () => (await queueOf(worker)) === 'up');
    withoutAccess = { ...withoutAccess, url: withoutAccess.url.replace(':right@', ':wrong@') };
    await isTakenOut(withoutAccess);
  });
});
