import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@hub/testing';
import { shortOrLong } from '../support/form';
import { faultRow } from './fault-row';
import { EVENTS, faultStage, type FaultStage } from './fault-stage';

const OUTAGE_MS = shortOrLong(12_000, 60_000);

describe('Redis is only the bell', () => {
  let stage: FaultStage;
  beforeAll(async () => {
    stage = await faultStage({ queue: 'redis' });
  }, 120_000);
  afterAll(() => stage?.hub.stop());

  faultRow('FLUSHALL during a load', '0 lost, 0 repeated, 0 5xx', async () => {
    const run = await stage.begin();
    for (const share of [0.2, 0.4, 0.6]) {
      await run.load.reached(EVENTS * share);
      await stage.hub.redis?.flushAll();
    }
    await run.load.finished;
    expect(run.load.countOf(5)).toBe(0);
    expect(run.load.cut).toBe(0);
    expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
  });

  faultRow(
    `Redis away for ${OUTAGE_MS / 1_000} s`,
    '0 5xx, deliveries go on, the bell is heard again',
    async (told) => {
      const { hub } = stage;
      const run = await stage.begin();
      await run.load.reached(EVENTS * 0.2);
      const away = Date.now();
      await hub.redis?.stop();
      await run.load.finished;
      const tenant = await hub.newTenant();
      expect((await tenant.client.get('/v1/me')).status).toBe(200);
      // All of it was accepted without Redis, and is delivered without Redis: the sweeper does the work itself.
      await waitUntil(
        'deliveries without Redis',
        async () => (await hub.sandbox.sink(run.sink, 1)).accepted_distinct_keys === EVENTS * 0.9,
        30_000 + OUTAGE_MS,
      );
      const ready = await hub
        .client(null)
        .get<{ status: string; checks: { queue: { status: string } } }>('/health/ready');
      expect(ready).toMatchObject({ status: 200, body: { status: 'up', checks: { queue: { status: 'down' } } } });
      await delay(Math.max(0, away + OUTAGE_MS - Date.now()));
      await hub.redis?.start();
      const since = Date.now();
      expect(run.load.countOf(5)).toBe(0);
      expect(run.load.cut).toBe(0);
      expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
      // And the bell is heard again: faster than the sweeper's five seconds, ten times over.
      await waitUntil('the queue to be back', async () => {
        const { body } = await hub.client(null).get<{ checks: { queue: { status: string } } }>('/health/ready');
        return body.checks.queue.status === 'up';
      });
      told.recovered((Date.now() - since) / 1_000);
      const after = await stage.begin({ count: 500 });
      expect(await after.expectNothingLost()).toEqual({ repeats: 0 });
    },
    180_000 + 2 * OUTAGE_MS,
  );
});
