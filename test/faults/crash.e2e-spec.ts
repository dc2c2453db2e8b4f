import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@hub/testing';
import { faultStage, MOST_REPEATS, RECOVERY_MS, type FaultStage } from './fault-stage';

describe.each(['redis', 'postgres'] as const)('kill -9 during a load, with the queue in %s', (queue) => {
  let stage: FaultStage;
  beforeAll(async () => {
    stage = await faultStage({ queue });
  }, 120_000);
  afterAll(() => stage?.hub.stop());

  it('of the worker loses nothing, and another takes over within 20 s', async () => {
    const { hub } = stage;
    const run = await stage.begin();
    const [worker] = hub.workers;
    await run.load.reached(1_500);
    const before = (await hub.sandbox.sink(run.sink, 1)).accepted;
    expect(before).toBeGreaterThan(0);
    await worker?.kill();
    const atDeath = (await hub.sandbox.sink(run.sink, 1)).accepted;
    await worker?.start();
    // The dead one's slot has to run out first; then deliveries go on.
    await waitUntil(
      'deliveries to go on',
      async () => (await hub.sandbox.sink(run.sink, 1)).accepted > atDeath,
      RECOVERY_MS,
    );
    await run.load.finished;
    expect(run.load.countOf(5)).toBe(0);
    const { repeats } = await run.expectNothingLost();
    expect(repeats).toBeLessThanOrEqual(MOST_REPEATS);
  }, 180_000);

  it('of the API loses nothing that it has acknowledged', async () => {
    const { hub } = stage;
    const run = await stage.begin();
    const [api] = hub.apis;
    for (const at of [1_000, 2_500]) {
      await run.load.reached(at);
      await api?.kill();
      await delay(200);
      await api?.start();
    }
    await run.load.finished;
    expect(run.load.cut).toBeGreaterThan(0);
    expect(run.load.countOf(5)).toBe(0);
    expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
  }, 180_000);

  it('of both at once, with nobody left to ring, is made good by the sweeper', async () => {
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
    expect(repeats).toBeLessThanOrEqual(MOST_REPEATS);
    await hub.apis[0]?.start();
  }, 180_000);
});
