import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { createDeliveryHarness, type DeliveryHarness } from '../testing/delivery-harness';
import { CallStats } from './call-stats';
import { dropOldFigures, listUsage } from './usage.repository';

const AT = Date.UTC(2026, 10, 20, 10, 7);

describe('figures of calls', () => {
  let database: TestDatabase;
  let harness: DeliveryHarness;
  beforeAll(async () => {
    database = await createTestDatabase();
    harness = await createDeliveryHarness(database);
  });
  afterAll(() => database?.close());

  const rows = (): Promise<{ hour: Date; calls: number[]; failures: number[] }[]> =>
    harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query(`select hour, calls, failures from connection_stats order by hour`),
    );
  const seen = (stats: CallStats, outcome: 'succeeded' | 'failed' | 'deferred', times: number, at = AT): void => {
    const { tenantId, connectionId } = harness;
    for (let n = 0; n < times; n++) stats.attempted({ tenantId, connectionId, outcome }, at);
  };

  it('of several workers add up by five minutes, hour and day', async () => {
    const workers = Array.from({ length: 3 }, () => new CallStats(new TenantDb(database.app)));
    for (const worker of workers) {
      seen(worker, 'succeeded', 5);
      seen(worker, 'failed', 2);
      seen(worker, 'deferred', 1);
      seen(worker, 'failed', 1, AT + 10 * 60_000);
      seen(worker, 'succeeded', 4, AT + 60 * 60_000);
    }
    await Promise.all(workers.map((worker) => worker.flush()));
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(await rows()).toMatchObject([
      {
        hour: new Date(Date.UTC(2026, 10, 20, 10)),
        calls: [0, 24, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0],
        failures: [0, 6, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0],
      },
      { hour: new Date(Date.UTC(2026, 10, 20, 11)), calls: [0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
    ]);
    const usage = await harness.tenantDb.run(harness.tenantId, (tx) =>
      listUsage(tx, new Date(Date.UTC(2026, 10, 20)), new Date(Date.UTC(2026, 10, 21))),
    );
    expect(usage).toMatchObject([{ day: '2026-11-20', calls: 39, failedCalls: 9, accepted: 0 }]);
  });

  it('that cannot be written are lost, and stop nobody', async () => {
    const broken = { run: () => Promise.reject(new Error('as the test wants')) } as unknown as TenantDb;
    const stats = new CallStats(broken);
    seen(stats, 'succeeded', 1);
    await expect(stats.flush()).resolves.toBeUndefined();
  });

  it('go when they have had their time', async () => {
    await database.asSuperuser(async (client) => {
      await client.query(`delete from connection_stats`);
      await client.query(`delete from usage_counts`);
      for (const days of [14, 16, 399, 401]) {
        const at = `now() - interval '${days} days'`;
        await client.query(`insert into connection_stats (tenant_id, connection_id, hour) values ($1, $2, ${at})`, [
          harness.tenantId,
          harness.connectionId,
        ]);
        await client.query(`insert into usage_counts (tenant_id, hour) values ($1, ${at})`, [harness.tenantId]);
        await client.query(`insert into balance_hours (tenant_id, hour) values ($1, ${at})`, [harness.tenantId]);
      }
    });
    await harness.tenantDb.run(harness.tenantId, dropOldFigures);
    const left = (table: string): Promise<unknown> =>
      harness.tenantDb.run(harness.tenantId, (tx) => tx.query(`select count(*) as n from ${table}`));
    expect(await Promise.all(['connection_stats', 'usage_counts', 'balance_hours'].map(left))).toEqual([
      [{ n: 1 }],
      [{ n: 3 }],
      [{ n: 3 }],
    ]);
  });
});
