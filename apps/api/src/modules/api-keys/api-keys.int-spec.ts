import { fromPublicId } from '@hub/platform';
import { waitUntil, type TestDatabase } from '@hub/testing';
import { faultsOf } from '../../fixtures/faults-of';
import { stageApi } from '../../fixtures/stage-api';
import { keyWith, startConfigApi, type Answer, type ConfigApi } from '../connections/fixtures/config-api';

let database: TestDatabase;
let api: ConfigApi;
let key: string;
let stranger: string;

stageApi(startConfigApi, async (...made) => {
  [api, database] = made;
  key = await api.newTenant();
  stranger = await api.newTenant();
});

interface Created {
  id: string;
  key: string;
}

function create(by: string, overrides: object = {}): Promise<Answer> {
  return api.call(by, 'POST', '/v1/api-keys', {
    name: 'k',
    environment: 'test',
    scopes: ['events:read'],
    ...overrides,
  });
}

async function created(overrides: object = {}): Promise<Created> {
  const { status, body } = await create(key, overrides);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body as unknown as Created;
}

const sql = <Row extends object>(text: string, publicId: string): Promise<Row[]> =>
  database.asSuperuser(async (client) => (await client.query(text, [fromPublicId('apiKey', publicId)])).rows as Row[]);

/** What the audit log says of a key. */
async function recordsOf(publicId: string): Promise<unknown[]> {
  const { rows } = await database.asSuperuser((client) =>
    client.query<{ record: unknown }>(`select record from audit_records where target = $1 order by seq`, [publicId]),
  );
  return rows.map(({ record }) => record);
}

function me(with_: string): Promise<Answer> {
  return api.call(with_, 'GET', '/v1/me');
}

async function untilRefused(secret: string): Promise<Answer> {
  return waitUntil('the key to be refused', async () => {
    const answer = await me(secret);
    return answer.status === 401 ? answer : null;
  });
}

