import { fromPublicId } from '@hub/platform';
import { waitUntil } from '@hub/testing';
import {
  accept,
  addRoute,
  connectSink,
  deliveryWhen,
  eventWhen,
  readEvent,
  settled,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../../../test/support/staged-hub';

interface Health {
  breaker: { state: string; consecutive_failures: number };
  resume_reason: string | null;
  resume_at: string | null;
}

const QUEUES = ['redis', 'postgres'] as const;

/** A hub, and what each test makes in it. */
interface Place {
  readonly queue: (typeof QUEUES)[number];
  readonly hub: StagedHub;
  readonly tenant: StagedTenant;
  /** A route of its own to a sink of its own. */
  stage(fields?: Record<string, unknown>): Promise<{ id: string; sink: string; type: string }>;
}

describe('waiting', () => {
  const places: Place[] = [];
  beforeAll(async () => {
    for (const queue of QUEUES) places.push(await placeOf(queue));
  }, 120_000);
  afterAll(() => Promise.all(places.map(({ hub }) => hub.stop())));

  const placeOf = async (queue: Place['queue']): Promise<Place> => {
    const hub = await stageHub({ queue });
    const tenant = await hub.newTenant();
    return {
      queue,
      hub,
      tenant,
      async stage(fields = {}) {
        const connection = await connectSink(hub, tenant);
        const type = `${unique('w').replaceAll('-', '_')}.one`;
        await addRoute(tenant, { event_type: type, connection_id: connection.id, ...fields });
        return { ...connection, type };
      },
    };
  };

  /** With the queue in Redis and in Postgres, at the same time: nearly all of it is waiting. */
  const both = (name: string, test: (place: Place) => Promise<void>, timeoutMs = 60_000): void =>
    it(
      name,
      async () => {
        expect(places.map(({ queue }) => queue)).toEqual(QUEUES);
        const ends = await Promise.allSettled(places.map(test));
        const failed = ends.findIndex(({ status }) => status === 'rejected');
        const end = ends[failed];
        if (end?.status !== 'rejected') return;
        const { reason } = end as { reason: unknown };
        if (reason instanceof Error) reason.message = `with the queue in ${places[failed]?.queue}: ${reason.message}`;
        throw reason;
      },
      timeoutMs,
    );

  both(
    'a paused connection holds its deliveries and lets them go when it is resumed',
    async ({ hub, tenant, stage }) => {
      const { id, sink, type } = await stage();
      expect(await tenant.client.demand('POST', `/v1/connections/${id}/pause`)).toMatchObject({ status: 'paused' });
      const sent = await Promise.all([1, 2, 3].map(() => accept(tenant.client, { type })));
      for (const event of sent) {
        const held = await deliveryWhen(tenant.client, event, ({ status }) => status === 'held');
        expect(held).toMatchObject({ reason: 'connection_paused', attempts: 0 });
      }
      expect((await hub.sandbox.sink(sink)).total).toBe(0);
      await tenant.client.demand('POST', `/v1/connections/${id}/resume`);
      for (const event of sent) {
        expect(await eventWhen(tenant.client, event, settled)).toMatchObject({
          status: 'succeeded',
          deliveries: [{ attempts: 1 }],
        });
      }
    },
  );

  both(
    'a system that fails five times in a row is left in peace, and no attempt is spent on waiting',
    async ({ hub, tenant, stage }) => {
      const { id, sink, type } = await stage({ retry: { delays_seconds: [60, 300] } });
      await hub.sandbox.behave(sink, [{ kind: 'respond', status: 500 }]);
      const failing = await Promise.all(Array.from({ length: 5 }, () => accept(tenant.client, { type })));
      const health = await waitUntil('the breaker to open', async () => {
        const found = await tenant.client.demand<Health>('GET', `/v1/connections/${id}/health`);
        return found.breaker.state === 'open' ? found : null;
      });
      expect(health).toMatchObject({ resume_reason: 'breaker_open', breaker: { consecutive_failures: 5 } });
      const opensAgain = Date.parse(health.resume_at ?? '') - Date.now();
      expect(opensAgain).toBeGreaterThan(20_000);
      expect(opensAgain).toBeLessThanOrEqual(31_000);
      const calls = (await hub.sandbox.sink(sink)).total;
      const late = await accept(tenant.client, { type });
      const held = await deliveryWhen(tenant.client, late, ({ status }) => status === 'held');
      expect(held).toMatchObject({ reason: 'breaker_open', attempts: 0 });
      for (const event of failing) {
        const [delivery] = (await readEvent(tenant.client, event)).deliveries;
        expect(delivery).toMatchObject({ status: 'held', reason: 'breaker_open' });
      }
      expect((await hub.sandbox.sink(sink)).total).toBe(calls);
      // Half a minute later one call is let through; it succeeds, and the rest follows.
      await hub.sandbox.behave(sink, []);
      expect((await eventWhen(tenant.client, late, settled, 60_000)).status).toBe('succeeded');
      const mended = await tenant.client.demand<Health>('GET', `/v1/connections/${id}/health`);
      expect(mended).toMatchObject({ breaker: { state: 'closed', consecutive_failures: 0 }, resume_reason: null });
    },
    120_000,
  );

  both('a system that asks for time is given it, and no attempt is spent', async ({ hub, tenant, stage }) => {
    const { sink, type } = await stage();
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 429, headers: { 'retry-after': '2' }, times: 1 }]);
    const first = await accept(tenant.client, { type });
    const held = await deliveryWhen(tenant.client, first, ({ status }) => status === 'held');
    expect(held).toMatchObject({ reason: 'rate_limited', attempts: 0 });
    expect(await eventWhen(tenant.client, first, settled)).toMatchObject({
      status: 'succeeded',
      deliveries: [{ attempts: 1 }],
    });
    const [refused, taken] = (await hub.sandbox.sink(sink)).requests;
    expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
  });

  both(
    'deliveries of one record keep their order, behind one that has to be repeated too; others pass',
    async ({ hub, tenant, stage }) => {
      const { sink, type } = await stage({ retry: { delays_seconds: [600] } });
      await hub.sandbox.behave(sink, [{ kind: 'respond', status: 500, times: 1 }]);
      const subject = unique('record');
      const first = await accept(tenant.client, { type, subject, data: { n: 0 } });
      await deliveryWhen(tenant.client, first, ({ status }) => status === 'retrying');
      const later: string[] = [];
      for (let n = 1; n <= 20; n++) later.push(await accept(tenant.client, { type, subject, data: { n } }));
      const other = await accept(tenant.client, { type, subject: unique('record'), data: { n: -1 } });
      expect((await eventWhen(tenant.client, other, settled)).status).toBe('succeeded');
      const behind = await deliveryWhen(tenant.client, later[0] as string, ({ status }) => status === 'held');
      expect(behind).toMatchObject({ reason: 'order', attempts: 0 });
      // As if its ten minutes were over, now that all of them are behind it.
      await hub.database.asSuperuser((client) =>
        client.query(`update deliveries set next_attempt_at = now() where tenant_id = $1 and tracking_id = $2`, [
          tenant.uuid,
          fromPublicId('event', first),
        ]),
      );
      for (const id of later) expect((await eventWhen(tenant.client, id, settled)).status).toBe('succeeded');
      const arrived = (await hub.sandbox.sink(sink)).requests.map(({ body }) => (JSON.parse(body) as { n: number }).n);
      expect(arrived).toEqual([0, -1, ...Array.from({ length: 21 }, (_, n) => n)]);
    },
    60_000,
  );

  both('a route that wants only the latest skips what has been superseded', async ({ hub, tenant, stage }) => {
    const { id, sink, type } = await stage({ ordering: { key: 'subject', mode: 'latest' } });
    const subject = unique('record');
    await tenant.client.demand('POST', `/v1/connections/${id}/pause`);
    const sent: string[] = [];
    for (let n = 0; n < 5; n++) sent.push(await accept(tenant.client, { type, subject, data: { n } }));
    await tenant.client.demand('POST', `/v1/connections/${id}/resume`);
    const events = await Promise.all(sent.map((event) => eventWhen(tenant.client, event, settled)));
    expect(events.map(({ deliveries }) => deliveries[0]?.status)).toEqual([
      ...Array<string>(4).fill('superseded'),
      'succeeded',
    ]);
    expect((await hub.sandbox.sink(sink)).requests.map(({ body }) => body)).toEqual(['{"n":4}']);
  });

  both('a failure that lasts is given up after three attempts, and says so', async ({ hub, tenant, stage }) => {
    const { sink, type } = await stage({ retry: { delays_seconds: [1, 1] } });
    await hub.sandbox.behave(sink, [{ kind: 'respond', status: 500, times: 3 }]);
    const id = await accept(tenant.client, { type });
    const dead = await deliveryWhen(tenant.client, id, ({ status }) => status === 'dead');
    expect(dead).toMatchObject({ reason: 'retries_exhausted', attempts: 3, last_error: { category: 'transient' } });
    expect((await hub.sandbox.sink(sink)).total).toBe(3);
  });
});
