import { type ConnectorError } from '@hub/connector-sdk';
import { newUuid, ok, type DrainTarget } from '@hub/platform';
import { FakeVendor } from '../testing/fake-vendor';
import { MemoryGuard } from '../testing/memory-guard';
import { MemoryStore } from '../testing/memory-store';
import { Puller, type PullerDependencies } from './puller';
import { type CanonicalOutcome, type EventSink, type PullObserver, type RecordEvent } from './puller.ports';

const target: DrainTarget = { tenantId: newUuid(), connectionId: newUuid() };

/** Accepts by event id, as the hub does. */
class MemorySink implements EventSink {
  readonly events = new Map<string, RecordEvent>();
  offered = 0;
  onAccepted: () => void = () => undefined;

  accept(_tenantId: string, events: readonly RecordEvent[]) {
    this.offered += events.length;
    const outcomes = events.map((event) => {
      if (this.events.has(event.eventId)) return 'duplicate' as const;
      this.events.set(event.eventId, event);
      return 'made' as const;
    });
    this.onAccepted();
    return Promise.resolve(outcomes);
  }

  names(): string[] {
    return [...this.events.values()].map((event) => {
      const data = JSON.parse(event.payloadText) as { id: string; change: string; record: { name?: string } };
      return data.change === 'deleted' ? `-${data.id}` : (data.record.name ?? '');
    });
  }
}

interface Stage {
  readonly vendor: FakeVendor;
  readonly store: MemoryStore;
  readonly guard: MemoryGuard;
  readonly sink: MemorySink;
  readonly seen: { fenced: number; failed: Parameters<PullObserver['runFailed']>[0][] };
  readonly rungEvery: (number | null)[];
  puller(overrides?: Partial<PullerDependencies>): Puller;
}

let clock = 0;

function stage(): Stage {
  clock = Date.parse('2026-11-20T10:00:00Z');
  const now = (): Date => new Date((clock += 1_000));
  const vendor = new FakeVendor();
  const store = new MemoryStore(now);
  const guard = new MemoryGuard(now);
  const sink = new MemorySink();
  const seen: Stage['seen'] = { fenced: 0, failed: [] };
  const rungEvery: (number | null)[] = [];
  const mapped: CanonicalOutcome = { canonicalType: 'customer', canonicalText: '{}', issues: [] };
  return {
    vendor,
    store,
    guard,
    sink,
    seen,
    rungEvery,
    puller: (overrides = {}) =>
      new Puller({
        store,
        guard,
        events: sink,
        canonicaliser: { canonicalise: ({ records }) => Promise.resolve(ok(records.map(() => mapped))) },
        connections: { open: () => Promise.resolve(ok(vendor.connection())) },
        bell: {
          ring: () => undefined,
          ringLater: () => Promise.resolve(true),
          ringEvery: async (_target, everyMs) => void rungEvery.push(everyMs),
        },
        observer: {
          page: () => undefined,
          runFailed: (failure) => void seen.failed.push(failure),
          fenced: () => void seen.fenced++,
        },
        workerId: 'w1',
        ...overrides,
      }),
  };
}

const refusal = (category: ConnectorError['category'], rest: Partial<ConnectorError> = {}): ConnectorError => ({
  category,
  code: `${category}_code`,
  message: 'as the test wants',
  ...rest,
});

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
  async function shortened(gone: number, run: { allowDeletions?: boolean } = {}): Promise<Stage> {
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
