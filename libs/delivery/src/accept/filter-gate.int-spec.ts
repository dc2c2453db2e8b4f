import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { createDeliveryHarness } from '../testing/delivery-harness';
import { FilterGate } from './filter-gate';

describe('filter gate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  it('leaves to the worker what comes while it decides much, and decides again when it has done so', async () => {
    const tenant = await createDeliveryHarness(database);
    await tenant.addRoute({ filter: 'any' });
    const deciding: ((passes: boolean) => void)[] = [];
    const gate = new FilterGate(database.accept, { evaluate: () => new Promise((resolve) => deciding.push(resolve)) });
    const ask = async (count: number): Promise<number> => {
      const verdicts = gate.verdicts(
        tenant.tenantId,
        Array.from({ length: count }, () => tenant.event()),
      );
      await waitUntil('the filters to be asked', () => Promise.resolve(deciding.length > 0));
      for (const decide of deciding.splice(0)) decide(true);
      return (await verdicts).length;
    };
    expect(await ask(70)).toBe(64);
    expect(await ask(70)).toBe(64);
  });

  it('looks up the filters of several tenants at once, and asks each about its own alone', async () => {
    const tenants = [await createDeliveryHarness(database), await createDeliveryHarness(database)] as const;
    const [mine, theirs] = tenants;
    const filtered = await mine.addRoute({ filter: 'mine' });
    await mine.addRoute({ filter: 'of another type', eventType: 'other.*' });
    await theirs.addRoute({ filter: 'theirs' });
    await theirs.addRoute();
    const evaluated: string[][] = [];
    const gate = new FilterGate(database.accept, {
      evaluate: (tenantId, filter) => {
        evaluated.push([tenantId, filter]);
        return Promise.resolve(filter === 'mine' ? false : null);
      },
    });
    const transactions = jest.spyOn(database.accept, 'transaction');
    try {
      const events = tenants.map((tenant) => tenant.event());
      const verdicts = await Promise.all(
        tenants.map(({ tenantId }, index) => gate.verdicts(tenantId, [events[index]!])),
      );
      expect(verdicts).toEqual([
        [{ trackingId: events[0]?.trackingId, routeId: filtered, revision: 1, passes: false }],
        [],
      ]);
      expect(evaluated).toEqual([
        [mine.tenantId, 'mine'],
        [theirs.tenantId, 'theirs'],
      ]);
      expect(transactions).toHaveBeenCalledTimes(1);
      await gate.verdicts(mine.tenantId, [mine.event()]);
      expect(transactions).toHaveBeenCalledTimes(1);
    } finally {
      transactions.mockRestore();
    }
  });
});
