import { type RequestTemplate } from '../load/events';
import { closedLoop } from '../load/load';
import { type BenchOptions, type QueueKind } from '../options';
import { type Figures, type Target } from '../report/report';
import { createTenant, type HubTenant } from '../stage/hub-tenant';
import { type Served, type Stage } from '../stage/stage';
import { SinkClient } from './sink-client';

const WARM_UP_SECONDS = 2;
const ARRIVES_WITHIN_MS = 300_000;
/** What a hub full of other work may cost: a fifth. */
const SHARE_OF_EMPTY = 0.8;

export interface PaceSetting {
  readonly api: Served;
  readonly sinkUrl: string;
  /** Made through the API on a hub without other tenants. */
  readonly tenant: HubTenant;
}

/**
 * One hub, how fast it accepts and then how fast it delivers. `prepare` fills it and says what is posted. Delivering is
 * counted by what arrives at the receiver, since what was due before may never end: from the first arrival to the
 * `events`th, whichever events they are of.
 */
export async function measurePace(
  stage: Stage,
  options: BenchOptions,
  queue: QueueKind,
  prepare: (setting: PaceSetting) => Promise<readonly RequestTemplate[]>,
): Promise<Figures> {
  await stage.clear();
  await stage.clearTenants();
  const sink = await stage.startOwn('sink');
  const api = await stage.startApi(queue);
  let worker: Served | null = null;
  try {
    const tenant = await createTenant({ apiUrl: api.url, operatorKey: stage.operatorKey, sinkUrl: sink.url });
    const template = await prepare({ api, sinkUrl: sink.url, tenant });
    const common = { url: api.url, template, connections: options.connections };
    const warm = await closedLoop({ ...common, seconds: WARM_UP_SECONDS });
    const load = await closedLoop({ ...common, seconds: options.seconds, firstNumber: warm.requests });
    const posted = warm.requests + load.requests;
    const missing = options.events - posted;
    if (missing > 0) await closedLoop({ ...common, requests: missing, firstNumber: posted });
    if (options.analyze) await stage.admin.query('analyze');
    const receiver = new SinkClient(sink.url);
    await receiver.reset();
    worker = await stage.startWorker(queue);
    const { count, firstNs, lastNs } = await receiver.waitFor(options.events, ARRIVES_WITHIN_MS);
    const { p99 } = load.latencies.summary();
    return {
      'accepted/s': load.events / load.seconds,
      'delivered/s': count / (Number(lastNs - firstNs) / 1e9),
      'p99 ms': p99,
      'not 2xx': load.failures,
    };
  } finally {
    await worker?.stop();
    await api.stop();
    await sink.stop();
  }
}

/** Both rates, against the hub that has nothing else to do. */
export function paceTargets(row: string, empty: string): Target[] {
  return [
    ...(['accepted/s', 'delivered/s'] as const).map((figure) => ({
      row,
      figure,
      relation: 'at least' as const,
      value: SHARE_OF_EMPTY,
      of: empty,
    })),
    { row, figure: 'not 2xx', relation: 'at most', value: 0 },
  ];
}
