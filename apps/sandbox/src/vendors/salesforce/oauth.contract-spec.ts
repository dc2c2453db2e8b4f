import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { CALLBACK_URL, SandboxFixture } from '../../fixtures/sandbox-fixture';

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const INVALID_SESSION = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];

describe('Salesforce OAuth', () => {
  let fixture: SandboxFixture;

  beforeAll(async () => {
    fixture = await SandboxFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
  });

  const authorizeUrl = (extra: Record<string, string> = {}): string =>
    `${fixture.url}/services/oauth2/authorize?${String(
      new URLSearchParams({
        response_type: 'code',
        client_id: fixture.account().clientId,
        redirect_uri: CALLBACK_URL,
        scope: 'api refresh_token',
        state: 'state-1',
        ...extra,
      }),
    )}`;

  const landing = async (url: string, init: RequestInit = {}): Promise<URLSearchParams> => {
    const response = await fetch(url, { redirect: 'manual', ...init });
    expect(response.status).toBe(302);
    const location = new URL(response.headers.get('location') ?? '');
    expect(`${location.origin}${location.pathname}`).toBe(CALLBACK_URL);
    return location.searchParams;
  };

  const approved = async (extra: Record<string, string> = {}): Promise<string> => {
    await fixture.admin('POST', '/settings', { auto_approve: true });
    return (await landing(authorizeUrl(extra))).get('code') ?? '';
  };

  const exchange = (code: string, extra: Record<string, string> = {}): ReturnType<SandboxFixture['token']> =>
    fixture.token({
      grant_type: 'authorization_code',
      code,
      client_id: fixture.account().clientId,
      client_secret: fixture.account().clientSecret,
      redirect_uri: CALLBACK_URL,
      ...extra,
    });

  it('lets a person choose a user and approve', async () => {
    const page = await (await fetch(authorizeUrl({ login_hint: fixture.account(1).username }))).text();
    expect(page).toContain('SIMULATED');
    const consent = /name="consent" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const chosen = /value="(\w+)" checked/.exec(page)?.[1] ?? '';
    expect(chosen).toBe(fixture.account(1).userId);
    const path = /action="([^"]+)"/.exec(page)?.[1] ?? '';
    const answer = { method: 'POST', body: new URLSearchParams({ consent, decision: 'approve', user: chosen }) };
    const result = await landing(`${fixture.url}${path}`, answer);
    expect(result.get('state')).toBe('state-1');
    const { body } = await exchange(result.get('code') ?? '');
    expect(body.id).toBe(`${fixture.url}/id/${fixture.account(1).orgId}/${fixture.account(1).userId}`);
    // The form was answered: a second answer is too late.
    expect((await fetch(`${fixture.url}${path}`, answer)).status).toBe(400);
  });

  it('tells the app when the person says no', async () => {
    const page = await (await fetch(authorizeUrl())).text();
    const consent = /name="consent" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const result = await landing(`${fixture.url}/setup/secur/RemoteAccessAuthorizationPage.apexp`, {
      method: 'POST',
      body: new URLSearchParams({ consent, decision: 'deny' }),
    });
    expect(Object.fromEntries(result)).toEqual({
      error: 'access_denied',
      error_description: 'end-user denied authorization',
      state: 'state-1',
    });
  });

  it('answers a code with the vendor’s token body, without expires_in, signed', async () => {
    const { status, body } = await exchange(await approved());
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual([
      'access_token',
      'id',
      'instance_url',
      'issued_at',
      'refresh_token',
      'scope',
      'signature',
      'token_type',
    ]);
    expect(body.access_token).toMatch(/^00D\w{12}!/);
    expect(body.issued_at).toMatch(/^\d{13}$/);
    expect(body.instance_url).toBe(fixture.url);
    const signature = createHmac('sha256', fixture.account().clientSecret)
      .update(`${body.id}${body.issued_at}`)
      .digest('base64');
    expect(body.signature).toBe(signature);
  });

  it('takes a code once, and only for 15 minutes', async () => {
    const code = await approved();
    expect(code).toMatch(/==$/);
    expect((await exchange(code)).status).toBe(200);
    expect(await exchange(code)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'invalid authorization code' },
    });
    const late = await approved();
    await fixture.admin('POST', '/clock', { advance_ms: 15 * 60_000 + 1 });
    expect(await exchange(late)).toMatchObject({
      body: { error: 'invalid_grant', error_description: 'expired authorization code' },
    });
  });

  it('checks PKCE', async () => {
    expect(createHash('sha256').update(VERIFIER).digest('base64url')).toBe(CHALLENGE);
    const withChallenge = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
    expect(await exchange(await approved(withChallenge))).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'invalid code verifier' },
    });
    expect((await exchange(await approved(withChallenge), { code_verifier: `${VERIFIER}x` })).status).toBe(400);
    expect((await exchange(await approved(), { code_verifier: VERIFIER })).status).toBe(400);
    expect((await exchange(await approved(withChallenge), { code_verifier: VERIFIER })).status).toBe(200);
    // jsforce sends no method; the vendor takes S256.
    expect((await exchange(await approved({ code_challenge: CHALLENGE }), { code_verifier: VERIFIER })).status).toBe(
      200,
    );
  });

  it('can demand PKCE of an app', async () => {
    const { clientId, clientSecret } = fixture.account();
    await fixture.admin('POST', '/apps', {
      client_id: clientId,
      client_secret: clientSecret,
      callback_urls: [CALLBACK_URL],
      require_pkce: true,
    });
    expect((await landing(authorizeUrl())).get('error')).toBe('invalid_request');
  });

  it('never redirects to an address that is not registered', async () => {
    const response = await fetch(authorizeUrl({ redirect_uri: `${CALLBACK_URL}/other` }), { redirect: 'manual' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('redirect_uri_mismatch');
    const unknown = await fetch(authorizeUrl({ client_id: 'nobody' }), { redirect: 'manual' });
    expect(await unknown.text()).toContain('invalid_client_id');
  });

  it('refuses wrong clients, grants and redirect addresses', async () => {
    const { clientId, clientSecret, refreshToken } = fixture.account();
    const base = {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
    };
    expect((await fixture.token({ ...base, client_id: 'x' })).body.error).toBe('invalid_client_id');
    expect((await fixture.token({ ...base, client_secret: 'x' })).body.error).toBe('invalid_client');
    expect((await fixture.token({ ...base, grant_type: 'password' })).body.error).toBe('unsupported_grant_type');
    expect((await fixture.token({ ...base, refresh_token: 'x' })).body).toEqual({
      error: 'invalid_grant',
      error_description: 'expired access/refresh token',
    });
    // The token of one app is nothing in the hands of another.
    expect((await fixture.token({ ...base, refresh_token: fixture.account(1).refreshToken })).body.error).toBe(
      'invalid_grant',
    );
    expect((await exchange(await approved(), { redirect_uri: 'http://127.0.0.1:9/else' })).body.error).toBe(
      'redirect_uri_mismatch',
    );
  });

  it('keeps the refresh token without rotation', async () => {
    const first = await fixture.refresh();
    expect(first.body.refresh_token).toBeUndefined();
    expect((await fixture.refresh()).status).toBe(200);
  });

  it('rotates the refresh token when told to: the old one is dead', async () => {
    await fixture.admin('POST', '/settings', { refresh_token_rotation: true });
    const { body } = await fixture.refresh();
    expect(body.refresh_token).toMatch(/^5Aep861/);
    expect(await fixture.refresh()).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'expired access/refresh token' },
    });
    expect((await fixture.refresh(0, body.refresh_token)).status).toBe(200);
  });

  it('revokes a refresh token together with its sessions', async () => {
    const session = await fixture.session();
    const revoke = (token: string): Promise<Response> =>
      fetch(`${fixture.url}/services/oauth2/revoke`, { method: 'POST', body: new URLSearchParams({ token }) });
    const answer = await revoke(fixture.account().refreshToken);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(await fixture.call(session, 'GET', '/limits')).toMatchObject({ status: 401, body: INVALID_SESSION });
    expect((await fixture.refresh()).status).toBe(400);
    expect((await revoke('nothing')).status).toBe(400);
  });

  it('ends sessions when their time is over, or on demand', async () => {
    await fixture.admin('POST', '/clock', { freeze: true });
    await fixture.admin('POST', '/settings', { session_lifetime_ms: 900_000 });
    const session = await fixture.session();
    await fixture.admin('POST', '/clock', { advance_ms: 899_000 });
    expect((await fixture.call(session, 'GET', '/limits')).status).toBe(200);
    await fixture.admin('POST', '/clock', { advance_ms: 2_000 });
    expect(await fixture.call(session, 'GET', '/limits')).toMatchObject({ status: 401, body: INVALID_SESSION });
    const other = await fixture.session(1);
    const mine = await fixture.session();
    await fixture.admin('POST', '/tokens/expire', { org: fixture.account().orgId });
    expect((await fixture.call(mine, 'GET', '/limits')).status).toBe(401);
    expect((await fixture.call(other, 'GET', '/limits')).status).toBe(200);
  });

  it('kills the oldest grant of a user when there are more than five', async () => {
    for (let count = 0; count < 5; count++) expect((await exchange(await approved())).status).toBe(200);
    expect((await fixture.refresh()).status).toBe(400);
  });

  it('identifies its user, and no other org’s', async () => {
    const session = await fixture.session();
    const headers = { authorization: `Bearer ${session}` };
    const { orgId, userId, username } = fixture.account();
    const info = await fetch(`${fixture.url}/services/oauth2/userinfo`, { headers });
    expect(await info.json()).toMatchObject({ user_id: userId, organization_id: orgId, preferred_username: username });
    const identity = await fetch(`${fixture.url}/id/${orgId}/${userId}`, { headers });
    expect(await identity.json()).toMatchObject({ user_id: userId, organization_id: orgId, username });
    const other = fixture.account(1);
    const foreign = await fetch(`${fixture.url}/id/${other.orgId}/${other.userId}`, { headers });
    expect([foreign.status, await foreign.text()]).toEqual([403, 'Wrong_Org']);
    const anonymous = await fetch(`${fixture.url}/services/oauth2/userinfo`);
    expect([anonymous.status, await anonymous.text()]).toEqual([403, 'Missing_OAuth_Token']);
  });

  it('refuses a session on the host of another org', async () => {
    const session = await fixture.session();
    const status = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const headers = { host, authorization: `Bearer ${session}` };
        request(`${fixture.url}/services/data/v62.0/limits`, { headers }, (res) => {
          res.resume();
          resolve(res.statusCode);
        })
          .on('error', reject)
          .end();
      });
    const port = new URL(fixture.url).port;
    expect(await status(`${fixture.account(0).myDomain}.localhost:${port}`)).toBe(200);
    expect(await status(`${fixture.account(1).myDomain}.localhost:${port}`)).toBe(401);
  });
});
