import { type ConnectorError } from '@hub/connector-sdk';
import { newUuid, ok } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { putHook, storeNotices } from '../hooks/hook.repository';
import { issueHookToken } from '../hooks/hook-token';
import { LeaseLostError } from '../pull/pull-store.port';
import { PullSweeper } from '../sweep/pull-sweeper';
import { listSyncRuns, requestRun } from '../syncs/sync-run.repository';
import { deleteSync, findSync, pauseSync, resumeSync } from '../syncs/sync.repository';
import { type RunRequest, type SyncRow, type SyncRunRow } from '../syncs/sync.types';
import { createSyncHarness, type SyncHarness } from '../testing/sync-harness';

let database: TestDatabase;
let harness: SyncHarness;
beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
beforeEach(async () => {
  harness = await createSyncHarness(database);
});
afterAll(() => database?.close());

const refusal = (category: ConnectorError['category'], rest: Partial<ConnectorError> = {}): ConnectorError => ({
  category,
  code: `${category}_code`,
  message: 'with a \0 in it',
  ...rest,
});

async function syncOf(id: string): Promise<SyncRow> {
  const row = await harness.tenants.run(harness.tenantId, (tx) => findSync(tx, id));
  if (row === null) throw new Error('no such sync');
  return row;
}

function runsOf(id: string): Promise<SyncRunRow[]> {
  return harness.tenants.run(harness.tenantId, (tx) => listSyncRuns(tx, id, { limit: 50, before: null }));
}

async function ask(id: string, request: RunRequest): Promise<SyncRunRow> {
  const asked = await harness.tenants.run(harness.tenantId, (tx) => requestRun(tx, id, request));
  if (!asked.ok) throw new Error(asked.error.code);
  return asked.value.run;
}

const subjects = async (): Promise<string[]> => (await harness.events()).map(({ subject }) => subject);
const makeDue = (): Promise<unknown> => harness.query(`update syncs set next_run_at = now()`);
const announce = (...ids: string[]): Promise<number> =>
  harness.tenants.run(harness.tenantId, (tx) =>
    storeNotices(
      tx,
      harness.connectionId,
      ids.map((id) => ({ object: 'Customer', id, change: 'updated' as const })),
    ),
  );

