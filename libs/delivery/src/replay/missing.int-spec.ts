import { waitUntilWaitedFor } from '@hub/testing';
import { newUuid } from '@hub/platform';
import { type DeliveryMapper } from '../drain/drain.ports';
import { accepted, passThrough, refused } from '../testing/delivery-harness';
import {
  createReplayHarness,
  expectBooksBalance,
  hasEnded,
  missedBy,
  SOMEBODY,
  type ReplayHarness,
} from '../testing/replay-harness';
import { stageReplays, SUCCEEDED, UNROUTED } from '../testing/replay-stage';
import { listReplayItems } from './replay-items.repository';
import { cancelReplay } from './replay.repository';
import { type NewReplay, type ReplayView } from './replay.types';

describe('what a route has missed', () => {
  let harness: ReplayHarness;
  const stage = stageReplays((made) => (harness = made));
  const { run, turn, runUntil } = stage;
  const start = (routeId: string, wanted: Partial<NewReplay> = {}): Promise<ReplayView> =>
    harness.start({ selection: missedBy(routeId), mapping: 'current', ...wanted });
  const outcomes = async (id: string): Promise<string[]> => (await stage.outcomes(id)).sort();
  const expectBalance = async (of = harness): Promise<void> => {
    await expectBooksBalance(of);
    expect(
      await of.sql(
        `select e.id from events e left join deliveries d on d.tracking_id = e.id and d.replay_of is null
         group by e.id, e.tenant_id, e.deliveries_total having count(d.id) <> e.deliveries_total`,
      ),
    ).toEqual([]);
  };

  it('is delivered by it, in order of acceptance, under the keys that it would have had; a second time finds nothing', async () => {
    await harness.accept(
      { payload: '{"n":1}', subject: 's' },
      { type: 'other.kind' },
      { payload: '{"n":2}', subject: 's' },
    );
    expect(await harness.events()).toEqual([UNROUTED, UNROUTED, UNROUTED]);
    const route = await harness.addRoute({ eventType: 'thing.*' });
    const { id } = await start(route);
    await run(id);
    await expectBalance();
    expect(await harness.events()).toContainEqual({ status: 'open', open: 1, succeeded: 0, failed: 0 });
    expect(harness.rung).toEqual([harness.target]);
    expect(await harness.finish(id)).toMatchObject({ status: 'completed', matched: 2, counts: { succeeded: 2 } });
    expect(harness.sent.map((item) => item.payloadText)).toEqual(['{"n":1}', '{"n":2}']);
    expect(await harness.events()).toEqual([SUCCEEDED, UNROUTED, SUCCEEDED]);
    for (const row of await harness.all()) expect(row).toMatchObject({ replay_of: null, replay_id: id });
    expect(await harness.sql(`select ordering_key, filter_pending from deliveries group by 1, 2`)).toEqual([
      { ordering_key: 's', filter_pending: false },
    ]);
    const again = await harness.finish((await start(route)).id);
    expect(again).toMatchObject({ status: 'completed', matched: 0 });
    expect(await harness.all()).toHaveLength(2);
    await expectBalance();

    // The same key as if the route had been there: a new event's on the same route differs by the event alone.
    await harness.accept({ type: 'thing.changed', subject: 'other' });
    await harness.drain();
    expect(new Set(harness.sent.map((item) => item.idempotencyKey)).size).toBe(3);
  });

  it('is sent under the key of tenant, connection, event and route, whichever job makes the delivery', async () => {
    await harness.accept({});
    const route = await harness.addRoute();
    await harness.finish((await start(route)).id, refused('validation'));
    await harness.finish((await harness.start()).id);
    const [first, second] = harness.sent.map((item) => item.idempotencyKey);
    expect(second).toBe(first);
    expect(await harness.events()).toEqual([SUCCEEDED]);
    await expectBalance();
  });

  it('is counted beside what other routes have delivered of the same event', async () => {
    await harness.addRoute();
    await harness.accept({}, {});
    await harness.drain();
    const late = await harness.addRoute();
    expect(await harness.finish((await start(late)).id)).toMatchObject({ matched: 2, counts: { succeeded: 2 } });
    expect(await harness.events()).toEqual(Array(2).fill({ status: 'succeeded', open: 0, succeeded: 2, failed: 0 }));
    expect(await harness.sql(`select distinct deliveries_total as total from events`)).toEqual([{ total: 2 }]);
    await expectBalance();
  });

  it('passes through the filter as it is now', async () => {
    await harness.accept({ payload: '{"n":1}' }, { payload: '{"n":2}' });
    const route = await harness.addRoute({ filter: 'n = 2' });
    const { id } = await start(route);
    await run(id);
    const mapper: DeliveryMapper = {
      map: async (tenantId, deliveries, connectionId) => {
        const mapped = await passThrough.map(tenantId, deliveries, connectionId);
        return mapped.map((outcome, index) => {
          const { filterPending, filter, event } = deliveries[index] as (typeof deliveries)[number];
          return filterPending && filter === 'n = 2' && event.payload !== '{"n":2}' ? { kind: 'filtered' } : outcome;
        });
      },
    };
    await harness.drainer((items) => items.map(() => accepted()), { mapper }).drain(harness.target);
    expect(await harness.finish(id)).toMatchObject({ matched: 2, counts: { succeeded: 1, skipped: 1 } });
    expect(await outcomes(id)).toEqual(['skipped: filtered', 'succeeded']);
    expect(await harness.events()).toEqual([UNROUTED, SUCCEEDED]);
    expect((await harness.finish((await start(route)).id)).matched).toBe(0);
    await expectBalance();
  });

  it('is made once each, and in order, by a job that is killed half-way and by one that is started beside it', async () => {
    const payloads = Array.from({ length: 6 }, (_, n) => `{"n":${n}}`);
    await harness.accept(...payloads.map((payload) => ({ payload, subject: 'one' })));
    const route = await harness.addRoute();
    const first = await start(route);
    const second = await start(route);
    const limits = { sliceSize: 2, budgetMs: 0 };
    await runUntil(first.id, ({ counts }) => counts.queued >= 2, { limits });
    // The worker is gone without a word: its lease runs out, and another goes on.
    await harness.sql(`update replays set lease_token = $2, lease_until = now() - interval '1 second' where id = $1`, [
      first.id,
      newUuid(),
    ]);
    await runUntil(second.id, ({ phase, counts }) => phase !== 'collecting' && counts.waiting <= 2, { limits });
    const done = [await harness.finish(first.id), await harness.finish(second.id)];
    expect(done.map(({ counts }) => counts.succeeded).reduce((sum, n) => sum + n)).toBe(6);
    expect(await harness.all()).toHaveLength(6);
    expect(harness.sent.map((item) => item.payloadText)).toEqual(payloads);
    expect(await harness.events()).toEqual(Array(6).fill(SUCCEEDED));
    expect(new Set(await outcomes(second.id))).toEqual(new Set(['succeeded', 'skipped: not_missing']));
    await expectBalance();
  });

  it('is missing again when the job is cancelled, and is found again', async () => {
    await harness.accept({}, {}, {});
    const route = await harness.addRoute();
    const { id } = await start(route, { ratePerSecond: 2 });
    await turn(id);
    await runUntil(id, ({ counts }) => counts.queued > 0);
    await harness.tenantDb.run(harness.tenantId, (tx) => cancelReplay(tx, id, SOMEBODY));
    await runUntil(id, hasEnded);
    expect(await harness.view(id)).toMatchObject({ status: 'cancelled', counts: { cancelled: 3 } });
    expect(await harness.events()).toEqual(Array(3).fill(UNROUTED));
    await expectBalance();
    expect(await harness.finish((await start(route)).id)).toMatchObject({ matched: 3, counts: { succeeded: 3 } });
    expect(await harness.events()).toEqual(Array(3).fill(SUCCEEDED));
    await expectBalance();
  });

  it('keeps to its pace', async () => {
    await harness.accept(...Array.from({ length: 5 }, () => ({})));
    const { id } = await start(await harness.addRoute(), { ratePerSecond: 2 });
    await runUntil(id, ({ phase, counts }) => phase !== 'collecting' && counts.queued > 0, { limits: { budgetMs: 0 } });
    expect(await harness.view(id)).toMatchObject({ counts: { queued: 1, waiting: 4 } });
    const [row] = await harness.sql<{ waits: boolean }>(`select next_slice_at > now() as waits from replays`);
    expect(row?.waits).toBe(true);
  });

  it('does not put old values over a newer change of the same record, however far that one has come, unless told to', async () => {
    await harness.accept(
      { subject: 'sent', payload: '{"n":1}' },
      { subject: 'dead', payload: '{"n":1}' },
      { subject: 'alone' },
    );
    const route = await harness.addRoute();
    await harness.accept({ subject: 'sent', payload: '{"n":2}' });
    await harness.drain();
    await harness.makeDead({ subject: 'dead', payload: '{"n":2}' });
    harness.sent.length = 0;
    const { id } = await start(route);
    expect(await harness.finish(id)).toMatchObject({ matched: 3, counts: { succeeded: 1, skipped: 2 } });
    expect(await outcomes(id)).toEqual(expect.arrayContaining(['skipped: superseded_by_newer', 'succeeded']));
    expect(harness.sent).toHaveLength(1);
    const told = await harness.finish((await start(route, { includeSuperseded: true })).id);
    expect(told).toMatchObject({ matched: 2, counts: { succeeded: 2 } });
  });

  it('shows in a dry run what would be sent, and makes nothing', async () => {
    await harness.accept({ payload: '{"n":1}' }, { payload: '{"n":2}' });
    const { id } = await start(await harness.addRoute(), { dryRun: true });
    await runUntil(id, hasEnded);
    expect(await harness.view(id)).toMatchObject({ matched: 2, counts: { would_send: 2 } });
    const items = await harness.tenantDb.run(harness.tenantId, (tx) =>
      listReplayItems(tx, id, {}, { limit: 100, before: null }),
    );
    expect(items.map((item) => [item.was_sent, item.would_send, item.new_delivery_id]).sort()).toEqual([
      [null, '{"n":1}', null],
      [null, '{"n":2}', null],
    ]);
    expect(await harness.all()).toEqual([]);
    expect(await harness.events()).toEqual([UNROUTED, UNROUTED]);
  });

  it('is skipped when the route is switched off or its connection deleted meanwhile', async () => {
    await harness.accept({});
    const route = await harness.addRoute();
    const off = await start(route);
    await harness.sql(`update routes set enabled = false`);
    await harness.finish(off.id);
    expect(await outcomes(off.id)).toEqual(['skipped: route_off']);
    await harness.sql(`update routes set enabled = true`);
    await harness.sql(`update connections set deleted_at = now()`);
    const gone = await start(route);
    await run(gone.id);
    expect(await outcomes(gone.id)).toEqual(['skipped: connection_deleted']);
    expect(await harness.events()).toEqual([UNROUTED]);
  });

  it('waits for whoever changes its route, and goes by what it has become', async () => {
    await harness.accept({});
    const route = await harness.addRoute();
    const { id } = await start(route);
    await turn(id, { limits: { budgetMs: 0 } });
    await stage.database.asSuperuser(async (client) => {
      await client.query('begin');
      await client.query(`update routes set enabled = false where id = $1`, [route]);
      const running = turn(id);
      await waitUntilWaitedFor(client);
      await client.query('commit');
      await running;
    });
    expect(await outcomes(id)).toEqual(['skipped: route_off']);
    expect(await harness.all()).toEqual([]);
  });

  it('keeps the place that it has been given, before what was accepted later', async () => {
    await harness.accept({ subject: 'a', payload: '{"n":1}' });
    const { id } = await start(await harness.addRoute({ orderingKey: 'connection' }));
    await turn(id, { limits: { budgetMs: 0 } });
    await harness.accept({ subject: 'b', payload: '{"n":2}' });
    await run(id);
    await harness.finish(id);
    expect(harness.sent.map((item) => item.payloadText)).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('is of one tenant alone', async () => {
    const other = await createReplayHarness(stage.database);
    await other.accept({});
    await harness.accept({});
    const theirs = await other.addRoute();
    const mine = await harness.addRoute();
    expect((await harness.finish((await start(theirs)).id)).matched).toBe(0);
    expect((await harness.finish((await start(mine)).id)).matched).toBe(1);
    expect(await other.events()).toEqual([UNROUTED]);
    expect(await other.all()).toEqual([]);
    await expectBalance(other);
  });
});
