import { newUuid, toPublicId } from '@hub/platform';
import { type TestDatabase } from '@hub/testing';
import { stageInProcessApi, type InProcessApi } from './in-process-api';

const DAYS = '?from=2026-11-19&to=2026-11-20';

describe('a tenant’s usage, for operators', () => {
  let database: TestDatabase;
  let api: InProcessApi;
  let operator: string;

  stageInProcessApi(async (...made) => {
    [api, database] = made;
    operator = await api.newOperatorKey();
  });

  const usage = async (tenantId: string, query = DAYS): Promise<{ status: number; body: object }> => {
    const answer = await api.send(operator, 'GET', `/admin/v1/tenants/${toPublicId('tenant', tenantId)}/usage${query}`);
    return { status: answer.statusCode, body: answer.json() };
  };

  it('is what the tenant sees, whatever its status, and nobody else’s', async () => {
    const [tenant, other] = [await api.newTenant(250), await api.newTenant()];
    await database.asSuperuser((client) =>
      client.query(
        `insert into balance_hours (tenant_id, hour, events, succeeded, dead, busiest_minute)
         values ($1, '2026-11-20T10:00:00Z', 40, 30, 2, 50)`,
        [tenant.id],
      ),
    );
    const seen = await usage(tenant.id);
    expect(seen).toMatchObject({
      status: 200,
      body: {
        from: '2026-11-19',
        limit_per_minute: 250,
        totals: { events_accepted: 40, deliveries_succeeded: 30 },
        days: [{ day: '2026-11-20', busiest_minute: 50, limit_used_percent: 20 }],
      },
    });
    expect((await api.send(tenant.key, 'GET', `/v1/usage${DAYS}`)).json()).toEqual(seen.body);
    await database.asSuperuser((client) =>
      client.query(`update tenants set status = 'suspended' where id = $1`, [tenant.id]),
    );
    expect(await usage(tenant.id)).toEqual(seen);
    expect((await usage(other.id)).body).toMatchObject({ days: [] });
  });

  it('has its tier’s limit where it has none of its own', async () => {
    const { id } = await api.newTenant();
    await database.asSuperuser((client) =>
      client.query(`update tenants set tier = 'free', rate_limit_per_minute = null where id = $1`, [id]),
    );
    expect((await usage(id)).body).toMatchObject({ limit_per_minute: 100 });
  });

  it('is of a tenant that is there, and of days in their order', async () => {
    const { id } = await api.newTenant();
    expect((await usage(newUuid())).status).toBe(404);
    expect((await usage(id, '?from=2026-11-20&to=2026-11-19')).status).toBe(400);
  });
});
