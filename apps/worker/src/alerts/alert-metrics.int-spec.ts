import { Registry } from 'prom-client';
import { newUuid, toPublicId } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { AlertMetrics } from './alert-metrics';

describe('metrics of alerts and books', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  it('tell over all tenants, as the dispatcher, what is open and what does not balance', async () => {
    const registry = new Registry();
    const metrics = new AlertMetrics(registry, database.dispatcher);
    const value = async (name: string): Promise<number[]> =>
      (await registry.getMetricsAsJSON())
        .filter((metric) => metric.name === name)
        .flatMap((metric) => metric.values.map((each) => each.value).filter((figure) => figure > 0));
    await metrics.collect();
    expect(await value('hub_alerts_open')).toEqual([]);
    expect(await value('hub_books_unbalanced_hours')).toEqual([]);
    for (const phase of ['open', 'acknowledged', 'pending', 'resolved']) {
      const { id } = await database.createTenant();
      await database.asSuperuser(async (client) => {
        await client.query(
          `insert into alerts (tenant_id, id, rule, phase, severity, title, since) values ($1, $2, 'breaker_open', $3, 'critical', 'x', now())`,
          [id, newUuid(), phase],
        );
        await client.query(
          `insert into balance_hours (tenant_id, hour, balanced) values ($1, date_trunc('hour', now()), $2), ($1, date_trunc('hour', now()) - interval '40 days', false)`,
          [id, phase !== 'open'],
        );
        await client.query(`insert into tenant_watch (tenant_id, due_at) values ($1, now() - interval '90 seconds')`, [
          id,
        ]);
      });
    }
    await metrics.collect();
    expect(await value('hub_alerts_open')).toEqual([2]);
    expect(await value('hub_books_unbalanced_hours')).toEqual([5]);
    expect(await value('hub_books_unbalanced_tenants')).toEqual([4]);
    expect((await value('hub_alert_looks_overdue_seconds'))[0]).toBeGreaterThanOrEqual(90);
  });

  it('name the tenants whose books do not balance, the fifty with the most such hours', async () => {
    const registry = new Registry();
    const metrics = new AlertMetrics(registry, database.dispatcher);
    const named = async (): Promise<[unknown, number][]> => {
      await metrics.collect();
      const found = (await registry.getMetricsAsJSON()).find(
        ({ name }) => name === 'hub_books_unbalanced_tenant_hours',
      );
      return found?.values.map(({ labels, value }) => [labels['tenant'], value]) ?? [];
    };
    await database.asSuperuser((client) => client.query(`delete from balance_hours`));
    const [worst, other] = [await database.createTenant(), await database.createTenant()];
    await database.asSuperuser((client) =>
      client.query(
        `insert into balance_hours (tenant_id, hour, balanced)
         select t.id::uuid, date_trunc('hour', now()) - n * interval '1 day', n >= t.hours
         from (values ($1, 2), ($2, 1)) as t(id, hours), generate_series(0, 2) as n`,
        [worst.id, other.id],
      ),
    );
    expect(await named()).toEqual([
      [toPublicId('tenant', worst.id), 2],
      [toPublicId('tenant', other.id), 1],
    ]);
    const more: string[] = [];
    while (more.length < 50) more.push((await database.createTenant()).id);
    await database.asSuperuser((client) =>
      client.query(
        `insert into balance_hours (tenant_id, hour, balanced) select id, date_trunc('hour', now()), false from unnest($1::uuid[]) as id`,
        [more],
      ),
    );
    const many = await named();
    expect(many).toHaveLength(50);
    expect(many[0]).toEqual([toPublicId('tenant', worst.id), 2]);
    // Who balances again is named no more.
    await database.asSuperuser((client) => client.query(`update balance_hours set balanced = true`));
    expect(await named()).toEqual([]);
  });

  it('tell the rows of the last hour that is over, summed over all tenants', async () => {
    const registry = new Registry();
    const metrics = new AlertMetrics(registry, database.dispatcher);
    const figures = async (): Promise<Record<string, number>> => {
      const metric = (await registry.getMetricsAsJSON()).find(({ name }) => name === 'hub_books_rows');
      return Object.fromEntries(metric?.values.map(({ labels, value }) => [labels['figure'], value]) ?? []);
    };
    const last = `date_trunc('hour', now() - interval '10 minutes') - interval '1 hour'`;
    const tenants = [await database.createTenant(), await database.createTenant()];
    await database.asSuperuser(async (client) => {
      for (const { id } of tenants)
        await client.query(
          `insert into balance_hours (tenant_id, hour, events, events_unrouted, made, replays, open, succeeded, dead, cancelled, superseded)
           select $1, ${last} + h * interval '1 hour', n * 100, n * 2, n * 98, n * 3, n * 4, n * 70, n * 5, n * 6, n * 7
           from (values (-1, 1000), (0, 1), (1, 1000)) as of(h, n)`,
          [id],
        );
    });
    await metrics.collect();
    expect(await figures()).toEqual({
      events: 200,
      events_unrouted: 4,
      made: 196,
      replays: 6,
      open: 8,
      succeeded: 140,
      dead: 10,
      cancelled: 12,
      superseded: 14,
    });
    // An hour of which nobody has counted anything is 0, not what an earlier one was.
    await database.asSuperuser((client) => client.query(`delete from balance_hours`));
    await metrics.collect();
    expect(new Set(Object.values(await figures()))).toEqual(new Set([0]));
  });
});
