import { type HubAnswer, type TestClient, waitUntil } from '@hub/testing';
import { keyWith, stageHub, unique, type StagedHub } from '../../../test/support/staged-hub';
import { expectProblem } from '../../../test/support/problems';

/** What `api.md` promises everywhere. */
const REVOKED_WITHIN_MS = 5_000;

describe('limits and keys, held by two API processes together', () => {
  let hub: StagedHub;
  let urls: [string, string];

  beforeAll(async () => {
    hub = await stageHub({ queue: 'redis', apis: 2 });
    urls = hub.apis.map(({ url }) => url) as [string, string];
  }, 120_000);
  afterAll(() => hub?.stop());

  const post = (client: TestClient, api: 0 | 1): Promise<HubAnswer> =>
    client.at(urls[api]).post('/v1/events', { event_id: unique('l'), type: 'order.created', data: {} });
  const flood = (client: TestClient, count: number): Promise<HubAnswer[]> =>
    Promise.all(Array.from({ length: count }, (_, n) => post(client, n % 2 === 0 ? 0 : 1)));

  it('let the free tier have 200 at once, through whichever process, and say when to come back', async () => {
    const { client } = await hub.newTenant({ tier: 'free' });
    const answers = await flood(client, 260);
    const accepted = answers.filter(({ status }) => status === 202);
    const refused = answers.filter(({ status }) => status !== 202);
    // A bucket for each process would let 400 through. While the flood lasts, a refilled token or two may pass.
    expect(accepted.length).toBeGreaterThanOrEqual(200);
    expect(accepted.length).toBeLessThanOrEqual(200);
    for (const answer of refused) {
      const problem = expectProblem(answer, 429, 'rate_limited');
      expect(problem.type).toBe('https://iana.org/assignments/http-problem-types#quota-exceeded');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.headers.get('ratelimit')).toMatch(/^"(burst|sustained)";r=0;t=\d+$/);
      expect(answer.headers.get('ratelimit-policy')).toBe('"sustained";q=100;w=60, "burst";q=200;w=60');
    }
    // Reading has a limit of its own: who may not send may still look.
    expect((await client.get('/v1/events?limit=1')).status).toBe(200);
  }, 60_000);

  it('leave other tenants alone', async () => {
    const [greedy, modest] = [await hub.newTenant({ tier: 'free' }), await hub.newTenant({ tier: 'free' })];
    await flood(greedy.client, 230);
    expect((await post(greedy.client, 0)).status).toBe(429);
    expect((await post(modest.client, 0)).status).toBe(202);
  });

  it('follow the figure that an operator sets for one tenant', async () => {
    const tenant = await hub.newTenant({ tier: 'free', rate_limit_per_minute: 5 });
    const statuses = (await flood(tenant.client, 12)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(10);
    await hub.operator.demand('PATCH', `/admin/v1/tenants/${tenant.publicId}`, { rate_limit_per_minute: 1_000 });
    await waitUntil('the new figure', async () => (await post(tenant.client, 1)).status === 202, REVOKED_WITHIN_MS);
  });

  it('bill no tenant for requests with a wrong key', async () => {
    const tenant = await hub.newTenant({ tier: 'free', rate_limit_per_minute: 3 });
    const forged = `${(tenant.client.key ?? '').slice(0, -4)}0000`;
    for (let n = 0; n < 20; n++) await hub.client(forged).post('/v1/events', {});
    const statuses = (await flood(tenant.client, 6)).map(({ status }) => status);
    expect(statuses).toEqual([202, 202, 202, 202, 202, 202]);
  });

  it('refuse a revoked key at every process within 5 s, and at once no new one', async () => {
    const tenant = await hub.newTenant();
    const key = await keyWith(tenant, ['events:write']);
    expect([(await post(key.client, 0)).status, (await post(key.client, 1)).status]).toEqual([202, 202]);
    const revoked = Date.now();
    await tenant.client.demand('DELETE', `/v1/api-keys/${key.id}`);
    for (const api of [0, 1] as const) {
      await waitUntil(
        'the key to be refused',
        async () => (await post(key.client, api)).status === 401,
        REVOKED_WITHIN_MS,
      );
      expect(Date.now() - revoked).toBeLessThan(REVOKED_WITHIN_MS);
      expectProblem(await post(key.client, api), 401, 'revoked_api_key');
    }
    expect((await post(tenant.client, 0)).status).toBe(202);
  });

  it('refuse it with Redis away too, and go on limiting, each by itself', async () => {
    const tenant = await hub.newTenant({ rate_limit_per_minute: 20 });
    const key = await keyWith(tenant, ['events:write']);
    expect((await post(key.client, 1)).status).toBe(202);
    await hub.redis?.stop();
    try {
      await tenant.client.demand('DELETE', `/v1/api-keys/${key.id}`);
      await waitUntil(
        'the key to be refused',
        async () => (await post(key.client, 1)).status === 401,
        REVOKED_WITHIN_MS,
      );
      const statuses = await Promise.all(Array.from({ length: 60 }, async () => (await post(tenant.client, 0)).status));
      expect(statuses.filter((status) => status === 202)).toHaveLength(40);
      expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    } finally {
      await hub.redis?.start();
    }
  }, 60_000);

  it('keep the old key of a rotation going for its overlap and no longer', async () => {
    const tenant = await hub.newTenant();
    const key = await keyWith(tenant, ['events:write']);
    const rotated = await tenant.client.demand<{ key: string }>('POST', `/v1/api-keys/${key.id}/rotate`, {
      overlap_seconds: 3_600,
    });
    expect((await post(hub.client(rotated.key), 1)).status).toBe(202);
    expect((await post(key.client, 0)).status).toBe(202);
    // As if the overlap were over.
    await hub.database.asSuperuser((client) =>
      client.query(`update api_keys set revoked_at = now() where tenant_id = $1 and revoked_at > now()`, [tenant.uuid]),
    );
    await waitUntil('the overlap to end', async () => (await post(key.client, 0)).status === 401, REVOKED_WITHIN_MS);
    expect((await post(hub.client(rotated.key), 0)).status).toBe(202);
  });

  it('shut out a suspended tenant, and let it back in', async () => {
    const tenant = await hub.newTenant();
    const status = (wanted: string): Promise<unknown> =>
      hub.operator.demand('PATCH', `/admin/v1/tenants/${tenant.publicId}`, { status: wanted });
    expect((await post(tenant.client, 0)).status).toBe(202);
    await status('suspended');
    for (const api of [0, 1] as const) {
      await waitUntil(
        'the tenant to be shut out',
        async () => (await post(tenant.client, api)).status !== 202,
        REVOKED_WITHIN_MS,
      );
      expectProblem(await post(tenant.client, api), 401, 'tenant_suspended');
    }
    await status('active');
    await waitUntil(
      'the tenant to be let in',
      async () => (await post(tenant.client, 1)).status === 202,
      REVOKED_WITHIN_MS,
    );
  });
});
