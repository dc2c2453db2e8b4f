import { createTestDatabase, recordedActions, type TestDatabase } from '@hub/testing';
import { createLogger, fromPublicId } from '@hub/platform';
import {
  keyWith,
  startConfigApi,
  TEST_PUBLIC_URL,
  type ConfigApi,
  type Page,
} from '../connections/fixtures/config-api';
import { CLIENT_SECRET, OAuthVendor } from './fixtures/oauth-vendor';
import { OAUTH_CONNECTOR } from './fixtures/oauth-connector';

let database: TestDatabase;
let vendor: OAuthVendor;
let api: ConfigApi;
let key: string;
let counter = 0;
/** Every log line of the API. */
const logged: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  vendor = new OAuthVendor();
  await vendor.start();
  // A second connector at the same vendor: what one vendor answers must not do for the other.
  const twin = { ...OAUTH_CONNECTOR, manifest: { ...OAUTH_CONNECTOR.manifest, id: 'twin', name: 'Twin' } };
  const logger = createLogger({
    name: 'test',
    level: 'debug',
    destination: { write: (line: string) => void logged.push(line) },
  });
  api = await startConfigApi(database, { connectors: [OAUTH_CONNECTOR, twin], oauthApps: vendor.apps(), logger });
  key = await api.newTenant();
}, 60_000);

afterAll(async () => {
  await api?.close();
  await vendor?.stop();
  await database?.close();
});

beforeEach(() => {
  vendor.tokenFailure = null;
  vendor.revocationHangs = false;
  vendor.requests.length = 0;
  vendor.fields = [];
  vendor.usage = null;
  api.rung.length = 0;
});

async function newConnection(config: object = {}): Promise<string> {
  const request = { name: `c <i> ${++counter}`, connector: 'oauthvendor', config };
  const { status, body } = await api.call<{ id: string }>(key, 'POST', '/v1/connections', request);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
}

async function link(id: string, body: object = {}): Promise<string> {
  const answer = await api.call<{ authorize_url: string }>(key, 'POST', `/v1/connections/${id}/authorize`, body);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.authorize_url;
}

const get = async (id: string, path = ''): Promise<Record<string, unknown>> =>
  (await api.call(key, 'GET', `/v1/connections/${id}${path}`)).body;

async function signedIn(account = 'acme'): Promise<string> {
  const id = await newConnection();
  const page = await api.browse(vendor.approve(await link(id), account));
  if (page.status !== 200) throw new Error(page.text);
  return id;
}

async function told(id: string): Promise<string[]> {
  const { rows } = await database.asSuperuser((client) =>
    client.query<{ type: string }>(`select type from hub_events where connection_id = $1 order by id`, [
      fromPublicId('connection', id),
    ]),
  );
  return rows.map(({ type }) => type);
}

const titleOf = (page: Page): string => /<h1[^>]*>(.*?)<\/h1>/.exec(page.text)?.[1] ?? page.text;

