import { newUuid } from '@hub/platform';
import { waitUntil } from '@hub/testing';
import { CLOSED } from '../breaker/breaker';
import { type Claim } from '../claim/claim';
import { type ClaimedDelivery } from '../claim/claim.types';
import { claimedDelivery } from '../testing/claimed-delivery';
import { accepted, passThrough, refused } from '../testing/delivery-harness';
import { type Settlement } from '../settle/settle.types';
import { type DrainObserver, type DeliveryMapper, type SendItem, type SendResult } from './drain.ports';
import { DrainRun, type DrainSession } from './drain-run';
import { type DrainDependencies } from './drain.types';

interface Options {
  readonly vendor: (items: readonly SendItem[]) => Promise<readonly SendResult[]>;
  readonly claims: readonly (readonly ClaimedDelivery[])[];
  readonly concurrency?: number;
  readonly mapper?: DeliveryMapper;
  readonly attempted?: DrainObserver['attempted'];
  /** Called before each transaction; what it waits for keeps the transaction from ending. */
  readonly onExchange?: (settlements: readonly Settlement[]) => Promise<void> | void;
}

/** A run whose vendor, mapper and database are in the test's hands. */
class Stage {
  readonly settled: Settlement[] = [];
  readonly reauths: unknown[] = [];
  sent = 0;
  lost = false;
  exchanges = 0;
  private readonly claims: (readonly ClaimedDelivery[])[];

  constructor(private readonly options: Options) {
    this.claims = [...options.claims];
  }

  async run(): Promise<void> {
    const first = this.nextClaim();
    const target = { tenantId: newUuid(), connectionId: newUuid() };
    const slot = { connectionId: target.connectionId, token: newUuid(), breaker: CLOSED };
    const stopping = new AbortController().signal;
    const connection = {
      connectorId: 'test',
      concurrency: this.options.concurrency ?? 2,
      largestBatch: 1,
      batchSize: () => 1,
      send: (_operation: string, items: readonly SendItem[]) => {
        this.sent += items.length;
        return this.options.vendor(items);
      },
    };
    const limits = { budgetMs: 60_000, mostClaimed: 1_000 };
    const session = this.session(slot);
    await new DrainRun(this.dependencies(), limits, target, session, connection, stopping).run({
      suspects: false,
      claim: first,
    });
  }

  private session(slot: DrainSession['slot']): DrainSession {
    const isLost = (): boolean => this.lost;
    return {
      slot,
      get lost() {
        return isLost();
      },
      signal: new AbortController().signal,
      exchange: async ({ settlements, claim }) => {
        this.exchanges++;
        await this.options.onExchange?.(settlements);
        if (this.lost) return null;
        this.settled.push(...settlements);
        return claim > 0 ? this.nextClaim() : { deliveries: [], more: false };
      },
    };
  }

  private nextClaim(): Claim {
    return { deliveries: this.claims.shift() ?? [], more: this.claims.length > 0 };
  }

  private dependencies(): DrainDependencies {
    return {
      mapper: this.options.mapper ?? passThrough,
      observer: {
        attempted: this.options.attempted ?? (() => undefined),
        settled: () => undefined,
        fenced: () => undefined,
      },
      connections: {
        needsReauth: (...refusal: unknown[]) => {
          this.reauths.push(refusal);
          return Promise.resolve();
        },
      },
    } as unknown as DrainDependencies;
  }
}

const some = (count: number): ClaimedDelivery[] => Array.from({ length: count }, () => claimedDelivery());
const takes = (items: readonly SendItem[]): Promise<SendResult[]> => Promise.resolve(items.map(() => accepted()));
const statuses = (stage: Stage): string[] => stage.settled.map((settlement) => settlement.status);

