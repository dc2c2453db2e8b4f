import { Client } from 'pg';
import { waitUntil, type TestDatabase } from '@hub/testing';
import { stageInProcessApi, type InProcessApi } from './in-process-api';

describe('slow searches', () => {
  let database: TestDatabase;
  let api: InProcessApi;
  stageInProcessApi((...made) => ([api, database] = made), { HUB_DB_POOL_SIZE: '2' });

  it('take no connection from accepting, from looking up keys, or from reading one thing', async () => {
    const tenant = await api.newTenant();
    const locker = new Client({ connectionString: database.superuserUrl });
    await locker.connect();
    // Of all that an event touches on its way in, this is not one; but no list of deliveries does without it.
    await locker.query('begin; lock table connection_runtime in access exclusive mode');
    let ended = 0;
    const searches = Array.from({ length: 12 }, () =>
      api.send(tenant.key, 'GET', '/v1/deliveries').finally(() => ended++),
    );
    try {
      await waitUntil('the searches to wait', async () => {
        const { rows } = await database.asSuperuser((client) =>
          client.query<{ n: number }>(
            `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          ),
        );
        return (rows[0]?.n ?? 0) >= 2;
      });
      const stranger = await api.newKey(tenant.id);
      const body = { event_id: 'in-spite-of-it', type: 'order.created', data: {} };
      const sent = await api.send(stranger, 'POST', '/v1/events', { payload: body });
      expect(sent.statusCode).toBe(202);
      const me = await api.send(stranger, 'GET', '/v1/me');
      expect(me.statusCode).toBe(200);
      // None of the searches had to end first.
      expect(ended).toBe(0);
    } finally {
      await locker.query('rollback');
      await locker.end();
      await Promise.all(searches);
    }
  }, 60_000);
});
