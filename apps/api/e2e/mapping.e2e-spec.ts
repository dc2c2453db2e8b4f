import { waitUntil } from '@hub/testing';
import {
  accept,
  addMapping,
  addRoute,
  connectSink,
  deliveryWhen,
  eventWhen,
  settled,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../../../test/support/staged-hub';
import { expectProblem, type ProblemBody } from '../../../test/support/problems';

/** Longer than any limit on the time of one expression. */
const CUT_MS = 30_000;
const LOOP = '( $f := function($n) { $f($n + 1) }; $f(0) )';
const ATTACKS: readonly [string, string][] = [
  ['loops for ever', LOOP],
  ['builds a string of 500 MB', '$pad("x", 500000000)'],
  ['doubles a string without end', '( $f := function($s) { $f($s & $s) }; $f("xxxxxxxx") )'],
  ['makes a list without end', '$map([1..9999999], function($v) { [1..9999999] })'],
  ['runs a catastrophic regular expression', '$match($pad("a", 40, "a") & "!", /^(a+)+$/)'],
  ['recurses without end', '( $f := function($n) { 1 + $f($n + 1) }; $f(0) )'],
  ['reaches for the process', '$process.exit(1)'],
  ['reaches for a constructor', '( $x := "a".constructor.constructor; $x("process.exit()")() )'],
];

describe('filters and mappings', () => {
  let hub: StagedHub;
  beforeAll(async () => {
    hub = await stageHub();
  }, 120_000);
  afterAll(() => hub?.stop());

  const bodies = async (sink: string): Promise<unknown[]> =>
    (await hub.sandbox.sink(sink)).requests.map(({ body }) => JSON.parse(body) as unknown);

  describe('a filter', () => {
    it('decides before the answer which routes want the event', async () => {
      const tenant = await hub.newTenant();
      const { id: connection, sink } = await connectSink(hub, tenant);
      const large = await addRoute(tenant, { event_type: 'order.*', connection_id: connection, filter: 'total > 100' });
      const eu = await addRoute(tenant, {
        event_type: 'order.*',
        connection_id: connection,
        filter: '$event.source = "eu" and total > 0',
      });
      let delivered = 0;
      /**
       * What is not decided in time, as in the first second of a route, is left to the worker, who cancels it: that answer says
       * nothing of the gate, and another event is sent. Whoever decides, decides the same.
       */
      const expectRoutes = (total: number, source: string, wanted: readonly string[]): Promise<unknown> =>
        waitUntil('the filters to be decided at once', async () => {
          const event = { event_id: unique('f'), type: 'order.created', source, data: { total } };
          const { body } = await tenant.client.post<{ routes: string[]; tracking_id: string }>('/v1/events', event);
          const { deliveries } = await eventWhen(tenant.client, body.tracking_id, settled);
          const sent = deliveries.filter(({ status }) => status === 'succeeded').map(({ route_id: route }) => route);
          expect(sent.sort()).toEqual([...wanted].sort());
          delivered += sent.length;
          if (deliveries.length > sent.length) return false;
          expect(body.routes.sort()).toEqual([...wanted].sort());
          return true;
        });
      await expectRoutes(1, 'us', []);
      await expectRoutes(500, 'us', [large]);
      await expectRoutes(500, 'eu', [large, eu]);
      await expectRoutes(5, 'eu', [eu]);
      expect(await bodies(sink)).toHaveLength(delivered);
    });

    it('that loops is left to the worker, fails only its own delivery, and keeps nobody waiting', async () => {
      const [bad, good] = [await hub.newTenant(), await hub.newTenant()];
      const badConnection = await connectSink(hub, bad);
      const goodConnection = await connectSink(hub, good);
      const looping = await addRoute(bad, {
        event_type: 'order.*',
        connection_id: badConnection.id,
        filter: `${LOOP} = 1`,
      });
      const plain = await addRoute(bad, { event_type: 'order.*', connection_id: badConnection.id });
      await addRoute(good, { event_type: 'order.*', connection_id: goodConnection.id, filter: 'n >= 0' });
      const sent = await Promise.all(
        Array.from({ length: 8 }, (_, n) => accept(bad.client, { type: 'order.created', data: { n } })),
      );
      // The other tenant's events pass while the loops are still being cut.
      const others = await Promise.all(
        Array.from({ length: 20 }, (_, n) => accept(good.client, { type: 'order.created', data: { n } })),
      );
      for (const id of others) expect((await eventWhen(good.client, id, settled)).status).toBe('succeeded');
      for (const id of sent) {
        const event = await eventWhen(bad.client, id, settled, CUT_MS);
        const outcomes = Object.fromEntries(event.deliveries.map((delivery) => [delivery.route_id, delivery]));
        expect(outcomes[plain]).toMatchObject({ status: 'succeeded' });
        expect(outcomes[looping]).toMatchObject({
          status: 'dead',
          attempts: 1,
          last_error: { category: 'validation' },
        });
      }
      expect((await hub.sandbox.sink(goodConnection.sink)).accepted).toBe(20);
    }, 90_000);
  });

  describe('a mapping that', () => {
    it.each(ATTACKS)(
      '%s hurts only its own delivery',
      async (_what, expression) => {
        const tenant = await hub.newTenant();
        const { id: connection, sink } = await connectSink(hub, tenant);
        const attack = await addMapping(tenant, expression).catch((error: unknown) => {
          // Refused when it was written is as good: it will never run.
          expect(String(error)).toContain('answered 422');
          return null;
        });
        if (attack === null) return;
        const pids = hub.workers.map(({ pid }) => pid);
        const good = await addMapping(tenant, '{ "n": n * 2 }');
        await addRoute(tenant, { event_type: 'bad.*', connection_id: connection, mapping_id: attack });
        await addRoute(tenant, { event_type: 'good.*', connection_id: connection, mapping_id: good });
        const bad = await accept(tenant.client, { type: 'bad.one', data: { n: 1 } });
        const fine = await Promise.all([1, 2, 3].map((n) => accept(tenant.client, { type: 'good.one', data: { n } })));
        for (const id of fine) expect((await eventWhen(tenant.client, id, settled, CUT_MS)).status).toBe('succeeded');
        const event = await eventWhen(tenant.client, bad, settled, CUT_MS);
        const [delivery] = event.deliveries;
        if (delivery?.status !== 'succeeded') {
          expect(delivery).toMatchObject({
            status: 'dead',
            reason: 'permanent_failure',
            attempts: 1,
            last_error: { category: 'validation' },
          });
          expect(delivery?.last_error?.code).toMatch(/^mapping_/);
        }
        const delivered = (await bodies(sink)).filter(
          (body) => typeof body === 'object' && body !== null && 'n' in body,
        );
        expect(delivered).toEqual(expect.arrayContaining([{ n: 2 }, { n: 4 }, { n: 6 }]));
        expect(hub.workers.map(({ pid }) => pid)).toEqual(pids);
      },
      60_000,
    );

    it('uses numbers, tables and event as the customer wrote them', async () => {
      const tenant = await hub.newTenant();
      const { id: connection, sink } = await connectSink(hub, tenant);
      const { id: mapping } = await tenant.client.demand<{ id: string }>('POST', '/v1/mappings', {
        name: unique('m'),
        expression:
          '{ "carrier": $lookupTable("carriers", carrier), "total": $add(total, "0.15"), "id": $event.event_id }',
        tables: { carriers: { ups: 'UPS Ground' } },
      });
      await addRoute(tenant, { event_type: 'order.*', connection_id: connection, mapping_id: mapping });
      const eventId = unique('m');
      const id = await accept(tenant.client, {
        event_id: eventId,
        type: 'order.created',
        data: { carrier: 'ups', total: '12345678901234567.10' },
      });
      await deliveryWhen(tenant.client, id, ({ status }) => status === 'succeeded');
      expect(await bodies(sink)).toEqual([{ carrier: 'UPS Ground', total: '12345678901234567.25', id: eventId }]);
    });

    it('is changed is used from the next event on, and a retry sends what the first attempt made', async () => {
      const tenant: StagedTenant = await hub.newTenant();
      const { id: connection, sink } = await connectSink(hub, tenant);
      const mapping = await addMapping(tenant, '{ "v": 1 }');
      await addRoute(tenant, {
        event_type: 'order.*',
        connection_id: connection,
        mapping_id: mapping,
        retry: { delays_seconds: [2] },
      });
      await hub.sandbox.behave(sink, [{ kind: 'respond', status: 500, times: 1 }]);
      const id = await accept(tenant.client, { type: 'order.created' });
      await deliveryWhen(tenant.client, id, ({ status }) => status === 'retrying');
      const { version } = await tenant.client.demand<{ version: number }>('POST', `/v1/mappings/${mapping}/versions`, {
        expression: '{ "v": 2 }',
      });
      await tenant.client.demand('POST', `/v1/mappings/${mapping}/publish`, { version });
      await deliveryWhen(tenant.client, id, ({ status }) => status === 'succeeded');
      const next = await accept(tenant.client, { type: 'order.created' });
      await deliveryWhen(tenant.client, next, ({ status }) => status === 'succeeded');
      expect(await bodies(sink)).toEqual([{ v: 1 }, { v: 1 }, { v: 2 }]);
    });
  });

  describe('a preview', () => {
    it.each(ATTACKS)(
      'of what %s is a problem, not an outage',
      async (_what, expression) => {
        const tenant = await hub.newTenant();
        const answer = await tenant.client.post<ProblemBody>('/v1/mappings/preview', { expression, input: {} });
        if (answer.status !== 200) expectProblem(answer, 422, answer.body.code);
        const fine = await tenant.client.post('/v1/mappings/preview', { expression: 'n + 1', input: { n: 1 } });
        expect(fine).toMatchObject({ status: 200, body: { output: 2 } });
      },
      60_000,
    );
  });
});
