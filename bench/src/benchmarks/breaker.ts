import { CLOSED, VendorHealth, type SendResult } from '@hub/delivery';
import { Latencies } from '../load/latencies';
import { type BenchOptions } from '../options';
import { type Figures, type Section } from '../report/report';
import { type Stage } from '../stage/stage';
import { alternate } from './subject';

const CALLS = 500_000;
const WARM_UP_CALLS = 50_000;
const EVERY_TENTH = 10;

const NOTHING = 'reading the clock alone';
const ASKED = 'asked and counted';

const DONE: readonly SendResult[] = [{ ok: true, externalId: null, exchange: null, traceId: null }];
const FAILED: readonly SendResult[] = [
  {
    ok: false,
    error: { category: 'transient', code: 'http_503', message: 'Service Unavailable', httpStatus: 503 },
    exchange: null,
    traceId: null,
  },
];

/** What a call to a vendor pays for its breaker: may it go, and what came of it. One call after the other, in this process. */
export async function benchBreaker(stage: Stage, options: BenchOptions): Promise<Section> {
  return {
    name: `breaker, ${CALLS.toLocaleString('en-US')} calls`,
    rows: await alternate(
      stage,
      [
        { name: NOTHING, run: async () => measure(() => undefined) },
        { name: ASKED, run: async () => measure(askAndCount()) },
      ],
      options,
    ),
    baselines: [],
    figure: 'p99 ms',
    targets: [{ row: ASKED, figure: 'p99 ms', relation: 'at most', value: 0.05 }],
  };
}

/** As a drain does: whether to send, and what came back. Each tenth call fails, so that it counts and forgets; it never opens. */
function askAndCount(): (call: number) => void {
  const health = new VendorHealth(CLOSED);
  return (call) => {
    if (health.mustPause || health.allowance < 1) throw new Error('the breaker must not be open');
    health.record(call % EVERY_TENTH === 0 ? FAILED : DONE);
  };
}

function measure(work: (call: number) => void): Figures {
  for (let call = 0; call < WARM_UP_CALLS; call++) work(call);
  const latencies = new Latencies();
  for (let call = 0; call < CALLS; call++) {
    const started = process.hrtime.bigint();
    work(call);
    latencies.add(Number(process.hrtime.bigint() - started) / 1e6);
  }
  const { p50, p99, max } = latencies.summary();
  return { 'p50 ms': p50, 'p99 ms': p99, 'max ms': max };
}
