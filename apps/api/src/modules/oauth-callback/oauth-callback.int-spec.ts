import { recordedActions } from '@hub/testing';
import { fromPublicId } from '@hub/platform';
import { keyWith, TEST_PUBLIC_URL } from '../connections/fixtures/config-api';
import { CLIENT_SECRET } from './fixtures/oauth-vendor';
import { SignInStage, titleOf } from './fixtures/sign-in-stage';

let stage: SignInStage;

beforeAll(async () => {
  stage = await SignInStage.start();
}, 60_000);
afterAll(() => stage?.stop());
beforeEach(() => stage.reset());

describe('signing in at a vendor', () => {
  it('is recorded: the link, who came back with it, and what came to nothing', async () => {
    const id = await stage.newConnection();
    const url = stage.vendor.approve(await stage.link(id));
    await stage.api.browse(url);
    await stage.api.browse(url);
    expect(await recordedActions(stage.database, id)).toEqual([
      'connection.created',
      'connection.sign_in_begun',
      'connection.signed_in',
      'connection.signed_in (refused)',
    ]);
  });

  it('connects, says so, and lets go what waited', async () => {
    const id = await stage.newConnection();
    expect(await stage.get(id)).toMatchObject({ status: 'needs_reauth', auth_state: 'not_connected', account: null });
    const answer = await stage.api.call(stage.key, 'POST', `/v1/connections/${id}/authorize`);
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    const url = await stage.setOut(String(answer.body['authorize_url']));
    const asked = new URL(url).searchParams;
    expect(asked.get('redirect_uri')).toBe(`${TEST_PUBLIC_URL}/oauth/callback/oauthvendor`);
    expect(asked.get('state')).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const page = await stage.api.browse(stage.vendor.approve(url));
    expect([page.status, titleOf(page)]).toEqual([200, 'Connected']);
    expect(page.text).toContain('Company acme &lt;b&gt;');
    expect(page.text).toContain('c &lt;i&gt;');
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(await stage.get(id)).toMatchObject({
      status: 'active',
      auth_state: 'connected',
      auth_advice: null,
      account: { id: 'acme', name: 'Company acme <b>' },
    });
    const health = await stage.get(id, '/health');
    expect(Date.parse(String(health['token_expires_at'])) - Date.now()).toBeGreaterThan(3_500_000);
    expect(Date.parse(String(health['sign_in_expires_at'])) - Date.now()).toBeGreaterThan(8_600_000_000);
    expect(stage.api.rung).toEqual([expect.objectContaining({ connectionId: fromPublicId('connection', id) })]);
    expect(await stage.told(id)).toEqual(['connection.connected']);
    expect((await stage.api.call(stage.key, 'POST', `/v1/connections/${id}/test`)).body).toMatchObject({ ok: true });
  });

  it('comes back to a page of the hub, and to no other', async () => {
    const id = await stage.newConnection();
    const url = await stage.link(id, { return_url: '/connections?tab=1' });
    const page = await stage.api.browse(stage.vendor.approve(url));
    expect([page.status, page.headers['location']]).toEqual([
      303,
      `${TEST_PUBLIC_URL}/connections?tab=1&sign_in=connected&code=connected&connection_id=${id}`,
    ]);
    const denied = await stage.api.browse(
      stage.vendor.deny(await stage.link(id, { return_url: `${TEST_PUBLIC_URL}/x` })),
    );
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
      const answer = await stage.api.call(stage.key, 'POST', `/v1/connections/${id}/authorize`, {
        return_url: foreign,
      });
      expect([foreign, answer.status]).toEqual([foreign, 400]);
      expect(answer.body).toMatchObject({ errors: [{ pointer: '/return_url', code: 'foreign_origin' }] });
    }
  });

  it('uses a state once, whatever came of it', async () => {
    const id = await stage.newConnection();
    const callback = stage.vendor.approve(await stage.link(id));
    const [first, second] = await Promise.all([stage.api.browse(callback), stage.api.browse(callback)]);
    expect([titleOf(first), titleOf(second)].sort()).toEqual(['Connected', 'This sign-in has already been used']);
    expect(stage.vendor.calls('/token')).toBe(1);
    const url = await stage.link(id);
    expect(titleOf(await stage.api.browse(stage.vendor.deny(url)))).toBe('OAuth Vendor was not allowed');
    expect(titleOf(await stage.api.browse(stage.vendor.approve(url)))).toBe('This sign-in has already been used');
    expect(await stage.get(id)).toMatchObject({ status: 'active', account: { id: 'acme' } });
  });

  it('leaves a head request alone: it may be a preview', async () => {
    const callback = stage.vendor.approve(await stage.link(await stage.newConnection()));
    expect((await stage.api.browse(callback, 'HEAD')).status).toBe(204);
    expect(titleOf(await stage.api.browse(callback))).toBe('Connected');
  });

  it('stops an answer that arrives at another vendor’s address, for good', async () => {
    const id = await stage.newConnection();
    const callback = stage.vendor.approve(await stage.link(id));
    const elsewhere = await stage.api.browse(callback.replace('/oauthvendor?', '/twin?'));
    expect([elsewhere.status, titleOf(elsewhere)]).toEqual([400, 'This answer came to the wrong address']);
    expect(titleOf(await stage.api.browse(callback))).toBe('This sign-in has already been used');
    expect(stage.vendor.calls('/token')).toBe(0);
    expect(await stage.get(id)).toMatchObject({ auth_state: 'not_connected' });
  });

  it.each([
    ['?code=x&state=unknown', 400, 'This sign-in is not known'],
    ['?code=x', 400, 'This sign-in is not known'],
    ['', 400, 'This sign-in is not known'],
    [`?state=a&state=b`, 400, 'The vendor’s answer cannot be read'],
    [`?state=${'a'.repeat(5_000)}`, 400, 'The vendor’s answer cannot be read'],
    [`?${'a=1&'.repeat(40)}`, 400, 'The vendor’s answer cannot be read'],
  ])('answers %s with a page', async (query, status, title) => {
    const page = await stage.api.browse(`/oauth/callback/oauthvendor${query}`);
    expect([page.status, titleOf(page)]).toEqual([status, title]);
  });

  it('is offered at no address of a connector without it', async () => {
    for (const connector of ['http', 'vendor', 'nope', '%3Cscript%3E']) {
      const page = await stage.api.browse(`/oauth/callback/${connector}?code=x&state=y`);
      expect([connector, page.status]).toEqual([connector, 404]);
      expect(page.text).not.toContain('script');
    }
    const http = await stage.api.call<{ id: string }>(stage.key, 'POST', '/v1/connections', {
      name: 'plain',
      connector: 'http',
      config: { url: 'https://example.com' },
    });
    const answer = await stage.api.call(stage.key, 'POST', `/v1/connections/${http.body.id}/authorize`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'not_supported' } });
    const elsewhere = await stage.newConnection({ environment: 'sandbox' });
    expect(await stage.api.call(stage.key, 'POST', `/v1/connections/${elsewhere}/authorize`)).toMatchObject({
      status: 409,
      body: { code: 'sign_in_not_set_up', environment: 'sandbox' },
    });
  });

  it('needs the right to change connections, and a connection of one’s own', async () => {
    const id = await stage.newConnection();
    const reader = await keyWith(stage.api, stage.key, ['config:read']);
    expect((await stage.api.call(reader, 'POST', `/v1/connections/${id}/authorize`)).status).toBe(403);
    expect((await stage.api.call(await stage.api.newTenant(), 'POST', `/v1/connections/${id}/authorize`)).status).toBe(
      404,
    );
    expect(
      (await stage.api.call(stage.key, 'POST', `/v1/connections/${id}/authorize`, { returnUrl: '/' })).status,
    ).toBe(400);
  });

  it('ends with the key that began it', async () => {
    const id = await stage.newConnection();
    const own = await keyWith(stage.api, stage.key, ['config:write']);
    const begun = await stage.api.call<{ authorize_url: string }>(own, 'POST', `/v1/connections/${id}/authorize`);
    const url = await stage.setOut(begun.body.authorize_url);
    await stage.database.asSuperuser((client) =>
      client.query(`update api_keys set revoked_at = now() where prefix = $1`, [own.split('_')[2]]),
    );
    const page = await stage.api.browse(stage.vendor.approve(url));
    expect(titleOf(page)).toBe('Whoever began this sign-in may no longer do so');
    expect(stage.vendor.calls('/token')).toBe(0);
  });

  it('changes nothing when the vendor refuses the code, does not answer, or says something else', async () => {
    const id = await stage.newConnection();
    const callback = stage.vendor.approve(await stage.link(id)).replace(/code=[^&]+/, 'code=of-somebody-else');
    expect(titleOf(await stage.api.browse(callback))).toBe('OAuth Vendor no longer accepts this sign-in');
    stage.vendor.tokenFailure = { status: 503, error: 'temporarily_unavailable' };
    const unavailable = await stage.api.browse(stage.vendor.approve(await stage.link(id)));
    expect([unavailable.status, titleOf(unavailable)]).toEqual([503, 'OAuth Vendor did not answer in time']);
    stage.vendor.tokenFailure = { status: 400, error: '<b>odd</b>' };
    const odd = await stage.api.browse(stage.vendor.approve(await stage.link(id)));
    expect(titleOf(odd)).toBe('OAuth Vendor has refused the sign-in');
    expect(odd.text).not.toContain('odd');
    const other = await stage.api.browse(stage.vendor.deny(await stage.link(id), 'server_error'));
    expect(other.text).toContain('“server_error”');
    expect((await stage.api.browse(stage.vendor.deny(await stage.link(id), '<script>'))).text).not.toContain('script');
    expect(await stage.get(id)).toMatchObject({ status: 'needs_reauth', auth_state: 'not_connected' });
    expect(await stage.told(id)).toEqual([]);
  });

  it('stays with the account that it was first signed in to', async () => {
    const id = await stage.signedIn('acme');
    const page = await stage.api.browse(stage.vendor.approve(await stage.link(id), 'globex'));
    expect([page.status, titleOf(page)]).toEqual([400, 'This is another account than before']);
    expect(page.text).toContain('Company acme &lt;b&gt;');
    expect(page.text).toContain('Company globex &lt;b&gt;');
    expect((await stage.api.call(stage.key, 'POST', `/v1/connections/${id}/test`)).body).toMatchObject({ ok: true });
    expect(await stage.get(id)).toMatchObject({ status: 'active', account: { id: 'acme' } });
    expect(titleOf(await stage.api.browse(stage.vendor.approve(await stage.link(id), 'acme')))).toBe('Connected');
  });

  it.each([
    ['before the code is used', '&account=initech', 0],
    ['and stores nothing, where only the tokens tell the account', '', 1],
  ])(
    'is refused for an account that another connection has, at a vendor of one grant: %s',
    async (_what, more, calls) => {
      const first = await stage.signedIn('initech', 'single');
      const second = await stage.newConnection({}, 'single');
      stage.vendor.requests.length = 0;
      const page = await stage.api.browse(stage.vendor.approve(await stage.link(second), 'initech') + more);
      expect([page.status, titleOf(page)]).toEqual([400, 'This account is connected already']);
      expect(page.text).toContain(String((await stage.get(first))['name']).replace('<i>', '&lt;i&gt;'));
      expect(stage.vendor.calls('/token')).toBe(calls);
      expect(await stage.get(second)).toMatchObject({ has_credentials: false, account: null });
      expect(await stage.get(first)).toMatchObject({ status: 'active', account: { id: 'initech' } });
      // The same connection may; and so may the other, once the first is gone.
      const again = stage.vendor.approve(await stage.link(first), 'initech') + more;
      expect(titleOf(await stage.api.browse(again))).toBe('Connected');
      await stage.api.call(stage.key, 'DELETE', `/v1/connections/${first}`);
      const late = stage.vendor.approve(await stage.link(second), 'initech') + more;
      expect(titleOf(await stage.api.browse(late))).toBe('Connected');
      await stage.api.call(stage.key, 'DELETE', `/v1/connections/${second}`);
    },
  );

  it('does not store a grant of one environment for settings of another', async () => {
    const id = await stage.newConnection();
    const callback = stage.vendor.approve(await stage.link(id));
    await stage.api.call(stage.key, 'PATCH', `/v1/connections/${id}`, { config: { environment: 'sandbox' } });
    expect(titleOf(await stage.api.browse(callback))).toBe('The connection was changed meanwhile');
    expect(await stage.get(id)).toMatchObject({ has_credentials: false });
  });

  it('does not bring a deleted connection back, nor start a paused one', async () => {
    const deleted = await stage.newConnection();
    const late = stage.vendor.approve(await stage.link(deleted));
    expect((await stage.api.call(stage.key, 'DELETE', `/v1/connections/${deleted}`)).status).toBe(204);
    expect(titleOf(await stage.api.browse(late))).toBe('This sign-in is not known');
    const paused = await stage.newConnection();
    await stage.api.call(stage.key, 'POST', `/v1/connections/${paused}/pause`);
    const page = await stage.api.browse(stage.vendor.approve(await stage.link(paused)));
    expect(page.text).toContain('stays so until somebody resumes it');
    expect(await stage.get(paused)).toMatchObject({ status: 'paused', auth_state: 'connected' });
    expect(stage.api.rung).toEqual([]);
  });
});

it('no code, state, verifier, token or secret is ever logged or stored in the clear', async () => {
  const id = await stage.newConnection();
  const url = await stage.link(id);
  const callback = stage.vendor.approve(url);
  stage.vendor.requests.length = 0;
  await stage.api.browse(callback);
  const form = stage.vendor.requests.find(({ path }) => path === '/token')?.form ?? {};
  const sent = new URLSearchParams(callback.split('?')[1]);
  const { rows } = await stage.database.asSuperuser((client) =>
    client.query(
      `select to_jsonb(c)::text from connections c union all select to_jsonb(a)::text from oauth_authorizations a
       union all select to_jsonb(h)::text from hub_events h union all select to_jsonb(i)::text from idempotent_requests i`,
    ),
  );
  const everything = stage.logged.join('\n') + JSON.stringify(rows);
  expect(stage.logged.join('')).toContain('a sign-in came back');
  const secrets = [sent.get('code'), sent.get('state'), form['code_verifier'], CLIENT_SECRET, 'access-', 'refresh-'];
  for (const secret of secrets) {
    expect(secret?.length).toBeGreaterThan(5);
    expect(everything).not.toContain(secret);
  }
});
