import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { createProviders } from '@hub/connector-providers';
import { RequestTemplate } from '../load/events';
import { closedLoop } from '../load/load';
import { type BenchOptions } from '../options';
import { type Figures, type Section } from '../report/report';
import { CALLS_AT_ONCE, createTenant } from '../stage/hub-tenant';
import { type Served, type Stage } from '../stage/stage';
import { run } from './accept';
import { SinkClient } from './sink-client';
import { alternate, type Subject } from './subject';

const BATCH = 100;
const POST_CONNECTIONS = 32;
const SLOW_SINK_MS = 50;
/** Of a receiver that takes its time, for the hub and for the baselines: what the hub grants, as far as it can matter here. */
const SLOW_CALLS = Math.min(256, mostCallsOfHttp());
/** A run that takes longer has lost something. */
const SETTLES_WITHIN_MS = 120_000;

const BACKLOG = 'backlog by hand';
const BULLMQ = 'BullMQ by hand';
const HUB = 'hub';
const SLOW = `, sink ${SLOW_SINK_MS} ms`;

const OPEN_DELIVERIES = `select count(*)::int as open from deliveries
where status in ('pending', 'delivering', 'retrying', 'held')`;
const OPEN_BASELINE = `select count(*)::int as open from bench_events where status in ('pending', 'delivering')`;

/** A place to post to, a worker that can be started later, and how to see that everything is settled. */
interface Way {
  readonly url: string;
  readonly apiKey: string;
  /** Events in one request when a backlog is laid in; 0 where the server takes one at a time. */
  readonly batch: number;
  readonly openQuery: string;
  readonly startWorker: () => Promise<Served>;
  readonly stop: () => Promise<void>;
}

type Opener = (sinkUrl: string, callsAtOnce: number) => Promise<Way>;

/** Events a second from the first arrival to the last one settled; and from the first post on, all at once. */
export async function benchDeliver(stage: Stage, options: BenchOptions): Promise<Section> {
  const ways: readonly (readonly [string, Opener])[] = [
    [BACKLOG, (sinkUrl, calls) => handWritten(stage, sinkUrl, false, calls)],
    [BULLMQ, (sinkUrl, calls) => handWritten(stage, sinkUrl, true, calls)],
    [HUB, (sinkUrl, calls) => hubWay(stage, options, sinkUrl, calls)],
  ];
  const each = (suffix: string, measure: (open: Opener) => Promise<Figures>): Subject[] =>
    ways.map(([name, open]) => ({ name: name + suffix, run: () => measure(open) }));
  const subjects: Subject[] = [
    ...each('', (open) => drainBacklog(stage, options, options.events, 0, open)),
    ...each(', at once', (open) => wholeWay(stage, options.events, open)),
    ...each(SLOW, (open) => drainBacklog(stage, options, Math.ceil(options.events / 4), SLOW_SINK_MS, open)),
  ];
  return {
    name: `deliver ${options.events} events (${options.queue ?? 'redis'})`,
    rows: await alternate(stage, subjects, options),
    baselines: [BACKLOG, BULLMQ],
    figure: 'settled/s',
    targets: [
      { row: HUB, figure: 'settled/s', relation: 'at least', value: 0.5, of: BACKLOG },
      { row: `${HUB}, at once`, figure: 'settled/s', relation: 'at least', value: 0.5, of: `${BACKLOG}, at once` },
      { row: HUB + SLOW, figure: 'settled/s', relation: 'at least', value: 2_000 },
      ...['', ', at once', SLOW].map((suffix) => ({
        row: HUB + suffix,
        figure: 'repeats',
        relation: 'at most' as const,
        value: 0,
      })),
    ],
  };
}

function mostCallsOfHttp(): number {
  const http = createProviders().find(({ manifest }) => manifest.id === 'http');
  if (http === undefined) throw new Error('there is no connector for HTTP');
  return http.manifest.limits.maxConcurrency;
}

async function hubWay(stage: Stage, options: BenchOptions, sinkUrl: string, callsAtOnce: number): Promise<Way> {
  const queue = options.queue ?? 'redis';
  const api = await stage.startApi(queue);
  const { apiKey } = await createTenant({
    apiUrl: api.url,
    operatorKey: stage.operatorKey,
    sinkUrl,
    callsAtOnce,
  });
  return {
    url: api.url,
    apiKey,
    batch: BATCH,
    openQuery: OPEN_DELIVERIES,
    startWorker: () => stage.startWorker(queue),
    stop: () => api.stop(),
  };
}