describe('/v1/api-keys', () => {
  it('is closed without a key, and without the scope', async () => {
    expect((await api.call(null, 'GET', '/v1/api-keys')).status).toBe(401);
    const narrow = await keyWith(api, key, ['config:write']);
    expect((await api.call(narrow, 'GET', '/v1/api-keys')).status).toBe(403);
    expect((await create(narrow)).status).toBe(403);
  });

  it('shows a key once, and its secret never again', async () => {
    const answer = await create(key, {
      scopes: ['events:read', 'events:read'],
      expires_at: '2099-01-01T00:00:00+01:00',
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        name: 'k',
        environment: 'test',
        scopes: ['events:read'],
        expires_at: '2098-12-31T23:00:00.000Z',
        revoked_at: null,
        replaces: null,
      },
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    const { key: secret, ...rest } = answer.body;
    expect(secret).toMatch(/^hub_test_/);
    const list = await api.call<{ data: unknown[] }>(key, 'GET', '/v1/api-keys?limit=1');
    expect(list.body.data).toEqual([rest]);
    expect((await me(String(secret))).body).toMatchObject({ key: { id: rest['id'], scopes: ['events:read'] } });
  });

  it('gives no more than the maker has', async () => {
    const maker = await keyWith(api, key, ['keys:write', 'events:read']);
    expect((await create(maker, { scopes: ['events:read', 'keys:write'] })).status).toBe(201);
    const beyond = await create(maker, { scopes: ['events:read', 'events:write'] });
    expect(beyond).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    expect(faultsOf(beyond)).toEqual(['/scopes/1 scope_not_held']);
    const wide = await created({ scopes: ['config:write'] });
    expect((await api.call(maker, 'POST', `/v1/api-keys/${wide.id}/rotate`)).body).toMatchObject({
      status: 403,
      code: 'insufficient_scope',
    });
    expect((await me(wide.key)).status).toBe(200);
  });

  it('refuses what makes no sense', async () => {
    expect(faultsOf(await create(key, { scopes: [] }))).toEqual(['/scopes too_small']);
    expect(faultsOf(await create(key, { scopes: ['everything'] }))).toEqual(['/scopes/0 invalid_value']);
    expect(faultsOf(await create(key, { environment: 'op' }))).toEqual(['/environment invalid_value']);
    expect(await create(key, { expires_at: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/expires_at' }] },
    });
    expect((await create(key, { expires_at: 'tomorrow' })).status).toBe(400);
  });

  it('rotates: the old key goes on for the overlap, and no longer', async () => {
    const old = await created();
    const kept = await api.call<Created>(key, 'POST', `/v1/api-keys/${old.id}/rotate`, { overlap_seconds: 60 });
    expect(kept).toMatchObject({
      status: 201,
      body: { replaces: old.id, scopes: ['events:read'], environment: 'test' },
    });
    expect((await me(old.key)).status).toBe(200);
    expect((await me(old.key)).body).toMatchObject({ key: { revoked_at: expect.any(String) } });
    expect((await me(kept.body.key)).status).toBe(200);
    expect(await api.call(key, 'POST', `/v1/api-keys/${old.id}/rotate`)).toMatchObject({
      status: 409,
      body: { code: 'key_revoked' },
    });
    expect(await recordsOf(kept.body.id)).toMatchObject([
      { action: 'api_key.rotated', before: { id: old.id, revoked_at: null }, details: { overlap_seconds: 60 } },
    ]);
    const next = await api.call<Created>(key, 'POST', `/v1/api-keys/${kept.body.id}/rotate`, { overlap_seconds: 0 });
    expect((await untilRefused(kept.body.key)).body).toMatchObject({ code: 'revoked_api_key' });
    expect((await me(next.body.key)).status).toBe(200);
    expect(
      (await api.call(key, 'POST', `/v1/api-keys/${next.body.id}/rotate`, { overlap_seconds: 604_801 })).status,
    ).toBe(400);
  });

  it('rotates a key that ends soon into one that ends when it is told to, and else with the old one', async () => {
    const ends = '2098-12-31T23:00:00.000Z';
    const rotated = async (id: string, body: object): Promise<Answer<Created>> =>
      api.call<Created>(key, 'POST', `/v1/api-keys/${id}/rotate`, body);
    const old = await created({ expires_at: ends });
    const same = await rotated(old.id, {});
    expect(same.body).toMatchObject({ expires_at: ends });
    expect(await rotated(same.body.id, { expires_at: '2020-01-01T00:00:00Z' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/expires_at', code: 'in_the_past' }] },
    });
    const later = await rotated(same.body.id, { expires_at: '2099-01-01T00:00:00Z' });
    expect(later.body).toMatchObject({ expires_at: '2099-01-01T00:00:00.000Z', replaces: same.body.id });
    expect((await rotated(later.body.id, { expires_at: null })).body).toMatchObject({ expires_at: null });
  });

  it('rotates no key that has expired', async () => {
    const old = await created({ expires_at: '2098-12-31T23:00:00Z' });
    await sql(`update api_keys set expires_at = now() where id = $1`, old.id);
    expect(await api.call(key, 'POST', `/v1/api-keys/${old.id}/rotate`)).toMatchObject({
      status: 409,
      body: { code: 'key_expired' },
    });
  });

  it('revokes', async () => {
    const doomed = await created();
    expect((await api.call(key, 'DELETE', `/v1/api-keys/${doomed.id}`)).status).toBe(204);
    expect((await untilRefused(doomed.key)).body).toMatchObject({ code: 'revoked_api_key' });
    expect((await api.call(key, 'POST', `/v1/api-keys/${doomed.id}/rotate`)).status).toBe(409);
    // That it is revoked again does not change since when it is.
    const [since] = await sql(
      `update api_keys set revoked_at = revoked_at - interval '1 hour' where id = $1 returning revoked_at`,
      doomed.id,
    );
    expect((await api.call(key, 'DELETE', `/v1/api-keys/${doomed.id}`)).status).toBe(204);
    expect(await sql(`select revoked_at from api_keys where id = $1`, doomed.id)).toEqual([since]);
    expect(await recordsOf(doomed.id)).toMatchObject([
      { action: 'api_key.created' },
      { action: 'api_key.revoked', before: { revoked_at: null }, after: { revoked_at: expect.any(String) } },
      { action: 'api_key.revoked' },
    ]);
  });

  it("answers 404 for another tenant's key, and does it no harm", async () => {
    const mine = await created();
    expect((await api.call(stranger, 'POST', `/v1/api-keys/${mine.id}/rotate`)).status).toBe(404);
    expect((await api.call(stranger, 'DELETE', `/v1/api-keys/${mine.id}`)).status).toBe(404);
    expect((await me(mine.key)).status).toBe(200);
    const list = await api.call<{ data: { name: string }[] }>(stranger, 'GET', '/v1/api-keys');
    expect(list.body.data.map(({ name }) => name)).toEqual(['first key']);
  });
});
