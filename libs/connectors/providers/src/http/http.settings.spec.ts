import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { validateConnection } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { createHttpConnector } from './http.connector';
import { hmacHeaders, webhookHeaders } from './http.signature';

const connector = createHttpConnector();
const problems = (config: JsonObject, credentials: JsonObject = {}): readonly string[] =>
  validateConnection(connector, { config: { url: 'https://h.example/x', ...config }, credentials }).map(
    ({ pointer, code }) => `${pointer} ${code}`,
  );

describe('settings', () => {
  it('are as short as a URL', () => {
    expect(problems({})).toEqual([]);
  });

  it.each([
    'ftp://h/x',
    '//h/x',
    'https://{payload.host}/x',
    'https://a{payload.b}.example/',
    'https://user:pw@h/x',
    'https://h\\x',
    'https://h/x#y',
    'https://h/a b',
    '{payload.url}',
    'javascript:alert(1)',
  ])('refuse the URL %s', (url) => {
    expect(problems({ url })).toEqual(['/config/url pattern']);
  });

  it('refuse a template that does not parse', () => {
    expect(problems({ url: 'https://h/{+payload.a}' })).toEqual(['/config/url url_template']);
    expect(problems({ test_url: 'https://h:99999/' })).toEqual(['/config/test_url url']);
  });

  it.each([
    [{ kind: 'basic' }, ['/credentials/username required', '/credentials/password required']],
    [{ kind: 'bearer' }, ['/credentials/token required']],
    [{ kind: 'api_key', name: 'X-Key' }, ['/credentials/api_key required']],
    [{ kind: 'hmac' }, ['/credentials/hmac_secret required']],
    [
      { kind: 'oauth2_client_credentials', token_url: 'https://h/token' },
      ['/credentials/client_id required', '/credentials/client_secret required'],
    ],
  ])('ask for the credentials of %j', (auth, expected) => {
    expect(problems({ auth })).toEqual(expected);
  });

  it('ask for the secret of signatures', () => {
    expect(problems({ sign_webhooks: true })).toEqual(['/credentials/webhook_secret required']);
    expect(problems({ sign_webhooks: true }, { webhook_secret: 'whsec_too-short' })).toContain(
      '/credentials/webhook_secret pattern',
    );
  });

  it.each<[JsonObject, string]>([
    [{ auth: { kind: 'magic' } }, '/config/auth discriminator'],
    [{ auth: {} }, '/config/auth discriminator'],
    [{ auth: { kind: 'none', name: 'x' } }, '/config/auth/name unknown_member'],
    [{ auth: { kind: 'api_key' } }, '/config/auth/name required'],
    [
      { auth: { kind: 'oauth2_client_credentials', token_url: 'https://{payload.x}/' } },
      '/config/auth/token_url pattern',
    ],
    [{ method: 'TRACE' }, '/config/method enum'],
    [{ method: 'GET', body: 'payload' }, '/config/body body'],
    [{ timeout_ms: 10 }, '/config/timeout_ms minimum'],
    [{ concurrency: 0 }, '/config/concurrency minimum'],
    [{ response_id_pointer: 'data.id' }, '/config/response_id_pointer format'],
    [{ headers: { 'X Y': 'a' } }, '/config/headers/X Y member_name'],
    [{ headers: { Host: 'evil' } }, '/config/headers/Host header'],
    [{ headers: { Authorization: 'Bearer x' } }, '/config/headers/Authorization header'],
    [{ headers: { 'webhook-id': 'x' } }, '/config/headers/webhook-id header'],
    [{ headers: { 'x-a': 'b\r\nc: d' } }, '/config/headers/x-a header'],
    [{ headers: { 'x-a': '1', 'X-A': '2' } }, '/config/headers/X-A duplicate'],
    [{ content_type: 'a\r\nb' }, '/config/content_type header'],
    [{ idempotency_header: 'Content-Length' }, '/config/idempotency_header header'],
    [{ idempotency_header: 'Authorization' }, '/config/idempotency_header header'],
  ])('refuse %j', (config, problem) => {
    expect(problems(config)).toContain(problem);
  });

  it('refuse templates of signatures that would sign nothing', () => {
    const hmac = (auth: JsonObject) => problems({ auth: { kind: 'hmac', ...auth } }, { hmac_secret: 'secret' });
    expect(hmac({ signed: '{timestamp}.{body}', format: 't={timestamp},v1={signature}' })).toEqual([]);
    expect(hmac({ header: 'Authorization', format: 'HMAC {signature}' })).toEqual([]);
    expect(hmac({ signed: '{payload}' })).toEqual(['/config/auth/signed template']);
    expect(hmac({ format: 'sha256=' })).toEqual(['/config/auth/format template']);
    expect(hmac({ header: 'Host' })).toEqual(['/config/auth/header header']);
  });
});

describe('signatures', () => {
  const request = {
    method: 'POST',
    url: 'https://h.example/a/b?c=d',
    body: '{"a":"{timestamp}"}',
    idempotencyKey: 'key_1',
    nowMs: 1_700_000_000_999,
  };

  it('are made as configured, and values are not looked through for placeholders', () => {
    const signed = '{timestamp}.{method}.{path}.{idempotency_key}.{body}';
    const headers = hmacHeaders(
      {
        kind: 'hmac',
        signed,
        header: 'X-Sig',
        format: 't={timestamp},v1={signature}',
        encoding: 'base64',
        timestamp_header: 'X-Time',
      },
      'secret',
      request,
    );
    const expected = createHmac('sha256', 'secret')
      .update('1700000000.POST./a/b?c=d.key_1.{"a":"{timestamp}"}')
      .digest('base64');
    expect(headers).toEqual({ 'x-sig': `t=1700000000,v1=${expected}`, 'x-time': '1700000000' });
  });

  it('match a published vector (RFC 4231, case 2)', () => {
    const vector = { ...request, body: 'what do ya want for nothing?' };
    expect(hmacHeaders({ kind: 'hmac' }, 'Jefe', vector)).toEqual({
      'x-signature': '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    });
    expect(hmacHeaders({ kind: 'hmac', secret_encoding: 'hex' }, Buffer.from('Jefe').toString('hex'), vector)).toEqual(
      hmacHeaders({ kind: 'hmac' }, 'Jefe', vector),
    );
  });

  it('of Standard Webhooks verify with the old and the new secret', () => {
    const secrets = ['n', 'o'].map((c) => `whsec_${Buffer.from(c.repeat(32)).toString('base64')}`);
    const now = Date.now();
    const headers = webhookHeaders(
      { webhook_secret: secrets[0]!, previous_webhook_secret: secrets[1]! },
      { ...request, nowMs: now },
    );
    for (const secret of secrets) {
      expect(new Webhook(secret).verify(request.body, { 'webhook-id': 'key_1', ...headers })).toEqual({
        a: '{timestamp}',
      });
    }
  });
});
