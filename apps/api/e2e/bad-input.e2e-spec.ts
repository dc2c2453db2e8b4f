import http from 'node:http';
import { issueKey } from '@hub/tenancy';
import { TestClient, waitUntil, type HubAnswer } from '@hub/testing';
import {
  addRoute,
  connectSink,
  keyWith,
  stageHub,
  unique,
  type StagedHub,
  type StagedTenant,
} from '../../../test/support/staged-hub';
import { expectProblem, faultsOf, type ProblemBody } from '../../../test/support/problems';

const KIB = 1_024;
const event = (fields: Record<string, unknown> = {}): Record<string, unknown> => ({
  event_id: unique('bad'),
  type: 'order.created',
  data: {},
  ...fields,
});
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

const manyMembers = (count: number): string => Array.from({ length: count }, (_, n) => `"m${n}":1`).join(',');

describe('bad input', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;
  let connection: string;

  beforeAll(async () => {
    hub = await stageHub();
    tenant = await hub.newTenant();
    connection = (await connectSink(hub, tenant)).id;
    await addRoute(tenant, { event_type: 'order.*', connection_id: connection });
  }, 120_000);
  afterAll(() => hub?.stop());
  // Whatever was thrown at it, the API never broke down.
  afterAll(() => expect(hub.apis[0]?.output ?? '').not.toMatch(/"msg":"request failed"|internal_error/));

  const post = (body: unknown, headers?: Record<string, string>): Promise<HubAnswer> =>
    tenant.client.post('/v1/events', body, headers);

  describe('bodies', () => {
    it.each<[string, string | Uint8Array, number, string]>([
      ['nothing', '', 400, 'invalid_request'],
      ['half a document', '{"event_id":"a"', 400, 'invalid_json'],
      ['no JSON', 'event_id=a&type=b', 400, 'invalid_json'],
      ['two documents', '{} {}', 400, 'invalid_json'],
      ['NaN', '{"event_id":"a","type":"a.b","data":{"n":NaN}}', 400, 'invalid_json'],
      ['a list', '[]', 400, 'invalid_request'],
      ['null', 'null', 400, 'invalid_request'],
      ['a text', '"event"', 400, 'invalid_request'],
      ['broken UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, 'invalid_encoding'],
      ['a prototype', '{"event_id":"a","type":"a.b","data":{"__proto__":{"admin":true}}}', 400, 'invalid_json'],
      [
        'a constructor',
        '{"event_id":"a","type":"a.b","data":{"constructor":{"prototype":{"x":1}}}}',
        400,
        'invalid_json',
      ],
      ['1,000 levels', `{"event_id":"a","type":"a.b","data":${nested(1_000)}}`, 400, 'too_deep'],
      ['100,000 levels', '['.repeat(100_000), 400, 'too_deep'],
      ['20,000 members', `{"event_id":"a","type":"a.b","data":{${manyMembers(20_000)}}}`, 400, 'too_many_members'],
    ])('of %s are refused', async (_what, body, status, code) => {
      const problem = expectProblem(await post(body), status, code);
      if (code === 'invalid_request') expect(problem.errors?.length).toBeGreaterThan(0);
    });

    it('of no JSON are told from where on, without a word of what is in them', async () => {
      const answer = await post('{\n  "event_id": "a"\n  "secret": "x"}');
      expect(expectProblem(answer, 400, 'invalid_json')).toMatchObject({ line: 3, column: 3 });
      expect(answer.text).not.toContain('secret');
      const forbidden = expectProblem(await post('{"__proto__":{}}'), 400, 'invalid_json');
      expect(forbidden.detail).toContain('"__proto__"');
      expect(forbidden).not.toHaveProperty('line');
    });

    it('of another kind than JSON are refused', async () => {
      for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'nonsense']) {
        expectProblem(await post('<event/>', { 'content-type': type }), 415, 'unsupported_media_type');
      }
    });

    it('of more than 256 KiB are refused before they are read, when they say so', async () => {
      const answer = await raw(
        hub.apis[0]?.url ?? '',
        { ...bearer(tenant.client), 'content-length': String(256 * KIB + 1) },
        null,
      );
      expect(answer.status).toBe(413);
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'body_too_large', status: 413 });
    });

    it('of more than 256 KiB are refused when they do not say so', async () => {
      const large = JSON.stringify(event({ data: { text: 'x'.repeat(300 * KIB) } }));
      const chunked = await raw(
        hub.apis[0]?.url ?? '',
        { ...bearer(tenant.client), 'transfer-encoding': 'chunked' },
        large,
      );
      expect(chunked.status).toBe(413);
      expect(JSON.parse(chunked.text)).toMatchObject({ code: 'body_too_large', status: 413 });
      const fits = event();
      const room = 256 * KIB - JSON.stringify({ ...fits, data: { text: '' } }).length;
      expect((await post({ ...fits, data: { text: 'x'.repeat(room) } })).status).toBe(202);
      expectProblem(
        await post({ ...fits, event_id: unique('bad'), data: { text: 'x'.repeat(room + 1) } }),
        413,
        'body_too_large',
      );
    });

    it('with faults without number are answered with few of them', async () => {
      const batch = (body: string, query = ''): Promise<HubAnswer> =>
        tenant.client.post(`/v1/events/batch${query}`, body);
      const faulty = `{"events":[${Array.from({ length: 50 }, () => `{${manyMembers(1_000)}}`).join(',')}]}`;
      const named = expectProblem(await batch(`{"events":[{}],${manyMembers(1_900)}}`), 400, 'invalid_request');
      expect(named.errors).toHaveLength(101);
      expect(named.errors?.[100]?.code).toBe('more_faults');
      expect(expectProblem(await batch(faulty, '?atomic=true'), 422, 'batch_refused').errors).toHaveLength(101);
      const { results } = (await batch(faulty)).body as { results: { error: { errors: unknown[] } }[] };
      expect(results.map(({ error }) => error.errors.length)).toEqual(Array.from({ length: 50 }, () => 11));
    });

    it('of more elements than anybody takes are not built', async () => {
      const listOf = (element: string, count: number): string => Array.from({ length: count }, () => element).join(',');
      const batch = (body: string): Promise<HubAnswer> => tenant.client.post('/v1/events/batch', body);
      const few = expectProblem(await batch(`{"events":[${listOf('{}', 1_001)}]}`), 400, 'invalid_request');
      expect(faultsOf(few)).toEqual(['/events too_big']);
      expectProblem(await batch(`{"events":[${listOf('{}', 2_002)}]}`), 400, 'too_many_members');
      expectProblem(await batch(`{"events":[{"data":[${listOf('1', 1_000_001)}]}]}`), 400, 'too_many_members');
    });

    it('of strangers are not read at all', async () => {
      const answer = await raw(
        hub.apis[0]?.url ?? '',
        { 'content-type': 'application/json', 'content-length': '1000' },
        null,
      );
      expect(answer.status).toBe(401);
    });
  });

  describe('events', () => {
    it.each<[string, Record<string, unknown>, string[]]>([
      [
        'without anything',
        { event_id: undefined, type: undefined, data: undefined },
        ['/data required', '/event_id required', '/type required'],
      ],
      [
        'with fields that do not exist',
        { tenant_id: 'x', 'a/b~c': 1 },
        ['/a~1b~0c unknown_field', '/tenant_id unknown_field'],
      ],
      ['with an empty id', { event_id: '' }, ['/event_id too_small']],
      ['with an id too long', { event_id: 'x'.repeat(201) }, ['/event_id too_big']],
      ['with an id that no database holds', { event_id: 'a\u0000b' }, ['/event_id custom']],
      ['with an id that is no text', { event_id: 7 }, ['/event_id invalid_type']],
      ['with half a character', { event_id: 'a\ud800' }, ['/event_id custom']],
      ['with a type of one word too many dots', { type: 'order..created' }, ['/type invalid_format']],
      ['with a type of spaces', { type: 'order created' }, ['/type invalid_format']],
      ['with a type too long', { type: `a.${'b'.repeat(99)}` }, ['/type too_big']],
      ['with a wildcard for a type', { type: 'order.*' }, ['/type invalid_format']],
      ['with a list for data', { data: [] }, ['/data invalid_type']],
      ['with null for data', { data: null }, ['/data invalid_type']],
      ['with a moment without a zone', { occurred_at: '2026-11-20T10:00:00' }, ['/occurred_at invalid_format']],
      ['with a year that no database holds', { occurred_at: '0000-06-01T00:00:00Z' }, ['/occurred_at custom']],
      ['with a day that does not exist', { occurred_at: '2026-02-30T10:00:00Z' }, ['/occurred_at invalid_format']],
      ['with too much metadata', { metadata: { text: 'x'.repeat(17 * KIB) } }, ['/metadata custom']],
      ['with a subject too long', { subject: 's'.repeat(301) }, ['/subject too_big']],
    ])('%s are refused, each fault with its pointer', async (_what, fields, faults) => {
      const problem = expectProblem(await post(event(fields)), 400, 'invalid_request');
      expect(faultsOf(problem).sort()).toEqual([...faults].sort());
    });

    it.each<[string, Record<string, unknown>]>([
      ['characters of every plane', { event_id: `é-漢-😀-${unique('x')}`, subject: '🧾/1' }],
      ['a NUL inside the payload', { data: { text: 'a\u0000b' } }],
      ['half a character inside the payload', { data: { text: '\ud800' } }],
      ['members with odd names', { data: { '': 1, ' ': 2, toString: 3, hasOwnProperty: 4 } }],
      ['a year far away', { occurred_at: '9999-12-31T23:59:59.999Z' }],
      ['the first year', { occurred_at: '0001-01-01T00:00:00Z' }],
    ])('with %s are taken and given back as they were, or refused by name', async (_what, fields) => {
      const sent = JSON.stringify(event(fields));
      const answer = await tenant.client.post<{ links: { self: string } }>('/v1/events', sent);
      if (answer.status !== 202) {
        expect([400, 422]).toContain(answer.status);
        expectProblem(answer, answer.status, (answer.body as unknown as ProblemBody).code);
        return;
      }
      const read = await tenant.client.get<{ payload: unknown }>(`${answer.body.links.self}?include=payload`);
      expect(read.body.payload).toEqual((JSON.parse(sent) as { data: unknown }).data);
    });

    it('of one bad neighbour do not fail in a group commit', async () => {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, n) => post(event(n % 3 === 0 ? { data: { text: 'a\u0000b' } } : {}))),
      );
      expect(answers.filter(({ status }, n) => n % 3 !== 0 && status !== 202)).toEqual([]);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    });
  });

  describe('paths and queries', () => {
    it.each([
      ['GET', '/v1/events/evt_nonsense', 404, 'not_found'],
      ['GET', '/v1/events/dlv_01k9g8xv7hf2p9w3c5q6r7s8t9', 404, 'not_found'],
      ['GET', `/v1/events/${'x'.repeat(199)}`, 404, 'not_found'],
      ['GET', `/v1/events/${'x'.repeat(5_000)}`, 404, 'not_found'],
      ['GET', "/v1/events/evt_01'%3Bdrop%20table%20events--", 404, 'not_found'],
      ['GET', '/v1/events/%00', 404, 'not_found'],
      ['GET', '/v1/events/%E0%A4%A', 400, 'bad_request'],
      ['GET', '/v1/nothing', 404, 'not_found'],
      ['GET', '/v1/events/evt_01k9g8xv7hf2p9w3c5q6r7s8t9?include=secrets', 400, 'invalid_request'],
      ['GET', '/v1/events/evt_01k9g8xv7hf2p9w3c5q6r7s8t9?tenant_id=x', 400, 'invalid_request'],
      ['GET', '/v1/events?limit=1&limit=2', 400, 'invalid_request'],
      ['GET', '/v1/events?q=%00', 400, 'invalid_request'],
      ['GET', '/v1/events?from=0000-00-00T00:00:00Z', 400, 'invalid_request'],
      ['GET', '/v1/deliveries?status=gone', 400, 'invalid_request'],
      ['GET', '/v1/deliveries?cursor=%F0%9F%98%80', 400, 'invalid_request'],
      ['GET', '/v1/deliveries?event_type=pay.*', 400, 'invalid_request'],
      ['GET', '/v1/events?type=order.*', 400, 'invalid_request'],
      ['GET', '/v1/routes?mapping_id=7', 400, 'invalid_request'],
      ['GET', '/v1/mappings/map_01k9g8xv7hf2p9w3c5q6r7s8t9/versions/none', 404, 'not_found'],
      ['POST', '/v1/events/batch?atomic=yes', 400, 'invalid_request'],
      ['DELETE', '/v1/events', 405, 'method_not_allowed'],
      ['PUT', '/v1/me', 405, 'method_not_allowed'],
      ['PUT', '/v1/nothing', 404, 'not_found'],
    ])('%s %s', async (method, path, status, code) => {
      const body = method === 'POST' ? { events: [event()] } : undefined;
      expectProblem(await tenant.client.send(method, path, { body }), status, code);
    });

    it.each([
      ['deliveries', 'category', 'xxx'],
      ['deliveries', 'reason', 'bogus'],
      ['dead-letters/groups', 'category', 'xxx'],
      ['connections', 'connector', 'nope'],
      ['mapping-templates', 'connector', 'nope'],
      ['audit-log', 'actor', 'zzz'],
      ['audit-log', 'actor', 'con_01k9g8xv7hf2p9w3c5q6r7s8t9'],
      ['audit-log', 'target', 'zzz'],
    ])('that could never find anything are refused: /v1/%s?%s=%s', async (list, name, value) => {
      const refused = await tenant.client.get(`/v1/${list}?${name}=${value}`);
      expect(faultsOf(expectProblem(refused, 400, 'invalid_request'))).toEqual([`#query/${name} invalid_value`]);
    });

    it.each([
      'deliveries?reason=connection_paused&category=too_large',
      'connections?connector=salesforce',
      'audit-log?actor=usr_01k9g8xv7hf2p9w3c5q6r7s8t9',
      'audit-log?actor=single_sign_on',
      'audit-log?target=queue_age',
      'audit-log?target=single_sign_on',
      'audit-log?target=operators',
      `audit-log?target=${encodeURIComponent('GET /v1/events/:tracking_id')}`,
    ])('that could find something are answered: /v1/%s', async (path) => {
      expect((await tenant.client.get(`/v1/${path}`)).status).toBe(200);
    });

    it.each([
      [{ filter: { category: 'bogus' } }, '/filter/category invalid_value'],
      [{ filter: {}, mapping: { version: 1 } }, '/mapping invalid_value'],
      [{ filter: {}, mapping: 'newest' }, '/mapping invalid_value'],
      [{ filter: {}, mapping: 0 }, '/mapping too_small'],
    ])('of a replay name what is wrong with %j', async (body, fault) => {
      const refused = await tenant.client.post('/v1/replays', { ...body, reason: 'test' });
      expect(faultsOf(expectProblem(refused, 400, 'invalid_request'))).toEqual([fault]);
    });

    it.each([
      ['POST', '/v1/deliveries/dlv_01k9g8xv7hf2p9w3c5q6r7s8t9/retry'],
      ['POST', '/v1/replays/rpl_01k9g8xv7hf2p9w3c5q6r7s8t9/cancel'],
      ['POST', '/v1/connections/con_01k9g8xv7hf2p9w3c5q6r7s8t9/pause'],
      ['DELETE', '/v1/routes/rte_01k9g8xv7hf2p9w3c5q6r7s8t9'],
    ])('of %s %s, which takes neither query nor body, are refused by name', async (method, path) => {
      const body = { dry_run: true, 'a/b': 1 };
      const refused = expectProblem(await tenant.client.send(method, `${path}?n=1`, { body }), 400, 'invalid_request');
      expect(faultsOf(refused)).toEqual(['#query/n unknown_field', '/dry_run unknown_field', '/a~1b unknown_field']);
      expectProblem(await tenant.client.send(method, path, { body: {} }), 404, 'not_found');
      expectProblem(await tenant.client.send(method, path), 404, 'not_found');
    });

    it('with a moment outside what the database holds are an empty page', async () => {
      for (const moment of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '1969-12-31T23:59:59Z']) {
        const answer = await tenant.client.get(`/v1/events?from=${moment}&to=${moment}`);
        expect(answer).toMatchObject({ status: 200, body: { data: [] } });
      }
    });
  });

  describe('configuration', () => {
    const route = (fields: Record<string, unknown>): Record<string, unknown> => ({
      name: unique('route'),
      event_type: 'order.*',
      connection_id: connection,
      operation: 'request.send',
      ...fields,
    });
    it.each<[string, Record<string, unknown>, number, string]>([
      ['an unknown operation', { operation: 'order.teleport' }, 422, '/operation'],
      ['a connection that is none', { connection_id: 'con_01k9g8xv7hf2p9w3c5q6r7s8t9' }, 422, '/connection_id'],
      ['a mapping that is none', { mapping_id: 'map_01k9g8xv7hf2p9w3c5q6r7s8t9' }, 422, '/mapping_id'],
      ['a filter that is no JSONata', { filter: 'n > (' }, 422, '/filter'],
      ['a type that matches nothing', { event_type: 'order created' }, 422, '/event_type'],
      ['a field that does not exist', { priority: 1 }, 400, '/priority'],
      ['a schedule of words', { retry: { delays_seconds: ['soon'] } }, 400, '/retry/delays_seconds/0'],
    ])('of a route with %s is refused with a pointer', async (_what, fields, status, pointer) => {
      const answer = await tenant.client.post<ProblemBody>('/v1/routes', route(fields));
      const problem = expectProblem(answer, status, answer.body.code);
      expect(problem.errors?.map((fault) => fault.pointer)).toContain(pointer);
    });

    it('of a mapping that cannot be parsed names line and column', async () => {
      const answer = await tenant.client.post<ProblemBody>('/v1/mappings', {
        name: unique('m'),
        expression: '{\n  "a": (\n}',
      });
      const problem = expectProblem(answer, 422, answer.body.code);
      expect(problem).toMatchObject({ line: 3, column: expect.any(Number), errors: [{ pointer: '/expression' }] });
    });
  });

  describe('keys', () => {
    const try_ = (key: string | null): Promise<HubAnswer> =>
      new TestClient(hub.apis[0]?.url ?? '', key).post('/v1/events', event());

    it('that are missing, malformed, mistyped or unknown are 401, and say how it is done', async () => {
      const missing = await try_(null);
      expectProblem(missing, 401, 'missing_api_key');
      expect(missing.headers.get('www-authenticate')).toMatch(/^Bearer/);
      const issued = issueKey('live').key;
      expectProblem(await try_('nonsense'), 401, 'malformed_api_key');
      expectProblem(await try_(`${issued.slice(0, -1)}${issued.endsWith('a') ? 'b' : 'a'}`), 401, 'malformed_api_key');
      expectProblem(await try_(issued), 401, 'unknown_api_key');
      expectProblem(await hub.client(null).get('/v1/me', { authorization: 'Basic YTpi' }), 401, 'missing_api_key');
    });

    it('of the other kind are 401, and say where they are good for, whether or not there are such ones', async () => {
      for (const key of [hub.operator.key ?? '', issueKey('op').key]) {
        const problem = expectProblem(await try_(key), 401, 'wrong_kind_of_key');
        expect(problem.detail).toMatch(/operator key, which is good for \/admin\/v1\b/);
      }
      for (const key of [tenant.client.key ?? '', issueKey('live').key, issueKey('test').key]) {
        const answer = await hub.client(key).get('/admin/v1/tenants');
        const problem = expectProblem(answer, 401, 'wrong_kind_of_key');
        expect(problem.detail).toMatch(/API key, which is good for \/v1\b/);
      }
      for (const key of ['hub_op_nonsense', 'hub_live_nonsense'])
        expectProblem(await hub.client(key).get('/admin/v1/tenants'), 401, 'unknown_operator_key');
      expectProblem(await try_('hub_op_nonsense'), 401, 'malformed_api_key');
    });

    it('are taken in X-API-Key as well', async () => {
      const answer = await hub.client(null).get('/v1/me', { 'x-api-key': tenant.client.key ?? '' });
      expect(answer.status).toBe(200);
    });

    it('are taken in X-API-Key beside another scheme in Authorization, and not beside a bearer', async () => {
      const me = (authorization: string): Promise<HubAnswer> =>
        hub.client(null).get('/v1/me', { 'x-api-key': tenant.client.key ?? '', authorization });
      expect((await me('Basic YTpi')).status).toBe(200);
      expectProblem(await me('Bearer'), 401, 'missing_api_key');
      expectProblem(await me('bearer nonsense'), 401, 'malformed_api_key');
    });

    it('of a known prefix and another secret are unknown', async () => {
      const [, environment, prefix] = (tenant.client.key ?? '').split('_');
      const forged = issueKey('test').key.split('_');
      // The checksum covers the prefix: a forger has to make it, and can.
      expect([environment, prefix?.length, forged.length]).toEqual(['test', 8, 4]);
      expectProblem(await try_(`hub_test_${prefix}_${forged[3]}`), 401, 'malformed_api_key');
    });

    it('that have expired are 401', async () => {
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      const key = await keyWith(tenant, ['events:read'], { expires_at: expiresAt });
      expect((await key.client.get('/v1/me')).status).toBe(200);
      await hub.database.asSuperuser((client) =>
        client.query(`update api_keys set expires_at = now() where tenant_id = $1 and expires_at > now()`, [
          tenant.uuid,
        ]),
      );
      await waitUntil('the key to expire', async () => (await key.client.get('/v1/me')).status !== 200);
      expectProblem(await key.client.get('/v1/me'), 401, 'expired_api_key');
    });

    it.each([
      ['events:read', 'POST', '/v1/events', 'events:write'],
      ['events:read', 'POST', '/v1/events/batch', 'events:write'],
      ['events:write', 'GET', '/v1/events', 'events:read'],
      ['events:read', 'POST', '/v1/deliveries/dlv_01k9g8xv7hf2p9w3c5q6r7s8t9/retry', 'deliveries:write'],
      ['config:read', 'POST', '/v1/routes', 'config:write'],
      ['config:write', 'GET', '/v1/routes', 'config:read'],
      ['config:write', 'POST', '/v1/api-keys', 'keys:write'],
    ] as const)('with %s alone may not %s %s', async (scope, method, path, wanted) => {
      const { client } = await keyWith(tenant, [scope]);
      const answer = await client.send(method, path, { body: method === 'POST' ? event() : undefined });
      expect(expectProblem(answer, 403, 'missing_scope')).toMatchObject({ scope: wanted });
    });

    it('may not make keys that can do more than they can themselves', async () => {
      const { client } = await keyWith(tenant, ['keys:write', 'events:read']);
      const body = { name: unique('key'), environment: 'test', scopes: ['events:write'] };
      const answer = await client.post<ProblemBody>('/v1/api-keys', body);
      expectProblem(answer, answer.status, answer.body.code);
      expect([403, 422]).toContain(answer.status);
    });
  });
});

function bearer(client: TestClient): Record<string, string> {
  return { authorization: `Bearer ${client.key}`, 'content-type': 'application/json' };
}

/** A POST written by hand, for what `fetch` does not let happen. `null` sends no byte of the body. */
function raw(
  apiUrl: string,
  headers: Record<string, string>,
  body: string | null,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${apiUrl}/v1/events`, { method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('error', reject).on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
        request.destroy();
      });
    });
    // The server may close the line while the rest of the body is still being sent.
    request.on('error', (error) => setTimeout(() => reject(error), 1_000).unref());
    request.setTimeout(20_000, () => request.destroy(new Error('no answer')));
    if (body === null) request.flushHeaders();
    else request.end(body);
  });
}
