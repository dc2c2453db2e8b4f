import { type DeliveryMapper, type MapOutcome } from '../drain/drain.ports';
import { accepted, refused } from '../testing/delivery-harness';
import { expectBooksBalance, hasEnded, SOMEBODY, type ReplayHarness } from '../testing/replay-harness';
import { FAILED, OPEN, stageReplays, SUCCEEDED, UNROUTED } from '../testing/replay-stage';
import { cancelDelivery } from '../read/deliveries.repository';
import { cancelReplay } from './replay.repository';

describe('a replay of what was cancelled', () => {
  let harness: ReplayHarness;
  const stage = stageReplays((made) => (harness = made));

  const { run, runUntil } = stage;
  const outcomes = async (id: string): Promise<string[]> => (await stage.outcomes(id)).sort();
  const named = async (): Promise<{ kind: 'events'; trackingIds: string[] }> => ({
    kind: 'events',
    trackingIds: (await harness.sql<{ id: string }>(`select id from events`)).map(({ id }) => id),
  });
  const cancelAll = async (): Promise<void> => {
    for (const { id } of await harness.all())
      await harness.tenantDb.run(harness.tenantId, (tx) => cancelDelivery(tx, id));
  };
  /** Lets through what the filter's text names, and skips what it is to skip. */
  const mapper: DeliveryMapper = {
    map: (_tenantId, deliveries) =>
      Promise.resolve(
        deliveries.map(({ filterPending, filter, event }): MapOutcome => {
          if (filterPending && filter !== null && !event.payload.includes(filter)) return { kind: 'filtered' };
          if (event.payload.includes('skip'))
            return { kind: 'skipped', error: { category: 'validation', code: 'skip', message: 'nothing to deliver' } };
          return { kind: 'mapped', payloadText: event.payload, mapping: null };
        }),
      ),
  };
  const drain = (): Promise<void> =>
    harness.drainer((items) => items.map(() => accepted()), { mapper }).drain(harness.target);

  it('delivers a group that was given up, when it is told to', async () => {
    await harness.addRoute();
    await harness.makeDead({}, {});
    await harness.finish((await harness.start({ action: 'cancel' })).id);
    expect(await harness.events()).toEqual([FAILED, FAILED]);
    expect((await harness.finish((await harness.start()).id)).matched).toBe(0);

    const { id } = await harness.start({ includeCancelled: true, expectedCount: 2 });
    await run(id);
    expect(await harness.events()).toEqual([OPEN, OPEN]);
    await expectBooksBalance(harness);
    expect(await harness.finish(id)).toMatchObject({ matched: 2, counts: { succeeded: 2 } });
    expect(await harness.events()).toEqual([SUCCEEDED, SUCCEEDED]);
    const [given] = await harness.all();
    expect(given).toMatchObject({ status: 'cancelled', reason: 'cancelled_by_user' });
    expect(given?.resolved_by).toBe(given?.replayed_by);
    await expectBooksBalance(harness);
    expect((await harness.finish((await harness.start({ includeCancelled: true })).id)).matched).toBe(0);
  });

  it('takes up what a person cancelled of an event that is named, with nothing more said', async () => {
    await harness.addRoute();
    await harness.accept({});
    await cancelAll();
    expect(await harness.events()).toEqual([FAILED]);
    const done = await harness.finish((await harness.start({ selection: await named() })).id);
    expect(done).toMatchObject({ counts: { succeeded: 1 } });
    expect(await harness.events()).toEqual([SUCCEEDED]);
    await expectBooksBalance(harness);
  });

  it('counts as failed again what it gives back when it is cancelled itself', async () => {
    await harness.addRoute();
    await harness.accept({});
    await cancelAll();
    const { id } = await harness.start({ includeCancelled: true });
    await run(id);
    await harness.tenantDb.run(harness.tenantId, (tx) => cancelReplay(tx, id, SOMEBODY));
    await runUntil(id, hasEnded);
    expect(await harness.events()).toEqual([FAILED]);
    await expectBooksBalance(harness);
    // The one that it had made is no original of another.
    const again = await harness.finish((await harness.start({ selection: await named() })).id);
    expect(await outcomes(again.id)).toEqual(['skipped: withdrawn', 'succeeded']);
    expect(await harness.events()).toEqual([SUCCEEDED]);
  });

  it('asks a mended filter and a mended mapping again, when it is told to, and leaves the rest turned away', async () => {
    const route = await harness.addRoute({ filter: 'yes' });
    await harness.accept({ payload: '{"a":"yes"}' }, { payload: '{"a":"no"}' }, { payload: '{"a":"yes skip"}' });
    await drain();
    expect(await harness.events()).toEqual([SUCCEEDED, UNROUTED, UNROUTED]);
    const silent = await harness.start({ selection: await named() });
    await run(silent.id);
    expect(await outcomes(silent.id)).toEqual(['skipped: succeeded', 'skipped: turned_away', 'skipped: turned_away']);
    const asItWas = await harness.finish((await harness.start({ includeCancelled: true, mapping: 'original' })).id);
    expect(asItWas.matched).toBe(0);

    await harness.sql(`update routes set filter = 'no' where id = $1`, [route]);
    const { id } = await harness.start({ includeCancelled: true, mapping: 'current' });
    await run(id);
    expect(await harness.events()).toEqual([SUCCEEDED, OPEN, OPEN]);
    await expectBooksBalance(harness);
    await drain();
    await harness.finish(id);
    expect(await outcomes(id)).toEqual(['skipped: skipped_by_mapping', 'succeeded']);
    expect(await harness.events()).toEqual([SUCCEEDED, SUCCEEDED, UNROUTED]);
    await expectBooksBalance(harness);
    // Given back, what was turned away counts as nothing, as before.
    const more = await harness.start({ includeCancelled: true, mapping: 'current' });
    await run(more.id);
    await harness.tenantDb.run(harness.tenantId, (tx) => cancelReplay(tx, more.id, SOMEBODY));
    await runUntil(more.id, hasEnded);
    expect(await harness.events()).toEqual([SUCCEEDED, SUCCEEDED, UNROUTED]);
    await expectBooksBalance(harness);
  });

  it('asks a filter that is as it was, and is turned away once more', async () => {
    await harness.addRoute({ filter: 'yes' });
    await harness.accept({ payload: '{"a":"no"}' });
    await drain();
    const { id } = await harness.start({ includeCancelled: true, mapping: 'current' });
    await run(id);
    await drain();
    await harness.finish(id);
    expect(await outcomes(id)).toEqual(['skipped: filtered']);
    expect(harness.sent).toEqual([]);
    expect(await harness.events()).toEqual([UNROUTED]);
  });

  it('shows in a dry run what a mended filter lets through', async () => {
    const route = await harness.addRoute({ filter: 'yes' });
    await harness.accept({ payload: '{"a":"no"}' }, { payload: '{"a":"other"}' });
    await drain();
    await harness.sql(`update routes set filter = 'no' where id = $1`, [route]);
    const { id } = await harness.start({ includeCancelled: true, mapping: 'current', dryRun: true });
    await runUntil(id, hasEnded, { mapper });
    expect(await outcomes(id)).toEqual(['skipped: filtered', 'would_send']);
  });

  it('does not put what was turned away over a newer change of its record, be that one dead', async () => {
    await harness.addRoute({ filter: 'yes' });
    await harness.accept({ subject: 's', payload: '{"a":"no"}' });
    await drain();
    await harness.sql(`update routes set filter = null`);
    await harness.makeDead({ subject: 's', payload: '{"a":"yes"}' });
    const { id } = await harness.start({
      includeCancelled: true,
      mapping: 'current',
      selection: { kind: 'filter', filter: { reason: 'filtered' } },
    });
    await harness.finish(id, refused('validation'));
    expect(await outcomes(id)).toEqual(['skipped: superseded_by_newer']);
  });

  it('has what was turned away go behind what waits, though it was accepted before that', async () => {
    await harness.addRoute({ filter: 'yes', orderingKey: 'connection' });
    await harness.accept({ subject: 'a', payload: '{"a":"no"}' });
    await drain();
    await harness.sql(`update routes set filter = null`);
    await harness.accept({ subject: 'b', payload: '{"b":1}' });
    const { id } = await harness.start({ includeCancelled: true, mapping: 'current' });
    await run(id);
    await harness.finish(id);
    expect(harness.sent.map(({ payloadText }) => payloadText)).toEqual(['{"b":1}', '{"a":"no"}']);
  });

  it('takes up dead letters of one record in their order, beside what was turned away of it', async () => {
    await harness.addRoute({ filter: 'yes' });
    await harness.accept({ subject: 's', payload: '{"a":"no"}' });
    await drain();
    await harness.sql(`update routes set filter = null`);
    await harness.makeDead({ subject: 's', payload: '{"a":1}' }, { subject: 's', payload: '{"a":2}' });
    const { id } = await harness.start({ includeCancelled: true, mapping: 'current' });
    await harness.finish(id);
    expect(await outcomes(id)).toEqual(['skipped: superseded_by_newer', 'succeeded', 'succeeded']);
  });
});