describe('signing in at a vendor', () => {
  it('is recorded: the link, who came back with it, and what came to nothing', async () => {
    const id = await newConnection();
    const url = vendor.approve(await link(id));
    await api.browse(url);
    await api.browse(url);
    expect(await recordedActions(database, id)).toEqual([
      'connection.created',
      'connection.sign_in_begun',
      'connection.signed_in',
      'connection.signed_in (refused)',
    ]);
  });

  it('connects, says so, and lets go what waited', async () => {
    const id = await newConnection();
    expect(await get(id)).toMatchObject({ status: 'needs_reauth', auth_state: 'not_connected', account: null });
    const answer = await api.call(key, 'POST', `/v1/connections/${id}/authorize`);
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    const asked = new URL(String(answer.body['authorize_url'])).searchParams;
    expect(asked.get('redirect_uri')).toBe(`${TEST_PUBLIC_URL}/oauth/callback/oauthvendor`);
    expect(asked.get('state')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const page = await api.browse(vendor.approve(String(answer.body['authorize_url'])));
    expect([page.status, titleOf(page)]).toEqual([200, 'Connected']);
    expect(page.text).toContain('Company acme &lt;b&gt;');
    expect(page.text).toContain('c &lt;i&gt;');
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(await get(id)).toMatchObject({
      status: 'active',
      auth_state: 'connected',
      auth_advice: null,
      account: { id: 'acme', name: 'Company acme <b>' },
    });
    const health = await get(id, '/health');
    expect(Date.parse(String(health['token_expires_at'])) - Date.now()).toBeGreaterThan(3_500_000);
    expect(Date.parse(String(health['sign_in_expires_at'])) - Date.now()).toBeGreaterThan(8_600_000_000);
    expect(api.rung).toEqual([expect.objectContaining({ connectionId: fromPublicId('connection', id) })]);
    expect(await told(id)).toEqual(['connection.connected']);
    expect((await api.call(key, 'POST', `/v1/connections/${id}/test`)).body).toMatchObject({ ok: true });
  });

  it('comes back to a page of the hub, and to no other', async () => {
    const id = await newConnection();
    const url = await link(id, { return_url: '/connections?tab=1' });
    const page = await api.browse(vendor.approve(url));
    expect([page.status, page.headers['location']]).toEqual([
      303,
      `${TEST_PUBLIC_URL}/connections?tab=1&sign_in=connected&code=connected&connection_id=${id}`,
    ]);
    const denied = await api.browse(vendor.deny(await link(id, { return_url: `${TEST_PUBLIC_URL}/x` })));
    expect(denied.headers['location']).toContain('/x?sign_in=failed&code=access_denied');
    for (const foreign of [
      'https://evil.example.com/',
      '//evil.example.com/',
      '/\\evil.example.com/',
      'https://hub.example.com.evil.com/',
      'https://u:p@hub.example.com/',
      'http://hub.example.com/',
      'javascript:alert(1)',
      'data:text/html,x',
      'https://',
    ]) {
      const answer = await api.call(key, 'POST', `/v1/connections/${id}/authorize`, { return_url: foreign });
      expect([foreign, answer.status]).toEqual([foreign, 400]);
      expect(answer.body).toMatchObject({ errors: [{ pointer: '/return_url', code: 'foreign_origin' }] });
    }
  });

  it('uses a state once, whatever came of it', async () => {
    const id = await newConnection();
    const callback = vendor.approve(await link(id));
    const [first, second] = await Promise.all([api.browse(callback), api.browse(callback)]);
    expect([titleOf(first), titleOf(second)].sort()).toEqual(['Connected', 'This sign-in has already been used']);
    expect(vendor.calls('/token')).toBe(1);
    const url = await link(id);
    expect(titleOf(await api.browse(vendor.deny(url)))).toBe('OAuth Vendor was not allowed');
    expect(titleOf(await api.browse(vendor.approve(url)))).toBe('This sign-in has already been used');
    expect(await get(id)).toMatchObject({ status: 'active', account: { id: 'acme' } });
  });

  it('leaves a head request alone: it may be a preview', async () => {
    const callback = vendor.approve(await link(await newConnection()));
    expect((await api.browse(callback, 'HEAD')).status).toBe(204);
    expect(titleOf(await api.browse(callback))).toBe('Connected');
  });

  it('stops an answer that arrives at another vendor’s address, for good', async () => {
    const id = await newConnection();
    const callback = vendor.approve(await link(id));
    const elsewhere = await api.browse(callback.replace('/oauthvendor?', '/twin?'));
    expect([elsewhere.status, titleOf(elsewhere)]).toEqual([400, 'This answer came to the wrong address']);
    expect(titleOf(await api.browse(callback))).toBe('This sign-in has already been used');
    expect(vendor.calls('/token')).toBe(0);
    expect(await get(id)).toMatchObject({ auth_state: 'not_connected' });
  });

  it.each([
    ['?code=x&state=unknown', 400, 'This sign-in is not known'],
    ['?code=x', 400, 'This sign-in is not known'],
    ['', 400, 'This sign-in is not known'],
    [`?state=a&state=b`, 400, 'The vendor’s answer cannot be read'],
    [`?state=${'a'.repeat(5_000)}`, 400, 'The vendor’s answer cannot be read'],
    [`?${'a=1&'.repeat(40)}`, 400, 'The vendor’s answer cannot be read'],
  ])('answers %s with a page', async (query, status, title) => {
    const page = await api.browse(`/oauth/callback/oauthvendor${query}`);
    expect([page.status, titleOf(page)]).toEqual([status, title]);
  });

  it('is offered at no address of a connector without it', async () => {
    for (const connector of ['http', 'vendor', 'nope', '%3Cscript%3E']) {
      const page = await api.browse(`/oauth/callback/${connector}?code=x&state=y`);
      expect([connector, page.status]).toEqual([connector, 404]);
      expect(page.text).not.toContain('script');
    }
    const http = await api.call<{ id: string }>(key, 'POST', '/v1/connections', {
      name: 'plain',
      connector: 'http',
      config: { url: 'https://example.com' },
    });
    const answer = await api.call(key, 'POST', `/v1/connections/${http.body.id}/authorize`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'not_supported' } });
    const elsewhere = await newConnection({ environment: 'sandbox' });
    expect(await api.call(key, 'POST', `/v1/connections/${elsewhere}/authorize`)).toMatchObject({
      status: 409,
      body: { code: 'sign_in_not_set_up', environment: 'sandbox' },
    });
  });

  it('needs the right to change connections, and a connection of one’s own', async () => {
    const id = await newConnection();
    const reader = await keyWith(api, key, ['config:read']);
    expect((await api.call(reader, 'POST', `/v1/connections/${id}/authorize`)).status).toBe(403);
    expect((await api.call(await api.newTenant(), 'POST', `/v1/connections/${id}/authorize`)).status).toBe(404);
    expect((await api.call(key, 'POST', `/v1/connections/${id}/authorize`, { returnUrl: '/' })).status).toBe(400);
  });

  it('ends with the key that began it', async () => {
    const id = await newConnection();
    const own = await keyWith(api, key, ['config:write']);
    const begun = await api.call<{ authorize_url: string }>(own, 'POST', `/v1/connections/${id}/authorize`);
    await database.asSuperuser((client) =>
      client.query(`update api_keys set revoked_at = now() where prefix = $1`, [own.split('_')[2]]),
    );
    const page = await api.browse(vendor.approve(begun.body.authorize_url));
    expect(titleOf(page)).toBe('Whoever began this sign-in may no longer do so');
    expect(vendor.calls('/token')).toBe(0);
  });

  it('changes nothing when the vendor refuses the code, does not answer, or says something else', async () => {
    const id = await newConnection();
    const callback = vendor.approve(await link(id)).replace(/code=[^&]+/, 'code=of-somebody-else');
    expect(titleOf(await api.browse(callback))).toBe('OAuth Vendor no longer accepts this sign-in');
    vendor.tokenFailure = { status: 503, error: 'temporarily_unavailable' };
    const unavailable = await api.browse(vendor.approve(await link(id)));
    expect([unavailable.status, titleOf(unavailable)]).toEqual([503, 'OAuth Vendor did not answer in time']);
    vendor.tokenFailure = { status: 400, error: '<b>odd</b>' };
    const odd = await api.browse(vendor.approve(await link(id)));
    expect(titleOf(odd)).toBe('OAuth Vendor has refused the sign-in');
    expect(odd.text).not.toContain('odd');
    const other = await api.browse(vendor.deny(await link(id), 'server_error'));
    expect(other.text).toContain('“server_error”');
    expect((await api.browse(vendor.deny(await link(id), '<script>'))).text).not.toContain('script');
    expect(await get(id)).toMatchObject({ status: 'needs_reauth', auth_state: 'not_connected' });
    expect(await told(id)).toEqual([]);
  });

  it('stays with the account that it was first signed in to', async () => {
    const id = await signedIn('acme');
    const page = await api.browse(vendor.approve(await link(id), 'globex'));
    expect([page.status, titleOf(page)]).toEqual([400, 'This is another account than before']);
    expect(page.text).toContain('Company acme &lt;b&gt;');
    expect(page.text).toContain('Company globex &lt;b&gt;');
    expect((await api.call(key, 'POST', `/v1/connections/${id}/test`)).body).toMatchObject({ ok: true });
    expect(await get(id)).toMatchObject({ status: 'active', account: { id: 'acme' } });
    expect(titleOf(await api.browse(vendor.approve(await link(id), 'acme')))).toBe('Connected');
  });

  it('does not store a grant of one environment for settings of another', async () => {
    const id = await newConnection();
    const callback = vendor.approve(await link(id));
    await api.call(key, 'PATCH', `/v1/connections/${id}`, { config: { environment: 'sandbox' } });
    expect(titleOf(await api.browse(callback))).toBe('The connection was changed meanwhile');
    expect(await get(id)).toMatchObject({ has_credentials: false });
  });

  it('does not bring a deleted connection back, nor start a paused one', async () => {
    const deleted = await newConnection();
    const late = vendor.approve(await link(deleted));
    expect((await api.call(key, 'DELETE', `/v1/connections/${deleted}`)).status).toBe(204);
    expect(titleOf(await api.browse(late))).toBe('This sign-in is not known');
    const paused = await newConnection();
    await api.call(key, 'POST', `/v1/connections/${paused}/pause`);
    const page = await api.browse(vendor.approve(await link(paused)));
    expect(page.text).toContain('stays so until somebody resumes it');
    expect(await get(paused)).toMatchObject({ status: 'paused', auth_state: 'connected' });
    expect(api.rung).toEqual([]);
  });
});

