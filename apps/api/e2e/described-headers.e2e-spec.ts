import { stageInProcessApi, type InProcessApi } from './in-process-api';

interface Response {
  $ref?: string;
  headers?: Record<string, { $ref: string }>;
}
interface Operation {
  operationId: string;
  parameters?: { name: string }[];
  security?: Record<string, unknown>[];
  responses: Record<string, Response>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: {
    headers: Record<string, object>;
    responses: Record<string, Response>;
    securitySchemes: Record<string, object>;
  };
}
type Asked = readonly ['get' | 'post', string, { payload?: object; headers?: Record<string, string> }?];

const EVENT = { event_id: 'one', type: 'order.created', data: {} };
const MAPPING = { name: 'one', expression: 'name' };

describe('the headers of answers', () => {
  let api: InProcessApi;
  let document: Document;
  let key: string;
  let reader: string;
  let operator: string;

  stageInProcessApi(async (made) => {
    api = made;
    document = (await api.send(null, 'GET', '/openapi.json')).json<Document>();
    const tenant = await api.newTenant(1);
    key = tenant.key;
    reader = await api.newKey(tenant.id, ['config:read']);
    operator = await api.newOperatorKey();
  });

  /** Of those that the document knows, which came with an answer and which are described for it. */
  async function headersOf(who: string | null, [method, url, rest]: Asked, path = url) {
    const answer = await api.send(who, method.toUpperCase() as 'GET', url, rest);
    const known = Object.keys(document.components.headers);
    const own = document.paths[path]?.[method]?.responses[answer.statusCode];
    const shared = document.components.responses[own?.$ref?.split('/').pop() ?? ''];
    const described = (shared ?? own)?.headers ?? {};
    return {
      status: answer.statusCode,
      came: known.filter((name) => answer.headers[name.toLowerCase()] !== undefined).toSorted(),
      described: Object.keys(described).toSorted(),
    };
  }

  it('are those that are described', async () => {
    const keyed = { payload: MAPPING, headers: { 'idempotency-key': 'a' } };
    const tenant = { slug: 'described', name: 'Described', tier: 'free' };
    const asked: readonly [number, string | null, Asked, string?][] = [
      [202, key, ['post', '/v1/events', { payload: EVENT }]],
      [200, key, ['post', '/v1/events', { payload: EVENT }]],
      [429, key, ['post', '/v1/events', { payload: EVENT }]],
      [201, key, ['post', '/v1/mappings', keyed]],
      [400, key, ['post', '/v1/mappings', { payload: {} }]],
      [422, key, ['post', '/v1/mappings', { payload: { ...MAPPING, expression: '(' } }]],
      [403, reader, ['post', '/v1/mappings', { payload: MAPPING }]],
      [401, null, ['get', '/v1/mappings']],
      [200, key, ['get', '/v1/mappings']],
      [404, key, ['get', '/v1/mappings/none'], '/v1/mappings/{id}'],
      [201, key, ['post', '/v1/api-keys', { payload: { name: 'k', environment: 'test', scopes: ['config:read'] } }]],
      [201, operator, ['post', '/admin/v1/tenants', { payload: tenant }]],
    ];
    for (const [status, who, ask, path] of asked) {
      const { came, described, ...answer } = await headersOf(who, ask, path);
      expect([ask, answer.status]).toEqual([ask, status]);
      // Only a repeat has it where the first answer looks the same.
      const firstTime = status === 201 && ask[1].startsWith('/v1/') ? ['Idempotent-Replayed'] : [];
      expect([ask, [...came, ...firstTime].toSorted()]).toEqual([ask, described]);
    }
    const repeated = await headersOf(key, ['post', '/v1/mappings', keyed]);
    expect(repeated.came).toEqual(repeated.described);
    expect(repeated.came).toContain('Idempotent-Replayed');
  });

  it('of requests: a key has two places', () => {
    const { api_key: bearer, api_key_header: own } = document.components.securitySchemes;
    expect(bearer).toMatchObject({ type: 'http', scheme: 'bearer', bearerFormat: 'hub_…' });
    expect(own).toMatchObject({ type: 'apiKey', in: 'header', name: 'X-API-Key' });
    expect(document.paths['/v1/mappings']?.['get']?.security).toEqual([{ api_key: [] }, { api_key_header: [] }]);
    expect(document.paths['/admin/v1/tenants']?.['get']?.security).toEqual([
      { operator_key: [] },
      { operator_key_header: [] },
    ]);
  });
});
