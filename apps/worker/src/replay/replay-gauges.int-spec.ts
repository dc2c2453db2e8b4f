import { Registry } from 'prom-client';
import { type Database } from '@hub/database';
import { newUuid, silentLogger } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { registerReplayGauges } from './replay-gauges';

describe('gauges of dead letters and replays', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  const figures = async (registry: Registry): Promise<Record<string, number | string>> => {
    const metrics = await registry.getMetricsAsJSON();
    return Object.fromEntries(metrics.map((metric) => [metric.name, metric.values[0]?.value ?? 'nothing']));
  };

  it('count what is open, of all tenants', async () => {
    const tenant = (await database.createTenant()).id;
    const plant = (status: string, replayedBy: string | null): Promise<unknown> =>
      database.asSuperuser((client) =>
        client.query(
          `insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_mode, status, replayed_by)
           values ($1, gen_random_uuid(), $2, $2, 'x', 'strict', $3, $4)`,
          [tenant, newUuid(), status, replayedBy],
        ),
      );
    await plant('dead', null);
    await plant('dead', null);
    await plant('dead', newUuid());
    await plant('succeeded', null);
    for (const status of ['running', 'completed'])
      await database.asSuperuser((client) =>
        client.query(
          `insert into replays (tenant_id, id, action, status, selection, mapping, include_succeeded, include_superseded, dry_run, requested_by)
           values ($1, $2, 'replay', $3, '{}', 'original', false, false, false, '{}')`,
          [tenant, newUuid(), status],
        ),
      );
    const registry = new Registry();
    registerReplayGauges(registry, database.dispatcher, silentLogger);
    expect(await figures(registry)).toEqual({ hub_dead_letters_open: 2, hub_replays_running: 1 });
  });

  it('say nothing while the database is away', async () => {
    let away = false;
    const flaky = {
      query: () => (away ? Promise.reject(new Error('as the test wants')) : Promise.resolve([{ n: 7 }])),
    } as unknown as Database;
    const registry = new Registry();
    registerReplayGauges(registry, flaky, silentLogger);
    expect(await figures(registry)).toEqual({ hub_dead_letters_open: 7, hub_replays_running: 7 });
    away = true;
    expect(await figures(registry)).toEqual({ hub_dead_letters_open: 'nothing', hub_replays_running: 'nothing' });
  });
});