describe('a sign-in that is there', () => {
  it('is refreshed once for many who meet its expired token', async () => {
    const id = await signedIn();
    vendor.expireTokens();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => api.call(key, 'POST', `/v1/connections/${id}/test`)),
    );
    expect(answers.map(({ body }) => body['ok'])).toEqual(Array(6).fill(true));
    expect(vendor.calls('/token', 'refresh_token')).toBe(1);
  });

  it('ends with one refresh when it was taken away, says what to do, and goes on after signing in again', async () => {
    const id = await signedIn();
    vendor.requests.length = 0;
    vendor.revokeAll();
    for (let n = 0; n < 3; n++) {
      const tested = await api.call(key, 'POST', `/v1/connections/${id}/test`);
      expect(tested.body).toMatchObject({ ok: false, error: { category: 'auth_revoked', code: 'invalid_grant' } });
    }
    expect(vendor.calls('/token', 'refresh_token')).toBe(1);
    const held = await get(id);
    expect(held).toMatchObject({ status: 'needs_reauth', auth_state: 'needs_reauth' });
    expect(held['auth_advice']).toMatch(/Sign in again/);
    api.rung.length = 0;
    expect(titleOf(await api.browse(vendor.approve(await link(id))))).toBe('Connected');
    expect(await get(id)).toMatchObject({ id, status: 'active', auth_state: 'connected' });
    expect(api.rung).toHaveLength(1);
    expect(await told(id)).toEqual(['connection.connected', 'connection.needs_reauth', 'connection.connected']);
  });

  it('is ended at the vendor when the connection is deleted, and the credentials are gone', async () => {
    const id = await signedIn();
    const before = vendor.liveGrants();
    expect((await api.call(key, 'DELETE', `/v1/connections/${id}`)).status).toBe(204);
    expect(vendor.liveGrants()).toBe(before - 1);
    const { rows } = await database.asSuperuser((client) =>
      client.query(`select credentials_sealed from connections where id = $1`, [fromPublicId('connection', id)]),
    );
    expect(rows).toEqual([{ credentials_sealed: null }]);
  });

  it('does not keep a deletion waiting for a vendor that does not answer', async () => {
    const id = await signedIn();
    vendor.revocationHangs = true;
    expect((await api.call(key, 'DELETE', `/v1/connections/${id}`)).status).toBe(204);
    expect((await api.call(key, 'GET', `/v1/connections/${id}`)).status).toBe(404);
  }, 20_000);
});

