import { newUuid } from '@hub/platform';
import { announce, putHook } from '../hooks/hook.repository';
import { issueHookToken } from '../hooks/hook-token';
import { NOTHING } from '../pull/record-pipeline';
import { PullStage, refusal } from '../testing/pull-stage';

const stage = PullStage.open();

describe('announced changes', () => {
  it('become events by being read, once for however many announcements', async () => {
    const { vendor } = stage.harness;
    const { id } = await stage.harness.addSync({ startFrom: null });
    await stage.harness.puller().pull(stage.harness.target);
    vendor.put('a', 'one', 2_000);
    await stage.announce('a', 'a');
    await stage.announce('a');
    await stage.harness.puller().pull(stage.harness.target);
    expect(vendor.reads).toEqual([['a']]);
    expect(await stage.subjects()).toEqual(['customer/a']);
    await stage.announce('a');
    await stage.makeDue();
    await stage.harness.puller().pull(stage.harness.target);
    expect(await stage.subjects()).toEqual(['customer/a']);
    const [scheduled, again, first] = await stage.runsOf(id);
    expect([scheduled, again, first]).toMatchObject([
      { kind: 'scheduled', unchanged: 1, events_made: 0 },
      { kind: 'hook', unchanged: 1, events_made: 0 },
      { kind: 'hook', status: 'succeeded', events_made: 1 },
    ]);
  });

  it('that arrive while the record is being read are read once more', async () => {
    const { vendor } = stage.harness;
    await stage.harness.addSync({ startFrom: null });
    await stage.harness.puller().pull(stage.harness.target);
    vendor.put('a', 'one', 2_000);
    await stage.announce('a');
    const read = vendor.read.bind(vendor);
    vendor.read = async (ids) => {
      const answer = await read(ids);
      if (vendor.reads.length === 1) {
        vendor.put('a', 'two', 2_001);
        await stage.announce('a');
      }
      return answer;
    };
    await stage.harness.puller().pull(stage.harness.target);
    const names = (await stage.harness.events()).map(
      ({ payload }) => (JSON.parse(payload) as { record: { name: string } }).record.name,
    );
    expect(names).toEqual(['one', 'two']);
  });

  it('are carried as the hub has asked, also when the vendor announces them before they are read', async () => {
    await stage.harness.addSync({ startFrom: null });
    const { tenants, tenantId, connectionId } = stage.harness;
    const notice = { object: 'Customer', id: 'a', change: 'updated' as const };
    await tenants.run(tenantId, (tx) => announce(tx, connectionId, [notice], true));
    await stage.announce('a');
    expect(await stage.harness.query(`select record_id, carry from hook_notices`)).toEqual([
      { record_id: 'a', carry: true },
    ]);
  });

  it('survive a worker that dies over them', async () => {
    const { vendor, store } = stage.harness;
    const { id } = await stage.harness.addSync({ startFrom: null });
    await stage.harness.puller().pull(stage.harness.target);
    vendor.put('a', 'one', 2_000);
    await stage.announce('a');
    const dead = await store.take(stage.harness.target, newUuid(), 'dead');
    if (dead === null) throw new Error('no lease');
    expect(await store.next(dead)).toMatchObject({ kind: 'notices' });
    await stage.harness.query(`update connection_pulls set lease_until = now() - interval '1 second'`);
    await stage.harness.puller('heir').pull(stage.harness.target);
    expect(await stage.subjects()).toEqual(['customer/a']);
    expect((await stage.runsOf(id)).map(({ status, error }) => [status, error?.code])).toEqual([
      ['succeeded', undefined],
      ['failed', 'interrupted'],
      ['succeeded', undefined],
    ]);
  });

  it('are not spoilt for all by one that the vendor refuses', async () => {
    const { vendor } = stage.harness;
    const { id } = await stage.harness.addSync({ startFrom: null });
    await stage.harness.puller().pull(stage.harness.target);
    for (const key of ['a', 'b', 'bad']) vendor.put(key, 'x', 2_000);
    await stage.announce('a', 'b', 'bad');
    const read = vendor.read.bind(vendor);
    vendor.read = (ids) => {
      if (ids.includes('bad')) vendor.failures.unshift(refusal('validation'));
      return read(ids);
    };
    for (let round = 0; round < 6; round++) {
      await stage.harness.puller().pull(stage.harness.target);
      await stage.harness.query(`update hook_notices set due_at = now()`);
    }
    expect((await stage.subjects()).sort()).toEqual(['customer/a', 'customer/b']);
    expect(await stage.syncOf(id)).toMatchObject({ status: 'active', pending_notices: 0 });
    expect(vendor.reads.filter((ids) => ids.includes('bad'))).toHaveLength(4);
  });

  it.each([
    ['is given up', 3],
    ['is put off', 0],
  ])('stay when they come while a reading before them fails and %s', async (_, attempts) => {
    const { harness } = stage;
    const { store } = harness;
    await harness.addSync({ startFrom: null });
    await harness.puller().pull(harness.target);
    await stage.announce('a');
    await harness.query(`update hook_notices set attempts = $1`, [attempts]);
    const lease = await store.take(harness.target, newUuid(), 'w');
    const work = lease === null ? null : await store.next(lease);
    if (lease === null || work === null) throw new Error('nothing to read');
    await stage.announce('a');
    await store.fail(lease, work, refusal('validation'), { kind: 'fail' });
    const left = await harness.query(`select revision, attempts, due_at <= now() as due from hook_notices`);
    expect(left).toEqual([{ revision: 2, attempts: 0, due: true }]);
  });

  it('stay due when they come while a reading before them finds the record not yet there', async () => {
    const { harness } = stage;
    const { store } = harness;
    await harness.addSync({ startFrom: null });
    await harness.puller().pull(harness.target);
    await stage.announce('a');
    const lease = await store.take(harness.target, newUuid(), 'w');
    const work = lease === null ? null : await store.next(lease);
    if (lease === null || work?.kind !== 'notices') throw new Error('nothing to read');
    await stage.announce('a');
    const retry = work.notices.map((notice) => ({ notice, delayMs: 60_000 }));
    await store.finishNotices(lease, work, { counts: NOTHING, settled: [], retry, pullInstead: false });
    const left = await harness.query(`select revision, attempts, due_at <= now() as due from hook_notices`);
    expect(left).toEqual([{ revision: 2, attempts: 0, due: true }]);
  });

  it('are counted for the address that they came by, and only that', async () => {
    await stage.harness.addSync();
    const { hash } = issueHookToken();
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) => putHook(tx, stage.harness.connectionId, hash));
    await stage.announce('a');
    const rows = await stage.harness.query(`select received, refused from connection_hooks`);
    expect(rows).toEqual([{ received: 1, refused: 0 }]);
  });
});