describe('drain run', () => {
  it('sends nothing once the slot is lost, not even what was claimed and mapped', async () => {
    const stage: Stage = new Stage({
      claims: [some(4)],
      concurrency: 1,
      vendor: (items) => {
        if (stage.sent === 2) stage.lost = true;
        return takes(items);
      },
    });
    await stage.run();
    expect(stage.sent).toBe(2);
  });

  it('leaves the connection alone when the credentials were refused and the slot is lost', async () => {
    const refuse = (): Promise<SendResult[]> => Promise.resolve([refused('auth_revoked')]);
    const held = new Stage({ claims: [some(1)], vendor: refuse });
    await held.run();
    expect(held.reauths).toHaveLength(1);
    const stage: Stage = new Stage({
      claims: [some(1)],
      vendor: () => {
        stage.lost = true;
        return refuse();
      },
    });
    await stage.run();
    expect(stage.reauths).toEqual([]);
  });

  it.each<[string, DeliveryMapper['map']]>([
    ['rejects', () => Promise.reject(new Error('the database is away'))],
    ['answers nothing', () => Promise.resolve([])],
  ])('puts deliveries off, unspent, when the mapper %s', async (_what, map) => {
    const stage = new Stage({ claims: [some(3)], vendor: takes, mapper: { map } });
    await stage.run();
    expect(stage.sent).toBe(0);
    expect(stage.settled).toHaveLength(3);
    for (const settlement of stage.settled)
      expect(settlement).toMatchObject({ status: 'pending', unspent: true, delayMs: 1_000, attempt: null });
  });

  it('survives an observer that throws, and settles what was delivered as delivered', async () => {
    const attempted = (): never => {
      throw new Error('as the test wants');
    };
    const stage = new Stage({ claims: [some(3)], vendor: takes, attempted });
    await stage.run();
    expect(statuses(stage)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('tries again what was answered with nonsense', async () => {
    const stage = new Stage({
      claims: [some(1)],
      vendor: () => Promise.resolve([{ ok: false, error: null } as unknown as SendResult]),
    });
    await stage.run();
    expect(stage.settled).toMatchObject([{ status: 'retrying', error: { code: 'hub_internal' } }]);
  });

  it('ends with the failure of whatever else throws, instead of taking the process down', async () => {
    const delivery = claimedDelivery();
    const broken = { ...delivery, event: undefined } as unknown as ClaimedDelivery;
    const mapper: DeliveryMapper = {
      map: () => Promise.resolve([{ kind: 'mapped', payloadText: '{}', mapping: null }]),
    };
    const stage = new Stage({ claims: [[broken]], vendor: takes, mapper });
    await expect(stage.run()).rejects.toThrow(TypeError);
  });

  it('risks no more than fills the calls twice, however slow the database is', async () => {
    let write: () => void = () => undefined;
    const written = new Promise<void>((resolve) => (write = resolve));
    const stage = new Stage({
      claims: [some(30)],
      vendor: takes,
      concurrency: 3,
      onExchange: (settlements) => (settlements.length > 0 ? written : undefined),
    });
    const running = stage.run();
    await waitUntil('the calls to stand still', () => Promise.resolve(stage.sent >= 6));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stage.sent).toBe(6);
    write();
    await running;
    expect(stage.sent).toBe(30);
    expect(statuses(stage)).toEqual(Array(30).fill('succeeded'));
  });

  it('maps a slice while another is written and called', async () => {
    let mapped: () => void = () => undefined;
    const mapping = new Promise<void>((resolve) => (mapped = resolve));
    const slow = claimedDelivery();
    const mapper: DeliveryMapper = {
      map: async (tenantId, deliveries, connectionId) => {
        if (deliveries.includes(slow)) await mapping;
        return passThrough.map(tenantId, deliveries, connectionId);
      },
    };
    const stage = new Stage({ claims: [[slow], some(2)], vendor: takes, mapper });
    const running = stage.run();
    await waitUntil('the second slice to be written', () => Promise.resolve(stage.settled.length === 2));
    expect(stage.settled.map((settlement) => settlement.deliveryId)).not.toContain(slow.id);
    mapped();
    await running;
    expect(stage.settled).toHaveLength(3);
  });

  it('writes the outcomes of many fast calls together', async () => {
    // One answer comes after the other, each in a turn of its own.
    let answers: Promise<unknown> = Promise.resolve();
    const vendor = (items: readonly SendItem[]): Promise<SendResult[]> => {
      const mine = answers.then(() => new Promise((resolve) => setImmediate(resolve)));
      answers = mine;
      return mine.then(() => takes(items));
    };
    const stage = new Stage({ claims: [some(64), some(64), some(64), some(64)], vendor, concurrency: 32 });
    await stage.run();
    expect(stage.settled).toHaveLength(256);
    expect(stage.exchanges).toBeLessThan(100);
  });
});
