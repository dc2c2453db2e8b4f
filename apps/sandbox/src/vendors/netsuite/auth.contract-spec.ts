import { type Answer, NetSuiteFixture } from './fixtures/netsuite-fixture';
import { signTba } from './fixtures/tba-signer';

const INVALID_LOGIN = {
  type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.2',
  title: 'Unauthorized',
  status: 401,
  'o:errorDetails': [
    {
      detail:
        'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.',
      'o:errorCode': 'INVALID_LOGIN',
    },
  ],
};

describe('NetSuite token-based authentication', () => {
  let fixture: NetSuiteFixture;

  beforeAll(async () => {
    fixture = await NetSuiteFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
  });

  /** All refusals look alike on the wire; only the audit trail tells. */
  const expectRefused = async (answer: Answer, detail: string): Promise<void> => {
    expect([answer.status, answer.body]).toEqual([401, INVALID_LOGIN]);
    expect((await fixture.audited()).at(-1)).toBe(detail);
  };

  it('lets a signed call in, with a query that needs care', async () => {
    const q = encodeURIComponent(`companyName IS "O'Brien Builders" AND phone CONTAIN "(510)"`).replace(/%20/g, '%20');
    const { status, body } = await fixture.record<{ count: number }>('GET', `/customer?q=${q}&limit=5`);
    expect([status, body.count]).toEqual([200, 1]);
    const audit = await fixture.admin<{ entries: object[] }>('GET', '/audit?status=Success');
    expect(audit.body.entries.at(-1)).toMatchObject({
      account: fixture.account().accountId,
      user: fixture.account().username,
      type: 'TBA',
      request: 'GET /services/rest/record/v1/customer',
      detail: null,
    });
  });

  it('refuses a changed query, path or method', async () => {
    const address = `${fixture.url}/services/rest/record/v1/customer?limit=5`;
    const authorization = signTba(fixture.account(), 'GET', address);
    const changed = await fetch(`${fixture.url}/services/rest/record/v1/customer?limit=6`, {
      headers: { authorization },
    });
    expect(changed.status).toBe(401);
    const entry = (await fixture.admin<{ entries: Record<string, string>[] }>('GET', '/audit')).body.entries.at(-1);
    expect(entry).toMatchObject({ detail: 'InvalidSignature', status: 'Failure' });
    expect(entry?.base_string).toContain('limit%3D6');
    expect(JSON.stringify(entry)).not.toContain(fixture.account().tokenId);
    expect((await fetch(address, { method: 'HEAD', headers: { authorization } })).status).toBe(401);
  });

  it('takes a nonce once, of six letters or digits at least', async () => {
    const timestamp = Math.floor(Date.now() / 1000);
    const once = { nonce: 'abcdef1234', timestamp };
    expect((await fixture.record('GET', '/currency/1', undefined, once)).status).toBe(200);
    await expectRefused(await fixture.record('GET', '/currency/1', undefined, once), 'NonceUsed');
    // The pair counts: the same nonce at another second is another pair.
    const later = { ...once, timestamp: timestamp + 1 };
    expect((await fixture.record('GET', '/currency/1', undefined, later)).status).toBe(200);
    await expectRefused(await fixture.record('GET', '/currency/1', undefined, { nonce: 'abc12' }), 'nonce_rejected');
    await expectRefused(await fixture.record('GET', '/currency/1', undefined, { nonce: 'abc-123' }), 'nonce_rejected');
  });

  it('takes timestamps of the last and the next five minutes, by its own clock', async () => {
    const now = Math.floor(Date.now() / 1000);
    const at = (seconds: number): Promise<Answer> =>
      fixture.record('GET', '/currency/1', undefined, { timestamp: now + seconds });
    expect((await at(-290)).status).toBe(200);
    expect((await at(290)).status).toBe(200);
    await expectRefused(await at(-310), 'InvalidTimestamp');
    await expectRefused(await at(310), 'InvalidTimestamp');
    await fixture.admin('POST', '/clock', { offset_ms: 3_600_000 });
    const skewed = await at(0);
    await expectRefused(skewed, 'InvalidTimestamp');
    // The answer tells the time that a client must sign with.
    const served = Date.parse(skewed.headers.get('date') ?? '');
    expect((await at(Math.round(served / 1000) - now)).status).toBe(200);
  });

  it('wants HMAC-SHA256, version 1.0, and the realm in upper case with an underscore', async () => {
    const call = (options: object, account: 0 | 1 = 0): Promise<Answer> =>
      fixture.record('GET', '/currency/1', undefined, { ...options, account });
    await expectRefused(await call({ method: 'HMAC-SHA1' }), 'signature_method_rejected');
    await expectRefused(await call({ version: '2.0' }), 'version_rejected');
    expect(fixture.account(1).accountId).toBe('7730914_SB1');
    expect((await call({}, 1)).status).toBe(200);
    await expectRefused(await call({ realm: '7730914-sb1' }, 1), 'InvalidAccount');
    await expectRefused(await call({ realm: '7730914_sb1' }, 1), 'InvalidAccount');
  });

  it('keeps the accounts apart', async () => {
    const call = (options: object): Promise<Answer> => fixture.record('GET', '/currency/1', undefined, options);
    await expectRefused(await call({ realm: fixture.account(1).accountId }), 'token_rejected');
    const customer = (await fixture.rows("SELECT id FROM customer WHERE companyname = 'Bay Hardware Co.'"))[0];
    expect(await fixture.rows("SELECT id FROM customer WHERE companyname = 'Bay Hardware Co.'", 1)).toEqual([]);
    expect(customer).toBeDefined();
  });

  it('refuses unknown consumers, revoked tokens, missing parts and no credentials at all', async () => {
    const { accountId, clientSecret, tokenId } = fixture.account();
    const address = `${fixture.url}/services/rest/record/v1/currency/1`;
    const by = async (authorization?: string): Promise<Answer> => {
      const response = await fetch(address, { headers: authorization === undefined ? {} : { authorization } });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as Record<string, unknown>,
      };
    };
    await expectRefused(await by(), 'NoCredentials');
    await expectRefused(await by('OAuth realm="1"'), 'MissingTokenPassportRequiredFields');
    const strange = { ...fixture.account(), clientId: 'nobody' };
    await expectRefused(await by(signTba(strange, 'GET', address)), 'consumer_key_unknown');
    await fixture.admin('POST', '/apps', {
      client_id: fixture.account().clientId,
      client_secret: clientSecret,
      blocked: true,
    });
    await expectRefused(await by(signTba(fixture.account(), 'GET', address)), 'consumer_key_refused');
    await fixture.reset();
    expect((await fixture.admin('POST', '/tokens/revoke', { token: tokenId })).body).toEqual({ revoked: 1 });
    await expectRefused(await by(signTba(fixture.account(), 'GET', address)), 'token_rejected');
    const fresh = await fixture.admin<Record<string, string>>('POST', '/tokens/tba', { account: accountId });
    const renewed = { tokenId: fresh.body.token_id ?? '', tokenSecret: fresh.body.token_secret ?? '' };
    expect((await by(signTba({ ...fixture.account(), ...renewed }, 'GET', address))).status).toBe(200);
  });

  it('takes a session cookie for a browser’s and forgets the credentials', async () => {
    const first = await fixture.record('GET', '/currency/1');
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^JSESSIONID=/);
    await expectRefused(
      await fixture.record('GET', '/currency/1', undefined, { headers: { cookie } }),
      'SessionCookiePresent',
    );
  });

  it('follows the role and the feature', async () => {
    await fixture.settings({ disabled_roles: ['Integration Hub'] });
    await expectRefused(await fixture.record('GET', '/currency/1'), 'permission_denied');
    await fixture.settings({ disabled_roles: [], tba_enabled: false });
    await expectRefused(await fixture.record('GET', '/currency/1'), 'FeatureDisabled');
  });

  it('reads the account from the host name, when there is one', async () => {
    const port = new URL(fixture.url).port;
    const path = '/services/rest/record/v1/currency/1';
    const under = (label: string, account: 0 | 1): Promise<number | undefined> => {
      const host = `${label}.suitetalk.localhost:${port}`;
      const authorization = signTba(fixture.account(account), 'GET', `http://${host}${path}`);
      return fixture.status(host, 'GET', path, { authorization });
    };
    expect(await under('7730914-sb1', 1)).toBe(200);
    expect(await under('4512773', 0)).toBe(200);
    expect(await under('4512773', 1)).toBe(401);
    expect((await fixture.audited()).at(-1)).toBe('InvalidAccount');
  });

  it('tells the time and where an account lives', async () => {
    const { body } = await fixture.call<{ serverTime: string }>('GET', '/system/v1/serverTime');
    expect(Math.abs(Date.parse(body.serverTime) - Date.now())).toBeLessThan(60_000);
    const urls = await (await fetch(`${fixture.url}/rest/datacenterurls?account=4512773`)).json();
    expect(urls).toEqual({ webservicesDomain: fixture.url, restDomain: fixture.url, systemDomain: fixture.url });
    expect((await fixture.call('GET', '/system/v1/governanceLimits')).status).toBe(403);
  });
});
