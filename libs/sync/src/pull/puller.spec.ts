import { ok } from '@hub/platform';
import { refusal, stage, target } from '../testing/memory-stage';
import { type CanonicalOutcome } from './puller.ports';

describe('pulling changes', () => {
  it('brings 500 records of one second across page borders, none lost and none twice', async () => {
    const { vendor, store, sink, puller } = stage();
    store.since = new Date(900_000).toISOString();
    for (let index = 0; index < 500; index++) vendor.put(`r${index}`, `name ${index}`, 1_000);
    vendor.pageSize = 7;
    store.begin('scheduled');
    await puller().pull(target);
    expect(sink.events.size).toBe(500);
    expect(sink.offered).toBe(500);
    expect(new Set(sink.names()).size).toBe(500);
    expect(vendor.calls).toHaveLength(Math.ceil(500 / 7));
    expect(store.runs).toMatchObject([{ status: 'succeeded', recordsSeen: 500 }]);
  });

  it('goes on at the next run where the last one ended', async () => {
    const { vendor, store, sink, puller } = stage();
    store.begin('scheduled');
    await puller().pull(target);
    expect(sink.events.size).toBe(0);
    vendor.put('a', 'one', 1_000);
    vendor.put('b', 'two', 1_001);
    store.begin('scheduled');
    await puller().pull(target);
    expect(sink.names()).toEqual(['one', 'two']);
    vendor.put('a', 'three', 1_001);
    store.begin('manual');
    await puller().pull(target);
    expect(sink.names()).toEqual(['one', 'two']);
    vendor.put('a', 'three', 1_002);
    store.begin('manual');
    await puller().pull(target);
    expect(sink.names()).toEqual(['one', 'two', 'three']);
  });

  it('lets echoes and what has not changed go no further, and counts them', async () => {
    const { vendor, store, guard, sink, puller } = stage();
    store.since = new Date(0).toISOString();
    vendor.put('a', 'theirs', 1_001);
    vendor.put('b', 'ours', 1_002);
    guard.wrote('b', '{"id":"b","name":"ours"}');
    store.begin('scheduled');
    await puller().pull(target);
    expect(sink.names()).toEqual(['theirs']);
    vendor.put('a', 'theirs', 1_003);
    store.begin('scheduled');
    await puller().pull(target);
    expect(sink.names()).toEqual(['theirs']);
    expect(store.pages.map(({ counts }) => [counts.made, counts.echoes, counts.unchanged])).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
  });

  it('keeps ringing at the interval of the syncs', async () => {
    const { store, rungEvery, puller } = stage();
    store.begin('scheduled');
    await puller().pull(target);
    expect(rungEvery).toEqual([60_000]);
  });
});

describe('a worker that dies', () => {
  it('between the commit of the events and the move of the cursor loses nothing and doubles nothing', async () => {
    for (let dying = 1; dying <= 4; dying++) {
      const { vendor, store, sink, seen, puller } = stage();
      store.since = new Date(0).toISOString();
      for (let index = 0; index < 10; index++) vendor.put(`r${index}`, `name ${index}`, 1_000);
      store.begin('scheduled');
      let accepts = 0;
      sink.onAccepted = () => {
        // Another has taken over by the time that this one comes back from the commit.
        if (++accepts === dying) store.expire();
      };
      await puller().pull(target);
      expect(seen.fenced).toBe(1);
      expect(store.pages).toHaveLength(dying - 1);
      await puller({ workerId: 'w2' }).pull(target);
      expect(sink.names().sort()).toEqual([...vendor.rows.values()].map(({ name }) => name).sort());
      expect(store.runs).toMatchObject([{ status: 'succeeded' }]);
    }
  });

  it('after the commit and before the records are remembered brings the same event ids again', async () => {
    const { vendor, store, guard, sink, puller } = stage();
    store.since = new Date(0).toISOString();
    vendor.put('a', 'one', 1_000);
    store.begin('scheduled');
    const observe = jest.spyOn(guard, 'observe').mockRejectedValueOnce(new Error('killed'));
    await puller().pull(target);
    observe.mockRestore();
    expect(store.cursor).toBeNull();
    expect(store.failures).toMatchObject([{ error: { code: 'hub_internal' }, verdict: { kind: 'retry' } }]);
    store.begin('scheduled');
    await puller().pull(target);
    expect(sink.offered).toBe(2);
    expect(sink.events.size).toBe(1);
    expect(store.pages).toMatchObject([{ counts: { made: 0, duplicates: 1 } }]);
    expect(store.cursor).toEqual({ stamp: 1_000, id: 'a' });
  });

  it('writes nothing once another pulls', async () => {
    const { vendor, store, sink, puller } = stage();
    vendor.put('a', 'one', 2_000);
    store.begin('scheduled');
    sink.onAccepted = () => {
      store.token = 'of another';
    };
    await puller().pull(target);
    expect(store.pages).toEqual([]);
    expect(store.token).toBe('of another');
  });
});

