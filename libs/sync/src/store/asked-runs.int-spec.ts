import { newUuid, ok } from '@hub/platform';
import { waitUntil } from '@hub/testing';
import { deleteSync, pauseSync, resumeSync } from '../syncs/sync.repository';
import { PullStage } from '../testing/pull-stage';

const stage = PullStage.open();

describe('runs that a person asks for', () => {
  it('a back-fill and a listing go beside the changes, each with its own cursor', async () => {
    const { vendor } = stage.harness;
    vendor.now = 2_000;
    vendor.put('old', 'x', 500);
    vendor.put('older', 'x', 100);
    const { id } = await stage.harness.addSync({ startFrom: null });
    await stage.harness.puller().pull(stage.harness.target);
    expect(await stage.subjects()).toEqual([]);
    const [before] = await stage.harness.query(`select cursor from syncs`);
    await stage.ask(id, { kind: 'backfill', from: new Date(300_000) });
    await expect(stage.ask(id, { kind: 'backfill', from: new Date(1) })).rejects.toThrow('run_under_way');
    await stage.harness.puller().pull(stage.harness.target);
    expect(await stage.subjects()).toEqual(['customer/old']);
    await stage.ask(id, { kind: 'full' });
    await stage.harness.puller().pull(stage.harness.target);
    expect(await stage.subjects()).toEqual(['customer/old', 'customer/older']);
    vendor.rows.delete('old');
    await stage.ask(id, { kind: 'full' });
    await stage.harness.puller().pull(stage.harness.target);
    expect((await stage.harness.events()).map(({ type }) => type)).toEqual([
      'fake.customer.updated',
      'fake.customer.updated',
      'fake.customer.deleted',
    ]);
    expect((await stage.harness.query(`select cursor from syncs`))[0]).toEqual(before);
    expect((await stage.runsOf(id)).map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'full succeeded',
      'full succeeded',
      'backfill succeeded',
      'scheduled succeeded',
    ]);
  });

  it('a back-fill gives way to changes that are due, though it has waited longer', async () => {
    const { store, target } = stage.harness;
    const { id } = await stage.harness.addSync({ startFrom: null });
    await stage.harness.puller().pull(target);
    await stage.ask(id, { kind: 'backfill', from: new Date(300_000) });
    await stage.makeDue();
    const lease = await store.take(target, newUuid(), 'w1');
    if (lease === null) throw new Error('no lease');
    expect(await store.next(lease)).toMatchObject({ kind: 'page', run: { kind: 'scheduled' } });
  });

  it('deletes many at once only in a listing for which a person has said so', async () => {
    const { vendor } = stage.harness;
    for (let index = 0; index < 30; index++) vendor.put(`c${index}`, 'x', 100);
    const { id } = await stage.harness.addSync();
    const list = async (allowDeletions: boolean): Promise<number> => {
      await stage.ask(id, { kind: 'full', allowDeletions });
      await stage.harness.puller().pull(stage.harness.target);
      return (await stage.harness.events()).filter(({ type }) => type === 'fake.customer.deleted').length;
    };
    expect(await list(false)).toBe(0);
    for (let index = 0; index < 25; index++) vendor.rows.delete(`c${index}`);
    expect(await list(false)).toBe(0);
    expect((await stage.runsOf(id))[0]).toMatchObject({
      status: 'failed',
      error: { category: 'validation', code: 'too_many_missing' },
    });
    expect(await list(true)).toBe(25);
  });

  it.each([
    ['are planned', 24],
    ['are not', null],
  ])('lists every record when deletions may have gone unseen, where listings %s', async (_, fullEveryHours) => {
    const { vendor } = stage.harness;
    for (const id of ['a', 'b', 'c']) vendor.put(id, 'x', 1_000);
    const { id } = await stage.harness.addSync({ fullEveryHours });
    await stage.harness.puller().pull(stage.harness.target);
    await stage.ask(id, { kind: 'full' });
    await stage.harness.puller().pull(stage.harness.target);
    const pull = vendor.pull.bind(vendor);
    vendor.pull = async (request) => {
      const page = await pull(request);
      return page.ok && request.mode === 'changes' ? ok({ ...page.value, needsListing: page.value.done }) : page;
    };
    vendor.rows.delete('b');
    // The listing before this one began long ago.
    await stage.harness.query(`update sync_runs set started_at = now() - interval '11 minutes' where kind = 'full'`);
    await stage.ask(id, { kind: 'manual' });
    await stage.harness.puller().pull(stage.harness.target);
    expect((await stage.harness.events()).at(-1)).toMatchObject({
      type: 'fake.customer.deleted',
      subject: 'customer/b',
    });
    // Another flood at once: a listing has just been made, and the next one keeps its distance or is asked for anew.
    await stage.ask(id, { kind: 'manual' });
    await stage.harness.puller().pull(stage.harness.target);
    const kinds = (await stage.runsOf(id)).map(({ kind, status }) => `${kind} ${status}`);
    expect(kinds.filter((kind) => kind === 'full succeeded')).toHaveLength(fullEveryHours === null ? 3 : 2);
    if (fullEveryHours !== null) {
      const [next] = await stage.harness.query(
        `select next_full_at between now() + interval '9 minutes' and now() + interval '10 minutes' as soon from syncs`,
      );
      expect(next).toEqual({ soon: true });
    }
  });

  it('a listing that begins anew counts from nothing: an empty one still deletes nothing', async () => {
    const { vendor } = stage.harness;
    for (const id of ['a', 'b']) vendor.put(id, 'x', 1_000);
    const { id } = await stage.harness.addSync();
    await stage.harness.puller().pull(stage.harness.target);
    await stage.ask(id, { kind: 'full' });
    await stage.harness.puller().pull(stage.harness.target);
    await stage.ask(id, { kind: 'full' });
    await stage.harness.query(
      `update sync_runs set status = 'running', started_at = now(), records_seen = 2 where kind = 'full' and status = 'queued'`,
    );
    const pull = vendor.pull.bind(vendor);
    vendor.pull = async (request) => {
      const page = await pull(request);
      return page.ok && request.mode === 'changes' ? ok({ ...page.value, needsListing: page.value.done }) : page;
    };
    vendor.rows.clear();
    await stage.ask(id, { kind: 'manual' });
    await stage.harness.puller().pull(stage.harness.target);
    expect((await stage.runsOf(id)).find(({ kind }) => kind === 'full')).toMatchObject({
      status: 'failed',
      error: { code: 'empty_listing' },
    });
    expect((await stage.harness.events()).map(({ type }) => type)).not.toContain('fake.customer.deleted');
  });

  it('changes come first, and a page of a long run does not keep them waiting', async () => {
    const { vendor } = stage.harness;
    for (let index = 0; index < 30; index++) vendor.put(`c${index}`, 'x', 100);
    const { id } = await stage.harness.addSync({ startFrom: null });
    await stage.harness.puller().pull(stage.harness.target);
    await stage.ask(id, { kind: 'full' });
    const pull = vendor.pull.bind(vendor);
    const modes: string[] = [];
    vendor.pull = async (request) => {
      modes.push(request.mode);
      if (modes.length === 2) await stage.ask(id, { kind: 'manual' });
      return pull(request);
    };
    await stage.harness.puller().pull(stage.harness.target);
    expect(modes.slice(0, 4)).toEqual(['full', 'full', 'changes', 'full']);
    expect(await stage.subjects()).toHaveLength(30);
  });

  it('a paused sync begins nothing, keeps what is open, and goes on where it was', async () => {
    const { vendor } = stage.harness;
    for (let index = 0; index < 6; index++) vendor.put(`c${index}`, 'x', 1_000);
    const { id } = await stage.harness.addSync();
    const pull = vendor.pull.bind(vendor);
    vendor.pull = async (request) => {
      await stage.harness.tenants.run(stage.harness.tenantId, (tx) => pauseSync(tx, id));
      return pull(request);
    };
    await stage.harness.puller().pull(stage.harness.target);
    await stage.announce('c5');
    await stage.harness.puller().pull(stage.harness.target);
    expect(vendor.calls).toHaveLength(1);
    expect(await stage.syncOf(id)).toMatchObject({ status: 'paused', pending_notices: 1 });
    await expect(stage.ask(id, { kind: 'manual' })).rejects.toThrow('sync_paused');
    vendor.pull = pull;
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) => resumeSync(tx, id));
    await stage.harness.puller().pull(stage.harness.target);
    expect((await stage.subjects()).sort()).toEqual([...vendor.rows.keys()].map((key) => `customer/${key}`));
    expect(await stage.syncOf(id)).toMatchObject({ status: 'active', pending_notices: 0 });
  });

  it('a deleted sync ends its runs, and its object may be pulled by another', async () => {
    const { id } = await stage.harness.addSync();
    expect(await stage.announce('a')).toBe(1);
    await stage.ask(id, { kind: 'full' });
    await stage.harness.tenants.run(stage.harness.tenantId, (tx) => deleteSync(tx, id));
    await stage.harness.puller().pull(stage.harness.target);
    expect(stage.harness.vendor.calls).toEqual([]);
    expect(await stage.announce('a')).toBe(0);
    expect(await stage.harness.query(`select status from sync_runs`)).toEqual([{ status: 'cancelled' }]);
    await stage.harness.addSync();
  });

  it('a sync is deleted while a pull of it writes, and neither gets into the other one’s way', async () => {
    const { harness } = stage;
    const { id } = await harness.addSync();
    const run = await stage.ask(id, { kind: 'manual' });
    let deleting: Promise<unknown> | undefined;
    await harness.tenants.run(harness.tenantId, async (tx) => {
      // As a page is written: the fence, the run, and then the sync.
      await tx.query(`update connection_pulls set lease_until = now() where connection_id = $1`, [
        harness.connectionId,
      ]);
      await tx.query(`update sync_runs set failures = 0 where id = $1`, [run.id]);
      deleting = harness.tenants.run(harness.tenantId, (other) => deleteSync(other, id));
      await waitUntil('the deletion to wait', async () => {
        const [{ n = 0 } = {}] = await tx.query<{ n: number }>(
          `select count(*)::int as n from pg_locks where not granted and pid <> pg_backend_pid()`,
        );
        return n > 0;
      });
      await tx.query(`update syncs set failures = 0 where id = $1`, [id]);
    });
    expect(await deleting).toMatchObject({ ok: true });
    expect(await harness.query(`select status from sync_runs where id = '${run.id}'`)).toEqual([
      { status: 'cancelled' },
    ]);
  });
});