describe('what is learnt from the vendor', () => {
  const field = (name: string, change: object = {}): Record<string, unknown> => ({
    name,
    label: name,
    type: 'string',
    vendorType: 'text',
    requiredOnCreate: false,
    writable: true,
    externalId: false,
    maxLength: 80,
    values: null,
    ...change,
  });

  it('is kept for a while, asked anew on demand, and what has changed is told', async () => {
    const id = await signedIn();
    vendor.fields = [field('Name'), field('Odd \0 \ud800')];
    const path = '/objects/Account/fields';
    const first = await get(id, path);
    expect(first).toMatchObject({ data: [{ name: 'Name', max_length: 80 }, {}], described_at: expect.any(String) });
    vendor.fields = [field('Name', { maxLength: 40 })];
    expect((await get(id, path))['described_at']).toBe(first['described_at']);
    expect(await get(id, `${path}?refresh=true`)).toMatchObject({ data: [{ name: 'Name', max_length: 40 }] });
    expect(vendor.calls('/api')).toBe(2);
    expect((await api.call(key, 'GET', `/v1/connections/${id}${path}?refresh=maybe`)).status).toBe(400);
    expect(await get(id, '/schema-changes')).toMatchObject({
      data: [
        {
          object: 'Account',
          previous_at: first['described_at'],
          changes: [
            { kind: 'field_removed', name: 'Odd \ufffd \ufffd', before: true, after: false },
            { kind: 'length_changed', name: 'Name', before: 80, after: 40 },
          ],
        },
      ],
      next_cursor: null,
    });
    expect(await told(id)).toEqual(['connection.connected', 'connection.schema_changed']);
    // The same again is no change; a new sign-in asks anew.
    await get(id, `${path}?refresh=true`);
    expect((await get(id, '/schema-changes'))['data']).toHaveLength(1);
    await api.browse(vendor.approve(await link(id)));
    await get(id, path);
    expect(vendor.calls('/api')).toBe(4);
    const stranger = await api.newTenant();
    expect((await api.call(stranger, 'GET', `/v1/connections/${id}/schema-changes`)).status).toBe(404);
  });

  it('shows what is left of its limits', async () => {
    const id = await signedIn();
    vendor.usage = { used: 120, max: 1_000 };
    await get(id, '/objects/Account/fields');
    let limits: unknown;
    for (let tries = 0; tries < 100; tries++) {
      limits = (await get(id, '/health'))['limits'];
      if (Array.isArray(limits) && limits.length > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(limits).toMatchObject([{ limit: 'daily_calls', used: 120, max: 1_000, left: 880, resets_at: null }]);
  });

  it('is shown in the catalogue: sign-in, objects to pull, ready-made mappings', async () => {
    expect((await api.call(key, 'GET', '/v1/connectors/oauthvendor')).body).toMatchObject({
      sign_in: {
        available: true,
        environments: ['production'],
        redirect_uri: `${TEST_PUBLIC_URL}/oauth/callback/oauthvendor`,
      },
      pull: [{ name: 'Account', canonical_type: 'customer', default_interval_seconds: 300 }],
      mapping_templates: [{ id: 'oauthvendor.account.inbound', direction: 'inbound', operation: null }],
    });
    expect((await api.call(key, 'GET', '/v1/connectors/twin')).body).toMatchObject({ sign_in: { available: false } });
    expect((await api.call(key, 'GET', '/v1/connectors/http')).body).toMatchObject({ sign_in: null, pull: [] });
  });
});

it('no code, state, verifier, token or secret is ever logged or stored in the clear', async () => {
  const id = await newConnection();
  const url = await link(id);
  const callback = vendor.approve(url);
  vendor.requests.length = 0;
  await api.browse(callback);
  const form = vendor.requests.find(({ path }) => path === '/token')?.form ?? {};
  const sent = new URLSearchParams(callback.split('?')[1]);
  const { rows } = await database.asSuperuser((client) =>
    client.query(
      `select to_jsonb(c)::text from connections c union all select to_jsonb(a)::text from oauth_authorizations a
       union all select to_jsonb(h)::text from hub_events h union all select to_jsonb(i)::text from idempotent_requests i`,
    ),
  );
  const everything = logged.join('\n') + JSON.stringify(rows);
  expect(logged.join('')).toContain('a sign-in came back');
  const secrets = [sent.get('code'), sent.get('state'), form['code_verifier'], CLIENT_SECRET, 'access-', 'refresh-'];
  for (const secret of secrets) {
    expect(secret?.length).toBeGreaterThan(5);
    expect(everything).not.toContain(secret);
  }
});
