import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@hub/testing';
import { IS_LONG_FORM } from '../support/form';
import { faultRow } from './fault-row';
import { EVENTS, faultStage, MOST_REPEATS, RECOVERY_MS, type FaultStage } from './fault-stage';

describe.each(['redis', 'postgres'] as const)('kill -9 during a load, with the queue in %s', (queue) => {
  let stage: FaultStage;
  beforeAll(async () => {
    stage = await faultStage({ queue });
  }, 120_000);
  afterAll(() => stage?.hub.stop());

  faultRow('of the worker', 'nothing lost; at most the slice in flight is repeated; ≤ 20 s', async (told) => {
    const { hub } = stage;
    const run = await stage.begin();
    const [worker] = hub.workers;
    await run.load.reached(EVENTS * 0.3);
    await waitUntil('deliveries to be under way', async () => (await hub.sandbox.sink(run.sink, 1)).accepted > 0);
    await worker?.kill();
    const atDeath = (await hub.sandbox.sink(run.sink, 1)).accepted;
    const since = Date.now();
    await worker?.start();
    // The dead one's slot has to run out first; then deliveries go on.
    await waitUntil(
      'deliveries to go on',
      async () => (await hub.sandbox.sink(run.sink, 1)).accepted > atDeath,
      RECOVERY_MS,
    );
    told.recovered((Date.now() - since) / 1_000);
    await run.load.finished;
    expect(run.load.countOf(5)).toBe(0);
    const { repeats } = await run.expectNothingLost();
    told.note(`${repeats} repeats`);
    expect(repeats).toBeLessThanOrEqual(MOST_REPEATS);
  });

  // What the API and the sweeper do has nothing to do with where the queue is: once is enough with every change.
  if (queue === 'postgres' && !IS_LONG_FORM) return;

  faultRow(
    'of the API, before and after COMMIT',
    'what was acknowledged is there; a repeat is 200 or 202',
    async (told) => {
      const { hub } = stage;
      const run = await stage.begin();
      const [api] = hub.apis;
      for (const at of [EVENTS * 0.2, EVENTS * 0.5]) {
        await run.load.reached(at);
        await api?.kill();
        await delay(200);
        const since = Date.now();
        await api?.start();
        told.recovered((Date.now() - since) / 1_000);
      }
      await run.load.finished;
      expect(run.load.cut).toBeGreaterThan(0);
      expect(run.load.countOf(5)).toBe(0);
      expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
      told.note(`${run.load.replayed} repeats were told 200`);
    },
  );

  faultRow('of both at once, with nobody left to ring', 'the sweeper makes it good', async (told) => {
    const { hub } = stage;
    const run = await stage.begin({ count: 1_000 });
    await run.load.reached(500);
    await Promise.all([hub.workers[0]?.kill(), hub.apis[0]?.kill()]);
    await hub.apis[0]?.start();
    await run.load.finished;
    await hub.apis[0]?.kill();
    await hub.workers[0]?.start();
    // No API is there to ring for anything.
    const { repeats } = await run.expectNothingLost();
    told.note(`${repeats} repeats`);
    expect(repeats).toBeLessThanOrEqual(MOST_REPEATS);
    await hub.apis[0]?.start();
  });
});
