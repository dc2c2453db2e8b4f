import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { DELIVERY_STATUSES, EVENT_STATUSES, type DeliveryStatus } from '../shared/delivery-status';
import { createReplayHarness, type ReplayHarness } from '../testing/replay-harness';
import { listDeliveries } from './deliveries.repository';
import { listEvents } from './events.repository';
import { findFewOpen, findFewOpenEvents } from './open-deliveries';

const ALL = { limit: 200, before: null };
const OPEN: readonly DeliveryStatus[] = ['pending', 'delivering', 'retrying', 'held'];

describe('lists of what is in one state', () => {
  let database: TestDatabase;
  let harness: ReplayHarness;
  beforeAll(async () => {
    database = await createTestDatabase();
    harness = await createReplayHarness(database);
    await harness.accept({});
    await harness.addRoute();
    await harness.accept(...DELIVERY_STATUSES.map(() => ({})));
    for (const [index, status] of DELIVERY_STATUSES.entries()) {
      await harness.sql(
        `update deliveries set status = $1, reason = case when $1 = 'held' then 'order' end,
           ordering_key = case when $1 = 'held' then 'a key' else ordering_key end
         where seq = (select min(seq) + $2 from deliveries)`,
        [status, index],
      );
    }
    // As settling would have left them.
    await harness.sql(
      `update events e set status = case when d.status = any($1::text[]) then 'open' when d.status = 'dead' then 'failed' else 'succeeded' end
       from deliveries d where d.tracking_id = e.id`,
      [OPEN],
    );
  });
  afterAll(() => database?.close());

  const read = <T>(work: Parameters<typeof harness.tenantDb.run<T>>[1]): Promise<T> =>
    harness.tenantDb.run(harness.tenantId, work);

  /** For each state: what its list holds, against what the list of all says. */
  const check = async (): Promise<void> => {
    await read(async (tx) => {
      const { rows: deliveries } = await listDeliveries(tx, {}, ALL);
      for (const status of DELIVERY_STATUSES) {
        const { rows, reached } = await listDeliveries(tx, { status }, ALL);
        expect(reached).toBeNull();
        expect([status, rows.map(({ id }) => id)]).toEqual([
          status,
          deliveries.filter((row) => row.status === status).map(({ id }) => id),
        ]);
      }
      const { rows: events } = await listEvents(tx, {}, ALL);
      for (const status of EVENT_STATUSES) {
        const { rows } = await listEvents(tx, { status }, ALL);
        expect([status, rows.map(({ id }) => id)]).toEqual([
          status,
          events.filter((row) => row.status === status).map(({ id }) => id),
        ]);
      }
    });
  };

  it('hold those and no others, those held by their connection among them', async () => {
    await check();
    await harness.sql(`update connections set status = 'paused'`);
    await check();
    const { rows } = await read((tx) => listDeliveries(tx, { status: 'held' }, ALL));
    expect(rows.map(({ reason }) => reason).sort()).toEqual(['connection_paused', 'connection_paused', 'order']);
    await harness.sql(`update connections set status = 'active'`);
  });

  it('look at nothing but those that are open, while they are few', async () => {
    await read(async (tx) => {
      for (const status of DELIVERY_STATUSES) {
        const few = await findFewOpen(tx, status);
        expect([status, few === null]).toEqual([status, !OPEN.includes(status)]);
      }
      expect(await findFewOpenEvents(tx)).toHaveLength(OPEN.length);
    });
    await harness.sql(
      `insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_mode, status)
       select tenant_id, tracking_id, connection_id, route_id, operation, ordering_mode, 'retrying'
       from deliveries, generate_series(1, 1001) where status = 'retrying'`,
    );
    await read(async (tx) => {
      expect(await findFewOpen(tx, 'pending')).toBeNull();
      expect(await findFewOpen(tx, 'delivering')).toHaveLength(1);
      expect(await findFewOpenEvents(tx)).toBeNull();
      expect((await listDeliveries(tx, { status: 'pending' }, ALL)).rows).toHaveLength(1);
      expect((await listDeliveries(tx, { status: 'retrying' }, ALL)).rows).toHaveLength(200);
    });
  });
});
