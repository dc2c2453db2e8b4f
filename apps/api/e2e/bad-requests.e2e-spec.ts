import { issueKey } from '@hub/tenancy';
import { TestClient, waitUntil, type HubAnswer } from '@hub/testing';
import { orderOf, stageOrders } from '../../../test/support/order-stage';
import { expectProblem, faultsOf, type ProblemBody } from '../../../test/support/problems';
import { keyWith, unique } from '../../../test/support/staged-hub';

describe('bad requests', () => {
  const orders = stageOrders();
  // Whatever was thrown at it, the API never broke down.
  afterAll(() => expect(orders.hub.apis[0]?.output ?? '').not.toMatch(/"msg":"request failed"|internal_error/));

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
      const body = method === 'POST' ? { events: [orderOf(unique('bad'))] } : undefined;
      expectProblem(await orders.tenant.client.send(method, path, { body }), status, code);
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
      const refused = await orders.tenant.client.get(`/v1/${list}?${name}=${value}`);
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
      expect((await orders.tenant.client.get(`/v1/${path}`)).status).toBe(200);
    });

    it.each([
      [{ filter: { category: 'bogus' } }, '/filter/category invalid_value'],
      [{ filter: {}, mapping: { version: 1 } }, '/mapping invalid_value'],
      [{ filter: {}, mapping: 'newest' }, '/mapping invalid_value'],
      [{ filter: {}, mapping: 0 }, '/mapping too_small'],
    ])('of a replay name what is wrong with %j', async (body, fault) => {
      const refused = await orders.tenant.client.post('/v1/replays', { ...body, reason: 'test' });
      expect(faultsOf(expectProblem(refused, 400, 'invalid_request'))).toEqual([fault]);
    });

    it.each([
      ['POST', '/v1/deliveries/dlv_01k9g8xv7hf2p9w3c5q6r7s8t9/retry'],
      ['POST', '/v1/replays/rpl_01k9g8xv7hf2p9w3c5q6r7s8t9/cancel'],
      ['POST', '/v1/connections/con_01k9g8xv7hf2p9w3c5q6r7s8t9/pause'],
      ['DELETE', '/v1/routes/rte_01k9g8xv7hf2p9w3c5q6r7s8t9'],
    ])('of %s %s, which takes neither query nor body, are refused by name', async (method, path) => {
      const body = { dry_run: true, 'a/b': 1 };
      const refused = expectProblem(
        await orders.tenant.client.send(method, `${path}?n=1`, { body }),
        400,
        'invalid_request',
      );
      expect(faultsOf(refused)).toEqual(['#query/n unknown_field', '/dry_run unknown_field', '/a~1b unknown_field']);
      expectProblem(await orders.tenant.client.send(method, path, { body: {} }), 404, 'not_found');
      expectProblem(await orders.tenant.client.send(method, path), 404, 'not_found');
    });

    it.each<[string, string, [string, string]?]>([
      ['/v1/events', 'to'],
      ['/v1/deliveries', 'to'],
      ['/v1/deliveries', 'failed_to'],
      ['/v1/dead-letters/groups', 'to'],
      ['/v1/audit-log', 'to'],
      ['/v1/archive/objects', 'to', ['2026-11-02', '2026-11-01']],
    ])(
      'of %s name the end of a time that is over before it begins',
      async (path, end, days = ['2026-11-02T00:00:00Z', '2026-11-01T00:00:00Z']) => {
        const span = `${end.replace('to', 'from')}=${days[0]}&${end}=${days[1]}`;
        const refused = expectProblem(await orders.tenant.client.get(`${path}?${span}`), 400, 'invalid_request');
        expect(faultsOf(refused)).toEqual([`#query/${end} custom`]);
      },
    );

    it.each([
      ['/v1/connections?connector=%00', '#query/connector custom'],
      ['/v1/balance?to=9999-12-31T23:59:59Z', '#query/to out_of_range'],
    ])('%s is told by name', async (path, fault) => {
      const refused = expectProblem(await orders.tenant.client.get(path), 400, 'invalid_request');
      expect(faultsOf(refused)).toEqual([fault]);
    });

    it('of a replay need a time that goes forward, and a reason that says something', async () => {
      const filter = { from: '2026-11-02T00:00:00Z', to: '2026-11-01T00:00:00Z' };
      const refused = await orders.tenant.client.post('/v1/replays', { filter, reason: ' ' });
      expect(faultsOf(expectProblem(refused, 400, 'invalid_request'))).toEqual(['/filter/to custom', '/reason custom']);
    });

    it.each([
      ['retry', '', ['/reason too_small', '/reason custom']],
      ['retry', ' ', ['/reason custom']],
      ['cancel', ' ', ['/reason custom']],
    ])(
      'to %s dead letters for the reason "%s" are refused: none is needed, but one that says something',
      async (what, reason, faults) => {
        const body = { delivery_ids: ['dlv_01k9g8xv7hf2p9w3c5q6r7s8t9'], reason };
        const refused = await orders.tenant.client.post(`/v1/dead-letters/${what}`, body);
        expect(faultsOf(expectProblem(refused, 400, 'invalid_request'))).toEqual(faults);
      },
    );

    it('of a CloudEvent anywhere but at its own address are refused', async () => {
      const type = { 'content-type': 'application/cloudevents+json' };
      const batch = await orders.tenant.client.post('/v1/events/batch', { events: [orderOf(unique('bad'))] }, type);
      expectProblem(batch, 415, 'unsupported_media_type');
    });

    it('with a moment outside what the database holds are an empty page', async () => {
      for (const moment of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '1969-12-31T23:59:59Z']) {
        const answer = await orders.tenant.client.get(`/v1/events?from=${moment}&to=${moment}`);
        expect(answer).toMatchObject({ status: 200, body: { data: [] } });
      }
    });
  });

  describe('configuration', () => {
    const route = (fields: Record<string, unknown>): Record<string, unknown> => ({
      name: unique('route'),
      event_type: 'order.*',
      connection_id: orders.connection,
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
      const answer = await orders.tenant.client.post<ProblemBody>('/v1/routes', route(fields));
      const problem = expectProblem(answer, status, answer.body.code);
      expect(problem.errors?.map((fault) => fault.pointer)).toContain(pointer);
    });

    it('of a mapping that cannot be parsed names line and column', async () => {
      const answer = await orders.tenant.client.post<ProblemBody>('/v1/mappings', {
        name: unique('m'),
        expression: '{\n  "a": (\n}',
      });
      const problem = expectProblem(answer, 422, answer.body.code);
      expect(problem).toMatchObject({ line: 3, column: expect.any(Number), errors: [{ pointer: '/expression' }] });
    });
  });

  describe('keys', () => {
    const try_ = (key: string | null): Promise<HubAnswer> =>
      new TestClient(orders.hub.apis[0]?.url ?? '', key).post('/v1/events', orderOf(unique('bad')));

    it('that are missing, malformed, mistyped or unknown are 401, and say how it is done', async () => {
      const missing = await try_(null);
      expectProblem(missing, 401, 'missing_api_key');
      expect(missing.headers.get('www-authenticate')).toMatch(/^Bearer/);
      const issued = issueKey('live').key;
      expectProblem(await try_('nonsense'), 401, 'malformed_api_key');
      expectProblem(await try_(`${issued.slice(0, -1)}${issued.endsWith('a') ? 'b' : 'a'}`), 401, 'malformed_api_key');
      expectProblem(await try_(issued), 401, 'unknown_api_key');
      expectProblem(
        await orders.hub.client(null).get('/v1/me', { authorization: 'Basic YTpi' }),
        401,
        'missing_api_key',
      );
    });

    it('of the other kind are 401, and say where they are good for, whether or not there are such ones', async () => {
      for (const key of [orders.hub.operator.key ?? '', issueKey('op').key]) {
        const problem = expectProblem(await try_(key), 401, 'wrong_kind_of_key');
        expect(problem.detail).toMatch(/operator key, which is good for \/admin\/v1\b/);
      }
      for (const key of [orders.tenant.client.key ?? '', issueKey('live').key, issueKey('test').key]) {
        const answer = await orders.hub.client(key).get('/admin/v1/tenants');
        const problem = expectProblem(answer, 401, 'wrong_kind_of_key');
        expect(problem.detail).toMatch(/API key, which is good for \/v1\b/);
      }
      for (const key of ['hub_op_nonsense', 'hub_live_nonsense'])
        expectProblem(await orders.hub.client(key).get('/admin/v1/tenants'), 401, 'unknown_operator_key');
      expectProblem(await try_('hub_op_nonsense'), 401, 'malformed_api_key');
    });

    it('are taken in X-API-Key as well', async () => {
      const answer = await orders.hub.client(null).get('/v1/me', { 'x-api-key': orders.tenant.client.key ?? '' });
      expect(answer.status).toBe(200);
    });

    it('are taken in X-API-Key beside another scheme in Authorization, and not beside a bearer', async () => {
      const me = (authorization: string): Promise<HubAnswer> =>
        orders.hub.client(null).get('/v1/me', { 'x-api-key': orders.tenant.client.key ?? '', authorization });
      expect((await me('Basic YTpi')).status).toBe(200);
      expectProblem(await me('Bearer'), 401, 'missing_api_key');
      expectProblem(await me('bearer nonsense'), 401, 'malformed_api_key');
    });

    it('of a known prefix and another secret are unknown', async () => {
      const [, environment, prefix] = (orders.tenant.client.key ?? '').split('_');
      const forged = issueKey('test').key.split('_');
      // The checksum covers the prefix: a forger has to make it, and can.
      expect([environment, prefix?.length, forged.length]).toEqual(['test', 8, 4]);
      expectProblem(await try_(`hub_test_${prefix}_${forged[3]}`), 401, 'malformed_api_key');
    });

    it('that have expired are 401', async () => {
      const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
      const key = await keyWith(orders.tenant, ['events:read'], { expires_at: expiresAt });
      expect((await key.client.get('/v1/me')).status).toBe(200);
      await orders.hub.database.asSuperuser((client) =>
        client.query(`update api_keys set expires_at = now() where tenant_id = $1 and expires_at > now()`, [
          orders.tenant.uuid,
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
      const { client } = await keyWith(orders.tenant, [scope]);
      const answer = await client.send(method, path, { body: method === 'POST' ? orderOf(unique('bad')) : undefined });
      expect(expectProblem(answer, 403, 'missing_scope')).toMatchObject({ scope: wanted });
    });

    it('may not make keys that can do more than they can themselves', async () => {
      const { client } = await keyWith(orders.tenant, ['keys:write', 'events:read']);
      const body = { name: unique('key'), environment: 'test', scopes: ['events:write'] };
      const answer = await client.post<ProblemBody>('/v1/api-keys', body);
      expectProblem(answer, answer.status, answer.body.code);
      expect([403, 422]).toContain(answer.status);
    });
  });
});
