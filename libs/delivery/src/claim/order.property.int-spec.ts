import fc from 'fast-check';
import { type TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { AcceptBatch } from '../accept/accept-batch';
import { type SendItem, type SendResult } from '../drain/drain.ports';
import { accepted, createDeliveryHarness, refused, type DeliveryHarness } from '../testing/delivery-harness';

const KEYS = ['a', 'b', null] as const;
const ANSWERS = ['accepted', 'accepted', 'accepted', 'transient', 'validation', 'concurrency', 'thrown'] as const;
type AnswerKind = (typeof ANSWERS)[number];

type Step =
  | { readonly kind: 'accept'; readonly keys: readonly (string | null)[] }
  /** Each call is answered by the next of these, over and over. */
  | { readonly kind: 'drain'; readonly answers: readonly AnswerKind[] }
  /** The process dies after so many transactions, with calls under way. */
  | { readonly kind: 'crash'; readonly after: number; readonly answers: readonly AnswerKind[] }
  /** Whatever waits for its retry is due. */
  | { readonly kind: 'due' };

const answers = fc.array(fc.constantFrom(...ANSWERS), { minLength: 1, maxLength: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('accept' as const),
      keys: fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('drain' as const), answers }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), after: fc.nat(4), answers }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'due' }) },
);

function resultOf(kind: AnswerKind): SendResult {
  if (kind === 'accepted') return accepted();
  if (kind === 'thrown') throw new Error('the connector broke');
  return refused(kind);
}

/** The vendor, and what it may be sent: nothing of a key while an earlier one of it has not come to its end. */
class Vendor {
  private readonly underWay = new Set<string>();
  private calls = 0;
  readonly faults: string[] = [];

  constructor(
    private readonly harness: DeliveryHarness,
    private readonly kinds: readonly AnswerKind[],
    private readonly life: { dead: boolean },
  ) {}

  readonly send = async (items: readonly SendItem[]): Promise<readonly SendResult[]> => {
    // A dead process calls nobody any more.
    if (this.life.dead) return new Promise(() => undefined);
    const kind = this.kinds[this.calls++ % this.kinds.length] ?? 'accepted';
    for (const { delivery } of items) await this.check(delivery.id, delivery.orderingKey);
    // Before the answer, because one that is thrown is an end as well.
    for (const { delivery } of items) this.underWay.delete(delivery.orderingKey ?? delivery.id);
    return items.map(() => resultOf(kind));
  };

  private async check(id: string, key: string | null): Promise<void> {
    if (this.underWay.has(key ?? id)) this.faults.push(`two of ${key} at once`);
    this.underWay.add(key ?? id);
    if (key === null) return;
    const rows = await this.harness.deliveries();
    const own = rows.findIndex((row) => row.id === id);
    const earlier = rows.slice(0, own).filter((row) => row.ordering_key === key);
    const open = earlier.filter(({ status }) => ['pending', 'delivering', 'retrying', 'held'].includes(status));
    if (open.length > 0) this.faults.push(`${open.length} earlier of ${key} were open`);
  }
}

describe('order by key, whatever comes between', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  it('nothing overtakes an earlier one of its key, nothing is forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14, size: 'max' }), async (steps) => {
        const play = await Play.begin(database);
        for (const one of steps) await play.apply(one);
        await play.end();
      }),
      { numRuns: 25, endOnFailure: true },
    );
  }, 120_000);
});

class Play {
  private count = 0;

  private constructor(
    private readonly harness: DeliveryHarness,
    private readonly batch: AcceptBatch,
  ) {}

  static async begin(database: TestDatabase): Promise<Play> {
    const harness = await createDeliveryHarness(database);
    await harness.addRoute({ retryDelays: [1, 1] });
    return new Play(harness, new AcceptBatch(database.accept));
  }

  async apply(one: Step): Promise<void> {
    switch (one.kind) {
      case 'accept':
        await this.batch.accept(
          one.keys.map((subject) => this.harness.event({ subject, payload: `{"n":${this.count++}}` })),
        );
        return;
      case 'drain':
        return this.drain(one.answers);
      case 'crash':
        return this.crash(one.after, one.answers);
      case 'due':
        return this.harness.makeDue();
    }
  }

  /** Drains until nothing is open: every delivery has to come to an end. */
  async end(): Promise<void> {
    for (let turn = 0; turn < 200; turn++) {
      const open = (await this.harness.deliveries()).filter(({ status }) => !['succeeded', 'dead'].includes(status));
      if (open.length === 0) break;
      await this.harness.makeDue();
      await this.drain(['accepted']);
    }
    const rows = await this.harness.deliveries();
    expect(rows).toHaveLength(this.count);
    expect(rows.filter(({ status }) => !['succeeded', 'dead'].includes(status))).toEqual([]);
  }

  private async drain(kinds: readonly AnswerKind[]): Promise<void> {
    const vendor = new Vendor(this.harness, kinds, { dead: false });
    await this.harness.drainer(vendor.send, { concurrency: 4 }).drain(this.harness.target);
    expect(vendor.faults).toEqual([]);
  }

  /** A process that is gone: its transactions never end, its calls are never made, and its lease runs out. */
  private async crash(after: number, kinds: readonly AnswerKind[]): Promise<void> {
    const { harness } = this;
    const life = { dead: false };
    let died: () => void = () => undefined;
    const death = new Promise<void>((resolve) => (died = resolve));
    let transactions = 0;
    const run: TenantDb['run'] = (tenantId, work, options) => {
      if (!life.dead && transactions++ < after) return harness.tenantDb.run(tenantId, work, options);
      life.dead = true;
      died();
      return new Promise(() => undefined);
    };
    const vendor = new Vendor(harness, kinds, life);
    const drainer = harness.drainer(vendor.send, { concurrency: 4, tenantDb: { run } as TenantDb });
    await Promise.race([death, drainer.drain(harness.target)]);
    life.dead = true;
    expect(vendor.faults).toEqual([]);
    await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query(`update connection_runtime set slot_until = now() - interval '1 second' where slot_token is not null`),
    );
  }
}
