import { randomBytes } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { contractRecord, startFaultyServer, type FaultyServer, type VendorAnswer } from '@hub/connector-contract-suite';
import { validateConnection, type ConnectorContext, type RecordOutcome } from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject } from '@hub/platform';
import { createProviders } from '../index';
import { createWebhookConnector } from './webhook.connector';

const HOUR_MS = 3_600_000;
const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const current = secret();
let server: FaultyServer;
let http: ClosableSafeHttp;
let answer: VendorAnswer;
let now: number;

beforeEach(async () => {
  now = Date.now();
  answer = { status: 204 };
  server = await startFaultyServer(() => answer);
  http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
});
afterEach(async () => {
  await server.close();
  await http.close();
});

const notice = contractRecord({
  eventId: 'hev_01k9g8xv7hf2p9w3c5q6r7s8t9',
  payloadText: '{"type":"delivery.dead","data":{"n":1.10,"ü":"😀"}}',
});

async function send(credentials: JsonObject = {}, config: JsonObject = {}, through = http): Promise<RecordOutcome> {
  const context: ConnectorContext = {
    connectionId: 'con_1',
    config: { url: `${server.origin}/hooks?a=1`, ...config },
    credentials: { secret: current, ...credentials },
    oauthApp: null,
    reportLimit: () => undefined,
    http: through,
    signal: new AbortController().signal,
  };
  const [outcome] = await createWebhookConnector({ now: () => now }).deliver(context, 'notice.send', [notice]);
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
}

/** As a receiver does it, with the library that receivers use. */
function verify(key: string, request = server.requests[0]): unknown {
  return new Webhook(key).verify(request?.body ?? '', request?.headers as Record<string, string>);
}

describe('a notice', () => {
  it('is a POST that the receiver’s own library verifies, byte for byte', async () => {
    expect(await send()).toMatchObject({ ok: true });
    expect(server.requests).toMatchObject([
      { method: 'POST', url: '/hooks?a=1', body: notice.payloadText, headers: { 'content-type': 'application/json' } },
    ]);
    expect(verify(current)).toEqual(JSON.parse(notice.payloadText));
    expect(() => verify(secret())).toThrow(WebhookVerificationError);
  });

  it('keeps its id over attempts, and dates each', async () => {
    answer = { status: 500 };
    await send();
    now += HOUR_MS;
    await send();
    const seen = server.requests.map(({ headers }) => [headers['webhook-id'], headers['webhook-timestamp']]);
    const seconds = Math.floor(now / 1000);
    expect(seen).toEqual([
      [notice.eventId, String(seconds - 3600)],
      [notice.eventId, String(seconds)],
    ]);
    expect(notice.eventId).not.toContain('.');
  });

  it('is signed with both secrets until the overlap ends, and with the new one alone from then on', async () => {
    const old = secret();
    const until = new Date(now + 1_000).toISOString();
    const rotated = { previous_secret: old, previous_secret_until: until };
    await send(rotated);
    expect([verify(current), verify(old)]).toHaveLength(2);
    now += 1_000;
    await send(rotated);
    const late = server.requests[1];
    expect(verify(current, late)).toBeDefined();
    expect(() => verify(old, late)).toThrow(WebhookVerificationError);
  });

  it('carries further headers, never in the place of the hub’s own, and shows no secret afterwards', async () => {
    server.fail({ kind: 'echo', status: 500 });
    const outcome = await send({ headers: { Authorization: 'Bearer very-secret', 'X-Team': 'payments-team' } });
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer very-secret',
      'x-team': 'payments-team',
    });
    const kept = JSON.stringify(outcome);
    expect(kept).not.toContain('very-secret');
    expect(kept).not.toContain(current);
  });
});

describe('an answer', () => {
  const failure = { ok: false, error: { category: 'transient' } };

  it.each([200, 201, 202, 204, 299])('%i is a success', async (status) => {
    answer = { status };
    expect(await send()).toMatchObject({ ok: true, exchange: { response: { status } } });
  });

  it.each([301, 302, 307, 400, 401, 403, 404, 409, 422, 500, 502, 503])('%i is tried again', async (status) => {
    answer = { status, headers: { location: `${server.origin}/elsewhere` } };
    expect(await send()).toMatchObject({ ...failure, error: { code: `http_${status}`, httpStatus: status } });
    expect(server.requests).toHaveLength(1);
  });

  it('410 ends it', async () => {
    answer = { status: 410 };
    expect(await send()).toMatchObject({ ok: false, error: { category: 'auth_revoked', code: 'gone' } });
  });

  it.each([429, 500, 503])('%i may say when to come back', async (status) => {
    answer = { status, headers: { 'retry-after': '120' } };
    expect(await send()).toMatchObject({ ok: false, error: { retryAfterMs: 120_000 } });
  });

  it('is judged by its status, however long it is', async () => {
    answer = { status: 200, body: 'x'.repeat(100_000) };
    expect(await send()).toMatchObject({ ok: true });
    answer = { status: 410, body: 'x'.repeat(100_000) };
    expect(await send()).toMatchObject({ ok: false, error: { code: 'gone' } });
  });

  it('that does not come is tried again', async () => {
    server.fail({ kind: 'reset' });
    expect(await send()).toMatchObject(failure);
  });
});

describe('where it goes', () => {
  it('is nowhere private, unless the operator opens it', async () => {
    const walled = createSafeHttp({ egressAllow: [], userAgent: 'test' });
    const blocked = { ok: false, error: { category: 'config', code: 'blocked_address' } };
    expect(await send({}, {}, walled)).toMatchObject(blocked);
    expect(await send({}, { url: 'http://169.254.169.254/latest/meta-data' }, http)).toMatchObject(blocked);
    expect(await send({}, { url: 'http://[::1]:9/' }, http)).toMatchObject(blocked);
    expect(server.requests).toEqual([]);
    await walled.close();
  });

  it.each([
    ['ftp://example.com/', 'invalid_url'],
    ['https://user:word@example.com/', 'invalid_url'],
    ['https://example.com/#part', 'invalid_url'],
    ['nonsense', 'invalid_url'],
  ])('cannot be %s', (url, code) => {
    const problems = validateConnection(createWebhookConnector(), {
      config: { url },
      credentials: { secret: current },
    });
    expect(problems).toMatchObject([{ pointer: '/config/url', code }]);
  });

  it.each<Record<string, string>>([
    { 'Webhook-Id': 'x' },
    { Host: 'x' },
    { 'bad name': 'x' },
    { ok: 'line\nbreak' },
    { 'Content-Type': 'x' },
  ])('cannot be told with the headers %j', (headers) => {
    const settings = { config: { url: 'https://example.com/' }, credentials: { secret: current, headers } };
    expect(validateConnection(createWebhookConnector(), settings)).toMatchObject([{ code: 'header' }]);
  });

  it('cannot be chosen by a tenant: it is not one of the vendors', () => {
    expect(createProviders().map(({ manifest }) => manifest.id)).not.toContain('webhook');
  });
});
