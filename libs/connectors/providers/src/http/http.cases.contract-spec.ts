import { Webhook } from 'standardwebhooks';
import { contractRecord, startFaultyServer, type FaultyServer, type VendorAnswer } from '@hub/connector-contract-suite';
import { type ConnectorContext, type DeliveryRecord, type RecordOutcome } from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject } from '@hub/platform';
import { createHttpConnector } from './http.connector';

let server: FaultyServer;
let http: ClosableSafeHttp;
let answer: VendorAnswer;
let token: () => VendorAnswer;
let now = 0;
let connector = createHttpConnector();

beforeEach(async () => {
  now = Date.parse('2026-11-20T10:00:00Z');
  answer = { status: 200, body: '{}' };
  token = () => ({ status: 200, body: JSON.stringify({ access_token: `token-${tokenCalls()}`, expires_in: 3600 }) });
  connector = createHttpConnector({ now: () => now });
  server = await startFaultyServer(({ url }) => (url === '/token' ? token() : answer));
  http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
});
afterEach(async () => {
  await server.close();
  await http.close();
});

const tokenCalls = (): number => server.requests.filter(({ url }) => url === '/token').length;
const calls = () => server.requests.filter(({ url }) => url !== '/token');

function context(config: JsonObject = {}, credentials: JsonObject = {}): ConnectorContext {
  return {
    connectionId: 'con_1',
    config: { url: `${server.origin}/in`, ...config },
    credentials,
    oauthApp: null,
    reportLimit: () => undefined,
    http,
    signal: new AbortController().signal,
  };
}

async function send(given: ConnectorContext, record: DeliveryRecord = contractRecord()): Promise<RecordOutcome> {
  const outcomes = await connector.deliver(given, 'request.send', [record]);
  return outcomes[0]!;
}

