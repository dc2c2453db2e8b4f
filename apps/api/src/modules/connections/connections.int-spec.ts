import { fromPublicId } from '@hub/platform';
import { type TestDatabase } from '@hub/testing';
import { faultsOf } from '../../fixtures/faults-of';
import { stageApi } from '../../fixtures/stage-api';
import { keyWith, startConfigApi, type Answer, type ConfigApi } from './fixtures/config-api';

let database: TestDatabase;
let api: ConfigApi;
let key: string;
let stranger: string;
let counter = 0;

stageApi(startConfigApi, async (...made) => {
  [api, database] = made;
  key = await api.newTenant();
  stranger = await api.newTenant();
});

beforeEach(() => {
  api.vendor.validToken = 'token-1';
  api.vendor.failure = null;
  api.vendor.describeCalls = 0;
  api.rung.length = 0;
});

function vendorRequest(overrides: object = {}): object {
  return {
    name: `vendor ${++counter}`,
    connector: 'vendor',
    config: { site: 'a' },
    credentials: { token: 'token-1' },
    ...overrides,
  };
}

async function created(overrides: object = {}): Promise<string> {
  const answer = await api.call<{ id: string }>(key, 'POST', '/v1/connections', vendorRequest(overrides));
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body.id;
}

function get(id: string, path = ''): Promise<Answer> {
  return api.call(key, 'GET', `/v1/connections/${id}${path}`);
}

function post(id: string, path: string): Promise<Answer> {
  return api.call(key, 'POST', `/v1/connections/${id}/${path}`);
}

