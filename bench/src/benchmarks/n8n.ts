import { RequestTemplate } from '../load/events';
import { closedLoop } from '../load/load';
import { installN8n, N8N_VERSION } from '../n8n/install';
import { N8nServer, type N8nMode } from '../n8n/n8n-server';
import { WEBHOOK_PATH } from '../n8n/workflow';
import { type BenchOptions } from '../options';
import { type Figures, type Section } from '../report/report';
import { createTenant } from '../stage/hub-tenant';
import { memoryOf, watchMemory } from '../stage/process-memory';
import { type Stage } from '../stage/stage';
import { run } from './accept';
import { measureLatency, warmUp, type LatencyWay } from './latency';
import { SinkClient } from './sink-client';
import { alternate } from './subject';

const CONNECTIONS = 32;
const WARM_UP_EVENTS = 200;
const CALM = 50;
const BUSY = 200;
const LOOK_EVERY_MS = 500;
const ARRIVES_WITHIN_MS = 300_000;

const REGULAR = 'n8n, regular mode';
const QUEUE = 'n8n, queue mode';
const HUB = 'hub';

interface Way extends LatencyWay {
  readonly pids: readonly number[];
  readonly stop: () => Promise<void>;
}

/** The same events, the same receiver and the same machine for n8n, in both of its modes, and for the hub. */
export async function benchN8n(stage: Stage, options: BenchOptions): Promise<Section> {
  const program = await installN8n();
  const sink = await stage.startOwn('sink');
  try {
    const receiver = new SinkClient(sink.url);
    let prepared: Promise<N8nServer> | null = null;
    const n8n = async (mode: N8nMode): Promise<Way> => {
      const server = await (prepared ??= N8nServer.prepare(stage, program, sink.url));
      const { url, pids, stop } = await server.start(mode);
      return { url, template: RequestTemplate.to(url, `/webhook/${WEBHOOK_PATH}`, run()), sink: receiver, pids, stop };
    };
    const subjects = [
      { name: REGULAR, run: () => measure(stage, options, () => n8n('regular')) },
      { name: QUEUE, run: () => measure(stage, options, () => n8n('queue')) },
      { name: HUB, run: () => measure(stage, options, () => hub(stage, options, receiver)) },
    ];
    return {
      name: `n8n ${N8N_VERSION}`,
      rows: await alternate(stage, subjects, options),
      baselines: [REGULAR, QUEUE],
      figure: 'delivered/s',
      targets: [
        ...[REGULAR, QUEUE].flatMap((of) => [
          { row: HUB, figure: 'delivered/s', relation: 'at least' as const, value: 15, of },
          { row: HUB, figure: `${CALM}/s p95 ms`, relation: 'at most' as const, value: 1, of },
        ]),
        { row: HUB, figure: `${CALM}/s p99 ms`, relation: 'at most', value: 40 },
        { row: HUB, figure: `${BUSY}/s p95 ms`, relation: 'at most', value: 50 },
        { row: HUB, figure: 'not 2xx', relation: 'at most', value: 0 },
      ],
    };
  } finally {
    await sink.stop();
  }
}

async function hub(stage: Stage, options: BenchOptions, sink: SinkClient): Promise<Way> {
  const queue = options.queue ?? 'redis';
  const api = await stage.startApi(queue);
  const plan = { apiUrl: api.url, operatorKey: stage.operatorKey, sinkUrl: sink.url };
  const { apiKey } = await createTenant(plan);
  const worker = await stage.startWorker(queue);
  return {
    url: api.url,
    template: RequestTemplate.of(api.url, apiKey, run(), 0),
    sink,
    pids: [api.pid, worker.pid],
    stop: async () => {
      await worker.stop();
      await api.stop();
    },
  };
}

/** The calm rates first: what flat out leaves behind must not slow them. */
async function measure(stage: Stage, options: BenchOptions, open: () => Promise<Way>): Promise<Figures> {
  await stage.clear();
  const way = await open();
  let peakMb = 0;
  const look = (): void => {
    const processes = way.pids.flatMap((pid) => memoryOf(pid));
    peakMb = Math.max(
      peakMb,
      processes.reduce((sum, { mb }) => sum + mb, 0),
    );
  };
  try {
    return await watchMemory(LOOK_EVERY_MS, look, async () => {
      await warmUp(way, WARM_UP_EVENTS);
      const { seconds } = options;
      const calm = await measureLatency(way, { perSecond: CALM, seconds, firstNumber: WARM_UP_EVENTS });
      const soFar = WARM_UP_EVENTS + CALM * seconds;
      const busy = await measureLatency(way, { perSecond: BUSY, seconds, firstNumber: soFar });
      const full = await flatOut(way, seconds, soFar + BUSY * seconds);
      const failures = [calm, busy, full].reduce((sum, figures) => sum + (figures['not 2xx'] ?? 0), 0);
      return { ...full, ...prefixed(`${CALM}/s`, calm), ...prefixed(`${BUSY}/s`, busy), 'not 2xx': failures };
    }).then((figures) => ({ ...figures, 'peak MB': peakMb }));
  } finally {
    await way.stop();
  }
}

function prefixed(prefix: string, figures: Figures): Figures {
  return Object.fromEntries(['p50 ms', 'p95 ms', 'p99 ms'].map((name) => [`${prefix} ${name}`, figures[name] ?? NaN]));
}

/** Posts as fast as it is answered; delivering counts from the first post until the last of them has arrived. */
async function flatOut({ url, template, sink }: Way, seconds: number, firstNumber: number): Promise<Figures> {
  await sink.reset();
  const startedNs = process.hrtime.bigint();
  const load = await closedLoop({ url, template, connections: CONNECTIONS, seconds, firstNumber });
  const { lastNs } = await sink.waitFor(load.events, ARRIVES_WITHIN_MS);
  return {
    'accepted/s': load.events / load.seconds,
    'delivered/s': load.events / (Number(lastNs - startedNs) / 1e9),
    'not 2xx': load.failures,
  };
}
