import { faultsOf } from '../../fixtures/faults-of';
import { stageApi } from '../../fixtures/stage-api';
import { keyWith, startConfigApi, type Answer, type ConfigApi } from '../connections/fixtures/config-api';

let api: ConfigApi;
let key: string;
let stranger: string;
let connection: string;
let mapping: string;
let counter = 0;

stageApi(startConfigApi, async (made) => {
  api = made;
  key = await api.newTenant();
  stranger = await api.newTenant();
  connection = await newConnection(key);
  mapping = await newMapping(key);
});

async function idOf(answer: Promise<Answer>): Promise<string> {
  const { status, body } = await answer;
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body['id'] as string;
}

function newConnection(tenant: string, connector = 'vendor'): Promise<string> {
  const vendor = { connector, config: { site: 'a' }, credentials: { token: 'token-1' } };
  const http = { connector, config: { url: 'https://example.com' } };
  return idOf(
    api.call(tenant, 'POST', '/v1/connections', { name: `c ${++counter}`, ...(connector === 'http' ? http : vendor) }),
  );
}

function newMapping(tenant: string): Promise<string> {
  return idOf(api.call(tenant, 'POST', '/v1/mappings', { name: `m ${++counter}`, expression: '$' }));
}

function request(overrides: object = {}): object {
  return {
    name: `r ${++counter}`,
    event_type: 'order.*',
    connection_id: connection,
    operation: 'order.upsert',
    ...overrides,
  };
}

function create(overrides: object = {}): Promise<Answer> {
  return api.call(key, 'POST', '/v1/routes', request(overrides));
}

function patch(id: string, change: object): Promise<Answer> {
  return api.call(key, 'PATCH', `/v1/routes/${id}`, change);
}

