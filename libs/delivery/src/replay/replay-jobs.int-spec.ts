import { waitUntil, waitUntilWaitedFor } from '@hub/testing';
import { type DeliveryMapper } from '../drain/drain.ports';
import { accepted } from '../testing/delivery-harness';
import { hasEnded, SOMEBODY, type ReplayHarness } from '../testing/replay-harness';
import { stageReplays } from '../testing/replay-stage';
import { ReplaySweeper } from './replay-sweeper';
import { cancelReplay } from './replay.repository';

describe('a replay as a job', () => {
  let harness: ReplayHarness;
  const stage = stageReplays((made) => (harness = made).addRoute());
  const { turn, runUntil, run, outcomes } = stage;

  it('of the same dead letters twice at once takes each up once, and says so of the rest', async () => {
    await harness.makeDead({}, {}, {});
    const [one, two] = [await harness.start(), await harness.start()];
    // Both have found all three before either takes one up.
    for (const { id } of [one, two]) await turn(id, { limits: { budgetMs: 0 } });
    await Promise.all([run(one.id), run(two.id)]);
    const done = await Promise.all([harness.finish(one.id), harness.finish(two.id)]);
    expect(done.map(({ matched }) => matched)).toEqual([3, 3]);
    const counts = done.map((replay) => replay.counts);
    expect(counts.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(3);
    expect(counts.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(3);
    expect(harness.sent).toHaveLength(6);
    const told = [...(await outcomes(one.id)), ...(await outcomes(two.id))].filter((text) =>
      text.startsWith('skipped'),
    );
    expect(new Set(told)).toEqual(new Set(['skipped: already_replayed']));
  });

  it('waits for whoever moves deliveries of its connection, and then sees what became of them', async () => {
    await harness.makeDead({ subject: 's', payload: '{"n":1}' });
    await harness.accept({ subject: 's', payload: '{"n":2}' });
    const { id } = await harness.start();
    await turn(id, { limits: { budgetMs: 0 } });
    await stage.database.asSuperuser(async (client) => {
      await client.query('begin');
      await client.query(`select 1 from connection_runtime where connection_id = $1 for update`, [
        harness.connectionId,
      ]);
      const running = turn(id);
      await waitUntilWaitedFor(client);
      await client.query(`update deliveries set status = 'succeeded' where connection_id = $1 and status = 'pending'`, [
        harness.connectionId,
      ]);
      await client.query('commit');
      await running;
    });
    expect(await outcomes(id)).toEqual(['skipped: superseded_by_newer']);
  });

  it('is gone on with where a dead process left it, and nothing is made twice', async () => {
    await harness.makeDead(...Array.from({ length: 30 }, () => ({})));
    const { id } = await harness.start();
    // Two steps: the search, and one slice.
    for (let step = 0; step < 2; step++) await turn(id, { limits: { sliceSize: 10, budgetMs: 0 } });
    expect(await harness.view(id)).toMatchObject({ matched: 30, counts: { waiting: 20, queued: 10 } });
    // As a process that was killed leaves it: with a lease.
    await harness.sql(`update replays set lease_token = uuid_v7(), lease_until = now() + interval '1 minute'`);
    await turn(id);
    expect(await harness.view(id)).toMatchObject({ counts: { waiting: 20, queued: 10 } });
    await harness.sql(`update replays set lease_until = now() - interval '1 second'`);
    expect(await harness.finish(id)).toMatchObject({ status: 'completed', counts: { succeeded: 30, waiting: 0 } });
    expect(harness.sent).toHaveLength(60);
    expect((await harness.all()).filter((row) => row.replay_of !== null)).toHaveLength(30);
  });

  it('writes nothing once another has taken it over', async () => {
    await harness.makeDead({}, {});
    const { id } = await harness.start();
    let thefts = 0;
    const mapper: DeliveryMapper = {
      map: async (_tenantId, deliveries) => {
        thefts++;
        await harness.sql(`update replays set lease_token = uuid_v7()`);
        return deliveries.map(() => ({ kind: 'filtered' as const }));
      },
    };
    await harness.sql(`update replays set dry_run = true`);
    while (thefts === 0) await turn(id, { mapper });
    expect(await harness.view(id)).toMatchObject({ counts: { waiting: 2, skipped: 0 } });
  });

  it('keeps its pace, whoever works on it', async () => {
    await harness.makeDead({}, {}, {});
    const { id } = await harness.start({ ratePerSecond: 0.02 });
    for (let worker = 0; worker < 6; worker++) await turn(id, { workerId: `w${worker}`, limits: { budgetMs: 0 } });
    // One in fifty seconds: whoever comes before they are over goes away again.
    expect(await harness.view(id)).toMatchObject({ matched: 3, counts: { queued: 1, waiting: 2 } });
    const [row] = await harness.sql<{ wait: number }>(
      `select extract(epoch from next_slice_at - now())::int as wait from replays`,
    );
    expect(row?.wait).toBeGreaterThan(0);
    expect(row?.wait).toBeLessThanOrEqual(50);
    expect(await harness.finish(id)).toMatchObject({ counts: { succeeded: 3 } });
  });

  it('does not pile up behind a connection that stands still: let go, it would be a burst', async () => {
    await harness.makeDead(...Array.from({ length: 12 }, () => ({})));
    const { id } = await harness.start({ ratePerSecond: 4 });
    for (let turns = 0; turns < 10; turns++) {
      await harness.sql(`update replays set next_slice_at = now()`);
      await turn(id, { limits: { budgetMs: 0 } });
    }
    expect(await harness.view(id)).toMatchObject({ counts: { queued: 4, waiting: 8 } });
  });

  it('keeps no more in the backlog than its window', async () => {
    await harness.makeDead(...Array.from({ length: 9 }, () => ({})));
    const { id } = await harness.start();
    const options = { limits: { window: 4, sliceSize: 3 } };
    await runUntil(id, ({ counts }) => counts.queued >= 4, options);
    await turn(id, options);
    expect(await harness.view(id)).toMatchObject({ counts: { queued: 4, waiting: 5 } });
    expect(await harness.finish(id)).toMatchObject({ counts: { succeeded: 9 } });
  });

  it('that is cancelled takes back what waits; the dead letters are open again', async () => {
    await harness.makeDead({ subject: 's' }, {}, {});
    const { id } = await harness.start();
    await runUntil(id, ({ counts }) => counts.queued === 2, { limits: { sliceSize: 2, window: 2 } });
    expect(await harness.view(id)).toMatchObject({ counts: { queued: 2, waiting: 1 } });
    const cancelled = await harness.tenantDb.run(harness.tenantId, (tx) => cancelReplay(tx, id, SOMEBODY));
    expect(cancelled).toMatchObject({ ok: true, value: { status: 'cancelling' } });
    await runUntil(id, hasEnded);
    expect(await harness.view(id)).toMatchObject({ status: 'cancelled', counts: { cancelled: 3, queued: 0 } });
    expect(await harness.events()).toEqual(Array(3).fill({ status: 'failed', open: 0, succeeded: 0, failed: 1 }));
    const rows = await harness.all();
    expect(rows.filter((row) => row.status === 'dead' && row.replayed_by === null)).toHaveLength(3);
    expect(rows.filter((row) => row.reason === 'replay_cancelled')).toHaveLength(2);
    const twice = await harness.tenantDb.run(harness.tenantId, (tx) => cancelReplay(tx, id, SOMEBODY));
    expect(twice).toMatchObject({ ok: false, error: { code: 'wrong_status' } });
    expect(await harness.finish((await harness.start()).id)).toMatchObject({ matched: 3, counts: { succeeded: 3 } });
  });

  it('that is cancelled lets those go that waited for what it takes back, and says so on the bus', async () => {
    await harness.makeDead({ subject: 's' });
    await harness.accept({ subject: 's' });
    const { id } = await harness.start();
    await run(id);
    await harness.sql(
      `update deliveries set status = 'held', reason = 'order' where replay_id is null and status = 'pending'`,
    );
    await harness.tenantDb.run(harness.tenantId, (tx) => cancelReplay(tx, id, SOMEBODY));
    await runUntil(id, hasEnded);
    expect((await harness.all()).map((row) => row.status).sort()).toEqual(['cancelled', 'dead', 'pending']);
    const told = await harness.sql<{ type: string }>(`select type from hub_events order by id`);
    expect(told.map(({ type }) => type).slice(-2)).toEqual(['delivery.cancelled', 'replay.cancelled']);
  });

  it('that is cancelled leaves what a retry has taken up on its way', async () => {
    await harness.makeDead({}, {}, {});
    const { id } = await harness.start({ action: 'retry' });
    await runUntil(id, ({ counts }) => counts.queued > 0, { limits: { budgetMs: 0, sliceSize: 1 } });
    await harness.tenantDb.run(harness.tenantId, (tx) => cancelReplay(tx, id, SOMEBODY));
    await runUntil(id, hasEnded);
    expect((await harness.all()).map((row) => row.status).sort()).toEqual(['dead', 'dead', 'pending']);
  });

  it('is kept for fourteen days after its end, and for as long as it is at work', async () => {
    await harness.makeDead({}, {});
    const { id } = await harness.start({ ratePerSecond: 0.001 });
    for (let turns = 0; turns < 3; turns++) await turn(id, { limits: { budgetMs: 0 } });
    await harness.drain(accepted());
    const purge = async (): Promise<number> => {
      const [row] = await stage.database.dispatcher.query<{ n: number }>(`select purge_old_replays() as n`);
      return row?.n ?? -1;
    };
    for (const table of ['replays', 'replay_items'])
      await harness.sql(`update ${table} set created_at = now() - interval '30 days'`);
    expect(await purge()).toBe(0);
    expect(await harness.view(id)).toMatchObject({ status: 'running', counts: { succeeded: 1, waiting: 1 } });
    await harness.finish(id);
    const endedBefore = (interval: string): Promise<unknown> =>
      harness.sql(`update replays set ended_at = now() - interval '${interval}'`);
    await endedBefore('13 days 23 hours');
    expect(await purge()).toBe(0);
    await endedBefore('14 days 1 minute');
    expect(await purge()).toBe(3);
    expect(await harness.sql(`select 1 from replays`)).toEqual([]);
  });

  it('ends when the hub itself fails at it for ever', async () => {
    await harness.makeDead({});
    const { id } = await harness.start({ dryRun: true });
    const mapper: DeliveryMapper = { map: () => Promise.reject(new Error('as the test wants')) };
    for (let turns = 0; turns < 100 && !hasEnded(await harness.view(id)); turns++) {
      await harness.sql(`update replays set next_slice_at = now()`);
      await turn(id, { mapper });
    }
    expect(await harness.view(id)).toMatchObject({ status: 'failed', error: { code: 'hub_internal' } });
  });

  it('rings for itself when its turn is over and there is more to do at once', async () => {
    await harness.makeDead({});
    const { id } = await harness.start();
    await turn(id, { limits: { budgetMs: 0 } });
    expect(harness.rungReplays).toEqual([{ tenantId: harness.tenantId, replayId: id }]);
    expect(harness.laterRuns).toEqual([]);
  });

  it('is given up only for failures in a row: a step that works begins the count anew', async () => {
    await harness.makeDead({}, {});
    const { id } = await harness.start({ dryRun: true });
    const step = (mapper?: DeliveryMapper): Promise<void> =>
      turn(id, { limits: { budgetMs: 0, drySliceSize: 1 }, ...(mapper === undefined ? {} : { mapper }) });
    await step();
    await harness.sql(`update replays set failures = 19`);
    await step();
    await step({ map: () => Promise.reject(new Error('as the test wants')) });
    expect(await harness.view(id)).toMatchObject({ status: 'running', failures: 1, counts: { would_send: 1 } });
  });

  it('finds what nobody works on', async () => {
    await harness.makeDead({});
    const { id } = await harness.start();
    const rung: string[] = [];
    let runs = 0;
    const sweeper = new ReplaySweeper({
      database: stage.database.dispatcher,
      ring: (targets) => {
        rung.push(...targets.map((target) => target.replayId));
        return Promise.resolve(false);
      },
      run: async (target) => {
        if (target.tenantId !== harness.tenantId) return;
        await harness.runner().run(target);
        runs++;
      },
      fallbackConcurrency: 2,
    });
    await sweeper.sweep();
    expect(rung).toContain(id);
    await waitUntil('the turn without the queue to end', () => Promise.resolve(runs === 1));
    expect(await harness.view(id)).toMatchObject({ status: 'running', matched: 1 });
    await run(id);
    await harness.drain(accepted());
    await harness.finish(id);
    rung.length = 0;
    await sweeper.sweep();
    expect(rung).not.toContain(id);
  });

  it('leaves the worker ready while a turn without the queue takes its time', async () => {
    await harness.makeDead({});
    await harness.start();
    let end: (() => void) | null = null;
    const sweeper = new ReplaySweeper({
      database: stage.database.dispatcher,
      ring: () => Promise.resolve(false),
      run: ({ tenantId }) =>
        tenantId === harness.tenantId ? new Promise((resolve) => (end = resolve)) : Promise.resolve(),
      fallbackConcurrency: 2,
    });
    await sweeper.sweep();
    expect(sweeper.lastSweepMs).toBeGreaterThan(0);
    const ending = await waitUntil('the turn to begin', () => Promise.resolve(end));
    let stopped = false;
    const stopping = sweeper.stop().then(() => (stopped = true));
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    ending();
    await stopping;
  });
});
