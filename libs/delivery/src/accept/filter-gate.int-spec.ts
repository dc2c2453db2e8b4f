import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { createDeliveryHarness } from '../testing/delivery-harness';
import { FilterGate } from './filter-gate';

describe('filter gate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

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
