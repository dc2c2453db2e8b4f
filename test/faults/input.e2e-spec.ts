import { addRoute, connectSink, stageHub, unique, type StagedHub, type StagedTenant } from '../support/staged-hub';
import { expectProblem } from '../support/problems';
import { faultRow } from './fault-row';
import { expectInvariants, settledDeliveries } from './invariants';
import { residentOfTreeMiB } from './memory';

const MOST_GROWTH_MIB = 50;
/** A process that has just been started takes room for what lives shortly, once. */
const WARM_UP_ROUNDS = 10;
const ROUNDS = 30;

describe('hostile input', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;
  beforeAll(async () => {
    hub = await stageHub({ queue: 'redis' });
    tenant = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
  }, 120_000);
  afterAll(() => hub?.stop());

  /** MiB by which the API has grown over the work, after rounds that warm it up. */
  async function growth(work: () => Promise<void>): Promise<number> {
    const pid = hub.apis[0]?.pid ?? 0;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await work();
    const before = residentOfTreeMiB(pid);
    for (let round = 0; round < ROUNDS; round++) await work();
    return residentOfTreeMiB(pid) - before;
  }

  faultRow('payload of 10 MB', '413; the API grows by less than 50 MB', async (told) => {
    const body = JSON.stringify({
      event_id: 'big',
      type: 'order.created',
      data: { text: 'x'.repeat(10 * 1024 * 1024) },
    });
    const grown = await growth(async () => {
      // The answer may come before all of it is sent, and the line be cut then.
      const answer = await tenant.client.send('POST', '/v1/events', { body }).catch(() => null);
      if (answer !== null) expectProblem(answer, 413, 'body_too_large');
    });
    told.note(`${ROUNDS} of them, API ${grown >= 0 ? '+' : ''}${Math.round(grown)} MB`);
    expect(grown).toBeLessThan(MOST_GROWTH_MIB);
    expect((await tenant.client.get('/v1/me')).status).toBe(200);
  });

  faultRow('JSON nested 1,000 deep', '400; the API grows by less than 50 MB', async (told) => {
    const deep = `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`;
    const body = `{"event_id":"deep","type":"order.created","data":${deep}}`;
    const grown = await growth(async () => {
      for (let n = 0; n < 20; n++)
        expectProblem(await tenant.client.send('POST', '/v1/events', { body }), 400, 'too_deep');
    });
    told.note(`${ROUNDS * 20} of them, API ${grown >= 0 ? '+' : ''}${Math.round(grown)} MB`);
    expect(grown).toBeLessThan(MOST_GROWTH_MIB);
  });

  faultRow('duplicate storm, 1,000 at once', 'exactly one 202; one delivery; other content is 422', async (told) => {
    const own = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
    const { id, sink } = await connectSink(hub, own);
    await addRoute(own, { event_type: 'order.*', connection_id: id });
    const event = unique('storm');
    const post = (n: number): Promise<{ status: number }> =>
      own.client.post('/v1/events', {
        event_id: event,
        type: 'order.created',
        data: { n: n % 10 === 9 ? 'other' : 'same' },
      });
    const statuses = (await Promise.all(Array.from({ length: 1_000 }, (_unused, n) => post(n)))).map(
      ({ status }) => status,
    );
    const count = (wanted: number): number => statuses.filter((status) => status === wanted).length;
    told.note(`${count(202)}× 202, ${count(200)}× 200, ${count(422)}× 422`);
    expect(count(202)).toBe(1);
    expect(count(200) + count(422)).toBe(999);
    expect(Math.min(count(200), count(422))).toBeGreaterThanOrEqual(99);
    expect(await settledDeliveries(hub.database, own.uuid, 20_000)).toEqual({ succeeded: 1 });
    expect((await hub.sandbox.sink(sink)).total).toBe(1);
    await expectInvariants(hub.database, own.uuid);
  });
});
