import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { prepareQueue, type QueueBackend } from '@hub/platform';
import { DATABASE_ROLES, QUEUE_SCHEMA } from '@hub/database';
import { createTestDatabase } from '../test-database';
import { type HubDatabase } from './hub-database';
import { TestClient } from './hub-client';
import { HubProcess } from './hub-process';
import { HubRedis } from './hub-redis';
import { ownPort } from './own-port';
import { SandboxControl } from './sandbox-control';

const HOST = '127.0.0.1';
/** Another program may take a free port before ours does. */
const PORT_ATTEMPTS = 3;

type Environment = Readonly<Record<string, string>>;

export interface TestHubOptions {
  /** Where the bell hangs: a Redis of this hub's own, or its database. */
  readonly queue: 'redis' | 'postgres';
  readonly apis?: number;
  readonly workers?: number;
  /** Added to the environment of API and worker; a function is asked at each start of one. */
  readonly env?: Environment | (() => Environment);
  /** Added to the environment of one worker, the first being 0. */
  readonly workerEnv?: (index: number) => Environment;
  /** Added to the sandbox's command line. */
  readonly sandboxFlags?: readonly string[];
  /** Its own copy of the migrated template when absent. */
  readonly database?: HubDatabase;
}

export interface TestWorker extends HubProcess {
  readonly metricsUrl: string;
}

export interface TestApi extends TestWorker {
  readonly url: string;
}

/** A whole hub of real processes, with the sandbox vendors. */
export interface TestHub {
  readonly apis: readonly TestApi[];
  readonly workers: readonly TestWorker[];
  readonly sandbox: SandboxControl;
  readonly database: HubDatabase;
  /** `null` when the queue is in the database. */
  readonly redis: HubRedis | null;
  /** A client of the first API. */
  client(key: string | null): TestClient;
  stop(): Promise<void>;
}