async function handWritten(stage: Stage, sinkUrl: string, bullmq: boolean, calls: number): Promise<Way> {
  const env = {
    BENCH_DATABASE_URL: stage.adminUrl,
    BENCH_SINK_URL: sinkUrl,
    BENCH_CALLS: String(calls),
    ...(bullmq ? { BENCH_REDIS_URL: stage.redisUrl } : {}),
  };
  if (bullmq) await emptyQueue(stage.redisUrl);
  const server = await stage.startOwn('group-commit-server', env);
  return {
    url: server.url,
    apiKey: 'x',
    batch: 0,
    openQuery: OPEN_BASELINE,
    startWorker: () => stage.startOwn(bullmq ? 'bullmq-worker' : 'backlog-worker', env),
    stop: () => server.stop(),
  };
}

async function emptyQueue(redisUrl: string): Promise<void> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('bench', { connection });
  await queue.obliterate({ force: true });
  await queue.close();
  connection.disconnect();
}

/** The backlog is complete before the worker starts; the clock runs from the first arrival, so its start-up counts for nobody. */
async function drainBacklog(
  stage: Stage,
  options: BenchOptions,
  events: number,
  sinkDelayMs: number,
  open: Opener,
): Promise<Figures> {
  const calls = sinkDelayMs > 0 ? SLOW_CALLS : CALLS_AT_ONCE;
  return onStage(stage, open, calls, async (way, sink) => {
    await sink.reset({ delayMs: sinkDelayMs });
    await post(way, events, way.batch);
    if (options.analyze) await stage.admin.query('analyze');
    const worker = await way.startWorker();
    try {
      const settledNs = await untilSettled(stage, way, sink, events);
      const { firstNs, count } = await sink.state();
      return {
        'settled/s': events / (Number(settledNs - firstNs) / 1e9),
        repeats: count - events,
        'calls at once': calls,
      };
    } finally {
      await worker.stop();
    }
  });
}

/** Accepting, one event a request, and delivering share the machine. */
async function wholeWay(stage: Stage, events: number, open: Opener): Promise<Figures> {
  return onStage(stage, open, CALLS_AT_ONCE, async (way, sink) => {
    await sink.reset();
    const worker = await way.startWorker();
    try {
      const startedNs = process.hrtime.bigint();
      const load = await post(way, events, 0);
      const settledNs = await untilSettled(stage, way, sink, events);
      const { count } = await sink.state();
      const seconds = Number(settledNs - startedNs) / 1e9;
      return { 'settled/s': events / seconds, repeats: count - events, 'accepted/s': load.events / load.seconds };
    } finally {
      await worker.stop();
    }
  });
}

async function onStage(
  stage: Stage,
  open: Opener,
  callsAtOnce: number,
  measure: (way: Way, sink: SinkClient) => Promise<Figures>,
): Promise<Figures> {
  await stage.clear();
  const sink = await stage.startOwn('sink');
  const way = await open(sink.url, callsAtOnce);
  try {
    return await measure(way, new SinkClient(sink.url));
  } finally {
    await way.stop();
    await sink.stop();
  }
}

async function post(way: Way, events: number, batch: number): ReturnType<typeof closedLoop> {
  const template = RequestTemplate.of(way.url, way.apiKey, run(), batch);
  const load = await closedLoop({
    url: way.url,
    template,
    connections: batch === 0 ? POST_CONNECTIONS : 4,
    requests: Math.ceil(events / template.events),
  });
  if (load.failures > 0) throw new Error(`${load.failures} posts failed: ${JSON.stringify(load.statuses)}`);
  return load;
}

/** The sink is asked first because that costs the database nothing. */
async function untilSettled(stage: Stage, way: Way, sink: SinkClient, events: number): Promise<bigint> {
  await sink.waitFor(events, SETTLES_WITHIN_MS);
  const deadline = Date.now() + SETTLES_WITHIN_MS;
  for (;;) {
    const { rows } = await stage.admin.query<{ open: number }>(way.openQuery);
    if (rows[0]?.open === 0) return process.hrtime.bigint();
    if (Date.now() > deadline) throw new Error(`${rows[0]?.open} deliveries did not settle`);
    await delay(5);
  }
}
