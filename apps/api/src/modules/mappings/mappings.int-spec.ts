import { faultsOf } from '../../fixtures/faults-of';
import { stageApi } from '../../fixtures/stage-api';
import { keyWith, startConfigApi, type Answer, type ConfigApi } from '../connections/fixtures/config-api';

let api: ConfigApi;
let key: string;
let stranger: string;
let counter = 0;

stageApi(startConfigApi, async (made) => {
  api = made;
  key = await api.newTenant();
  stranger = await api.newTenant();
});

function post(path: string, body?: unknown): Promise<Answer> {
  return api.call(key, 'POST', `/v1/mappings${path}`, body);
}

function get(path: string): Promise<Answer> {
  return api.call(key, 'GET', `/v1/mappings${path}`);
}

async function created(overrides: object = {}): Promise<string> {
  const answer = await post('', { name: `mapping ${++counter}`, expression: '$', ...overrides });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body['id'] as string;
}

describe('/v1/mappings', () => {
  it('is closed without a key, and without the scope', async () => {
    expect((await api.call(null, 'GET', '/v1/mappings')).status).toBe(401);
    const reader = await keyWith(api, key, ['config:read']);
    expect((await api.call(reader, 'POST', '/v1/mappings', { name: 'x', expression: '$' })).status).toBe(403);
    expect((await api.call(reader, 'POST', '/v1/mappings/preview', { expression: '1', input: {} })).status).toBe(200);
  });

  it('creates with a published version 1', async () => {
    const request = {
      name: 'first',
      description: 'two\nlines',
      expression: '{"a": b}',
      tables: { t: { x: 1 } },
      note: 'why',
    };
    const answer = await post('', request);
    expect(answer).toMatchObject({
      status: 201,
      body: { name: 'first', description: 'two\nlines', published_version: 1, latest_version: 1 },
    });
    const id = answer.body['id'] as string;
    expect(answer.headers['location']).toBe(`/v1/mappings/${id}`);
    expect((await get(`/${id}`)).body).toEqual(answer.body);
    expect((await get(`/${id}/versions/1`)).body).toMatchObject({
      version: 1,
      expression: '{"a": b}',
      tables: { t: { x: 1 } },
      note: 'why',
    });
    expect((await post('', request)).body).toMatchObject({
      status: 409,
      code: 'name_taken',
      errors: [{ pointer: '/name' }],
    });
  });

  it('refuses an expression that does not parse, with its place, and tables that are none', async () => {
    const bad = await post('', { name: 'bad', expression: '{\n "a": (b' });
    expect(bad).toMatchObject({
      status: 422,
      body: { code: 'mapping_syntax', errors: [{ pointer: '/expression' }], line: 2 },
    });
    expect(bad.body['column']).toEqual(expect.any(Number));
    expect(bad.body['offset']).toEqual(expect.any(Number));
    const tables = await post('', { name: 'bad', expression: '$', tables: { t: { deep: {} }, 'no name': {} } });
    expect(tables).toMatchObject({ status: 422, body: { code: 'invalid_tables' } });
    expect(faultsOf(tables)).toEqual(['/tables/t/deep invalid_type', '/tables invalid_name']);
    expect(faultsOf(await post('', { expression: 1, more: 1 })).sort()).toEqual([
      '/expression invalid_type',
      '/more unknown_field',
      '/name required',
    ]);
    expect((await post('', { name: 'bad', expression: 'a\u0000' })).status).toBe(422);
  });

  it('adds versions, publishes one, and rolls back', async () => {
    const id = await created();
    const second = await post(`/${id}/versions`, { expression: '$.b', note: 'better' });
    expect(second).toMatchObject({ status: 201, body: { version: 2, expression: '$.b', note: 'better', tables: {} } });
    expect(second.headers['location']).toBe(`/v1/mappings/${id}/versions/2`);
    expect((await get(`/${id}`)).body).toMatchObject({ published_version: 1, latest_version: 2 });
    expect((await post(`/${id}/publish`, { version: 2 })).body).toMatchObject({ published_version: 2 });
    expect((await get(`/${id}/versions/2`)).body).toMatchObject({ published: { can_roll_back: true } });
    expect((await post(`/${id}/rollback`)).body).toMatchObject({ published_version: 1 });
    expect((await get(`/${id}/versions/1`)).body).toMatchObject({ published: { can_roll_back: false } });
    expect(await post(`/${id}/rollback`)).toMatchObject({ status: 409, body: { code: 'no_earlier_version' } });
    expect(await post(`/${id}/publish`, { version: 3 })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/version' }] },
    });
    expect((await post(`/${id}/publish`, { version: 1.5 })).status).toBe(400);
    expect((await post(`/${id}/publish`)).status).toBe(400);
    expect((await get(`/${id}/versions/3`)).status).toBe(404);
    expect((await get(`/${id}/versions/latest`)).status).toBe(404);
  });

  it('pages through versions', async () => {
    const id = await created();
    for (let version = 2; version <= 3; version++) await post(`/${id}/versions`, { expression: '$' });
    const first = await get(`/${id}/versions?limit=2`);
    expect(first.body).toMatchObject({ data: [{ version: 3 }, { version: 2 }] });
    const second = await get(`/${id}/versions?limit=2&cursor=${String(first.body['next_cursor'])}`);
    expect(second.body).toMatchObject({ data: [{ version: 1 }], next_cursor: null });
    expect((await get(`/${id}/versions?cursor=x`)).body).toMatchObject({
      status: 400,
      errors: [{ pointer: '#query/cursor' }],
    });
    expect((await get(`/${id}/versions?order=up`)).status).toBe(400);
  });

  it('keeps no number in a table as another one', async () => {
    const id = await created({ tables: { t: { k: '12345678901234567', double: 9007199254740992, half: 0.5 } } });
    for (const number of ['12345678901234567', '0.10000000000000000001', '1e400']) {
      const body = `{"name":"n","expression":"$","tables":{"t":{"ok":1.50,"k":${number}}}}`;
      for (const path of ['', `/${id}/versions`]) {
        const refused = await post(path, path === '' ? body : body.replace('"name":"n",', ''));
        expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
        expect(faultsOf(refused)).toEqual(['/tables/t/k out_of_range']);
      }
    }
  });

  it('names such a number along with every other fault', async () => {
    const refused = await post('', '{"name":"","expression":"$","tables":{"t":{"k":1e400}},"wat":1}');
    expect(faultsOf(refused)).toEqual(['/name too_small', '/wat unknown_field', '/tables/t/k out_of_range']);
  });

  it('changes name and description, and deletes', async () => {
    const id = await created({ description: 'old' });
    const changed = await api.call(key, 'PATCH', `/v1/mappings/${id}`, { description: '' });
    expect(changed).toMatchObject({ status: 200, body: { name: `mapping ${counter}`, description: '' } });
    expect((await api.call(key, 'PATCH', `/v1/mappings/${id}`, { expression: '1' })).status).toBe(400);
    expect((await api.call(key, 'DELETE', `/v1/mappings/${id}`)).status).toBe(204);
    expect((await get(`/${id}`)).status).toBe(404);
    expect((await get(`/${id}/versions/1`)).status).toBe(404);
  });

  it("answers 404 for another tenant's mapping, on every path", async () => {
    const id = await created();
    const calls: [string, string, unknown?][] = [
      ['GET', ''],
      ['PATCH', '', { name: 'mine' }],
      ['DELETE', ''],
      ['GET', '/versions'],
      ['GET', '/versions/1'],
      ['POST', '/versions', { expression: '$' }],
      ['POST', '/publish', { version: 1 }],
      ['POST', '/rollback'],
    ];
    for (const [method, path, body] of calls) {
      expect([path, (await api.call(stranger, method, `/v1/mappings/${id}${path}`, body)).status]).toEqual([path, 404]);
    }
    expect((await api.call<{ data: unknown[] }>(stranger, 'GET', '/v1/mappings')).body.data).toEqual([]);
    expect((await get(`/${id}`)).body).toMatchObject({ latest_version: 1 });
  });
});