describe('/v1/connections', () => {
  it('is closed without a key, and without the scope', async () => {
    expect((await api.call(null, 'GET', '/v1/connections')).status).toBe(401);
    const reader = await keyWith(api, key, ['config:read']);
    expect((await api.call(reader, 'GET', '/v1/connections')).status).toBe(200);
    expect((await api.call(reader, 'POST', '/v1/connections', vendorRequest())).body).toMatchObject({
      status: 403,
      code: 'missing_scope',
    });
    expect((await api.call(await keyWith(api, key, ['events:read']), 'GET', '/v1/connections')).status).toBe(403);
  });

  it('creates, shows and lists without ever showing the credentials', async () => {
    const request = vendorRequest({ credentials: { token: 'canary-token' } });
    const answer = await api.call<{ id: string }>(key, 'POST', '/v1/connections', request);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        connector: 'vendor',
        config: { site: 'a' },
        status: 'active',
        status_reason: null,
        has_credentials: true,
      },
    });
    expect(answer.headers['location']).toBe(`/v1/connections/${answer.body.id}`);
    const shown = [
      answer.body,
      (await get(answer.body.id)).body,
      (await api.call(key, 'GET', '/v1/connections?limit=1')).body,
    ];
    expect(shown[1]).toEqual(answer.body);
    expect(JSON.stringify(shown)).not.toContain('canary');
    const stored = await database.asSuperuser((client) => client.query(`select to_jsonb(c) as row from connections c`));
    expect(JSON.stringify(stored.rows)).not.toContain('canary');
  });

  it("answers 404 for another tenant's connection, on every path", async () => {
    const id = await created();
    const calls: [string, string, unknown?][] = [
      ['GET', ''],
      ['PATCH', '', { name: 'mine' }],
      ['DELETE', ''],
      ['PUT', '/credentials', { token: 'abc' }],
      ['POST', '/test'],
      ['POST', '/pause'],
      ['POST', '/resume'],
      ['GET', '/health'],
      ['GET', '/objects'],
      ['GET', '/objects/Account/fields'],
    ];
    for (const [method, path, body] of calls) {
      const foreign = await api.call(stranger, method, `/v1/connections/${id}${path}`, body);
      expect([path, foreign.status]).toEqual([path, 404]);
      const unknown = await api.call(key, method, `/v1/connections/con_01h455vb4pex5vsknk084sn02q${path}`, body);
      expect({ ...unknown.body, instance: '', request_id: '' }).toEqual({
        ...foreign.body,
        instance: '',
        request_id: '',
      });
      expect((await api.call(key, method, `/v1/connections/nonsense${path}`, body)).status).toBe(404);
    }
    expect((await get(id)).body).toMatchObject({ status: 'active', has_credentials: true });
    expect((await api.call<{ data: unknown[] }>(stranger, 'GET', '/v1/connections')).body.data).toEqual([]);
  });

  it('names every fault of a request', async () => {
    const bad = await api.call(key, 'POST', '/v1/connections', { nom: 1, connector: 'vendor', config: [] });
    expect(bad.status).toBe(400);
    expect(faultsOf(bad).sort()).toEqual(['/config invalid_type', '/name required', '/nom unknown_field']);
    const settings = await api.call(
      key,
      'POST',
      '/v1/connections',
      vendorRequest({ config: { sight: 1 }, credentials: { token: 'x' } }),
    );
    expect(settings).toMatchObject({ status: 422, body: { code: 'invalid_connection' } });
    expect(faultsOf(settings)).toEqual([
      '/config/site required',
      '/config/sight unknown_member',
      '/credentials/token min_length',
    ]);
    expect(faultsOf(await api.call(key, 'POST', '/v1/connections', vendorRequest({ connector: 'nope' })))).toEqual([
      '/connector unknown_connector',
    ]);
    expect(faultsOf(await api.call(key, 'POST', '/v1/connections', vendorRequest({ name: 'a\u0000' })))).toEqual([
      '/name custom',
    ]);
    expect((await api.call(key, 'GET', '/v1/connections?colour=red')).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '#query/colour' }],
    });
    expect((await api.call(key, 'GET', '/v1/connections?cursor=abc')).status).toBe(400);
    expect(faultsOf(await api.call(key, 'PATCH', `/v1/connections/${await created()}`, {}))).toHaveLength(1);
  });

  it('refuses a name that is taken', async () => {
    const name = `taken ${++counter}`;
    await created({ name });
    const again = await api.call(key, 'POST', '/v1/connections', vendorRequest({ name }));
    expect(again).toMatchObject({ status: 409, body: { code: 'name_taken', errors: [{ pointer: '/name' }] } });
  });

  it('pages through all of them, newest first', async () => {
    const tenant = await api.newTenant();
    const names: string[] = [];
    for (let index = 0; index < 3; index++) {
      names.unshift(`page ${index}`);
      await api.call(tenant, 'POST', '/v1/connections', vendorRequest({ name: `page ${index}` }));
    }
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const url: string = `/v1/connections?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: Answer<{ data: { name: string }[]; next_cursor: string | null }> = await api.call(tenant, 'GET', url);
      seen.push(...page.body.data.map(({ name }) => name));
      cursor = page.body.next_cursor;
    }
    expect(seen).toEqual(names);
  });

  it('lists those of a connector that the hub has no more, and none of them that is not there', async () => {
    const tenant = await api.newTenant();
    await api.call(tenant, 'POST', '/v1/connections', vendorRequest());
    const idsOf = (body: unknown): string[] => (body as { data: { id: string }[] }).data.map(({ id }) => id);
    const asked = (query: string) => api.call(tenant, 'GET', `/v1/connections?connector=gone${query}`);
    expect((await asked('')).status).toBe(400);
    const [id = ''] = idsOf((await api.call(tenant, 'GET', '/v1/connections')).body);
    await database.asSuperuser((client) =>
      client.query(`update connections set connector_id = 'gone' where id = $1`, [fromPublicId('connection', id)]),
    );
    const [all, paused] = [await asked(''), await asked('&status=paused')];
    expect([idsOf(all.body), paused.body]).toMatchObject([[id], { data: [] }]);
  });
});

describe('a connection without the credentials it needs', () => {
  it('waits for them, cannot be resumed, and goes on when they come', async () => {
    const id = await created({ credentials: undefined });
    expect((await get(id)).body).toMatchObject({
      status: 'needs_reauth',
      status_reason: 'credentials_missing',
      has_credentials: false,
    });
    expect(await post(id, 'resume')).toMatchObject({ status: 409, body: { code: 'credentials_missing' } });
    expect(api.rung).toEqual([]);
    expect((await api.call(key, 'PUT', `/v1/connections/${id}/credentials`, { token: 'token-1' })).status).toBe(204);
    expect((await get(id)).body).toMatchObject({ status: 'active', status_reason: null, has_credentials: true });
    expect(api.rung).toHaveLength(1);
  });

  it('is not made of credentials that do not fit', async () => {
    const id = await created({ credentials: undefined });
    const refused = await api.call(key, 'PUT', `/v1/connections/${id}/credentials`, { token: 'x', other: 1 });
    expect(refused.status).toBe(422);
    expect(faultsOf(refused)).toEqual(['/credentials/other unknown_member', '/credentials/token min_length']);
    expect(JSON.stringify(refused.body)).not.toContain('"x"');
  });

  it('waits as soon as another config needs some, and no longer when none does', async () => {
    const http = { connector: 'http', config: { url: 'https://example.com/a' }, credentials: undefined };
    const id = await created(http);
    expect((await get(id)).body).toMatchObject({ status: 'active' });
    const change = (auth: string): Promise<Answer> =>
      api.call(key, 'PATCH', `/v1/connections/${id}`, {
        config: { url: 'https://example.com/a', auth: { kind: auth } },
      });
    expect((await change('bearer')).body).toMatchObject({
      status: 'needs_reauth',
      status_reason: 'credentials_missing',
    });
    expect((await change('none')).body).toMatchObject({ status: 'active', status_reason: null });
    expect(api.rung).toHaveLength(1);
  });
});

describe('changing a connection', () => {
  it('checks the new config', async () => {
    const id = await created();
    const changed = await api.call(key, 'PATCH', `/v1/connections/${id}`, {
      name: `renamed ${++counter}`,
      config: { site: 'b' },
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { name: `renamed ${counter}`, config: { site: 'b' }, has_credentials: true, status: 'active' },
    });
    expect(faultsOf(await api.call(key, 'PATCH', `/v1/connections/${id}`, { config: {} }))).toEqual([
      '/config/site required',
    ]);
    expect((await api.call(key, 'PATCH', `/v1/connections/${id}`, { name: `only ${++counter}` })).body).toMatchObject({
      config: { site: 'b' },
    });
  });

  it('pauses and resumes, and rings on resuming alone', async () => {
    const id = await created();
    expect((await post(id, 'pause')).body).toMatchObject({ status: 'paused', status_reason: 'paused_by_user' });
    expect((await post(id, 'pause')).status).toBe(200);
    expect(api.rung).toEqual([]);
    expect((await post(id, 'resume')).body).toMatchObject({ status: 'active', status_reason: null });
    expect(api.rung).toHaveLength(1);
  });

  it('does not wake what the operator disabled', async () => {
    const id = await created();
    await database.asSuperuser((client) =>
      client.query(`update connections set status = 'disabled' where name = $1`, [`vendor ${counter}`]),
    );
    expect(await post(id, 'resume')).toMatchObject({ status: 409, body: { code: 'connection_disabled' } });
    expect(await post(id, 'pause')).toMatchObject({ status: 409, body: { code: 'connection_disabled' } });
  });

  it('deletes', async () => {
    const id = await created();
    expect(await api.call(key, 'DELETE', `/v1/connections/${id}`)).toMatchObject({ status: 204, body: null });
    expect((await get(id)).status).toBe(404);
  });
});

describe('looking at a connection', () => {
  it('proves it, refreshing expired credentials once', async () => {
    const id = await created();
    expect(await post(id, 'test')).toMatchObject({
      status: 200,
      body: { ok: true, account: 'Vendor a', details: { plan: 'free' } },
    });
    api.vendor.validToken = 'token-2';
    expect((await post(id, 'test')).body).toMatchObject({ ok: true });
    api.vendor.failure = { category: 'permission', code: 'NO_API', message: 'The API is off.' };
    expect((await post(id, 'test')).body).toEqual({
      ok: false,
      error: { category: 'permission', code: 'NO_API', message: 'The API is off.' },
      duration_ms: expect.any(Number),
    });
  });

  it('shows its health', async () => {
    const id = await created();
    expect((await get(id, '/health')).body).toMatchObject({
      connection_id: id,
      status: 'active',
      breaker: { state: 'closed', opened_at: null, consecutive_failures: 0 },
      resume_at: null,
      last_error: null,
    });
  });

  it('shows the last error as it is said to, and nothing else that is kept of it', async () => {
    const id = await created();
    const shown = async (error: object): Promise<unknown> => {
      await database.asSuperuser((client) =>
        client.query(`update connection_runtime set last_error = $2 where connection_id = $1`, [
          fromPublicId('connection', id),
          JSON.stringify(error),
        ]),
      );
      return (await get(id, '/health')).body['last_error'];
    };
    const error = { category: 'transient', code: '503', message: 'Busy.' };
    expect(await shown({ ...error, httpStatus: 503, retryAfterMs: 5_000, fields: ['Name'] })).toEqual({
      ...error,
      http_status: 503,
    });
    expect(await shown(error)).toEqual({ ...error, http_status: null });
  });

  it('shows how many of its last calls failed', async () => {
    const id = await created();
    const recent = async (): Promise<unknown> => (await get(id, '/health')).body['recent_calls'];
    expect(await recent()).toMatchObject({ calls: 0, failed: 0, error_rate: null });
    // Both hours, so that it does not matter where in its own the test runs; each of its pieces has the same figures.
    await database.asSuperuser((client) =>
      client.query(
        `insert into connection_stats (tenant_id, connection_id, hour, calls, failures)
         select tenant_id, id, date_trunc('hour', now(), 'UTC') - n * interval '1 hour',
                array_fill(8, array[12]), array_fill(1, array[12])
         from connections, generate_series(0, 1) n where id = $1`,
        [fromPublicId('connection', id)],
      ),
    );
    expect(await recent()).toMatchObject({ failed: expect.any(Number), error_rate: 0.125 });
  });

  it('describes what the vendor offers, and keeps the answer until the connection changes', async () => {
    const id = await created();
    expect((await get(id, '/objects')).body).toMatchObject({
      data: [{ name: 'Account', label: 'Account', custom: false, createable: true, updateable: true }],
    });
    await get(id, '/objects');
    expect((await get(id, '/objects/Account/fields')).body).toMatchObject({
      data: [{ name: 'Name', required_on_create: true, max_length: 80 }],
    });
    await get(id, '/objects/Account/fields');
    expect(api.vendor.describeCalls).toBe(2);
    await api.call(key, 'PATCH', `/v1/connections/${id}`, { config: { site: 'b' } });
    await get(id, '/objects');
    expect(api.vendor.describeCalls).toBe(3);
  });

  it('passes on what went wrong at the vendor', async () => {
    const id = await created();
    expect((await get(id, '/objects/Nope/fields')).status).toBe(404);
    const before = api.vendor.describeCalls;
    expect((await get(id, '/objects/..%2F..%2Flimits/fields')).status).toBe(404);
    expect(api.vendor.describeCalls).toBe(before);
    api.vendor.failure = { category: 'rate_limited', code: 'LIMIT', message: 'Too many calls.', retryAfterMs: 7_500 };
    const limited = await get(id, '/objects');
    expect(limited).toMatchObject({ status: 503, body: { code: 'vendor_unavailable', vendor_code: 'LIMIT' } });
    expect(limited.headers['retry-after']).toBe('8');
    api.vendor.failure = { category: 'permission', code: 'NO_API', message: 'The API is off.' };
    expect(await get(id, '/objects')).toMatchObject({
      status: 409,
      body: { code: 'vendor_refused', category: 'permission' },
    });
  });

  it('says so when the connector cannot describe', async () => {
    const id = await created({ connector: 'http', config: { url: 'https://example.com' }, credentials: undefined });
    for (const path of ['/objects', '/objects/x/fields']) {
      expect(await get(id, path)).toMatchObject({ status: 409, body: { code: 'not_supported' } });
    }
  });
});

describe('/v1/connectors', () => {
  it('shows the catalogue', async () => {
    const { body } = await api.call<{ data: { id: string }[] }>(key, 'GET', '/v1/connectors');
    expect(body.data.map(({ id }) => id)).toEqual(['http', 'vendor']);
    expect((await api.call(key, 'GET', '/v1/connectors/vendor')).body).toMatchObject({
      documentation_url: 'https://example.com',
      config_schema: { required: ['site'] },
      operations: [{ id: '*.upsert', batch_size: 10, input_schema: null }],
      limits: { default_concurrency: 1, max_concurrency: 2, timeout_ms: 1_000 },
    });
    expect((await api.call(key, 'GET', '/v1/connectors/nope')).status).toBe(404);
  });
});
