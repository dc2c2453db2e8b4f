import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { AcceptBatch } from '../accept/accept-batch';
import { createDeliveryHarness, type DeliveryHarness } from './delivery-harness';

/** Call it where the tests are: a database for all of them, and for each a harness and what accepts its events. */
export function stageDeliveries(
  begin: (harness: DeliveryHarness, database: TestDatabase, batch: AcceptBatch) => unknown,
): void {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    await begin(await createDeliveryHarness(database), database, new AcceptBatch(database.accept));
  });
  afterAll(() => database?.close());
}
