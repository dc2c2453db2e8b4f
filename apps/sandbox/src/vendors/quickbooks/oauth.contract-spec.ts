import { createPublicKey, verify } from 'node:crypto';
import { CALLBACK_URL, QuickBooksFixture, read, type Answer } from './fixtures/quickbooks-fixture';

const SCOPE = 'com.intuit.quickbooks.accounting';
const DAY_MS = 24 * 3_600_000;

describe('OAuth of the QuickBooks sandbox', () => {
  let fixture: QuickBooksFixture;

  beforeAll(async () => {
    fixture = await QuickBooksFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.reset());

  const authorize = async (changes: Record<string, string | undefined> = {}): Promise<Response> => {
    const parameters = {
      client_id: fixture.account().clientId,
      redirect_uri: CALLBACK_URL,
      response_type: 'code',
      scope: SCOPE,
      state: 's-1',
      ...changes,
    };
    const query = new URLSearchParams(
      Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return fetch(`${fixture.url}/connect/oauth2?${query.toString()}`, { redirect: 'manual' });
  };
  const callback = (response: Response): URL => new URL(response.headers.get('location') ?? 'about:blank');
  const decide = async (decision: string, realm: string): Promise<URL> => {
    const page = await (await authorize()).text();
    const consent = /name="consent" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const answer = await fetch(`${fixture.url}/connect/oauth2/consent`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ consent, decision, realm }),
    });
    return callback(answer);
  };
  const exchange = (code: string, redirect_uri = CALLBACK_URL): Promise<Answer> =>
    fixture.token({ grant_type: 'authorization_code', code, redirect_uri });
  const connect = async (index: 0 | 1): Promise<Answer> =>
    exchange((await decide('approve', fixture.account(index).realmId)).searchParams.get('code') ?? '');

  it('shows a person the companies to connect, plainly as a simulation', async () => {
    const page = await (await authorize()).text();
    expect(page).toContain('SIMULATED');
    expect(page).toContain('Acme Tools (simulated)');
    expect(page).toContain('Globex Supplies (simulated)');
  });

  it('names the company in the callback, and only there', async () => {
    const { realmId } = fixture.account(1);
    const url = await decide('approve', realmId);
    expect(`${url.origin}${url.pathname}`).toBe(CALLBACK_URL);
    expect(url.searchParams.get('realmId')).toBe(realmId);
    expect(url.searchParams.get('state')).toBe('s-1');
    const { status, body, headers } = await exchange(url.searchParams.get('code') ?? '');
    expect(status).toBe(200);
    expect(body).toEqual({
      token_type: 'bearer',
      access_token: expect.stringMatching(/^eyJ/),
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^AB11/),
      x_refresh_token_expires_in: 8_726_400,
    });
    expect(headers.get('intuit_tid')).toMatch(/^1-[0-9a-f]+-[0-9a-f]{24}$/);
  });

  it('denied: the error and the state come back, nothing else', async () => {
    const url = await decide('deny', fixture.account().realmId);
    expect([...url.searchParams]).toEqual([
      ['error', 'access_denied'],
      ['state', 's-1'],
    ]);
  });

  it('approves without a person when told to, for the company of the hint', async () => {
    await fixture.admin('POST', '/settings', { auto_approve: true });
    const url = callback(await authorize({ login_hint: 'globex' }));
    expect(url.searchParams.get('realmId')).toBe(fixture.account(1).realmId);
  });

  it.each([
    ['an unregistered redirect', { redirect_uri: `${CALLBACK_URL}/` }],
    ['no state', { state: undefined }],
    ['an unknown app', { client_id: 'AB-unknown' }],
  ])('sends nobody anywhere for %s', async (_name, changes) => {
    const response = await authorize(changes);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
  });

  it('refuses unknown scopes and other response types through the callback', async () => {
    expect(callback(await authorize({ scope: 'everything' })).searchParams.get('error')).toBe('invalid_scope');
    expect(callback(await authorize({ response_type: 'token' })).searchParams.get('error')).toBe(
      'unsupported_response_type',
    );
  });

  it('takes a code once, within its time, with its redirect address', async () => {
    const approve = async (): Promise<string> =>
      (await decide('approve', fixture.account().realmId)).searchParams.get('code') ?? '';
    const code = await approve();
    expect((await exchange(code)).status).toBe(200);
    expect(await exchange(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const late = await approve();
    await fixture.admin('POST', '/clock', { advance_ms: 10 * 60_000 + 1_000 });
    expect(await exchange(late)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await exchange(await approve(), 'http://localhost:9/other')).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('knows an app by HTTP Basic alone', async () => {
    const { clientId, clientSecret, refreshToken } = fixture.account();
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const wrong = `Basic ${Buffer.from(`${clientId}:wrong`).toString('base64')}`;
    expect(await fixture.token(form, { authorization: wrong })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    const inForm = await fixture.token(
      { ...form, client_id: clientId, client_secret: clientSecret },
      { authorization: '' },
    );
    expect(inForm.status).toBe(401);
  });

  it('keeps the refresh token for a day, then hands out a new one; the old one soon dies', async () => {
    const old = fixture.account().refreshToken;
    expect((await fixture.refresh()).body.refresh_token).toBe(old);
    await fixture.admin('POST', '/clock', { advance_ms: DAY_MS });
    const { body } = await fixture.refresh();
    expect(body.refresh_token).not.toBe(old);
    expect(body.x_refresh_token_expires_in).toBe(8_726_400);
    expect((await fixture.refresh(old)).body.refresh_token).toBe(body.refresh_token);
    await fixture.admin('POST', '/clock', { advance_ms: 5 * 60_000 + 1_000 });
    expect(await fixture.refresh(old)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Incorrect or invalid refresh token' },
    });
    expect((await fixture.refresh(body.refresh_token)).status).toBe(200);
  });

  it('a refresh token dies of neglect after its time, and counts down until then', async () => {
    await fixture.admin('POST', '/clock', { advance_ms: 3_600_000 });
    expect((await fixture.refresh()).body.x_refresh_token_expires_in).toBe(8_726_400 - 3_600);
    await fixture.admin('POST', '/clock', { advance_ms: 8_726_400_000 });
    expect(await fixture.refresh()).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Token invalid' },
    });
  });

  it('a connection ends after five years however well it is kept, and says so when asked', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: fixture.account().refreshToken };
    const { body } = await fixture.token(form, { 'x-include-refresh-token-hard-expires-in': 'true' });
    expect(body.x_refresh_token_hard_expires_in).toBe(5 * 365 * 24 * 3_600);
    let refreshToken = String(body.refresh_token);
    for (let passed = 0; passed < 5 * 365; passed += 100) {
      await fixture.admin('POST', '/clock', { advance_ms: 100 * DAY_MS });
      const next = await fixture.refresh(refreshToken);
      if (next.status !== 200) {
        expect(passed + 100).toBeGreaterThanOrEqual(5 * 365);
        return;
      }
      refreshToken = String(next.body.refresh_token);
    }
    throw new Error('the connection outlived five years');
  });

  it("tells another app's refresh token from an unknown one", async () => {
    await fixture.admin('POST', '/apps', { client_id: 'ABother', client_secret: 'shh', callback_urls: [] });
    const answer = await fixture.token(
      { grant_type: 'refresh_token', refresh_token: fixture.account().refreshToken },
      { authorization: `Basic ${Buffer.from('ABother:shh').toString('base64')}` },
    );
    expect(answer.body.error_description).toBe('Incorrect Token type or clientID');
  });

  it('connecting a company again ends the earlier connection, but not the other company’s', async () => {
    const first = (await connect(0)).body;
    const second = (await connect(0)).body;
    expect((await fixture.refresh(first.refresh_token)).status).toBe(400);
    expect((await fixture.refresh(second.refresh_token)).status).toBe(200);
    expect((await fixture.refresh(fixture.account(1).refreshToken)).status).toBe(200);
  });

  it('revokes by either token, as JSON or form, once', async () => {
    const revoke = (body: string, type: string): Promise<Response> =>
      fetch(`${fixture.url}/v2/oauth2/tokens/revoke`, {
        method: 'POST',
        headers: { authorization: fixture.basic(), 'content-type': type },
        body,
      });
    const { access_token: access, refresh_token: refresh } = (await connect(0)).body;
    expect((await revoke(JSON.stringify({ token: access }), 'application/json')).status).toBe(200);
    expect((await fixture.refresh(refresh)).status).toBe(400);
    const again = await revoke(new URLSearchParams({ token: refresh }).toString(), 'application/x-www-form-urlencoded');
    expect([again.status, await again.json()]).toEqual([400, { error: 'invalid_request' }]);
  });

  it('publishes where everything is, and signs who connected', async () => {
    const document = (await read(await fetch(`${fixture.url}/.well-known/openid_sandbox_configuration/`))).body;
    expect(document.token_endpoint).toBe(`${fixture.url}/oauth2/v1/tokens/bearer`);
    await fixture.admin('POST', '/settings', { auto_approve: true });
    const url = callback(await authorize({ scope: `${SCOPE} openid email`, nonce: 'n-1' }));
    const { body } = await exchange(url.searchParams.get('code') ?? '');
    const [header, payload, signature] = String(body.id_token).split('.');
    const { keys } = (await read(await fetch(document.jwks_uri))).body;
    const key = createPublicKey({ key: keys[0], format: 'jwk' });
    expect(
      verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature ?? '', 'base64url')),
    ).toBe(true);
    expect(JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())).toMatchObject({
      realmid: fixture.account().realmId,
      nonce: 'n-1',
    });
    const user = await fetch(document.userinfo_endpoint, { headers: { authorization: `Bearer ${body.access_token}` } });
    expect(await user.json()).toMatchObject({ email: fixture.account().adminEmail });
  });

  it('answers an expired or malformed token and a wrong company as the gateway does', async () => {
    const expired = await fixture.accessToken();
    await fixture.admin('POST', '/tokens/expire', { realm: 'acme' });
    const get = async (token: string, realm: string): Promise<Answer> =>
      read(
        await fetch(`${fixture.url}/v3/company/${realm}/companyinfo/${realm}`, {
          headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
        }),
      );
    const { realmId } = fixture.account();
    expect(await get(expired, realmId)).toMatchObject({
      status: 401,
      body: {
        intuitObject: null,
        fault: {
          error: [
            { message: 'message=AuthenticationFailed; errorCode=003200; statusCode=401', code: '3200', element: null },
          ],
          type: 'AUTHENTICATION',
        },
      },
    });
    expect((await get('nonsense', realmId)).body.fault.error[0].detail).toBe(
      'Malformed bearer token: too short or too long',
    );
    const foreign = await get(await fixture.accessToken(1), realmId);
    expect(foreign).toMatchObject({ status: 403, body: { fault: { error: [{ code: '3100' }], type: 'SERVICE' } } });
    await fixture.admin('POST', '/settings', { auth_error_format: 'xml' });
    expect((await get('nonsense', realmId)).body).toContain('<Fault type="AuthenticationFault"><Error code="100">');
  });
});
