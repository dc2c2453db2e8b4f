import { execFileSync } from 'node:child_process';
import { constants, createHash, createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, CALLBACK_URL, NetSuiteFixture, TOKEN_PATH } from './fixtures/netsuite-fixture';
import { sandboxNetSuitePublicClientId } from './netsuite.accounts';

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const PKCE = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
const STATE = 'state-of-twenty-two-letters';
const HOUR_MS = 3_600_000;

describe('NetSuite OAuth 2.0', () => {
  let fixture: NetSuiteFixture;
  const publicId = sandboxNetSuitePublicClientId(7);

  beforeAll(async () => {
    fixture = await NetSuiteFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
  });

  const basic = (index: 0 | 1 = 0): readonly [string, string] => {
    const { clientId, clientSecret } = fixture.account(index);
    return [clientId, clientSecret];
  };
  const authorizeUrl = (extra: Record<string, string> = {}): string =>
    `${fixture.url}/app/login/oauth2/authorize.nl?${String(
      new URLSearchParams({
        response_type: 'code',
        client_id: fixture.account().clientId,
        redirect_uri: CALLBACK_URL,
        scope: 'rest_webservices',
        state: STATE,
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
    await fixture.settings({ auto_approve: true });
    return (await landing(authorizeUrl(extra))).get('code') ?? '';
  };
  const exchange = (
    code: string,
    extra: Record<string, string> = {},
    by?: readonly [string, string],
  ): ReturnType<NetSuiteFixture['token']> =>
    fixture.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK_URL, ...extra }, by ?? basic());
  const asPublic = (form: Record<string, string>): ReturnType<NetSuiteFixture['token']> =>
    fixture.token({ ...form, client_id: publicId });

  it('lets a person choose an account and a user, and says which in the callback', async () => {
    const page = await (await fetch(authorizeUrl({ login_hint: fixture.account(1).username }))).text();
    expect(page).toContain('SIMULATED');
    expect(page).toContain('Administrator');
    const consent = /name="consent" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const user = /value="(\d+)" checked/.exec(page)?.[1] ?? '';
    const path = /action="([^"]+)"/.exec(page)?.[1] ?? '';
    const form = { method: 'POST', body: new URLSearchParams({ consent, decision: 'approve', user }) };
    const result = await landing(`${fixture.url}${path}`, form);
    expect(Object.fromEntries(result)).toMatchObject({
      state: STATE,
      role: '1012',
      entity: '5',
      company: fixture.account(1).accountId,
    });
    const { body } = await exchange(result.get('code') ?? '');
    const { body: list } = await fixture.bearer(
      body.access_token ?? '',
      '/record/v1/customer?q=externalId%20IS%20%22GLX-1%22',
    );
    expect(list.totalResults).toBe(1);
    expect((await fetch(`${fixture.url}${path}`, form)).status).toBe(400);
  });

  it('tells the app when the person says no, or when nobody may be asked', async () => {
    const page = await (await fetch(authorizeUrl())).text();
    const consent = /name="consent" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const body = new URLSearchParams({ consent, decision: 'deny' });
    const denied = await landing(`${fixture.url}/app/login/oauth2/consent.nl`, { method: 'POST', body });
    expect(Object.fromEntries(denied)).toEqual({ error: 'access_denied', state: STATE });
    await fixture.admin('POST', '/tokens/revoke', {});
    expect((await landing(authorizeUrl({ prompt: 'none' }))).get('error')).toBe('consent_required');
  });

  it('checks the request before it asks anybody', async () => {
    const error = async (extra: Record<string, string>): Promise<string | null> =>
      (await landing(authorizeUrl(extra))).get('error');
    expect(await error({ state: 'short' })).toBe('invalid_request');
    expect(await error({ scope: 'everything' })).toBe('invalid_scope');
    expect(await error({ response_type: 'token' })).toBe('unsupported_response_type');
    expect(await error({ code_challenge: CHALLENGE })).toBe('invalid_request');
    expect(await error({ code_challenge: CHALLENGE, code_challenge_method: 'plain' })).toBe('invalid_request');
    expect(await error({ client_id: publicId })).toBe('invalid_request');
    const strangers: Record<string, string>[] = [{ redirect_uri: `${CALLBACK_URL}/other` }, { client_id: 'nobody' }];
    for (const extra of strangers) {
      const response = await fetch(authorizeUrl(extra), { redirect: 'manual' });
      expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    }
  });

  it('answers a code with JWTs and a life time that is a string', async () => {
    const { status, body } = await exchange(await approved(PKCE), { code_verifier: VERIFIER });
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type']);
    expect([body.expires_in, body.token_type]).toEqual(['3600', 'bearer']);
    const header = JSON.parse(Buffer.from(body.access_token?.split('.')[0] ?? '', 'base64url').toString()) as object;
    expect(header).toMatchObject({ alg: 'PS256', typ: 'JWT' });
    expect((await fixture.bearer(body.access_token ?? '')).status).toBe(200);
  });

  it('takes a code once, for ten minutes, with its verifier and its address', async () => {
    expect(createHash('sha256').update(VERIFIER).digest('base64url')).toBe(CHALLENGE);
    const refused = { status: 400, body: { error: 'invalid_grant' } };
    const code = await approved();
    expect((await exchange(code)).status).toBe(200);
    expect(await exchange(code)).toMatchObject(refused);
    expect(await exchange(await approved(PKCE))).toMatchObject(refused);
    expect(await exchange(await approved(PKCE), { code_verifier: `${VERIFIER}x` })).toMatchObject(refused);
    expect(await exchange(await approved(), { redirect_uri: 'http://127.0.0.1:9/x' })).toMatchObject(refused);
    expect(await exchange(await approved(), {}, basic(1))).toMatchObject(refused);
    const late = await approved();
    await fixture.admin('POST', '/clock', { advance_ms: 10 * 60_000 + 1 });
    expect(await exchange(late)).toMatchObject(refused);
    expect((await fixture.audited()).at(-1)).toBe('AuthorizationCodeExpired');
  });

  it('refuses wrong clients with 401 and a realm', async () => {
    const answer = await exchange(await approved(), {}, [fixture.account().clientId, 'wrong']);
    expect([answer.status, answer.body]).toEqual([401, { error: 'invalid_client' }]);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="4512773"');
    // A secret in the form is no authentication.
    const { clientId, clientSecret, refreshToken } = fixture.account();
    const form = {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      client_secret: clientSecret,
    };
    expect((await fixture.token(form)).status).toBe(401);
    expect((await fixture.token({ grant_type: 'password' }, basic())).body).toEqual({ error: 'invalid_request' });
  });

  it('gives a confidential client a new access token only, for seven days', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: fixture.account().refreshToken };
    const { body } = await fixture.token(form, basic());
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'token_type']);
    await fixture.admin('POST', '/clock', { advance_ms: 7 * 24 * HOUR_MS - 60_000 });
    expect((await fixture.token(form, basic())).status).toBe(200);
    expect((await fixture.bearer(body.access_token ?? '')).status).toBe(401);
    await fixture.admin('POST', '/clock', { advance_ms: 120_000 });
    expect(await fixture.token(form, basic())).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('rotates a public client’s refresh token at every use, and lets it live three hours', async () => {
    const code = await approved({ client_id: publicId, ...PKCE });
    const first = await asPublic({
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK_URL,
      code_verifier: VERIFIER,
    });
    const refresh = (token = ''): Promise<Answer<Record<string, string>>> =>
      asPublic({ grant_type: 'refresh_token', refresh_token: token });
    const second = await refresh(first.body.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
    expect(await refresh(first.body.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await fixture.audited()).at(-1)).toBe('RefreshTokenUsed');
    await fixture.admin('POST', '/clock', { advance_ms: 3 * HOUR_MS + 1 });
    expect((await refresh(second.body.refresh_token)).status).toBe(400);
  });

  it('ends access tokens by time, on demand, and by revocation', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: fixture.account().refreshToken };
    const access = async (): Promise<string> => (await fixture.token(form, basic())).body.access_token ?? '';
    const first = await access();
    await fixture.admin('POST', '/clock', { advance_ms: HOUR_MS + 1 });
    expect((await fixture.bearer(first)).status).toBe(401);
    expect((await fixture.audited()).at(-1)).toBe('AccessTokenExpired');
    const second = await access();
    expect((await fixture.admin('POST', '/tokens/expire', { account: '4512773' })).body).toEqual({ expired: 1 });
    expect((await fixture.bearer(second)).status).toBe(401);
    const third = await access();
    const revoke = await fetch(`${fixture.url}/services/rest/auth/oauth2/v1/revoke`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(basic().join(':')).toString('base64')}` },
      body: new URLSearchParams({ token: fixture.account().refreshToken }),
    });
    expect(revoke.status).toBe(200);
    expect((await fixture.bearer(third)).status).toBe(401);
    expect((await fixture.token(form, basic())).status).toBe(400);
  });

  it('wants the right scope, and the host of the right account', async () => {
    const { body } = await exchange(await approved({ scope: 'restlets' }));
    expect((await fixture.bearer(body.access_token ?? '')).status).toBe(401);
    expect((await fixture.audited()).at(-1)).toBe('ScopeMismatched');
    const good = (await exchange(await approved())).body.access_token ?? '';
    const port = new URL(fixture.url).port;
    const path = '/services/rest/record/v1/currency/1';
    const headers = { authorization: `Bearer ${good}` };
    expect(await fixture.status(`4512773.localhost:${port}`, 'GET', path, headers)).toBe(200);
    expect(await fixture.status(`7730914-sb1.localhost:${port}`, 'GET', path, headers)).toBe(401);
  });

  describe('with a certificate instead of a person', () => {
    const now = (): number => Math.floor(Date.now() / 1000);
    const claims = (extra: object = {}): object => ({
      iss: fixture.account().clientId,
      scope: ['rest_webservices'],
      aud: `${fixture.url}${TOKEN_PATH}`,
      iat: now(),
      exp: now() + 600,
      ...extra,
    });
    const assertion = (key: KeyObject, alg: string, kid: string, body: object): string => {
      const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signed = `${part({ typ: 'JWT', alg, kid })}.${part(body)}`;
      const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
      const options = alg.startsWith('PS') ? { key, ...padding } : { key, dsaEncoding: 'ieee-p1363' as const };
      return `${signed}.${sign(`sha${alg.slice(2)}`, Buffer.from(signed), options).toString('base64url')}`;
    };
    const ask = (jwt: string): ReturnType<NetSuiteFixture['token']> =>
      fixture.token({
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: jwt,
      });
    const seeded = (index: 0 | 1 = 0): { key: KeyObject; kid: string } => ({
      key: createPrivateKey(fixture.account(index).certificatePrivateKey),
      kid: fixture.account(index).certificateId,
    });

    it('takes the seeded EC key, and gives no refresh token', async () => {
      const { key, kid } = seeded();
      const { status, body } = await ask(assertion(key, 'ES256', kid, claims({ scope: 'rest_webservices, restlets' })));
      expect([status, Object.keys(body).sort()]).toEqual([200, ['access_token', 'expires_in', 'token_type']]);
      expect((await fixture.bearer(body.access_token ?? '')).status).toBe(200);
    });

    it('takes an uploaded RSA certificate with PS256, until it is revoked', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'netsuite-certificate-'));
      try {
        const make = (...size: string[]): string => {
          const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
          const subject = ['-nodes', '-subj', '/CN=hub', '-keyout', key, '-out', cert];
          execFileSync('openssl', ['req', '-x509', ...size, ...subject], { stdio: 'ignore' });
          return readFileSync(cert, 'utf8');
        };
        const upload = (certificate: string): Promise<Answer<Record<string, string>>> =>
          fixture.admin('POST', '/certificates', { certificate });
        expect((await upload(make('-newkey', 'rsa:2048', '-days', '365'))).status).toBe(400);
        expect((await upload(make('-newkey', 'rsa:3072', '-days', '1000'))).status).toBe(400);
        const uploaded = await upload(make('-newkey', 'rsa:3072', '-days', '730'));
        const kid = uploaded.body.certificate_id ?? '';
        const key = createPrivateKey(readFileSync(join(folder, 'key.pem')));
        expect((await ask(assertion(key, 'PS256', kid, claims()))).status).toBe(200);
        await fixture.admin('DELETE', `/certificates/${kid}`);
        const refused = await ask(assertion(key, 'PS256', kid, claims()));
        expect([refused.status, refused.body]).toEqual([401, { error: 'invalid_client' }]);
        expect((await fixture.audited()).at(-1)).toBe('CertificateRevoked');
        writeFileSync(join(folder, 'key.pem'), '');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('refuses what is wrong with an assertion', async () => {
      const { key, kid } = seeded();
      const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
      const refused = async (jwt: string, status: number, detail: string): Promise<void> => {
        expect((await ask(jwt)).status).toBe(status);
        expect((await fixture.audited()).at(-1)).toBe(detail);
      };
      await refused(assertion(foreign, 'ES256', kid, claims()), 401, 'InvalidSignature');
      await refused(assertion(key, 'ES256', 'unknown', claims()), 401, 'CertificateUnknown');
      await refused(
        assertion(key, 'ES256', kid, claims({ iss: fixture.account(1).clientId })),
        401,
        'CertificateUnknown',
      );
      await refused(
        assertion(key, 'ES256', kid, claims({ aud: 'https://else.example/token' })),
        401,
        'AudienceMismatch',
      );
      await refused(assertion(key, 'ES256', kid, claims({ exp: now() + 7_200 })), 401, 'AssertionExpired');
      await refused(
        assertion(key, 'ES256', kid, claims({ iat: now() - 700, exp: now() - 100 })),
        401,
        'AssertionExpired',
      );
      await refused(assertion(key, 'ES256', kid, claims({ scope: ['all'] })), 400, 'ScopeMismatched');
      await refused('a.b.c', 400, 'ClientAssertionMalformed');
      const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
      await refused(assertion(rsa, 'RS256', kid, claims()), 400, 'ClientAssertionMalformed');
    });
  });
});
