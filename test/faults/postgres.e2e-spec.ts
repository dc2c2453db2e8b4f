import { setTimeout as delay } from 'node:timers/promises';
import { startPrivatePostgres, waitUntil, type PrivatePostgres } from '@hub/testing';
import { expectProblem } from '../support/problems';
import { faultRow } from './fault-row';
import { EVENTS, faultStage, type FaultStage } from './fault-stage';

describe('a Postgres that goes away and comes back', () => {
  let stage: FaultStage;
  let postgres: PrivatePostgres;
  beforeAll(async () => {
    postgres = await startPrivatePostgres();
    stage = await faultStage({ queue: 'redis', database: postgres });
  }, 120_000);
  // The hub closes its database.
  afterAll(() => stage?.hub.stop());

  faultRow('Postgres restarts', '503 and Retry-After, never a false 202; ready again within 5 s', async (told) => {
    const { hub } = stage;
    const run = await stage.begin();
    await run.load.reached(EVENTS * 0.3);
    await postgres.stop();
    await waitUntil('refusals', async () => run.load.count(503) > 0);
    const refused = await run.tenant.client.post('/v1/events', {
      event_id: 'while-away',
      type: 'order.created',
      data: {},
    });
    expectProblem(refused, 503, 'storage_unavailable');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // An answer of readiness is kept for a second.
    await waitUntil(
      'the API to say that it is not ready',
      async () => (await hub.client(null).get('/health/ready')).status === 503,
    );
    expect((await hub.client(null).get('/health/live')).status).toBe(200);
    await delay(2_000);
    await postgres.start();
    const since = Date.now();
    await waitUntil(
      'the API to be ready again',
      async () => (await hub.client(null).get('/health/ready')).status === 200,
      5_000,
    );
    told.recovered((Date.now() - since) / 1_000);
    await run.load.finished;
    // No other 5xx than 503, and each of those says when to come back.
    expect(run.load.countOf(5)).toBe(run.load.count(503));
    expect(run.load.rude).toEqual([]);
    await run.expectNothingLost();
    told.note(`${run.load.count(503)} requests were told 503`);
    for (const process of [...hub.apis, ...hub.workers]) expect(process.isRunning).toBe(true);
  });
});