export async function startTestHub(options: TestHubOptions): Promise<TestHub> {
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await start(options, closers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: TestHubOptions,
  closers: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<TestHub> {
  const database = options.database ?? (await createTestDatabase());
  closers.push(() => database.close());
  const redis = options.queue === 'redis' ? new HubRedis() : null;
  if (redis !== null) {
    closers.push(() => redis.close());
    await redis.start();
  }
  const queue: QueueBackend =
    redis === null
      ? { kind: 'postgres', url: database.urls.queue, schema: QUEUE_SCHEMA }
      : { kind: 'redis', url: redis.url };
  await prepare(queue, database);
  const objects = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-test-objects-'));
  closers.push(async () => fs.rmSync(objects, { recursive: true, force: true }));
  const { env = {}, workerEnv = () => ({}) } = options;
  const fixed = commonEnvironment(database, queue, objects);
  const common = (): Environment => ({ ...fixed, ...(typeof env === 'function' ? env() : env) });
  // At once: each of them spends its start with waiting and loading, on one core.
  const [sandbox, apis, workers] = await settled(
    startSandboxProcess(closers, options.sandboxFlags ?? []),
    startAll(options.apis ?? 1, closers, () => startApi(database, common)),
    startAll(options.workers ?? 1, closers, (index) =>
      startWorker(database, () => ({ ...common(), ...workerEnv(index) })),
    ),
  );
  const first = apis[0];
  return {
    apis,
    workers,
    sandbox,
    database,
    redis,
    client: (key) => new TestClient(first?.url ?? '', key),
    stop,
  };
}

/** BullMQ's migrations want to create schemas, and that right is not copied with a template database. */
async function prepare(queue: QueueBackend, database: HubDatabase): Promise<void> {
  if (queue.kind === 'redis') return;
  await database.asSuperuser((client) =>
    client.query(
      `do $$ begin execute format('grant create on database %I to ${DATABASE_ROLES.queue}', current_database()); end $$`,
    ),
  );
  await prepareQueue(queue);
}

function commonEnvironment(database: HubDatabase, queue: QueueBackend, objects: string): Environment {
  return {
    HUB_HOST: HOST,
    HUB_DB_APP_URL: database.urls.app,
    HUB_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
    HUB_AUDIT_SIGNING_KEY: randomBytes(32).toString('base64'),
    HUB_OBJECT_STORE: `folder:${objects}`,
    HUB_EGRESS_ALLOW: '127.0.0.0/8',
    HUB_EXIT_WITH_PARENT: 'true',
    // One process starts in half of the time; what several do is tested by itself.
    HUB_API_PROCESSES: '1',
    ...(queue.kind === 'redis'
      ? { REDIS_URL: queue.url }
      : { HUB_DB_QUEUE_URL: queue.url, HUB_QUEUE_SCHEMA: queue.schema }),
  };
}

/** All of them, or the first failure once each has ended: only then are all known to the closers. */
async function settled<T extends readonly unknown[]>(
  ...started: { [Index in keyof T]: Promise<T[Index]> }
): Promise<T> {
  await Promise.allSettled(started);
  return Promise.all(started) as Promise<unknown> as Promise<T>;
}

/** Together, but if one fails the others are still known to the closers. */
async function startAll<T extends HubProcess>(
  count: number,
  closers: (() => Promise<void>)[],
  startOne: (index: number) => Promise<T>,
): Promise<T[]> {
  const started = await Promise.allSettled(Array.from({ length: count }, (_unused, index) => startOne(index)));
  const running = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  closers.push(async () => void (await Promise.all(running.map((process) => process.end()))));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return running;
}

async function startApi(database: HubDatabase, common: () => Environment): Promise<TestApi> {
  return withFreePorts(2, ([port = 0, metricsPort = 0]) => {
    const url = `http://${HOST}:${port}`;
    const api = new HubProcess({
      app: 'api',
      env: () => ({
        ...common(),
        HUB_PORT: String(port),
        HUB_METRICS_PORT: String(metricsPort),
        HUB_DB_ACCEPT_URL: database.urls.accept,
        HUB_DB_OPERATOR_URL: database.urls.operator,
      }),
      isReady: () => answers(`${url}/health/ready`),
    });
    return Object.assign(api, { url, metricsUrl: `http://${HOST}:${metricsPort}/metrics` });
  });
}

async function startWorker(database: HubDatabase, common: () => Environment): Promise<TestWorker> {
  return withFreePorts(1, ([port = 0]) => {
    const worker = new HubProcess({
      app: 'worker',
      env: () => ({
        ...common(),
        HUB_METRICS_PORT: String(port),
        HUB_DB_DISPATCHER_URL: database.urls.dispatcher,
        HUB_DB_ACCEPT_URL: database.urls.accept,
      }),
      isReady: () => answers(`http://${HOST}:${port}/health/ready`),
    });
    return Object.assign(worker, { metricsUrl: `http://${HOST}:${port}/metrics` });
  });
}

async function withFreePorts<T extends HubProcess>(count: number, make: (ports: number[]) => T): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const ports: number[] = [];
    for (let index = 0; index < count; index++) ports.push(await ownPort());
    const process = make(ports);
    try {
      await process.start();
      return process;
    } catch (error) {
      await process.stop();
      if (attempt === PORT_ATTEMPTS || !process.output.includes('EADDRINUSE')) throw error;
    }
  }
}

export interface TestSandbox {
  readonly control: SandboxControl;
  stop(): Promise<void>;
}

/** The stand-ins alone, without a hub: for connectors against them. */
export async function startTestSandbox(flags: readonly string[] = []): Promise<TestSandbox> {
  const closers: (() => Promise<void>)[] = [];
  const control = await startSandboxProcess(closers, flags);
  return { control, stop: async () => void (await Promise.all(closers.map((close) => close()))) };
}

async function startSandboxProcess(
  closers: (() => Promise<void>)[],
  flags: readonly string[],
): Promise<SandboxControl> {
  const token = randomBytes(16).toString('hex');
  const args = ['--index-port', '0', '--erp-tls-port', '0', `--control-token=${token}`, '--exit-with-parent'];
  const sandbox = new HubProcess({
    app: 'sandbox',
    // Faults repeat calls; the daily limit is tested where it is meant.
    args: [...args, '--daily-api-limit', '1000000', ...flags],
    env: () => ({}),
    isReady: (process) => Promise.resolve(process.output.includes('"ready":true')),
  });
  closers.push(() => sandbox.end());
  await sandbox.start();
  const line = sandbox.output.split('\n').find((text) => text.includes('"ready":true')) ?? '{}';
  return new SandboxControl(JSON.parse(line) as Record<string, string>, token);
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  await response.arrayBuffer();
  return response.status === 200;
}
