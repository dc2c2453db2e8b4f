import { randomBytes } from 'node:crypto';
import { RequestTemplate } from '../load/events';
import { closedLoop, openLoop, type LoadResult } from '../load/load';
import { type BenchOptions } from '../options';
import { type Figures, type Section } from '../report/report';
import { cpuSeconds } from '../stage/cpu-time';
import { createTenant } from '../stage/hub-tenant';
import { type Served, type Stage } from '../stage/stage';
import { alternate, type Subject } from './subject';

const WARM_UP_SECONDS = 2;
const BATCH = 100;
const BATCH_CONNECTIONS = 8;
const UNUSED_KEY = 'x'.repeat(60);

const BARE = 'A bare Node HTTP';
const GROUP = 'B group commit by hand';
const HUB = 'hub';
const BATCHES = `hub, batches of ${BATCH}`;
const CALM = 'hub, 1,200 a minute';
const BUSY = 'hub, 1,000 a second';

interface Running {
  readonly server: Served;
  readonly apiKey: string;
  readonly stop: () => Promise<void>;
}

/** Durable 202s: how many a second, and how long one takes. */
export async function benchAccept(stage: Stage, options: BenchOptions): Promise<Section> {
  const queue = options.queue ?? 'redis';
  const hub = (worker: boolean) => (): Promise<Running> => startHub(stage, queue, worker);
  const subjects: Subject[] = [
    { name: BARE, run: () => flatOut(stage, options, () => startOwn(stage, 'bare-server'), 0) },
    { name: GROUP, run: () => flatOut(stage, options, () => startOwn(stage, 'group-commit-server'), 0) },
    { name: HUB, run: () => flatOut(stage, options, hub(false), 0) },
    { name: 'hub, delivering meanwhile', run: () => flatOut(stage, options, hub(true), 0) },
    { name: BATCHES, run: () => flatOut(stage, options, hub(false), BATCH) },
    { name: CALM, run: () => atRate(stage, options, hub(true), 20) },
    { name: BUSY, run: () => atRate(stage, options, hub(true), 1_000) },
  ];
  return {
    name: `accept (${queue})`,
    rows: await alternate(stage, subjects, options),
    baselines: [BARE, GROUP],
    figure: 'events/s',
    targets: [
      { row: HUB, figure: 'events/s', relation: 'at least', value: 0.4, of: GROUP },
      { row: BATCHES, figure: 'events/s', relation: 'at least', value: 30_000 },
      { row: CALM, figure: 'p99 ms', relation: 'at most', value: 20 },
      { row: BUSY, figure: 'p99 ms', relation: 'at most', value: 100 },
      ...[HUB, BATCHES, CALM, BUSY].map((row) => ({ row, figure: 'not 2xx', relation: 'at most' as const, value: 0 })),
    ],
  };
}

async function startOwn(stage: Stage, script: string): Promise<Running> {
  const server = await stage.startOwn(script, { BENCH_DATABASE_URL: stage.adminUrl });
  return { server, apiKey: UNUSED_KEY, stop: () => server.stop() };
}

async function startHub(stage: Stage, queue: 'redis' | 'postgres', delivers: boolean): Promise<Running> {
  const server = await stage.startApi(queue);
  const sink = await stage.startOwn('sink');
  const tenant = await createTenant({ apiUrl: server.url, operatorKey: stage.operatorKey, sinkUrl: sink.url });
  const worker = delivers ? await stage.startWorker(queue) : null;
  return {
    server,
    apiKey: tenant.apiKey,
    stop: async () => {
      await server.stop();
      await worker?.stop();
      await sink.stop();
    },
  };
}

async function flatOut(
  stage: Stage,
  options: BenchOptions,
  start: () => Promise<Running>,
  batch: number,
): Promise<Figures> {
  const running = await prepared(stage, start);
  try {
    const { url, pid } = running.server;
    const connections = batch === 0 ? options.connections : BATCH_CONNECTIONS;
    const template = RequestTemplate.of(url, running.apiKey, run(), batch);
    const warm = await closedLoop({ url, template, connections, seconds: WARM_UP_SECONDS });
    const before = cpuOf(stage, pid);
    const load = await closedLoop({
      url,
      template,
      connections,
      seconds: options.seconds,
      firstNumber: warm.requests * template.events,
    });
    return {
      'events/s': load.events / load.seconds,
      ...latencyFigures(load),
      ...cpuShares(before, cpuOf(stage, pid), load),
    };
  } finally {
    await running.stop();
  }
}

async function atRate(
  stage: Stage,
  options: BenchOptions,
  start: () => Promise<Running>,
  perSecond: number,
): Promise<Figures> {
  const running = await prepared(stage, start);
  try {
    const { url } = running.server;
    const template = RequestTemplate.of(url, running.apiKey, run(), 0);
    const warm = await closedLoop({ url, template, connections: 4, seconds: WARM_UP_SECONDS });
    const load = await openLoop({ url, template, perSecond, seconds: options.seconds, firstNumber: warm.requests });
    return { 'events/s': load.events / load.seconds, ...latencyFigures(load) };
  } finally {
    await running.stop();
  }
}

async function prepared(stage: Stage, start: () => Promise<Running>): Promise<Running> {
  await stage.clear();
  return start();
}

function latencyFigures(load: LoadResult): Figures {
  const { p50, p99 } = load.latencies.summary();
  return { 'p50 ms': p50, 'p99 ms': p99, 'not 2xx': load.failures };
}

type CpuTimes = Readonly<Record<'server' | 'postgres' | 'generator', number | null>>;

function cpuOf(stage: Stage, serverPid: number): CpuTimes {
  const { user, system } = process.cpuUsage();
  return {
    server: cpuSeconds(serverPid),
    postgres: cpuSeconds(stage.postgresPid),
    generator: (user + system) / 1e6,
  };
}

/** Cores in use: on two of them the generator's share is what the server did not get. */
function cpuShares(before: CpuTimes, after: CpuTimes, load: LoadResult): Figures {
  const used = (name: keyof CpuTimes): number => {
    const [from, to] = [before[name], after[name]];
    return from === null || to === null ? NaN : (to - from) / load.seconds;
  };
  return {
    // What a noisy machine bends least.
    'events/core s': load.events / load.seconds / used('server'),
    'cores server': used('server'),
    'cores postgres': used('postgres'),
    'cores generator': used('generator'),
  };
}

/** Ids of one run never meet those of another. */
export function run(): string {
  return randomBytes(4).toString('hex');
}
