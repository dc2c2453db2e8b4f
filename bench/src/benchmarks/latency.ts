import { setTimeout as delay } from 'node:timers/promises';
import { RequestTemplate } from '../load/events';
import { Latencies } from '../load/latencies';
import { closedLoop, openLoop } from '../load/load';
import { type BenchOptions, type QueueKind } from '../options';
import { type Figures, type Section } from '../report/report';
import { createTenant } from '../stage/hub-tenant';
import { type Served, type Stage } from '../stage/stage';
import { run } from './accept';
import { SinkClient } from './sink-client';
import { alternate, type Subject } from './subject';

const CALM = 50;
const BUSY = 200;
const WARM_UP_EVENTS = 500;
const ARRIVES_WITHIN_MS = 60_000;

const BULLMQ = 'BullMQ by hand';
const ROWS: Readonly<Record<QueueKind, string>> = { redis: 'hub on Redis', postgres: 'hub on the embedded queue' };

const busy = (name: string): string => `${name}, ${BUSY}/s`;

/** Where events are posted and where they arrive. */
export interface LatencyWay {
  readonly url: string;
  readonly template: RequestTemplate;
  readonly sink: SinkClient;
}

interface Way extends LatencyWay {
  readonly programs: readonly Served[];
}

/** From the moment an event is posted to the moment the receiving system has it, at a calm 50 events a second and at 200. */
export async function benchLatency(stage: Stage, options: BenchOptions): Promise<Section> {
  const kinds: QueueKind[] = options.queue === null ? ['redis', 'postgres'] : [options.queue];
  const ways: readonly (readonly [string, () => Promise<Way>])[] = [
    [BULLMQ, () => bullmqWay(stage)],
    ...kinds.map((kind) => [ROWS[kind], () => hubWay(stage, kind)] as const),
  ];
  const subjects: Subject[] = ways.flatMap(([name, open]) => [
    { name, run: () => measure(stage, options, open, CALM) },
    { name: busy(name), run: () => measure(stage, options, open, BUSY) },
  ]);
  return {
    name: `latency at ${CALM}/s and at ${BUSY}/s`,
    rows: await alternate(stage, subjects, options),
    baselines: [BULLMQ],
    figure: 'p95 ms',
    targets: [
      { row: ROWS.redis, figure: 'p95 ms', relation: 'at most', value: 25 },
      { row: ROWS.postgres, figure: 'p95 ms', relation: 'at most', value: 60 },
      ...Object.values(ROWS).flatMap((row) => [
        { row, figure: 'p99 ms', relation: 'at most' as const, value: 40 },
        { row: busy(row), figure: 'p95 ms', relation: 'at most' as const, value: 50 },
      ]),
    ],
  };
}

async function hubWay(stage: Stage, queue: QueueKind): Promise<Way> {
  const api = await stage.startApi(queue);
  const sink = await stage.startOwn('sink');
  const { apiKey } = await createTenant({ apiUrl: api.url, operatorKey: stage.operatorKey, sinkUrl: sink.url });
  const worker = await stage.startWorker(queue);
  return {
    url: api.url,
    template: RequestTemplate.of(api.url, apiKey, run(), 0),
    sink: new SinkClient(sink.url),
    programs: [api, worker, sink],
  };
}

async function bullmqWay(stage: Stage): Promise<Way> {
  const sink = await stage.startOwn('sink');
  const env = { BENCH_DATABASE_URL: stage.adminUrl, BENCH_REDIS_URL: stage.redisUrl, BENCH_SINK_URL: sink.url };
  const server = await stage.startOwn('group-commit-server', env);
  const worker = await stage.startOwn('bullmq-worker', env);
  return {
    url: server.url,
    template: RequestTemplate.of(server.url, 'x', run(), 0),
    sink: new SinkClient(sink.url),
    programs: [server, worker, sink],
  };
}

async function measure(
  stage: Stage,
  options: BenchOptions,
  start: () => Promise<Way>,
  perSecond: number,
): Promise<Figures> {
  await stage.clear();
  const way = await start();
  try {
    await warmUp(way, WARM_UP_EVENTS);
    return await measureLatency(way, { perSecond, seconds: options.seconds, firstNumber: WARM_UP_EVENTS });
  } finally {
    for (const program of way.programs) await program.stop();
  }
}

/** Begins with number 0, and ends when all of them have arrived. */
export async function warmUp({ url, template, sink }: LatencyWay, events: number): Promise<void> {
  await sink.reset();
  const load = await closedLoop({ url, template, connections: 2, requests: events });
  if (load.failures > 0) throw new Error(`${load.failures} posts failed: ${JSON.stringify(load.statuses)}`);
  await sink.waitFor(events, ARRIVES_WITHIN_MS);
  await delay(500);
}

/** From just before a request is written to the moment the receiver has read it. */
export async function measureLatency(
  { url, template, sink }: LatencyWay,
  rate: { readonly perSecond: number; readonly seconds: number; readonly firstNumber: number },
): Promise<Figures> {
  await sink.reset({ record: true });
  const sent = new Map<number, bigint>();
  const load = await openLoop({ url, template, ...rate, onSend: (number, atNs) => sent.set(number, atNs) });
  await sink.waitFor(sent.size, ARRIVES_WITHIN_MS);
  const arrivals = await sink.arrivals();
  const latencies = new Latencies();
  for (const [number, atNs] of sent) latencies.add(Number((arrivals.get(number) ?? 0n) - atNs) / 1e6);
  const { p50, p95, p99, max } = latencies.summary();
  const accepted = load.latencies.summary();
  return {
    'p50 ms': p50,
    'p95 ms': p95,
    'p99 ms': p99,
    'max ms': max,
    '202 p50 ms': accepted.p50,
    '202 p95 ms': accepted.p95,
    'not 2xx': load.failures,
  };
}
