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

const PER_SECOND = 50;
const WARM_UP_EVENTS = 500;
const ARRIVES_WITHIN_MS = 60_000;

const BULLMQ = 'BullMQ by hand';
const ROWS: Readonly<Record<QueueKind, string>> = { redis: 'hub on Redis', postgres: 'hub on the embedded queue' };

interface Way {
  readonly url: string;
  readonly apiKey: string;
  readonly sink: SinkClient;
  readonly programs: readonly Served[];
}

/** From the moment an event is posted to the moment the receiving system has it, at a calm 50 events a second. */
export async function benchLatency(stage: Stage, options: BenchOptions): Promise<Section> {
  const kinds: QueueKind[] = options.queue === null ? ['redis', 'postgres'] : [options.queue];
  const subjects: Subject[] = [
    { name: BULLMQ, run: () => measure(stage, options, () => bullmqWay(stage)) },
    ...kinds.map((kind) => ({ name: ROWS[kind], run: () => measure(stage, options, () => hubWay(stage, kind)) })),
  ];
  return {
    name: `latency at ${PER_SECOND}/s`,
    rows: await alternate(stage, subjects, options),
    baselines: [BULLMQ],
    figure: 'p95 ms',
    targets: [
      { row: ROWS.redis, figure: 'p95 ms', relation: 'at most', value: 25 },
      { row: ROWS.postgres, figure: 'p95 ms', relation: 'at most', value: 60 },
    ],
  };
}

async function hubWay(stage: Stage, queue: QueueKind): Promise<Way> {
  const api = await stage.startApi(queue);
  const sink = await stage.startOwn('sink');
  const { apiKey } = await createTenant({ apiUrl: api.url, operatorKey: stage.operatorKey, sinkUrl: sink.url });
  const worker = await stage.startWorker(queue);
  return { url: api.url, apiKey, sink: new SinkClient(sink.url), programs: [api, worker, sink] };
}

async function bullmqWay(stage: Stage): Promise<Way> {
  const sink = await stage.startOwn('sink');
  const env = { BENCH_DATABASE_URL: stage.adminUrl, BENCH_REDIS_URL: stage.redisUrl, BENCH_SINK_URL: sink.url };
  const server = await stage.startOwn('group-commit-server', env);
  const worker = await stage.startOwn('bullmq-worker', env);
  return { url: server.url, apiKey: 'x', sink: new SinkClient(sink.url), programs: [server, worker, sink] };
}

async function measure(stage: Stage, options: BenchOptions, start: () => Promise<Way>): Promise<Figures> {
  await stage.clear();
  const way = await start();
  try {
    const { url, sink } = way;
    const template = RequestTemplate.of(url, way.apiKey, run(), 0);
    await sink.reset();
    await closedLoop({ url, template, connections: 2, requests: WARM_UP_EVENTS });
    await sink.waitFor(WARM_UP_EVENTS, ARRIVES_WITHIN_MS);
    await delay(500);
    await sink.reset({ record: true });
    const sent = new Map<number, bigint>();
    const load = await openLoop({
      url,
      template,
      perSecond: PER_SECOND,
      seconds: options.seconds,
      firstNumber: WARM_UP_EVENTS,
      onSend: (number, atNs) => sent.set(number, atNs),
    });
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
  } finally {
    for (const program of way.programs) await program.stop();
  }
}
