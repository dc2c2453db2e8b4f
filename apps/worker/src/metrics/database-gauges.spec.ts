import { Registry } from 'prom-client';
import { type Database } from '@hub/database';
import { silentLogger } from '@hub/platform';
import { AlertMetrics } from '../alerts/alert-metrics';
import { ArchiveMetrics } from '../archive/archive-metrics';
import { tellWhetherDatabaseIsUp } from './database-gauges';

describe('what a worker tells while the database is away', () => {
  const valuesOf = async (registry: Registry, name: string): Promise<number[]> =>
    (await registry.getMetricsAsJSON())
      .filter((metric) => metric.name === name)
      .flatMap((metric) => metric.values.map(({ value }) => value));
  const up = { query: () => Promise.resolve([]) };
  const down = { query: () => Promise.reject(new Error('as the test wants')) };

  it('is that it is, whichever login is refused', async () => {
    const registry = new Registry();
    const logins = [up, up];
    tellWhetherDatabaseIsUp(registry, logins);
    expect(await valuesOf(registry, 'hub_database_up')).toEqual([1]);
    logins[1] = down;
    expect(await valuesOf(registry, 'hub_database_up')).toEqual([0]);
  });

  it('is nothing of alerts and books', async () => {
    const registry = new Registry();
    let away = false;
    const flaky = { query: () => (away ? down.query() : up.query()) } as unknown as Database;
    const metrics = new AlertMetrics(registry, flaky);
    const gauges = [
      'hub_alerts_open',
      'hub_books_unbalanced_hours',
      'hub_books_rows',
      'hub_alert_looks_overdue_seconds',
    ];
    await metrics.collect();
    for (const gauge of gauges) expect(await valuesOf(registry, gauge)).toContain(0);
    away = true;
    await expect(metrics.collect()).rejects.toThrow('as the test wants');
    for (const gauge of gauges) expect(await valuesOf(registry, gauge)).toEqual([]);
    away = false;
    await metrics.collect();
    for (const gauge of gauges) expect(await valuesOf(registry, gauge)).toContain(0);
  });

  it('is nothing of the archive', async () => {
    const registry = new Registry();
    const metrics = new ArchiveMetrics(registry, silentLogger);
    metrics.show({ failingSince: null, waitingDay: null } as never);
    expect(await valuesOf(registry, 'hub_archive_failing_seconds')).toEqual([0]);
    metrics.forget();
    expect(await valuesOf(registry, 'hub_archive_failing_seconds')).toEqual([]);
    expect(await valuesOf(registry, 'hub_archive_waiting_days')).toEqual([]);
  });
});