describe('refusals of a vendor', () => {
  it.each([
    ['rate_limited', { retryAfterMs: 60_000 }, { kind: 'wait', reason: 'rate_limited', waitMs: 60_000 }],
    ['concurrency', {}, { kind: 'wait', reason: 'concurrency', waitMs: 2_000 }],
    ['auth_revoked', {}, { kind: 'reauth' }],
    ['auth_expired', {}, { kind: 'reauth' }],
    ['transient', {}, { kind: 'retry', tell: false }],
    ['permission', {}, { kind: 'fail' }],
    ['validation', {}, { kind: 'fail' }],
  ] as const)('%s', async (category, rest, verdict) => {
    const { vendor, store, seen, puller } = stage();
    vendor.failures.push(refusal(category, rest));
    store.begin('scheduled');
    await puller().pull(target);
    expect(store.failures).toMatchObject([{ error: { category }, verdict }]);
    expect(seen.failed).toMatchObject([{ verdict: verdict.kind, kind: 'scheduled' }]);
    expect(vendor.reauths).toHaveLength(verdict.kind === 'reauth' ? 1 : 0);
    expect(vendor.calls).toHaveLength(1);
  });

  it('does not call a connection that waits, and goes on from the cursor afterwards', async () => {
    const { vendor, store, sink, puller } = stage();
    store.since = new Date(0).toISOString();
    for (let index = 0; index < 9; index++) vendor.put(`r${index}`, `name ${index}`, 1_000);
    store.begin('scheduled');
    const first = vendor.pull.bind(vendor);
    vendor.pull = (request) => {
      if (vendor.calls.length === 2) vendor.failures.push(refusal('rate_limited'));
      return first(request);
    };
    await puller().pull(target);
    await puller().pull(target);
    expect(vendor.calls).toHaveLength(3);
    store.waiting = false;
    await puller().pull(target);
    expect(sink.events.size).toBe(9);
    expect(sink.offered).toBe(9);
  });

  it('gives up on a connector that says there is more and stands still', async () => {
    const { vendor, store, puller } = stage();
    store.cursor = { stamp: 1, id: '' };
    vendor.pull = () => Promise.resolve(ok({ records: [], cursor: { stamp: 1, id: '' }, done: false }));
    store.begin('scheduled');
    await puller().pull(target);
    expect(store.failures).toMatchObject([{ error: { code: 'cursor_stands_still' }, verdict: { kind: 'fail' } }]);
  });
});

describe('mapping', () => {
  it('that is busy holds the page back rather than announcing records without their form', async () => {
    const { vendor, store, sink, puller } = stage();
    store.since = new Date(0).toISOString();
    vendor.put('a', 'a');
    store.begin('scheduled');
    const busy = { ok: false as const, error: refusal('transient') };
    await puller({ canonicaliser: { canonicalise: () => Promise.resolve(busy) } }).pull(target);
    expect(sink.offered).toBe(0);
    expect(store.failures).toMatchObject([{ verdict: { kind: 'retry' } }]);
    expect(store.cursor).toBeNull();
  });

  it('that fails leaves the event with what is wrong, and counts it', async () => {
    const { vendor, store, sink, puller } = stage();
    store.since = new Date(0).toISOString();
    vendor.put('a', 'a');
    store.begin('scheduled');
    const issues = [{ pointer: '', code: 'mapping_runtime', message: 'No.' }];
    const outcome: CanonicalOutcome = { canonicalType: 'customer', canonicalText: null, issues };
    await puller({ canonicaliser: { canonicalise: () => Promise.resolve(ok([outcome])) } }).pull(target);
    expect([...sink.events.values()].map(({ payloadText }) => JSON.parse(payloadText) as unknown)).toMatchObject([
      { canonical: null, canonical_issues: issues, record: { name: 'a' } },
    ]);
    expect(store.pages).toMatchObject([{ counts: { made: 1, unmapped: 1 } }]);
  });
});
