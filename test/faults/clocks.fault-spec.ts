import path from 'node:path';
import { accept, addRoute, connectSink, deliveryWhen, type StagedHub } from '../support/staged-hub';
import { faultRow } from './fault-row';
import { faultStage, type FaultStage } from './fault-stage';

const SKEW_MS = 400_000;
const PRELOAD = path.join(__dirname, 'skewed-clock.cjs');

describe.each([
  ['400 s fast', [0, SKEW_MS]],
  ['400 s slow', [0, -SKEW_MS]],
  ['400 s off, both workers', [SKEW_MS, -SKEW_MS]],
] as const)('a worker whose clock is %s', (_what, skews) => {
  let stage: FaultStage;
  beforeAll(async () => {
    const workerEnv = (index: number): Record<string, string> => ({
      NODE_OPTIONS: `--require=${PRELOAD}`,
      HUB_TEST_SKEW_MS: String(skews[index] ?? 0),
    });
    stage = await faultStage({ queue: 'redis', workers: 2, workerEnv });
  }, 120_000);
  afterAll(() => stage?.hub.stop());

  faultRow(
    'the schedule follows the database',
    'no retry is early or forgotten; nothing lost or doubled',
    async (told) => {
      const waits = await retriesOf(stage.hub);
      told.note(`retries after ${waits.map((wait) => wait.toFixed(1)).join(', ')} s of 8 s`);
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(7.2);
        expect(wait).toBeLessThanOrEqual(8.8 + 6);
      }
      const run = await stage.begin({ count: 2_000 });
      expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
    },
  );
});

/** Seconds between the first and the second call of some deliveries whose retry is due after 8 s. */
async function retriesOf(hub: StagedHub): Promise<number[]> {
  const tenant = await hub.newTenant();
  const waits: number[] = [];
  for (let n = 0; n < 3; n++) {
    const { id, sink } = await connectSink(hub, tenant);
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 500, times: 1 }]);
    await addRoute(tenant, { event_type: `order.n${n}`, connection_id: id, retry: { delays_seconds: [8] } });
    const tracked = await accept(tenant.client, { type: `order.n${n}` });
    await deliveryWhen(tenant.client, tracked, ({ status }) => status === 'succeeded', 40_000);
    const [first, second] = (await hub.sandbox.sink(sink)).requests;
    waits.push(((second?.at ?? 0) - (first?.at ?? 0)) / 1_000);
  }
  return waits;
}
