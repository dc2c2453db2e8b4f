import { newUuid } from '@hub/platform';
import { waitUntil } from '@hub/testing';
import { LeaseLostError } from '../pull/pull-store.port';
import { type PullConnection } from '../pull/puller.ports';
import { PullSweeper } from '../sweep/pull-sweeper';
import { PullStage } from '../testing/pull-stage';

const stage = PullStage.open();

describe('a scheduled sync', () => {
  it('is due at once, moves its cursor with its events, and plans the next run', async () => {
    const { vendor, rings } = stage.harness;
    for (let index = 0; index < 8; index++) vendor.put(`c${index}`, 'x', 1_000);
    const { id } = await stage.harness.addSync();
    await stage.harness.puller().pull(stage.harness.target);
    expect(await stage.subjects()).toEqual([...vendor.rows.keys()].map((key) => `customer/${key}`));
    const sync = await stage.syncOf(id);
    expect(sync).toMatchObject({ status: 'active', failures: 0, last_error: null });
    expect(sync.last_success_at).not.toBeNull();
    expect(sync.next_run_at.getTime()).toBeGreaterThan(sync.read_at.getTime() + 50_000);
    expect(await stage.runsOf(id)).toMatchObject([
      {
        kind: 'scheduled',
        status: 'succeeded',
        pages: 3,
        records_seen: 8,
        events_made: 8,
        cursor_before: null,
        cursor_after: { stamp: 1_000, id: 'c7' },
      },
    ]);
    expect(rings.now).toBe(0);
    expect(rings.later[0]).toBeGreaterThan(50_000);
    await stage.harness.puller().pull(stage.harness.target);
    expect(vendor.calls).toHaveLength(3);
  });

  it('rests while its tenant is suspended, and catches up afterwards', async () => {
    const { vendor, tenantId, target, store } = stage.harness;
    vendor.put('c1', 'x', 1_000);
    await stage.harness.addSync();
    const suspended = (status: string): Promise<unknown> =>
      stage.database.asSuperuser((client) =>
        client.query(`update tenants set status = $2 where id = $1`, [tenantId, status]),
      );
    const dueConnections: string[] = [];
    const sweeper = new PullSweeper({
      database: stage.database.dispatcher,
      ring: (targets) => Promise.resolve(dueConnections.push(...targets.map(({ connectionId }) => connectionId)) > 0),
      pull: () => Promise.resolve(),
      fallbackConcurrency: 1,
    });
    await suspended('suspended');
    await stage.harness.puller().pull(target);
    await sweeper.sweep();
    expect(vendor.calls).toEqual([]);
    expect(dueConnections).not.toContain(target.connectionId);
    expect(await store.cadence(target)).toBeNull();
    await suspended('active');
    await sweeper.sweep();
    expect(dueConnections).toContain(target.connectionId);
    await stage.harness.puller().pull(target);
    expect(await stage.subjects()).toEqual(['customer/c1']);
  });

  it('lists every record as often as it is told to, beside its changes', async () => {
    const { vendor } = stage.harness;
    for (const name of ['stays', 'goes']) vendor.put(name, 'x', 1_000);
    const { id, next_full_at: planned } = await stage.harness.addSync({ fullEveryHours: 24 });
    expect((planned?.getTime() ?? 0) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    await stage.harness.puller().pull(stage.harness.target);
    vendor.rows.delete('goes');
    await stage.makeDue();
    await stage.harness.puller().pull(stage.harness.target);
    expect((await stage.runsOf(id)).map(({ kind }) => kind)).toEqual(['scheduled', 'scheduled']);
    await stage.harness.query(`update syncs set next_run_at = now(), next_full_at = now()`);
    await stage.harness.puller().pull(stage.harness.target);
    expect((await stage.runsOf(id)).map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
      'full succeeded',
      ...Array<string>(3).fill('scheduled succeeded'),
    ]);
    expect((await stage.harness.events()).map(({ type, subject }) => `${type} ${subject}`).slice(2)).toEqual([
      'fake.customer.deleted customer/goes',
    ]);
    expect((await stage.syncOf(id)).next_full_at?.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  });

  it('is pulled by one worker at a time', async () => {
    const { vendor } = stage.harness;
    for (let index = 0; index < 40; index++) vendor.put(`c${index}`, 'x', 1_000);
    await stage.harness.addSync();
    await Promise.all([1, 2, 3, 4].map((worker) => stage.harness.puller(`w${worker}`).pull(stage.harness.target)));
    expect(await stage.subjects()).toHaveLength(40);
    expect(vendor.calls).toHaveLength(14);
  });

  it('goes on from the stored cursor when its worker has died, whose late writes count no more', async () => {
    const { vendor, store } = stage.harness;
    for (let index = 0; index < 9; index++) vendor.put(`c${index}`, 'x', 1_000);
    const { id } = await stage.harness.addSync();
    const dead = await store.take(stage.harness.target, newUuid(), 'dead');
    if (dead === null) throw new Error('no lease');
    const work = await store.next(dead);
    if (work === null) throw new Error('no work');
    expect(await store.take(stage.harness.target, newUuid(), 'early')).toBeNull();
    await stage.harness.query(`update connection_pulls set lease_until = now() - interval '1 second'`);
    await stage.harness.puller('heir').pull(stage.harness.target);
    expect(await stage.subjects()).toHaveLength(9);
    const counts = { seen: 1, made: 1, duplicates: 0, echoes: 0, unchanged: 0, unmapped: 0, failed: 0 };
    const late = { counts, cursor: { stamp: 1, id: '' }, phase: 'listing' as const, missingAfter: null, runDone: true };
    await expect(store.finishPage(dead, work, late)).rejects.toBeInstanceOf(LeaseLostError);
    expect(await store.renew(dead)).toBe(false);
    expect(await stage.runsOf(id)).toMatchObject([{ status: 'succeeded', cursor_after: { stamp: 1_000, id: 'c8' } }]);
  });

  it('makes no event of what it had read when another took over, who has read and announced what came after', async () => {
    const { vendor, target, puller, query } = stage.harness;
    vendor.put('a', 'old', 1_000);
    await stage.harness.addSync();
    const connection = vendor.connection();
    const frozen: PullConnection = {
      ...connection,
      pull: async (request, signal) => {
        const page = await connection.pull(request, signal);
        // Stopped for longer than its lease.
        vendor.put('a', 'new', 1_001);
        await query(`update connection_pulls set lease_until = now() - interval '1 second'`);
        await puller('heir').pull(target);
        return page;
      },
    };
    await puller('frozen', frozen).pull(target);
    const names = (await stage.harness.events()).map(
      ({ payload }) => (JSON.parse(payload) as { record: { name: string } }).record.name,
    );
    expect(names).toEqual(['new']);
  });

  it('keeps to its window, in the middle of a run too, unless a person asks', async () => {
    const { vendor } = stage.harness;
    for (let index = 0; index < 9; index++) vendor.put(`c${index}`, 'x', 1_000);
    const hour = (offset: number): string =>
      `${String((new Date().getUTCHours() + offset + 24) % 24).padStart(2, '0')}:00`;
    const closed = { from: hour(3), to: hour(5), time_zone: 'UTC' };
    const { id } = await stage.harness.addSync({ dailyWindow: { ...closed, from: hour(-1), to: hour(2) } });
    const pull = vendor.pull.bind(vendor);
    vendor.pull = async (request) => {
      await stage.harness.query(`update syncs set daily_window = $1`, [JSON.stringify(closed)]);
      return pull(request);
    };
    await stage.harness.puller().pull(stage.harness.target);
    expect(vendor.calls).toHaveLength(1);
    expect(await stage.runsOf(id)).toMatchObject([{ kind: 'scheduled', status: 'running', pages: 1 }]);
    const run = await stage.ask(id, { kind: 'manual' });
    expect(run).toMatchObject({ kind: 'manual', status: 'running', pages: 1 });
    await stage.harness.puller().pull(stage.harness.target);
    expect(await stage.runsOf(id)).toMatchObject([{ id: run.id, status: 'succeeded', records_seen: 9 }]);
    await stage.makeDue();
    await stage.harness.puller().pull(stage.harness.target);
    const sync = await stage.syncOf(id);
    expect(await stage.runsOf(id)).toHaveLength(1);
    expect(sync.next_run_at.getUTCMinutes()).toBe(0);
    expect(sync.next_run_at.getTime()).toBeGreaterThan(Date.now() + 3_600_000);
  });
});

describe('the sweep', () => {
  it('rings for what is due and pulled by nobody, and does the work itself while the queue is away', async () => {
    const { vendor } = stage.harness;
    vendor.put('a', 'x', 1_000);
    await stage.harness.addSync();
    const rung: string[] = [];
    let reachable = true;
    let pulls = 0;
    const pulled = (count: number): Promise<unknown> =>
      waitUntil('the pull without the queue to end', () => Promise.resolve(pulls === count));
    const sweeper = new PullSweeper({
      database: stage.database.dispatcher,
      ring: async (targets) => {
        rung.push(...targets.map(({ connectionId }) => connectionId));
        return reachable;
      },
      pull: async (target) => {
        if (target.connectionId !== stage.harness.connectionId) return;
        await stage.harness.puller().pull(target);
        pulls++;
      },
      fallbackConcurrency: 2,
    });
    const isRung = async (): Promise<boolean> => {
      rung.length = 0;
      await sweeper.sweep();
      return rung.includes(stage.harness.connectionId);
    };
    expect(await isRung()).toBe(true);
    await stage.harness.query(
      `update connection_pulls set lease_token = $1, lease_until = now() + interval '1 minute'`,
      [newUuid()],
    );
    expect(await isRung()).toBe(false);
    await stage.harness.query(`update connection_pulls set lease_until = now() - interval '1 second'`);
    await stage.harness.query(`update connections set status = 'paused'`);
    expect(await isRung()).toBe(false);
    await stage.harness.query(`update connections set status = 'active'`);
    reachable = false;
    expect(await isRung()).toBe(true);
    await pulled(1);
    expect(await stage.subjects()).toEqual(['customer/a']);
    expect(await isRung()).toBe(false);
    await stage.announce('a');
    expect(await isRung()).toBe(true);
    await pulled(2);
    expect(await isRung()).toBe(false);
  });

  it('is ready while a pull without the queue takes its time', async () => {
    await stage.harness.addSync();
    let end: (() => void) | null = null;
    const sweeper = new PullSweeper({
      database: stage.database.dispatcher,
      ring: () => Promise.resolve(false),
      pull: (target) =>
        target.connectionId === stage.harness.connectionId
          ? new Promise((resolve) => (end = resolve))
          : Promise.resolve(),
      fallbackConcurrency: 2,
    });
    await sweeper.sweep();
    expect(sweeper.lastSweepMs).toBeGreaterThan(0);
    const ending = await waitUntil('the pull to begin', () => Promise.resolve(end));
    let stopped = false;
    const stopping = sweeper.stop().then(() => (stopped = true));
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    ending();
    await stopping;
  });
});
