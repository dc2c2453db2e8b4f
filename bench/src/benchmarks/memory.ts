import { setTimeout as delay } from 'node:timers/promises';
import { RequestTemplate } from '../load/events';
import { closedLoop, openLoop } from '../load/load';
import { type BenchOptions } from '../options';
import { rowOf, type Figures, type Section, type Target } from '../report/report';
import { createTenant } from '../stage/hub-tenant';
import { memoryOf, slopeAnHour, watchMemory } from '../stage/process-memory';
import { type Served, type Stage } from '../stage/stage';
import { run } from './accept';
import { SinkClient } from './sink-client';

const REST_MS = 5_000;
const LOOK_EVERY_MS = 500;
const LOOK_EVERY_MS_SOAKING = 2_000;
const SOAK_PER_SECOND = 500;
const ARRIVES_WITHIN_MS = 300_000;

const API = 'API, all its processes';
const WORKER = 'worker';
/** Growth by which a program's second half of the soak may differ from a level line: what collections of garbage make it jump. */
const FLAT_WITHIN_MB = 10;

type Look = ReadonlyMap<string, number>;
interface TimedLook {
  readonly atMs: number;
  readonly look: Look;
}

/** Memory of each process of the hub: at rest, at its most under full load, and over a soak at a steady rate. */
export async function benchMemory(stage: Stage, options: BenchOptions): Promise<Section> {
  const queue = options.queue ?? 'redis';
  await stage.clear();
  await stage.clearTenants();
  const sink = await stage.startOwn('sink');
  const api = await stage.startApi(queue);
  const worker = await stage.startWorker(queue);
  try {
    const plan = { apiUrl: api.url, operatorKey: stage.operatorKey, sinkUrl: sink.url };
    const { apiKey } = await createTenant(plan);
    const template = RequestTemplate.of(api.url, apiKey, run(), 0);
    const receiver = new SinkClient(sink.url);
    const look = (): Look => namedMemory(api, worker);
    // A preview starts the API's mapping child, which is there from the first preview on in any hub that is used.
    await preview(api.url, apiKey);
    await delay(REST_MS);
    const rest = look();
    process.stderr.write(`  at rest; full load for ${options.seconds} s … `);
    const loaded: TimedLook[] = [];
    const note = (to: TimedLook[]) => (): void => void to.push({ atMs: performance.now(), look: look() });
    const full = await watchMemory(LOOK_EVERY_MS, note(loaded), async () => {
      const { connections, seconds } = options;
      const load = await closedLoop({ url: api.url, template, connections, seconds });
      await receiver.waitFor(load.events, ARRIVES_WITHIN_MS);
      return load;
    });
    process.stderr.write(`${full.events} events; soak for ${options.minutes} min … `);
    const soaked: TimedLook[] = [];
    const soak = await watchMemory(LOOK_EVERY_MS_SOAKING, note(soaked), () =>
      openLoop({
        url: api.url,
        template,
        perSecond: SOAK_PER_SECOND,
        seconds: options.minutes * 60,
        firstNumber: full.requests,
      }),
    );
    await receiver.waitFor(full.events + soak.events, ARRIVES_WITHIN_MS);
    process.stderr.write(`${soak.events} events\n`);
    if (full.failures + soak.failures > 0) throw new Error(`${full.failures + soak.failures} answers were no 2xx`);
    return sectionOf(`memory, ${options.minutes} min at ${SOAK_PER_SECOND}/s (${queue})`, rest, loaded, soaked);
  } finally {
    await worker.stop();
    await api.stop();
    await sink.stop();
  }
}

async function preview(apiUrl: string, apiKey: string): Promise<void> {
  const response = await fetch(`${apiUrl}/v1/mappings/preview`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ expression: '{ "a": a }', input: { a: 1 } }),
  });
  if (!response.ok) throw new Error(`the preview was answered ${response.status}: ${await response.text()}`);
}

/** By what each process is, which stays the same while ids differ. */
function namedMemory(api: Served, worker: Served): Look {
  const look = new Map<string, number>();
  const apis = memoryOf(api.pid);
  const serving = apis.filter(({ isMappingChild }) => !isMappingChild);
  look.set(
    API,
    serving.reduce((sum, { mb }) => sum + mb, 0),
  );
  serving.forEach(({ mb }, index) => look.set(index === 0 ? 'API: first process' : `API: process ${index + 1}`, mb));
  const workers = memoryOf(worker.pid);
  look.set(
    WORKER,
    workers.filter(({ isMappingChild }) => !isMappingChild).reduce((sum, { mb }) => sum + mb, 0),
  );
  for (const [of, family] of [
    ['API', apis],
    ['worker', workers],
  ] as const)
    family
      .filter(({ isMappingChild }) => isMappingChild)
      .forEach(({ mb }, index) => look.set(`${of}: mapping child ${index + 1}`, mb));
  return look;
}

/** One row for each process. */
export function sectionOf(
  name: string,
  rest: Look,
  loaded: readonly TimedLook[],
  soaked: readonly TimedLook[],
): Section {
  const names = [
    ...new Set([rest, ...[...loaded, ...soaked].map(({ look }) => look)].flatMap((look) => [...look.keys()])),
  ];
  const of = (looks: readonly TimedLook[], row: string): { atMs: number; mb: number }[] =>
    looks.flatMap(({ atMs, look }) => (look.has(row) ? [{ atMs, mb: look.get(row) ?? NaN }] : []));
  const figures = (row: string): Figures => {
    const soak = of(soaked, row);
    const half = soak.slice(Math.floor(soak.length / 2));
    const hours = ((half.at(-1)?.atMs ?? 0) - (half[0]?.atMs ?? 0)) / 3_600_000;
    const slope = slopeAnHour(half);
    return {
      'rest MB': rest.get(row) ?? NaN,
      'peak MB': Math.max(...of([...loaded, ...soaked], row).map(({ mb }) => mb)),
      'soaked MB': soak.at(-1)?.mb ?? NaN,
      'slope MB/h': slope,
      '2nd half MB': slope * hours,
    };
  };
  const most = (row: string, value: number): Target => ({ row, figure: 'peak MB', relation: 'at most', value });
  const flat = (row: string): Target => ({ row, figure: '2nd half MB', relation: 'at most', value: FLAT_WITHIN_MB });
  return {
    name,
    rows: names.map((row) => rowOf(row, [figures(row)])),
    baselines: [],
    figure: 'peak MB',
    targets: [
      most(API, 250),
      most(WORKER, 300),
      ...names.filter((row) => row.includes('mapping child')).map((row) => most(row, 100)),
      ...[API, WORKER].map(flat),
    ],
  };
}