describe('a scheduled sync', () => {
  it('is due at once, moves its cursor with its events, and plans the next run', async () => {
    const { vendor, rings } = harness;
    for (let index = 0; index < 8; index++) vendor.put(`c${index}`, 'x', 1_000);
    const { id } = await harness.addSync();
    await harness.puller().pull(harness.target);
    expect(await subjects()).toEqual([...vendor.rows.keys()].map((key) => `customer/${key}`));
    const sync = await syncOf(id);
    expect(sync).toMatchObject({ status: 'active', failures: 0, last_error: null });
    expect(sync.last_success_at).not.toBeNull();
    expect(sync.next_run_at.getTime()).toBeGreaterThan(sync.read_at.getTime() + 50_000);
    expect(await runsOf(id)).toMatchObject([
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
    await harness.puller().pull(harness.target);
    expect(vendor.calls).toHaveLength(3);
  });

  it('rests while its tenant is suspended, and catches up afterwards', async () => {
    const { vendor, tenantId, target, store } = harness;
    vendor.put('c1', 'x', 1_000);
    await harness.addSync();
    const suspended = (status: string): Promise<unknown> =>
      database.asSuperuser((client) =>
        client.query(`update tenants set status = $2 where id = $1`, [tenantId, status]),
      );
    const dueConnections: string[] = [];
    const sweeper = new PullSweeper({
      database: database.dispatcher,
      ring: (targets) => Promise.resolve(dueConnections.push(...targets.map(({ connectionId }) => connectionId)) > 0),
      pull: () => Promise.resolve(),
      fallbackConcurrency: 1,
    });
    await suspended('suspended');
    await harness.puller().pull(target);
    await sweeper.sweep();
    expect(vendor.calls).toEqual([]);
    expect(dueConnections).not.toContain(target.connectionId);
    expect(await store.cadence(target)).toBeNull();
    await suspended('active');
    await sweeper.sweep();
    expect(dueConnections).toContain(target.connectionId);
    await harness.puller().pull(target);
    expect(await subjects()).toEqual(['customer/c1']);
  });

  it('lists every record as often as it is told to, beside its changes', async () => {
    const { vendor } = harness;
    for (const name of ['stays', 'goes']) vendor.put(name, 'x', 1_000);
    const { id, next_full_at: planned } = await harness.addSync({ fullEveryHours: 24 });
    expect((planned?.getTime() ?? 0) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    await harness.puller().pull(harness.target);
    vendor.rows.delete('goes');
    await makeDue();
    await harness.puller().pull(harness.target);
    expect((await runsOf(id)).map(({ kind }) => kind)).toEqual(['scheduled', 'scheduled']);
    await harness.query(`update syncs set next_run_at = now(), next_full_at = now()`);
    await harness.puller().pull(harness.target);
    expect((await runsOf(id)).map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
      'full succeeded',
      ...Array<string>(3).fill('scheduled succeeded'),
    ]);
    expect((await harness.events()).map(({ type, subject }) => `${type} ${subject}`).slice(2)).toEqual([
      'fake.customer.deleted customer/goes',
    ]);
    expect((await syncOf(id)).next_full_at?.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  });

  it('is pulled by one worker at a time', async () => {
    const { vendor } = harness;
    for (let index = 0; index < 40; index++) vendor.put(`c${index}`, 'x', 1_000);
    await harness.addSync();
    await Promise.all([1, 2, 3, 4].map((worker) => harness.puller(`w${worker}`).pull(harness.target)));
    expect(await subjects()).toHaveLength(40);
    expect(vendor.calls).toHaveLength(14);
  });

  it('goes on from the stored cursor when its worker has died, whose late writes count no more', async () => {
    const { vendor, store } = harness;
    for (let index = 0; index < 9; index++) vendor.put(`c${index}`, 'x', 1_000);
    const { id } = await harness.addSync();
    const dead = await store.take(harness.target, newUuid(), 'dead');
    if (dead === null) throw new Error('no lease');
    const work = await store.next(dead);
    if (work === null) throw new Error('no work');
    expect(await store.take(harness.target, newUuid(), 'early')).toBeNull();
    await harness.query(`update connection_pulls set lease_until = now() - interval '1 second'`);
    await harness.puller('heir').pull(harness.target);
    expect(await subjects()).toHaveLength(9);
    const counts = { seen: 1, made: 1, duplicates: 0, echoes: 0, unchanged: 0, unmapped: 0, failed: 0 };
    const late = { counts, cursor: { stamp: 1, id: '' }, phase: 'listing' as const, missingAfter: null, runDone: true };
    await expect(store.finishPage(dead, work, late)).rejects.toBeInstanceOf(LeaseLostError);
    expect(await store.renew(dead)).toBe(false);
    expect(await runsOf(id)).toMatchObject([{ status: 'succeeded', cursor_after: { stamp: 1_000, id: 'c8' } }]);
  });

  it('keeps to its window, in the middle of a run too, unless a person asks', async () => {
    const { vendor } = harness;
    for (let index = 0; index < 9; index++) vendor.put(`c${index}`, 'x', 1_000);
    const hour = (offset: number): string =>
      `${String((new Date().getUTCHours() + offset + 24) % 24).padStart(2, '0')}:00`;
    const closed = { from: hour(3), to: hour(5), time_zone: 'UTC' };
    const { id } = await harness.addSync({ dailyWindow: { ...closed, from: hour(-1), to: hour(2) } });
    const pull = vendor.pull.bind(vendor);
    vendor.pull = async (request) => {
      await harness.query(`update syncs set daily_window = $1`, [JSON.stringify(closed)]);
      return pull(request);
    };
    await harness.puller().pull(harness.target);
    expect(vendor.calls).toHaveLength(1);
    expect(await runsOf(id)).toMatchObject([{ kind: 'scheduled', status: 'running', pages: 1 }]);
    const run = await ask(id, { kind: 'manual' });
    expect(run).toMatchObject({ kind: 'manual', status: 'running', pages: 1 });
    await harness.puller().pull(harness.target);
    expect(await runsOf(id)).toMatchObject([{ id: run.id, status: 'succeeded', records_seen: 9 }]);
    await makeDue();
    await harness.puller().pull(harness.target);
    const sync = await syncOf(id);
    expect(await runsOf(id)).toHaveLength(1);
    expect(sync.next_run_at.getUTCMinutes()).toBe(0);
    expect(sync.next_run_at.getTime()).toBeGreaterThan(Date.now() + 3_600_000);
  });
});

describe('refusals', () => {
  it('a limit makes deliveries and pulls of the connection wait, and fails nothing', async () => {
    const { vendor } = harness;
    vendor.put('a', 'x');
    vendor.failures.push(refusal('rate_limited', { retryAfterMs: 60_000 }));
    const { id } = await harness.addSync();
    await harness.puller().pull(harness.target);
    await harness.puller().pull(harness.target);
    expect(vendor.calls).toHaveLength(1);
    expect(await syncOf(id)).toMatchObject({
      status: 'active',
      failures: 0,
      last_error: { code: 'rate_limited_code' },
    });
    expect(await runsOf(id)).toMatchObject([{ status: 'running', failures: 0, error: { category: 'rate_limited' } }]);
    const [waits] = await harness.query<{ pull: boolean; drain: boolean; resume_reason: string }>(
      `select p.resume_at > now() + interval '50 seconds' as pull, r.resume_at > now() + interval '50 seconds' as drain, r.resume_reason
       from connection_pulls p join connection_runtime r using (tenant_id, connection_id)`,
    );
    expect(waits).toEqual({ pull: true, drain: true, resume_reason: 'rate_limited' });
    await harness.query(`update connection_pulls set resume_at = null`);
    // The limit that deliveries wait for holds for pulls as well.
    await harness.puller().pull(harness.target);
    expect(vendor.calls).toHaveLength(1);
    await harness.query(`update connection_runtime set resume_at = now()`);
    await harness.puller().pull(harness.target);
    expect(await runsOf(id)).toMatchObject([{ status: 'succeeded', error: null }]);
  });

  it('a limit that a delivery meets stops a pull after its page', async () => {
    const { vendor, rings } = harness;
    for (let index = 0; index < 9; index++) vendor.put(`c${index}`, 'x', 1_000);
    await harness.addSync();
    const pull = vendor.pull.bind(vendor);
    vendor.pull = async (request) => {
      await harness.query(
        `update connection_runtime set resume_reason = 'rate_limited', resume_at = now() + interval '1 minute'`,
      );
      return pull(request);
    };
    await harness.puller().pull(harness.target);
    expect(vendor.calls).toHaveLength(1);
    expect(await subjects()).toHaveLength(3);
    expect(rings.later[0]).toBeGreaterThan(50_000);
  });

  it('a revoked grant holds the run until the connection is well again', async () => {
    const { vendor } = harness;
    vendor.put('a', 'x');
    vendor.failures.push(refusal('auth_revoked'));
    const { id } = await harness.addSync();
    const connection = vendor.connection();
    await harness
      .puller('w1', {
        ...connection,
        requireReauth: async () => void (await harness.query(`update connections set status = 'needs_reauth'`)),
      })
      .pull(harness.target);
    await harness.puller().pull(harness.target);
    expect(vendor.calls).toHaveLength(1);
    expect(await runsOf(id)).toMatchObject([{ status: 'running', error: { category: 'auth_revoked' } }]);
    await harness.query(`update connections set status = 'active'`);
    await harness.puller().pull(harness.target);
    expect(await subjects()).toEqual(['customer/a']);
  });

  it('a fleeting failure is tried again from the same place, and told to people when it stays', async () => {
    const { vendor } = harness;
    for (let index = 0; index < 6; index++) vendor.put(`c${index}`, 'x', 1_000);
    const { id } = await harness.addSync();
    for (let failure = 1; failure <= 5; failure++) {
      vendor.failures.push(refusal('transient'));
      await harness.puller().pull(harness.target);
      expect(await syncOf(id)).toMatchObject({ failures: failure, status: failure < 5 ? 'active' : 'failing' });
      await harness.puller().pull(harness.target);
      expect(vendor.calls).toHaveLength(failure);
      await harness.query(`update sync_runs set next_attempt_at = now()`);
    }
    await harness.puller().pull(harness.target);
    expect(await syncOf(id)).toMatchObject({ failures: 0, status: 'active', last_error: null });
    expect(await runsOf(id)).toMatchObject([{ status: 'succeeded', records_seen: 6 }]);
    const told = await harness.query(`select type, data::jsonb ->> 'sync_id' as sync from hub_events order by id`);
    expect(told).toEqual([
      { type: 'sync.failing', sync: id },
      { type: 'sync.recovered', sync: id },
    ]);
  });

  it('one that needs a person ends the run, says so, and is asked again a quarter of an hour later', async () => {
    const { vendor } = harness;
    vendor.failures.push(refusal('permission'));
    const { id } = await harness.addSync();
    await harness.puller().pull(harness.target);
    const sync = await syncOf(id);
    expect(sync).toMatchObject({
      status: 'failing',
      last_error: { category: 'permission', message: 'with a \ufffd in it' },
    });
    expect(sync.next_run_at.getTime() - sync.read_at.getTime()).toBeGreaterThan(14 * 60_000);
    expect(await runsOf(id)).toMatchObject([{ status: 'failed', error: { code: 'permission_code' } }]);
    await ask(id, { kind: 'manual' });
    await harness.puller().pull(harness.target);
    expect(await syncOf(id)).toMatchObject({ status: 'active', last_error: null });
  });
});

describe('runs that a person asks for', () => {
  it('a back-fill and a listing go beside the changes, each with its own cursor', async () => {
    const { vendor } = harness;
    vendor.now = 2_000;
    vendor.put('old', 'x', 500);
    vendor.put('older', 'x', 100);
    const { id } = await harness.addSync({ startFrom: null });
    await harness.puller().pull(harness.target);
    expect(await subjects()).toEqual([]);
    const [before] = await harness.query(`select cursor from syncs`);
    await ask(id, { kind: 'backfill', from: new Date(300_000) });
    await expect(ask(id, { kind: 'backfill', from: new Date(1) })).rejects.toThrow('run_under_way');
    await harness.puller().pull(harness.target);
    expect(await subjects()).toEqual(['customer/old']);
    await ask(id, { kind: 'full' });
    await harness.puller().pull(harness.target);
    expect(await subjects()).toEqual(['customer/old', 'customer/older']);
    vendor.rows.delete('old');
    await ask(id, { kind: 'full' });
    await harness.puller().pull(harness.target);
    expect((await harness.events()).map(({ type }) => type)).toEqual([
      'fake.customer.updated',
      'fake.customer.updated',
      'fake.customer.deleted',
    ]);
    expect((await harness.query(`select cursor from syncs`))[0]).toEqual(before);
    expect((await runsOf(id)).map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'full succeeded',
      'full succeeded',
      'backfill succeeded',
      'scheduled succeeded',
    ]);
  });

  it.each([
    ['are planned', 24],
    ['are not', null],
  ])('lists every record when deletions may have gone unseen, where listings %s', async (_, fullEveryHours) => {
    const { vendor } = harness;
    for (const id of ['a', 'b', 'c']) vendor.put(id, 'x', 1_000);
    const { id } = await harness.addSync({ fullEveryHours });
    await harness.puller().pull(harness.target);
    await ask(id, { kind: 'full' });
    await harness.puller().pull(harness.target);
    const pull = vendor.pull.bind(vendor);
    vendor.pull = async (request) => {
      const page = await pull(request);
      return page.ok && request.mode === 'changes' ? ok({ ...page.value, needsListing: page.value.done }) : page;
    };
    vendor.rows.delete('b');
    // The listing before this one began long ago.
    await harness.query(`update sync_runs set started_at = now() - interval '11 minutes' where kind = 'full'`);
    await ask(id, { kind: 'manual' });
    await harness.puller().pull(harness.target);
    expect((await harness.events()).at(-1)).toMatchObject({ type: 'fake.customer.deleted', subject: 'customer/b' });
    // Another flood at once: a listing has just been made, and the next one keeps its distance or is asked for anew.
    await ask(id, { kind: 'manual' });
    await harness.puller().pull(harness.target);
    const kinds = (await runsOf(id)).map(({ kind, status }) => `${kind} ${status}`);
    expect(kinds.filter((kind) => kind === 'full succeeded')).toHaveLength(fullEveryHours === null ? 3 : 2);
    if (fullEveryHours !== null) {
      const [next] = await harness.query(
        `select next_full_at between now() + interval '9 minutes' and now() + interval '10 minutes' as soon from syncs`,
      );
      expect(next).toEqual({ soon: true });
    }
  });

  it('changes come first, and a page of a long run does not keep them waiting', async () => {
    const { vendor } = harness;
    for (let index = 0; index < 30; index++) vendor.put(`c${index}`, 'x', 100);
    const { id } = await harness.addSync({ startFrom: null });
    await harness.puller().pull(harness.target);
    await ask(id, { kind: 'full' });
    const pull = vendor.pull.bind(vendor);
    const modes: string[] = [];
    vendor.pull = async (request) => {
      modes.push(request.mode);
      if (modes.length === 2) await ask(id, { kind: 'manual' });
      return pull(request);
    };
    await harness.puller().pull(harness.target);
    expect(modes.slice(0, 4)).toEqual(['full', 'full', 'changes', 'full']);
    expect(await subjects()).toHaveLength(30);
  });

  it('a paused sync begins nothing, keeps what is open, and goes on where it was', async () => {
    const { vendor } = harness;
    for (let index = 0; index < 6; index++) vendor.put(`c${index}`, 'x', 1_000);
    const { id } = await harness.addSync();
    const pull = vendor.pull.bind(vendor);
    vendor.pull = async (request) => {
      await harness.tenants.run(harness.tenantId, (tx) => pauseSync(tx, id));
      return pull(request);
    };
    await harness.puller().pull(harness.target);
    await announce('c5');
    await harness.puller().pull(harness.target);
    expect(vendor.calls).toHaveLength(1);
    expect(await syncOf(id)).toMatchObject({ status: 'paused', pending_notices: 1 });
    await expect(ask(id, { kind: 'manual' })).rejects.toThrow('sync_paused');
    vendor.pull = pull;
    await harness.tenants.run(harness.tenantId, (tx) => resumeSync(tx, id));
    await harness.puller().pull(harness.target);
    expect((await subjects()).sort()).toEqual([...vendor.rows.keys()].map((key) => `customer/${key}`));
    expect(await syncOf(id)).toMatchObject({ status: 'active', pending_notices: 0 });
  });

  it('a deleted sync ends its runs, and its object may be pulled by another', async () => {
    const { id } = await harness.addSync();
    expect(await announce('a')).toBe(1);
    await ask(id, { kind: 'full' });
    await harness.tenants.run(harness.tenantId, (tx) => deleteSync(tx, id));
    await harness.puller().pull(harness.target);
    expect(harness.vendor.calls).toEqual([]);
    expect(await announce('a')).toBe(0);
    expect(await harness.query(`select status from sync_runs`)).toEqual([{ status: 'cancelled' }]);
    await harness.addSync();
  });
});

describe('announced changes', () => {
  it('become events by being read, once for however many announcements', async () => {
    const { vendor } = harness;
    const { id } = await harness.addSync({ startFrom: null });
    await harness.puller().pull(harness.target);
    vendor.put('a', 'one', 2_000);
    await announce('a', 'a');
    await announce('a');
    await harness.puller().pull(harness.target);
    expect(vendor.reads).toEqual([['a']]);
    expect(await subjects()).toEqual(['customer/a']);
    await announce('a');
    await makeDue();
    await harness.puller().pull(harness.target);
    expect(await subjects()).toEqual(['customer/a']);
    const [scheduled, again, first] = await runsOf(id);
    expect([scheduled, again, first]).toMatchObject([
      { kind: 'scheduled', unchanged: 1, events_made: 0 },
      { kind: 'hook', unchanged: 1, events_made: 0 },
      { kind: 'hook', status: 'succeeded', events_made: 1 },
    ]);
  });

  it('that arrive while the record is being read are read once more', async () => {
    const { vendor } = harness;
    await harness.addSync({ startFrom: null });
    await harness.puller().pull(harness.target);
    vendor.put('a', 'one', 2_000);
    await announce('a');
    const read = vendor.read.bind(vendor);
    vendor.read = async (ids) => {
      const answer = await read(ids);
      if (vendor.reads.length === 1) {
        vendor.put('a', 'two', 2_001);
        await announce('a');
      }
      return answer;
    };
    await harness.puller().pull(harness.target);
    const names = (await harness.events()).map(
      ({ payload }) => (JSON.parse(payload) as { record: { name: string } }).record.name,
    );
    expect(names).toEqual(['one', 'two']);
  });

  it('survive a worker that dies over them', async () => {
    const { vendor, store } = harness;
    const { id } = await harness.addSync({ startFrom: null });
    await harness.puller().pull(harness.target);
    vendor.put('a', 'one', 2_000);
    await announce('a');
    const dead = await store.take(harness.target, newUuid(), 'dead');
    if (dead === null) throw new Error('no lease');
    expect(await store.next(dead)).toMatchObject({ kind: 'notices' });
    await harness.query(`update connection_pulls set lease_until = now() - interval '1 second'`);
    await harness.puller('heir').pull(harness.target);
    expect(await subjects()).toEqual(['customer/a']);
    expect((await runsOf(id)).map(({ status, error }) => [status, error?.code])).toEqual([
      ['succeeded', undefined],
      ['failed', 'interrupted'],
      ['succeeded', undefined],
    ]);
  });

  it('are not spoilt for all by one that the vendor refuses', async () => {
    const { vendor } = harness;
    const { id } = await harness.addSync({ startFrom: null });
    await harness.puller().pull(harness.target);
    for (const key of ['a', 'b', 'bad']) vendor.put(key, 'x', 2_000);
    await announce('a', 'b', 'bad');
    const read = vendor.read.bind(vendor);
    vendor.read = (ids) => {
      if (ids.includes('bad')) vendor.failures.unshift(refusal('validation'));
      return read(ids);
    };
    for (let round = 0; round < 6; round++) {
      await harness.puller().pull(harness.target);
      await harness.query(`update hook_notices set due_at = now()`);
    }
    expect((await subjects()).sort()).toEqual(['customer/a', 'customer/b']);
    expect(await syncOf(id)).toMatchObject({ status: 'active', pending_notices: 0 });
    expect(vendor.reads.filter((ids) => ids.includes('bad'))).toHaveLength(4);
  });

  it('are counted for the address that they came by, and only that', async () => {
    await harness.addSync();
    const { hash } = issueHookToken();
    await harness.tenants.run(harness.tenantId, (tx) => putHook(tx, harness.connectionId, hash));
    await announce('a');
    const rows = await harness.query(`select received, refused from connection_hooks`);
    expect(rows).toEqual([{ received: 1, refused: 0 }]);
  });
});

describe('the sweep', () => {
  it('rings for what is due and pulled by nobody, and does the work itself while the queue is away', async () => {
    const { vendor } = harness;
    vendor.put('a', 'x', 1_000);
    await harness.addSync();
    const rung: string[] = [];
    let reachable = true;
    const sweeper = new PullSweeper({
      database: database.dispatcher,
      ring: async (targets) => {
        rung.push(...targets.map(({ connectionId }) => connectionId));
        return reachable;
      },
      pull: (target) =>
        target.connectionId === harness.connectionId ? harness.puller().pull(target) : Promise.resolve(),
      fallbackConcurrency: 2,
    });
    const isRung = async (): Promise<boolean> => {
      rung.length = 0;
      await sweeper.sweep();
      return rung.includes(harness.connectionId);
    };
    expect(await isRung()).toBe(true);
    await harness.query(`update connection_pulls set lease_token = $1, lease_until = now() + interval '1 minute'`, [
      newUuid(),
    ]);
    expect(await isRung()).toBe(false);
    await harness.query(`update connection_pulls set lease_until = now() - interval '1 second'`);
    await harness.query(`update connections set status = 'paused'`);
    expect(await isRung()).toBe(false);
    await harness.query(`update connections set status = 'active'`);
    reachable = false;
    expect(await isRung()).toBe(true);
    expect(await subjects()).toEqual(['customer/a']);
    expect(await isRung()).toBe(false);
    await announce('a');
    expect(await isRung()).toBe(true);
    expect(await isRung()).toBe(false);
  });
});