describe('/v1/mappings/preview', () => {
  it('runs an expression with an event and tables', async () => {
    const answer = await post('/preview', {
      expression: '{ "who": $uppercase(name), "type": $event.type, "via": $lookupTable("carriers", carrier) }',
      input: { name: 'Ada', carrier: 'ups' },
      event: { type: 'order.created' },
      tables: { carriers: { ups: 'UPS Ground' } },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { output: { who: 'ADA', type: 'order.created', via: 'UPS Ground' } },
    });
  });

  it('takes any JSON as input, numbers as they were written', async () => {
    expect((await post('/preview', '{"expression":"$","input":12345678901234567890}')).body).toEqual({
      output: '12345678901234567890',
    });
    const tables = await post('/preview', '{"expression":"$","input":1e400,"tables":{"t":{"k":1e400}}}');
    expect(faultsOf(tables)).toEqual(['/tables/t/k out_of_range']);
    expect((await post('/preview', { expression: '$ = null', input: null })).body).toEqual({ output: true });
    expect((await post('/preview', { expression: '$' })).status).toBe(400);
  });

  it('answers what went wrong, and where', async () => {
    expect(await post('/preview', { expression: '$nope(1)', input: {} })).toMatchObject({
      status: 422,
      body: { code: 'mapping_runtime', errors: [{ pointer: '/expression', code: 'mapping_runtime' }], line: 1 },
    });
    expect((await post('/preview', { expression: '(', input: {} })).body).toMatchObject({
      code: 'mapping_syntax',
      line: 1,
    });
    expect((await post('/preview', { expression: 'absent', input: {} })).body).toMatchObject({
      code: 'mapping_no_output',
    });
    expect((await post('/preview', { expression: '($f := function() { $f() }; $f())', input: {} })).body).toMatchObject(
      { status: 422, code: 'mapping_timeout' },
    );
  });

  it('answers it as a result for editors, and any other fault as a problem', async () => {
    const preview = (body: object): ReturnType<typeof post> => post('/preview', { ...body, error_as_result: true });
    expect(await preview({ expression: '{"a":\n $nope(1)}', input: {} })).toMatchObject({
      status: 200,
      body: { error: { code: 'mapping_runtime', offset: 7, line: 2, column: 2, token: 'nope' } },
    });
    expect(await preview({ expression: 'a', input: { a: 1 } })).toMatchObject({ status: 200, body: { output: 1 } });
    expect(await preview({ expression: 'a', input: {}, tables: 1 })).toMatchObject({ status: 400 });
    expect(await preview({ expression: 'a', input: {}, tables: { t: 1 } })).toMatchObject({
      status: 422,
      body: { code: 'invalid_tables' },
    });
  });
});
