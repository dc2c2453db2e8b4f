import { type AcceptBatch } from '../accept/accept-batch';
import { type SendResult } from '../drain/drain.ports';
import { retryDelivery } from '../read/deliveries.repository';
import { accepted, refused, type DeliveryHarness, type Vendor } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';

/** Order of one key when deliveries turn up that were accepted before the one under way. */
describe('order', () => {
  let harness: DeliveryHarness;
  let batch: AcceptBatch;
  stageDeliveries((...made) => ([harness, , batch] = made));

  const send = (count: number): Promise<unknown> =>
    batch.accept(
      Array.from({ length: count }, (_unused, index) => harness.event({ subject: 'hot', payload: `{"n":${index}}` })),
    );
  const statuses = async (): Promise<string[]> => (await harness.deliveries()).map((row) => row.status);
  const sentPayloads = (): string[] => harness.sent.map((item) => item.payloadText);
  const always =
    (result: SendResult): Vendor =>
    (items) =>
      items.map(() => result);
  const sql = (text: string, values: unknown[] = []): Promise<unknown> =>
    harness.tenantDb.run(harness.tenantId, (tx) => tx.query(text, values));

  /** The first of two is dead, and a person retries it while the second is with the vendor, who then gives `answer`. */
  async function retryWhileTheSecondIsUnderWay(answer: SendResult): Promise<void> {
    await send(2);
    await harness.drainer((items) => items.map(() => refused('validation'))).drain(harness.target);
    expect(await statuses()).toEqual(['dead', 'dead']);
    await batch.accept([0, 1].map((n) => harness.event({ subject: 'other', payload: `{"other":${n}}` })));
    const [first, second] = await harness.deliveries();
    await sql(`update deliveries set status = 'pending', attempts = 0, settled_at = null where id = $1`, [second?.id]);
    await sql(`update events set deliveries_open = 1, deliveries_failed = 0, status = 'open' where id = $1`, [
      second?.tracking_id,
    ]);
    harness.sent.length = 0;
    const signals = new Map<string, () => void>();
    const until = (signal: string): Promise<void> => new Promise((resolve) => signals.set(signal, resolve));
    const [firstIsDue, otherWasSent] = [until('first is due'), until('other was sent')];
    const atOnce: string[][] = [];
    const underWay = new Set<string>();
    const vendor: Vendor = async (items) => {
      const payload = items[0]?.payloadText ?? '';
      underWay.add(payload);
      atOnce.push([...underWay].filter((text) => text.startsWith('{"n"')));
      const isSecond =
        payload === '{"n":1}' && underWay.has(payload) && atOnce.flat().filter((p) => p === payload).length === 1;
      if (isSecond) {
        await harness.tenantDb.run(harness.tenantId, (tx) => retryDelivery(tx, first?.id ?? ''));
        signals.get('first is due')?.();
        await otherWasSent;
      }
      // The drain looks for more once this one is written, because the next of its key waits for that.
      if (payload === '{"other":0}') await firstIsDue;
      if (payload === '{"other":1}') signals.get('other was sent')?.();
      underWay.delete(payload);
      return items.map(() => (isSecond ? answer : accepted()));
    };
    const drainer = harness.drainer(vendor, { concurrency: 4 });
    await drainer.drain(harness.target);
    while ((await statuses()).includes('pending')) await drainer.drain(harness.target);
    expect(Math.max(...atOnce.map((payloads) => payloads.length))).toBe(1);
  }

  it('does not send an earlier delivery that turns up while a later one is with the vendor', async () => {
    await harness.addRoute();
    await retryWhileTheSecondIsUnderWay(accepted());
    expect(sentPayloads().filter((text) => text.startsWith('{"n"'))).toEqual(['{"n":1}', '{"n":0}']);
    expect(await statuses()).toEqual(Array(4).fill('succeeded'));
  });

  it('lets the earlier one go when the later one has to be retried', async () => {
    await harness.addRoute();
    await retryWhileTheSecondIsUnderWay(refused('transient'));
    expect((await statuses())[0]).toBe('succeeded');
    expect((await statuses())[1]).toBe('retrying');
  });

  it('lets the earlier one go when the process that held the later one dies', async () => {
    await harness.addRoute();
    await send(2);
    const [first, second] = await harness.deliveries();
    await sql(
      `update deliveries set status = 'delivering', attempts = 1, lease_token = gen_random_uuid() where id = $1`,
      [second?.id],
    );
    await sql(`update deliveries set status = 'held', reason = 'order' where id = $1`, [first?.id]);
    const drainer = harness.drainer(always(accepted()));
    await drainer.drain(harness.target);
    while ((await statuses()).some((status) => status === 'pending')) await drainer.drain(harness.target);
    expect(sentPayloads()).toEqual(['{"n":0}', '{"n":1}']);
    expect(await statuses()).toEqual(['succeeded', 'succeeded']);
  });

  it('on a "latest" route is overtaken by nothing that another route sends of the same record', async () => {
    await harness.addRoute({ ordering: 'latest', eventType: 'thing.changed' });
    await harness.addRoute({ ordering: 'latest', eventType: 'thing.moved' });
    await batch.accept(['thing.changed', 'thing.moved'].map((type) => harness.event({ type, subject: 'hot' })));
    const drainer = harness.drainer(always(accepted()));
    await drainer.drain(harness.target);
    while ((await statuses()).includes('pending')) await drainer.drain(harness.target);
    expect(await statuses()).toEqual(['succeeded', 'succeeded']);
  });

  describe('on a "latest" route with a filter', () => {
    it('is not overtaken by an event whose filter nobody has evaluated yet', async () => {
      await harness.addRoute({ ordering: 'latest', filter: 'n < 1' });
      await send(2);
      expect((await harness.deliveries()).map((row) => row.filter_pending)).toEqual([true, true]);
      const mapper = {
        map: (_tenantId: string, deliveries: readonly { event: { payload: string } }[]) =>
          Promise.resolve(
            deliveries.map(({ event: { payload } }) =>
              payload === '{"n":0}'
                ? { kind: 'mapped' as const, payloadText: payload, mapping: null }
                : { kind: 'filtered' as const },
            ),
          ),
      };
      const drainer = harness.drainer(always(accepted()), { mapper });
      await drainer.drain(harness.target);
      await drainer.drain(harness.target);
      expect(await statuses()).toEqual(['succeeded', 'cancelled']);
      expect(sentPayloads()).toEqual(['{"n":0}']);
    });

    it('is overtaken by one that the filter has let through', async () => {
      const route = await harness.addRoute({ ordering: 'latest', filter: 'n < 9' });
      const events = [0, 1].map((n) => harness.event({ subject: 'hot', payload: `{"n":${n}}` }));
      await batch.accept(
        events,
        events.map((event) => ({ trackingId: event.trackingId, routeId: route, revision: 1, passes: true })),
      );
      await harness.drainer(always(accepted())).drain(harness.target);
      expect(await statuses()).toEqual(['superseded', 'succeeded']);
    });
  });
});