describe('a request', () => {
  it('carries the payload byte for byte, the key and the trace', async () => {
    const record = contractRecord({ payloadText: ' {"b":1.10,\n"a":12345678901234567890, "ü":"😀"} ' });
    await send(context({ headers: { 'X-Source': 'hub' } }), record);
    expect(calls()[0]).toMatchObject({
      method: 'POST',
      url: '/in',
      body: record.payloadText,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': record.idempotencyKey,
        'webhook-id': record.idempotencyKey,
        traceparent: record.traceparent,
        'x-source': 'hub',
      },
    });
    expect(calls()[0]?.headers).not.toHaveProperty('authorization');
    expect(calls()[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  it('follows method, body, content type and the name of the key', async () => {
    const record = contractRecord({ traceparent: null });
    await send(context({ method: 'PUT', content_type: 'text/csv', idempotency_header: 'X-Request-Key' }), record);
    await send(context({ method: 'DELETE' }), record);
    await send(context({ method: 'DELETE', body: 'payload' }), record);
    await send(context({ method: 'POST', body: 'none' }), record);
    await send(context({ method: 'GET' }), record);
    expect(calls().map(({ method, body }) => [method, body !== ''])).toEqual([
      ['PUT', true],
      ['DELETE', false],
      ['DELETE', true],
      ['POST', false],
      ['GET', false],
    ]);
    expect(calls()[0]?.headers).toMatchObject({ 'content-type': 'text/csv', 'x-request-key': record.idempotencyKey });
    expect(calls()[0]?.headers).not.toHaveProperty('traceparent');
    expect(calls()[1]?.headers).not.toHaveProperty('content-type');
  });

  it.each<[JsonObject, JsonObject, Record<string, string>, string]>([
    [
      { kind: 'basic' },
      { username: 'jürgen', password: 'pä:ss' },
      { authorization: `Basic ${Buffer.from('jürgen:pä:ss').toString('base64')}` },
      '/in',
    ],
    [{ kind: 'bearer' }, { token: 'abcdef' }, { authorization: 'Bearer abcdef' }, '/in'],
    [{ kind: 'api_key', name: 'X-Key', prefix: 'Key ' }, { api_key: 'abcdef' }, { 'x-key': 'Key abcdef' }, '/in'],
    [{ kind: 'api_key', in: 'query', name: 'k' }, { api_key: 'a b/c&d' }, {}, '/in?k=a%20b%2Fc%26d'],
    [
      { kind: 'hmac', format: 'sha256={signature}' },
      { hmac_secret: 'secret' },
      { 'x-signature': 'sha256=77325902caca812dc259733aacd046b73817372c777b8d95b402647474516e13' },
      '/in',
    ],
  ])('authenticates with %j', async (auth, credentials, headers, url) => {
    expect(await send(context({ auth }, credentials), contractRecord({ payloadText: '{}' }))).toMatchObject({
      ok: true,
    });
    expect(calls()[0]).toMatchObject({ url, headers });
  });

  it('is signed as a Standard Webhook: same id, new timestamp with each attempt', async () => {
    now = Date.now();
    const webhook_secret = `whsec_${Buffer.from('s'.repeat(32)).toString('base64')}`;
    const given = context({ sign_webhooks: true }, { webhook_secret });
    const record = contractRecord();
    await send(given, record);
    now += 60_000;
    await send(given, { ...record, mayHaveBeenSent: true });
    const [first, second] = calls();
    for (const call of [first!, second!]) {
      const verified = new Webhook(webhook_secret).verify(call.body, call.headers as Record<string, string>);
      expect(verified).toEqual(JSON.parse(record.payloadText));
    }
    expect(first?.headers['webhook-id']).toBe(second?.headers['webhook-id']);
    expect(Number(second?.headers['webhook-timestamp']) - Number(first?.headers['webhook-timestamp'])).toBe(60);
  });
});

describe('an answer', () => {
  it.each<[VendorAnswer, JsonObject, object]>([
    [{ status: 204 }, {}, { ok: true, externalId: null }],
    [
      { status: 200, body: '{"data":{"id":12345678901234567890}}' },
      { response_id_pointer: '/data/id' },
      { ok: true, externalId: '12345678901234567890' },
    ],
    [{ status: 200, body: '\uFEFF[{"a/b":"x"}]' }, { response_id_pointer: '/0/a~1b' }, { ok: true, externalId: 'x' }],
    [{ status: 200, body: '<html>' }, { response_id_pointer: '/id' }, { ok: true, externalId: null }],
    [{ status: 200, body: '{"id":{}}' }, { response_id_pointer: '/id' }, { ok: true, externalId: null }],
    [
      { status: 200, body: Buffer.alloc(2 * 1024 * 1024, 'x') },
      { response_id_pointer: '/id' },
      { ok: true, externalId: null },
    ],
    [{ status: 409 }, { success_statuses: [200, 409] }, { ok: true }],
    [
      { status: 202 },
      { success_statuses: [200] },
      { ok: false, error: { category: 'validation', code: 'unexpected_http_202' } },
    ],
    [{ status: 409 }, {}, { ok: false, error: { category: 'duplicate', code: 'http_409' } }],
    [{ status: 409 }, { retry_statuses: [409] }, { ok: false, error: { category: 'transient' } }],
    [{ status: 429 }, { retry_statuses: [429] }, { ok: false, error: { category: 'rate_limited' } }],
    [{ status: 400 }, {}, { ok: false, error: { category: 'validation' } }],
    [{ status: 401 }, {}, { ok: false, error: { category: 'auth_revoked' } }],
    [{ status: 403 }, {}, { ok: false, error: { category: 'permission' } }],
    [{ status: 404 }, {}, { ok: false, error: { category: 'not_found', code: 'http_404' } }],
    [{ status: 410 }, {}, { ok: false, error: { category: 'not_found', code: 'http_410' } }],
    [{ status: 408 }, {}, { ok: false, error: { category: 'transient' } }],
    [{ status: 413 }, {}, { ok: false, error: { category: 'too_large' } }],
    [{ status: 425 }, {}, { ok: false, error: { category: 'transient' } }],
    [
      { status: 500, body: Buffer.alloc(2 * 1024 * 1024, 'x') },
      {},
      { ok: false, error: { category: 'transient', code: 'http_500' } },
    ],
    [
      { status: 503, headers: { 'retry-after': '3' } },
      {},
      { ok: false, error: { category: 'rate_limited', retryAfterMs: 3000 } },
    ],
  ])('%# is understood', async (given, config, expected) => {
    answer = given;
    expect(await send(context(config))).toMatchObject(expected);
  });

  it('that never comes is sent again, since the receiver knows the key', async () => {
    server.fail({ kind: 'hang' });
    expect(await send(context({ timeout_ms: 100 }))).toMatchObject({
      ok: false,
      error: { category: 'transient', code: 'timeout' },
    });
  });
});

describe('what cannot be sent', () => {
  it('is told as a wrong setting: a closed address', async () => {
    const walled = createSafeHttp({ egressAllow: [], userAgent: 'test' });
    const outcome = await send({ ...context(), http: walled });
    expect(outcome).toMatchObject({ ok: false, error: { category: 'config', code: 'blocked_address' } });
    expect(server.requests).toEqual([]);
    await walled.close();
  });

  it('is told as a wrong setting: stored settings that today are refused', async () => {
    expect(await send(context({ url: 'https://{payload.host}/' }))).toMatchObject({
      ok: false,
      error: { category: 'config', code: 'invalid_config', message: expect.stringMatching(/^\/config\/url: /) },
    });
  });

  it('is told as a wrong record: a URL that needs what the payload lacks', async () => {
    const outcome = await send(
      context({ url: `${server.origin}/{payload.id}` }),
      contractRecord({ payloadText: '{}' }),
    );
    expect(outcome).toMatchObject({ ok: false, error: { category: 'validation', code: 'url_variable_missing' } });
    expect(server.requests).toEqual([]);
  });
});

describe('client credentials', () => {
  const credentials = { client_id: 'the client', client_secret: 'the secret' };
  const oauth = (more: JsonObject = {}): ConnectorContext =>
    context({ auth: { kind: 'oauth2_client_credentials', token_url: `${server.origin}/token`, ...more } }, credentials);

  it('fetch one token for fifty deliveries at once, and again shortly before its end', async () => {
    const given = oauth();
    await Promise.all(Array.from({ length: 50 }, () => send(given)));
    expect(tokenCalls()).toBe(1);
    now += 3_539_000;
    await send(given);
    expect(tokenCalls()).toBe(1);
    now += 2_000;
    await send(given);
    expect(tokenCalls()).toBe(2);
    expect(calls().at(-1)?.headers.authorization).toBe('Bearer token-2');
  });

  it('are sent as configured', async () => {
    await send(oauth({ client_auth: 'body', scope: 'a b', audience: 'https://api' }));
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]!.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'a b',
      audience: 'https://api',
      client_id: 'the client',
      client_secret: 'the secret',
    });
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
    await send(oauth());
    expect(server.requests[2]?.headers.authorization).toBe(
      `Basic ${Buffer.from('the+client:the+secret').toString('base64')}`,
    );
  });

  it('drop a token that the receiver refuses, and only that one', async () => {
    const given = oauth();
    answer = { status: 401 };
    expect(await send(given)).toMatchObject({ ok: false, error: { category: 'auth_expired' } });
    answer = { status: 200 };
    expect(await send(given)).toMatchObject({ ok: true });
    expect(tokenCalls()).toBe(2);
  });

  it('are renewed on demand', async () => {
    const given = oauth();
    await send(given);
    expect(await connector.refreshCredentials!(given)).toEqual({ ok: true, value: credentials });
    expect(tokenCalls()).toBe(2);
    expect(await connector.refreshCredentials!(context())).toMatchObject({
      ok: false,
      error: { category: 'auth_revoked' },
    });
  });

  it.each<[VendorAnswer, string, string]>([
    [{ status: 401, body: '{"error":"invalid_client"}' }, 'auth_revoked', 'oauth_invalid_client'],
    [{ status: 400, body: '{"error":"unauthorized_client"}' }, 'auth_revoked', 'oauth_unauthorized_client'],
    [{ status: 400, body: '{"error":"invalid_scope"}' }, 'config', 'oauth_invalid_scope'],
    [{ status: 400, body: 'bad' }, 'config', 'oauth_http_400'],
    [{ status: 401, body: '' }, 'auth_revoked', 'oauth_http_401'],
    [{ status: 429, headers: { 'retry-after': '2' } }, 'rate_limited', 'oauth_http_429'],
    [{ status: 500, body: '{"error":"invalid_client"}' }, 'transient', 'oauth_http_500'],
    [{ status: 302, headers: { location: 'https://evil.example' } }, 'config', 'oauth_http_302'],
    [{ status: 200, body: '<html>' }, 'transient', 'oauth_answer_unreadable'],
    [{ status: 200, body: '{"access_token":7}' }, 'transient', 'oauth_answer_unreadable'],
  ])('that are refused say why: %j', async (given, category, code) => {
    token = () => given;
    expect(await send(oauth())).toMatchObject({ ok: false, error: { category, code } });
    expect(calls()).toEqual([]);
  });

  it('are not waited for once the delivery was cancelled', async () => {
    server.fail({ kind: 'hang' });
    const abort = new AbortController();
    const pending = send({ ...oauth(), signal: abort.signal });
    while (tokenCalls() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    expect(await pending).toMatchObject({ ok: false, error: { category: 'transient', code: 'aborted' } });
  });
});

describe('the connection test', () => {
  it('reaches out with HEAD, without a body, to the fixed part of the URL', async () => {
    const report = await connector.testConnection(context({ url: `${server.origin}/in/{payload.id}` }));
    expect(report).toMatchObject({ ok: true, value: { details: { status: 200, proved: 'address' } } });
    expect(server.requests).toMatchObject([{ method: 'HEAD', url: '/in/', body: '' }]);
  });

  it('takes a missing page for a proof of the address, refused credentials not', async () => {
    answer = { status: 404 };
    expect(await connector.testConnection(context())).toMatchObject({ ok: true });
    answer = { status: 403 };
    expect(await connector.testConnection(context())).toMatchObject({ ok: false, error: { category: 'permission' } });
  });

  it('expects success from a URL made for it', async () => {
    const config = { test_url: `${server.origin}/health` };
    expect(await connector.testConnection(context(config))).toMatchObject({
      ok: true,
      value: { details: { proved: 'address and credentials' } },
    });
    expect(server.requests).toMatchObject([{ method: 'GET', url: '/health' }]);
    answer = { status: 404 };
    expect(await connector.testConnection(context(config))).toMatchObject({
      ok: false,
      error: { category: 'not_found' },
    });
  });
});
