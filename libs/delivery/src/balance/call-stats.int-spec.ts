import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { createDeliveryHarness, type DeliveryHarness } from '../testing/delivery-harness';
import { listConnectionHours, listDurations } from './activity.repository';
import { CallStats, type CountedAttempt } from './call-stats';
import { findRecentCalls, type RecentCalls } from './recent-calls';
import { percentileOf } from './duration-counts';
import { dropOldFigures, listUsage } from './usage.repository';

const AT = Date.UTC(2026, 10, 20, 10, 7);
const HOUR_MS = 3_600_000;

const total = (counts: readonly number[] = []): number => counts.reduce((sum, count) => sum + count, 0);

function idMadeAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

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
  /** Each took 40 ms, of a delivery that was made a second before. */
  const seen = (
    stats: CallStats,
    outcome: CountedAttempt['outcome'],
    times: number,
    at = AT,
    category: string | null = null,
  ): void => {
    const { tenantId, connectionId } = harness;
    const delivery = { id: idMadeAt(at - 1_000) };
    const error = category === null ? null : { category, code: 'x', message: '' };
    for (let n = 0; n < times; n++)
      stats.attempted({ tenantId, connectionId, outcome, error, durationMs: 40, delivery }, at);
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
    const since = new Date(Date.UTC(2026, 10, 20, 11));
    const { connectionId } = harness;
    await harness.tenantDb.run(harness.tenantId, async (tx) => {
      const recent = (minutes: number): Promise<RecentCalls> =>
        findRecentCalls(tx, connectionId, new Date(AT + minutes * 60_000));
      const slot = (hour: number, minute: number): Date => new Date(Date.UTC(2026, 10, 20, hour, minute));
      // Nothing is counted ahead of time: the last hour's calls are within each of these.
      expect(await recent(10)).toEqual({ from: slot(10, 5), calls: 39, failed: 9 });
      expect(await recent(15)).toEqual({ from: slot(10, 10), calls: 15, failed: 3 });
      // Over the turn of the hour.
      expect(await recent(57)).toEqual({ from: slot(10, 50), calls: 12, failed: 0 });
      expect(await findRecentCalls(tx, harness.tenantId, new Date(AT))).toMatchObject({ calls: 0, failed: 0 });
      expect(await listConnectionHours(tx, new Date(AT - HOUR_MS))).toEqual([
        { connectionId, hour: new Date(Date.UTC(2026, 10, 20, 10)), delivered: 15, failed: 9 },
        { connectionId, hour: since, delivered: 12, failed: 0 },
      ]);
      const [first, last, ...others] = await listDurations(tx, new Date(AT - HOUR_MS));
      expect(others).toEqual([]);
      // What succeeded has arrived; a call took its time whatever came of it.
      expect([first, last].map((hour) => total(hour?.arrived))).toEqual([15, 12]);
      expect([first, last].map((hour) => total(hour?.took))).toEqual([27, 12]);
      for (const { arrived, took } of [first, last].flatMap((hour) => hour ?? [])) {
        expect((percentileOf(arrived, 0.5) ?? 0) / 1_000).toBeCloseTo(1, 0);
        expect((percentileOf(took, 0.95) ?? 0) / 40).toBeCloseTo(1, 0);
      }
      expect(await listDurations(tx, since)).toEqual([last]);
    });
    const usage = await harness.tenantDb.run(harness.tenantId, (tx) =>
      listUsage(tx, new Date(Date.UTC(2026, 10, 20)), new Date(Date.UTC(2026, 10, 21))),
    );
    expect(usage).toMatchObject([{ day: '2026-11-20', calls: 39, failedCalls: 9, accepted: 0 }]);
  });

  it('call it a failure when a probe finds the system still down, and not when a limit puts a call off', async () => {
    await database.asSuperuser((client) => client.query(`delete from connection_stats`));
    const stats = new CallStats(new TenantDb(database.app));
    for (const category of ['transient', 'unknown_outcome', 'rate_limited', 'auth_expired', 'duplicate'])
      seen(stats, 'deferred', 1, AT, category);
    await stats.flush();
    expect((await rows()).map(({ calls, failures }) => [total(calls), total(failures)])).toEqual([[5, 2]]);
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
      await client.query(
        `insert into balance_hours (tenant_id, hour, balanced) values ($1, now() - interval '500 days', false)`,
        [harness.tenantId],
      );
    });
    await harness.tenantDb.run(harness.tenantId, dropOldFigures);
    const left = (table: string): Promise<unknown> =>
      harness.tenantDb.run(harness.tenantId, (tx) => tx.query(`select count(*) as n from ${table}`));
    expect(await Promise.all(['connection_stats', 'usage_counts', 'balance_hours'].map(left))).toEqual([
      [{ n: 1 }],
      [{ n: 3 }],
      [{ n: 4 }],
    ]);
  });
});
