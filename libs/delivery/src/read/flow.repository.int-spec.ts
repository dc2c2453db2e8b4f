import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { AcceptBatch } from '../accept/accept-batch';
import { accepted, createDeliveryHarness, refused } from '../testing/delivery-harness';
import { countFlow } from './flow.repository';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.close());

it('counts deliveries by route and source, of one tenant, the newest first', async () => {
  const harness = await createDeliveryHarness(database);
  const things = await harness.addRoute({ eventType: 'thing.*', retryDelays: [] });
  const others = await harness.addRoute({ eventType: 'other.*', retryDelays: [] });
  const send = (type: string, source: string | null, payload: string): Promise<unknown> =>
    new AcceptBatch(database.accept).accept([harness.event({ type, source, payload })]);
  await send('thing.one', 'shop', '{"n":1}');
  await send('thing.one', 'shop', '{"n":2}');
  await send('thing.one', null, '{"n":1}');
  const drainer = harness.drainer((items) =>
    items.map((item) => (item.payloadText.includes('2') ? refused('validation') : accepted())),
  );
  await drainer.drain(harness.target);
  await send('other.one', 'shop', '{"n":1}');
  const since = new Date(Date.now() - 3_600_000);
  const count = (tenantId: string, from: Date, most: number) =>
    harness.tenantDb.run(tenantId, async (tx) =>
      (await countFlow(tx, from, most))
        .map(
          (row) =>
            `${row.route_id === things ? 'things' : row.route_id === others ? 'others' : '?'} ${row.source} ${row.total} ${row.succeeded} ${row.waiting} ${row.dead}`,
        )
        .sort(),
    );
  expect(await count(harness.tenantId, since, 100)).toEqual([
    'others shop 1 0 1 0',
    'things null 1 1 0 0',
    'things shop 2 1 0 1',
  ]);
  expect(await count(harness.tenantId, since, 1)).toEqual(['others shop 1 0 1 0']);
  expect(await count(harness.tenantId, new Date(Date.now() + 3_600_000), 100)).toEqual([]);
  expect(await count((await database.createTenant()).id, since, 100)).toEqual([]);
});
