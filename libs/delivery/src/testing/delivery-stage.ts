import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { createDeliveryHarness, type DeliveryHarness } from './delivery-harness';

/** Call it where the tests are: a database for all of them, and a harness for each. */
export function stageDeliveries(begin: (harness: DeliveryHarness, database: TestDatabase) => unknown): void {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    await begin(await createDeliveryHarness(database), database);
  });
  afterAll(() => database?.close());
}
