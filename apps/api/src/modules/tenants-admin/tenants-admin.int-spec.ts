import { recordedActions, waitUntil, type TestDatabase } from '@hub/testing';
import { faultsOf } from '../../fixtures/faults-of';
import { stageApi } from '../../fixtures/stage-api';
import { startConfigApi, type Answer, type ConfigApi } from '../connections/fixtures/config-api';

let database: TestDatabase;
let api: ConfigApi;
let counter = 0;

stageApi(startConfigApi, (...made) => ([api, database] = made));

function call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  return api.call<T>(api.operatorKey, method, `/admin/v1${path}`, body);
}

function create(overrides: object = {}): Promise<Answer<{ id: string; slug: string; api_key: string }>> {
  return call('POST', '/tenants', { slug: `acme-${++counter}`, name: 'Acme', tier: 'standard', ...overrides });
}

describe('/admin/v1/tenants', () => {
  it('is for operators alone', async () => {
    const { api_key: tenantKey } = (await create()).body;
    for (const key of [null, tenantKey]) {
      expect((await api.call(key, 'GET', '/admin/v1/tenants')).status).toBe(401);
      expect((await api.call(key, 'POST', '/admin/v1/tenants', { slug: 'x', name: 'x', tier: 'free' })).status).toBe(
        401,
      );
    }
    expect((await api.call(api.operatorKey, 'GET', '/v1/me')).status).toBe(401);
  });

  it('creates a tenant with a first key that can do everything', async () => {
    const answer = await create({ rate_limit_per_minute: 250 });
    const { api_key: key, ...tenant } = answer.body;
    expect(answer.status).toBe(201);
    expect(tenant).toMatchObject({
      slug: `acme-${counter}`,
      name: 'Acme',
      tier: 'standard',
      rate_limit_per_minute: 250,
      status: 'active',
    });
    expect(key).toMatch(/^hub_live_/);
    expect(answer.headers['location']).toBe(`/admin/v1/tenants/${tenant.id}`);
    expect((await call('GET', `/tenants/${tenant.id}`)).body).toEqual(tenant);
    const me = await api.call<{ key: { scopes: string[] } }>(key, 'GET', '/v1/me');
    expect(me.body).toMatchObject({
      key: { environment: 'live', name: 'first key', prefix: key.slice(0, 17) },
      tenant: { id: tenant.id, slug: tenant.slug, name: 'Acme', tier: 'standard' },
      limits: { events_per_minute: 250, burst: 500 },
    });
    expect(me.body.key.scopes).toContain('keys:write');
    expect((await create({ key_environment: 'test' })).body.api_key).toMatch(/^hub_test_/);
  });

  it('refuses a slug that is taken and a tier that is none', async () => {
    const { slug } = (await create()).body;
    expect(await create({ slug })).toMatchObject({
      status: 409,
      body: { code: 'slug_taken', errors: [{ pointer: '/slug' }] },
    });
    expect(await create({ tier: 'gold' })).toMatchObject({
      status: 422,
      body: { code: 'unknown_tier', errors: [{ pointer: '/tier' }] },
    });
    const bad = await create({ slug: 'Not A Slug', rate_limit_per_minute: 0, owner: 'me' });
    expect(faultsOf(bad).sort()).toEqual([
      '/owner unknown_field',
      '/rate_limit_per_minute too_small',
      '/slug invalid_format',
    ]);
  });

  it('changes tier, limit and status, and the tenant feels it', async () => {
    const { id, api_key: key } = (await create({ rate_limit_per_minute: 7 })).body;
    const change = (body: object): Promise<Answer> => call('PATCH', `/tenants/${id}`, body);
    expect((await change({ tier: 'enterprise', rate_limit_per_minute: null })).body).toMatchObject({
      tier: 'enterprise',
      rate_limit_per_minute: null,
      name: 'Acme',
    });
    await waitUntil('the new limit', async () => {
      const me = await api.call<{ limits: object }>(key, 'GET', '/v1/me');
      return JSON.stringify(me.body.limits) === JSON.stringify({ events_per_minute: 10_000, burst: 20_000 });
    });
    expect((await change({ status: 'suspended' })).body).toMatchObject({ status: 'suspended' });
    await waitUntil('the suspension', async () => (await api.call(key, 'GET', '/v1/me')).status === 401);
    await change({ status: 'active' });
    await waitUntil('the return', async () => (await api.call(key, 'GET', '/v1/me')).status === 200);
    expect((await change({ tier: 'gold' })).status).toBe(422);
    expect((await change({})).status).toBe(400);
    expect((await call('PATCH', '/tenants/ten_01h455vb4pex5vsknk084sn02q', { name: 'x' })).status).toBe(404);
    expect((await call('GET', '/tenants/nonsense')).status).toBe(404);
  });

  it('erases a tenant that is suspended, that is named, and that is not on hold', async () => {
    const { id, slug } = (await create()).body;
    const erase = (body: object): Promise<Answer> => call('POST', `/tenants/${id}/erasure`, body);
    const sure = { slug, reason: 'The contract has ended.' };
    expect(await erase(sure)).toMatchObject({ status: 409, body: { code: 'not_suspended' } });
    expect((await call('GET', `/tenants/${id}`)).body).toMatchObject({ erased_at: null });
    const set = (sql: string): Promise<unknown> => database.asSuperuser((client) => client.query(sql, [slug]));
    await set(
      `insert into retention_settings (tenant_id, legal_hold, legal_hold_reason, legal_hold_since)
       select id, true, 'a case', now() from tenants where slug = $1`,
    );
    await call('PATCH', `/tenants/${id}`, { status: 'suspended' });
    expect(await erase(sure)).toMatchObject({ status: 409, body: { code: 'legal_hold' } });
    await set(`update retention_settings set legal_hold = false from tenants t where t.id = tenant_id and t.slug = $1`);
    expect(await erase({ ...sure, slug: 'another' })).toMatchObject({ status: 422, body: { code: 'other_slug' } });
    expect((await erase({ slug })).status).toBe(400);

    const erased = await erase(sure);
    expect(erased).toMatchObject({ status: 200, body: { id, status: 'suspended' } });
    expect((await erase(sure)).body).toEqual(erased.body);
    expect(await call('PATCH', `/tenants/${id}`, { status: 'active' })).toMatchObject({
      status: 409,
      body: { code: 'tenant_erased' },
    });
    const log = await recordedActions(database, id);
    expect(log.filter((action) => action === 'tenant.erased')).toHaveLength(2);
    expect((await call('POST', '/tenants/ten_01h455vb4pex5vsknk084sn02q/erasure', sure)).status).toBe(404);
  });

  it('finds tenants by name, slug, id and status', async () => {
    const { id, slug } = (await create({ name: 'Örtliche Wärme GmbH' })).body;
    await call('PATCH', `/tenants/${id}`, { status: 'suspended' });
    const found = async (query: Readonly<Record<string, string>>): Promise<unknown[]> => {
      const answer = await call<{ data: { id: string }[] }>('GET', `/tenants?${new URLSearchParams(query).toString()}`);
      expect(answer.status).toBe(200);
      return answer.body.data.map((tenant) => tenant.id);
    };
    expect(await found({ q: 'wärme' })).toEqual([id]);
    expect(await found({ q: slug.toUpperCase() })).toContain(id);
    expect(await found({ q: id, status: 'suspended' })).toEqual([id]);
    expect(await found({ q: id, status: 'active' })).toEqual([]);
    expect(await found({ status: 'suspended' })).toContain(id);
    expect(await found({ q: '%' })).toEqual([]);
  });

  it('lists tenants page by page, and the tiers', async () => {
    const ids = [(await create()).body.id, (await create()).body.id].reverse();
    const page = await call<{ data: { id: string }[]; next_cursor: string }>('GET', '/tenants?limit=1');
    const next = await call<{ data: { id: string }[] }>('GET', `/tenants?limit=1&cursor=${page.body.next_cursor}`);
    expect([...page.body.data, ...next.body.data].map(({ id }) => id)).toEqual(ids);
    expect((await call('GET', '/tenants?tier=free')).status).toBe(400);
    expect((await call('GET', '/tiers')).body).toEqual({
      data: [
        { name: 'free', rate_limit_per_minute: 100 },
        { name: 'standard', rate_limit_per_minute: 1_000 },
        { name: 'enterprise', rate_limit_per_minute: 10_000 },
      ],
    });
  });
});
