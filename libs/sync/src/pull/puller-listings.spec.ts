import { ok } from '@hub/platform';
import { stage, target, type MemoryStage } from '../testing/memory-stage';

describe('a whole listing', () => {
  it('announces what is gone, and asks once more before it does', async () => {
    const { vendor, store, guard, sink, puller } = stage();
    for (const id of ['a', 'b', 'c', 'd']) vendor.put(id, id);
    store.begin('full');
    await puller().pull(target);
    expect(sink.names()).toEqual(['a', 'b', 'c', 'd']);
    vendor.rows.delete('b');
    const listed = vendor.pull.bind(vendor);
    vendor.pull = async (request) => {
      const page = await listed(request);
      // A record that moved between two pages: not listed, but there.
      return page.ok ? ok({ ...page.value, records: page.value.records.filter(({ id }) => id !== 'c') }) : page;
    };
    vendor.reads.length = 0;
    store.begin('full');
    await puller().pull(target);
    expect(vendor.reads).toEqual([['b', 'c']]);
    expect(sink.names()).toEqual(['a', 'b', 'c', 'd', '-b']);
    expect(guard.known.get('b')).toMatchObject({ gone: true });
    store.begin('full');
    await puller().pull(target);
    expect(sink.names()).toHaveLength(5);
    expect(store.cursor).toBeNull();
  });

  it.each(['that can be read by id', 'that cannot'])(
    'deletes nothing when it was empty, of records %s',
    async (which) => {
      const { vendor, store, sink, puller } = stage();
      vendor.put('a', 'a');
      store.begin('full');
      await puller().pull(target);
      vendor.rows.clear();
      store.begin('full');
      const blind = { ...vendor.connection(), readRecords: null };
      const connection = which === 'that cannot' ? blind : vendor.connection();
      await puller({ connections: { open: () => Promise.resolve(ok(connection)) } }).pull(target);
      expect(sink.names()).toEqual(['a']);
      expect(store.failures).toMatchObject([{ error: { code: 'empty_listing' }, verdict: { kind: 'fail' } }]);
    },
  );
});

describe('a whole listing that shows fewer records than are known', () => {
  const id = (index: number): string => `r${String(index).padStart(3, '0')}`;

  /** 200 are known, and then `gone` of them are neither listed nor found. */
  async function shortened(gone: number, run: { allowDeletions?: boolean } = {}): Promise<MemoryStage> {
    const staged = stage();
    const { vendor, store, sink, puller } = staged;
    vendor.pageSize = 100;
    for (let index = 0; index < 200; index++) vendor.put(id(index), id(index));
    store.begin('full');
    await puller().pull(target);
    expect(sink.names()).toHaveLength(200);
    for (let index = 0; index < gone; index++) vendor.rows.delete(id(index));
    store.begin('full', run);
    await puller().pull(target);
    return staged;
  }

  it('by more than a tenth deletes nothing, and says why', async () => {
    const { store, sink } = await shortened(50);
    expect(sink.names()).toHaveLength(200);
    expect(store.failures).toMatchObject([
      { error: { category: 'validation', code: 'too_many_missing' }, verdict: { kind: 'fail' } },
    ]);
    expect(store.failures[0]?.error.message).toContain('50 of 200 known records');
  });

  it.each([
    ['a few', 5, {}],
    ['a tenth', 20, {}],
    ['many, and a person has allowed it', 50, { allowDeletions: true }],
  ])('by %s tells their deletion', async (_what, gone, run) => {
    const { store, sink } = await shortened(gone, run);
    expect(store.failures).toEqual([]);
    expect(sink.names().slice(200)).toEqual(Array.from({ length: gone }, (_, index) => `-${id(index)}`));
  });
});

describe('announced changes', () => {
  const notice = (recordId: string, change: 'updated' | 'deleted' = 'updated', attempts = 0) => ({
    recordId,
    change,
    carry: false,
    revision: 1,
    attempts,
    ageMs: 5,
  });

  it('are read, whatever was said of them, and once only', async () => {
    const { vendor, store, sink, puller } = stage();
    store.begin('full', {});
    await puller().pull(target);
    vendor.put('a', 'there', 1_001);
    store.notices = [notice('a', 'deleted'), notice('b', 'deleted')];
    await puller().pull(target);
    expect(sink.names()).toEqual(['there', '-b']);
    store.notices = [notice('b', 'deleted'), notice('a')];
    await puller().pull(target);
    expect(sink.names()).toEqual(['there', '-b']);
    expect(store.finished[1]).toMatchObject({ counts: { unchanged: 2 }, settled: [{}, {}] });
  });

  it('that are to be carried become events, also when the hub has written what is read', async () => {
    const { vendor, store, guard, sink, puller } = stage();
    store.begin('manual');
    vendor.put('a', 'ours', 1_001);
    vendor.put('b', 'ours', 1_001);
    const written = await vendor.read(['a', 'b']);
    if (written.ok) for (const { dataText, id } of written.value) guard.wrote(id, dataText);
    const again = { ...notice('a'), carry: true };
    store.notices = [again, notice('b')];
    await puller().pull(target);
    expect(sink.names()).toEqual(['ours']);
    expect(store.finished).toMatchObject([{ counts: { made: 1, echoes: 1 } }]);
    store.notices = [again];
    await puller().pull(target);
    expect(sink.names()).toEqual(['ours']);
    expect(store.finished[1]).toMatchObject({ counts: { made: 0, duplicates: 1 } });
  });

  it('of a record that cannot be read yet are tried again, and left to the next pull in the end', async () => {
    const { store, puller } = stage();
    store.begin('manual');
    store.notices = [notice('a'), notice('b', 'updated', 3)];
    await puller().pull(target);
    expect(store.finished).toMatchObject([
      {
        retry: [{ notice: { recordId: 'a' }, delayMs: 1_000 }],
        settled: [{ recordId: 'b' }],
        counts: { failed: 1 },
      },
    ]);
  });

  it('have the sync pulled where records cannot be read by id', async () => {
    const { vendor, store, puller } = stage();
    store.begin('manual');
    store.notices = [notice('a')];
    const blind = { ...vendor.connection(), readRecords: null };
    await puller({ connections: { open: () => Promise.resolve(ok(blind)) } }).pull(target);
    expect(store.finished).toMatchObject([{ pullInstead: true, settled: [{ recordId: 'a' }] }]);
  });
});