describe('/v1/routes', () => {
  it('is closed without a key, and without the scope', async () => {
    expect((await api.call(null, 'GET', '/v1/routes')).status).toBe(401);
    const reader = await keyWith(api, key, ['config:read']);
    expect((await api.call(reader, 'POST', '/v1/routes', request())).status).toBe(403);
  });

  it('creates with the defaults of the contract', async () => {
    const answer = await create({ name: 'plain' });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        name: 'plain',
        event_type: 'order.*',
        filter: null,
        connection_id: connection,
        operation: 'order.upsert',
        mapping_id: null,
        ordering: { key: 'subject', mode: 'strict' },
        retry: null,
        enabled: true,
      },
    });
    const id = answer.body['id'] as string;
    expect(answer.headers['location']).toBe(`/v1/routes/${id}`);
    expect((await api.call(key, 'GET', `/v1/routes/${id}`)).body).toEqual(answer.body);
    expect((await create({ name: 'plain' })).body).toMatchObject({ status: 409, code: 'name_taken' });
  });

  it('keeps everything it is given', async () => {
    const given = {
      filter: 'amount > 100',
      mapping_id: mapping,
      ordering: { key: 'connection', mode: 'latest' },
      retry: { delays_seconds: [1, 2] },
      enabled: false,
    };
    expect(await create(given)).toMatchObject({ status: 201, body: given });
  });

  it('names every fault in one answer', async () => {
    const bad = await create({
      event_type: 'a b',
      filter: 'amount >',
      operation: 'order.explode',
      mapping_id: 'map_nonsense',
      retry: { delays_seconds: [0] },
    });
    expect(bad).toMatchObject({ status: 422, body: { code: 'invalid_route' } });
    expect(faultsOf(bad)).toEqual([
      '/event_type invalid_event_type',
      '/retry/delays_seconds/0 out_of_range',
      '/operation unknown_operation',
      '/mapping_id unknown_mapping',
      '/filter mapping_syntax',
    ]);
    expect(await create({ filter: 'amount >' })).toMatchObject({
      status: 422,
      body: { code: 'mapping_syntax', errors: [{ pointer: '/filter' }], line: 1 },
    });
    expect(faultsOf(await create({ conection_id: 'x', ordering: { key: 'size' } })).sort()).toEqual([
      '/conection_id unknown_field',
      '/ordering/key invalid_value',
    ]);
  });

  it("takes another tenant's connection and mapping for ones that do not exist", async () => {
    const foreign = await create({
      connection_id: await newConnection(stranger),
      mapping_id: await newMapping(stranger),
    });
    const none = await create({
      connection_id: 'con_01h455vb4pex5vsknk084sn02q',
      mapping_id: 'map_01h455vb4pex5vsknk084sn02q',
    });
    for (const answer of [foreign, none]) {
      expect(answer.status).toBe(422);
      expect(faultsOf(answer)).toEqual(['/connection_id unknown_connection', '/mapping_id unknown_mapping']);
    }
  });

  it('changes what is named, and checks it against the rest', async () => {
    const id = await idOf(create({ filter: 'true', mapping_id: mapping, retry: { delays_seconds: [9] } }));
    expect(
      await patch(id, { filter: null, mapping_id: null, retry: null, ordering: { mode: 'latest' } }),
    ).toMatchObject({
      status: 200,
      body: {
        filter: null,
        mapping_id: null,
        retry: null,
        ordering: { key: 'subject', mode: 'latest' },
        event_type: 'order.*',
      },
    });
    const http = await newConnection(key, 'http');
    expect(faultsOf(await patch(id, { connection_id: http }))).toEqual(['/operation unknown_operation']);
    expect((await patch(id, { connection_id: http, operation: 'request.send' })).body).toMatchObject({
      connection_id: http,
    });
    expect((await patch(id, {})).status).toBe(400);
    expect(faultsOf(await patch(id, { event_type: '' }))).toHaveLength(1);
  });

  it('keeps its connection from being deleted while it is enabled, and its mapping in any case', async () => {
    const used = await newConnection(key);
    const id = await idOf(create({ connection_id: used, mapping_id: mapping }));
    expect(await api.call(key, 'DELETE', `/v1/connections/${used}`)).toMatchObject({
      status: 409,
      body: { code: 'connection_in_use', routes: 1 },
    });
    await patch(id, { enabled: false });
    expect((await api.call(key, 'DELETE', `/v1/mappings/${mapping}`)).body).toMatchObject({ code: 'mapping_in_use' });
    expect((await api.call(key, 'DELETE', `/v1/connections/${used}`)).status).toBe(204);
    expect(faultsOf(await patch(id, { enabled: true }))).toEqual(['/connection_id unknown_connection']);
  });

  it('lists with filters and refuses unknown ones', async () => {
    const other = await newConnection(key);
    const id = await idOf(create({ connection_id: other, enabled: false }));
    const list = (query: string): Promise<Answer<{ data: { id: string }[] }>> =>
      api.call(key, 'GET', `/v1/routes?${query}`);
    expect((await list(`connection_id=${other}`)).body.data.map((route) => route.id)).toEqual([id]);
    expect((await list(`connection_id=${other}&enabled=true`)).body.data).toEqual([]);
    expect((await list('connection_id=nope')).status).toBe(400);
    expect((await list('enabled=maybe')).status).toBe(400);
    expect((await list('color=red')).status).toBe(400);
    expect((await api.call<{ data: unknown[] }>(stranger, 'GET', '/v1/routes')).body.data).toEqual([]);
  });

  it("deletes, and answers 404 for another tenant's route", async () => {
    const id = await idOf(create());
    for (const [method, body] of [['GET'], ['PATCH', { enabled: false }], ['DELETE']] as [string, object?][]) {
      expect((await api.call(stranger, method, `/v1/routes/${id}`, body)).status).toBe(404);
    }
    expect((await api.call(key, 'DELETE', `/v1/routes/${id}`)).status).toBe(204);
    expect((await api.call(key, 'GET', `/v1/routes/${id}`)).status).toBe(404);
  });
});
