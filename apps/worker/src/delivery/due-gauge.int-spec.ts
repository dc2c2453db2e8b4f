import { Registry } from 'prom-client';
import { newUuid, silentLogger } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { registerDueGauge } from './due-gauge';

describe('hub_oldest_due_seconds', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  const sql = (text: string, values: unknown[] = []): Promise<unknown> =>
    database.asSuperuser((client) => client.query(text, values));
  /** A delivery that has been due for so many minutes, on a connection of its own. */
  const plant = async (minutes: number, status = 'pending'): Promise<{ tenant: string; connection: string }> => {
    const [{ id: tenant }, connection] = [await database.createTenant(), newUuid()];
    await sql(
      `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, 'c', 'test', '{}')`,
      [tenant, connection],
    );
    await sql(`insert into connection_runtime (tenant_id, connection_id) values ($1, $2)`, [tenant, connection]);
    await sql(
      `insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_mode, status, next_attempt_at)
       values ($1, uuid_v7(), $2, $2, 'x', 'strict', $4, now() - $3 * interval '1 minute')`,
      [tenant, connection, minutes, status],
    );
    return { tenant, connection };
  };

  it('tells, as the dispatcher and over all tenants, what only the hub keeps waiting', async () => {
    const registry = new Registry();
    registerDueGauge(registry, database.dispatcher, silentLogger);
    const minutes = async (): Promise<number> =>
      Math.floor(((await registry.getMetricsAsJSON())[0]?.values[0]?.value ?? -1) / 60);
    expect(await minutes()).toBe(0);
    await plant(-100);
    await plant(900, 'succeeded');
    const { connection: paused } = await plant(800);
    const { connection: broken } = await plant(700);
    const { connection: limited } = await plant(600);
    const { tenant: suspended } = await plant(500);
    await sql(`update connections set status = 'paused' where id = $1`, [paused]);
    await sql(`update connection_runtime set breaker_state = 'open' where connection_id = $1`, [broken]);
    await sql(`update connection_runtime set resume_at = now() + interval '1 hour' where connection_id = $1`, [
      limited,
    ]);
    await sql(`update tenants set status = 'suspended' where id = $1`, [suspended]);
    expect(await minutes()).toBe(0);
    await plant(20);
    await plant(40, 'retrying');
    expect(await minutes()).toBe(40);
  });
});
