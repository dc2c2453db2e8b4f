import { request as httpsRequest } from 'node:https';
import { createClientAsync, BasicAuthSecurity, ClientSSLSecurity } from 'soap';
import { ErpFixture, NS, type SoapAnswer } from './fixtures/erp-fixture';

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const iso = (offsetMs = 0): string => new Date(Date.now() + offsetMs).toISOString().replace(/\.\d+/, '');

describe('who may call the ERP sandbox', () => {
  let fixture: ErpFixture;

  beforeAll(async () => {
    fixture = await ErpFixture.start({ tlsPort: 0 });
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    await fixture.settings({ call_delay_ms: 0 });
  });

  const ping = (security: string, path?: string): Promise<SoapAnswer> => fixture.call('Ping', '', { security, path });
  const outcome = async (security: string, path?: string): Promise<string> => {
    const { status, fault } = await ping(security, path);
    return `${status} ${fault?.code ?? 'ok'}`;
  };

  it('knows a token of text and of digest, at the own and at the shared address', async () => {
    expect(await outcome(fixture.token())).toBe('200 ok');
    expect(await outcome(fixture.token(), '/erp')).toBe('200 ok');
    expect(await outcome(fixture.digestToken(iso()))).toBe('200 ok');
    expect(await outcome(fixture.digestToken(iso(), undefined, fixture.account(1)), '/erp/200')).toBe('200 ok');
  });

  it('refuses the other company, a wrong password and no header, with no detail', async () => {
    expect(await outcome(fixture.token(), '/erp/200')).toBe('500 wsse:FailedAuthentication');
    expect(await outcome(fixture.digestToken(iso(), undefined, { ...fixture.account(), password: 'x' }))).toBe(
      '500 wsse:FailedAuthentication',
    );
    const { fault, body } = await ping('');
    expect(fault).toEqual({ code: 'wsse:InvalidSecurity', text: 'The security header is missing', detail: {} });
    expect(body).not.toContain('<detail');
  });

  it('takes a nonce once, and only for ten minutes around now', async () => {
    const nonce = Buffer.from('0123456789abcdef');
    const created = iso();
    expect(await outcome(fixture.digestToken(created, nonce))).toBe('200 ok');
    expect(await outcome(fixture.digestToken(created, nonce))).toBe('500 wsse:InvalidSecurity');
    expect(await outcome(fixture.digestToken(iso(-4 * 60_000)))).toBe('200 ok');
    expect(await outcome(fixture.digestToken(iso(-6 * 60_000)))).toBe('500 wsu:MessageExpired');
    expect(await outcome(fixture.digestToken(iso(6 * 60_000)))).toBe('500 wsu:MessageExpired');
    await fixture.admin('POST', '/clock', { advance_ms: 400_000 });
    expect(await outcome(fixture.digestToken(iso()))).toBe('500 wsu:MessageExpired');
  });

  it.each([
    ['a digest without nonce', /<wsse:Nonce>.*<\/wsse:Nonce>/, '', 'wsse:InvalidSecurityToken'],
    ['a nonce that is not base64', /<wsse:Nonce>/, '<wsse:Nonce>!', 'wsse:InvalidSecurityToken'],
    ['an unknown password type', /#PasswordDigest/, '#PasswordHash', 'wsse:InvalidSecurityToken'],
    ['no token', /<wsse:UsernameToken>.*<\/wsse:UsernameToken>/, '', 'wsse:InvalidSecurity'],
    ['two names', /<wsse:Username>/, '<wsse:Username>x</wsse:Username><wsse:Username>', 'wsse:InvalidSecurity'],
    ['a moment that is none', /Created>[^<]+/, 'Created>yesterday', 'wsse:InvalidSecurity'],
    [
      'an expired timestamp',
      /<wsse:UsernameToken>/,
      `<wsu:Timestamp xmlns:wsu="${WSU}"><wsu:Created>${iso(-240_000)}</wsu:Created><wsu:Expires>${iso(-60_000)}</wsu:Expires></wsu:Timestamp><wsse:UsernameToken>`,
      'wsu:MessageExpired',
    ],
  ])('refuses %s', async (_name, pattern, replacement, code) => {
    expect(await outcome(fixture.digestToken(iso()).replace(pattern, replacement))).toBe(`500 ${code}`);
  });

  it('refuses mandatory headers that it does not understand, and ignores those for others', async () => {
    const other = (attributes: string): string => `${fixture.token()}<x:Trace xmlns:x="urn:t" ${attributes}/>`;
    expect(await outcome(other('s:mustUnderstand="1"'))).toBe('500 soap:MustUnderstand');
    expect(await outcome(other('s:mustUnderstand="0"'))).toBe('200 ok');
    expect(await outcome(other('s:mustUnderstand="1" s:actor="urn:somebody-else"'))).toBe('200 ok');
    expect(await outcome(fixture.token().replace(/^<wsse:Security/, '<wsse:Security s:actor="urn:else"'))).toBe(
      '500 wsse:InvalidSecurity',
    );
  });

  it('cannot check a digest when it keeps hashes, and can demand a timestamp', async () => {
    await fixture.settings({ company: 'acme', passwords_hashed: true });
    expect(await outcome(fixture.digestToken(iso()))).toBe('500 wsse:FailedAuthentication');
    expect(await outcome(fixture.token())).toBe('200 ok');
    await fixture.settings({ require_timestamp: true });
    expect(await outcome(fixture.token())).toBe('500 wsse:InvalidSecurity');
    await fixture.settings({ auth_modes: ['wsse_digest'], require_timestamp: false, passwords_hashed: false });
    expect(await outcome(fixture.token())).toBe('500 wsse:FailedAuthentication');
  });

  it('locks a user after too many wrong passwords, and takes a changed password at once', async () => {
    await fixture.settings({ lockout_after: 2 });
    const wrong = fixture.token({ ...fixture.account(), password: 'x' });
    await ping(wrong);
    await ping(wrong);
    expect(await outcome(fixture.token())).toBe('500 wsse:FailedAuthentication');
    await fixture.admin('POST', '/clock', { advance_ms: 15 * 60_000 });
    expect(await outcome(fixture.token())).toBe('200 ok');
    await fixture.admin('POST', '/credentials', { company: '100', password: 'changed' });
    expect(await outcome(fixture.token())).toBe('500 wsse:FailedAuthentication');
    expect(await outcome(fixture.token({ ...fixture.account(), password: 'changed' }))).toBe('200 ok');
  });

  it('speaks Basic with 401 and an HTML page, and then does not understand a security header', async () => {
    await fixture.settings({ auth_modes: ['basic'] });
    const { username, password, endpoint } = fixture.account();
    const basic = (text: string): Record<string, string> => ({
      authorization: `Basic ${Buffer.from(text).toString('base64')}`,
    });
    const refused = await fixture.call('Ping', '', { security: '', headers: basic(`${username}:x`) });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="ERP Web Services"']);
    expect(refused.body).toContain('<html>');
    expect((await fixture.call('Ping', '')).status).toBe(401);
    const right = { headers: basic(`${username}:${password}`) };
    expect((await fixture.call('Ping', '', { security: '', ...right })).status).toBe(200);
    const must = fixture.token().replace('<wsse:Security', '<wsse:Security s:mustUnderstand="1"');
    expect((await fixture.call('Ping', '', { security: must, ...right })).fault?.code).toBe('soap:MustUnderstand');
    const client = await createClientAsync(`${fixture.erp.url}/erp?wsdl`, { endpoint, disableCache: true });
    client.setSecurity(new BasicAuthSecurity(username, password));
    const [pong] = (await client.PingAsync({})) as [{ Version: string }];
    expect(pong.Version).toBe('4.7.0012');
  });

  it('lets a client certificate in by HTTPS, for its own company alone', async () => {
    await fixture.settings({ auth_modes: ['certificate'] });
    const { clientCertificate, clientKey, caCertificate, tlsEndpoint = '' } = fixture.account();
    const ssl = new ClientSSLSecurity(
      Buffer.from(clientKey),
      Buffer.from(clientCertificate),
      Buffer.from(caCertificate),
      {},
    );
    const connect = async (endpoint: string): Promise<unknown> => {
      const client = await createClientAsync(`${fixture.erp.url}/erp?wsdl`, { endpoint, disableCache: true });
      client.setSecurity(ssl);
      const [pong] = (await client.PingAsync({}, { timeout: 5_000 })) as [unknown];
      return pong;
    };
    expect(await connect(tlsEndpoint)).toMatchObject({ Version: '4.7.0012' });
    await expect(connect(tlsEndpoint.replace('/100', '/200'))).rejects.toMatchObject({ response: { status: 403 } });
    expect((await fixture.call('Ping', '')).status).toBe(403);
  });

  it('does not believe a certificate header of a caller, nor an unknown authority', async () => {
    await fixture.settings({ auth_modes: ['certificate'] });
    const { username, caCertificate, tlsEndpoint = '' } = fixture.account();
    const forged = { 'x-erp-client-certificate': username };
    expect((await fixture.call('Ping', '', { headers: forged })).status).toBe(403);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const req = httpsRequest(tlsEndpoint, { method: 'POST', ca: caCertificate, headers: forged }, (res) => {
        res.resume();
        resolve(res.statusCode);
      });
      req.once('error', reject);
      req.end();
    });
    expect(status).toBe(403);
    await expect(fetch(tlsEndpoint, { method: 'POST' })).rejects.toThrow();
  });

  it('keeps no password in the journal, whatever the prefix and however broken the message', async () => {
    const { password } = fixture.account();
    await ping(fixture.token());
    await ping(fixture.token().replaceAll('wsse:', 'w:').replace('xmlns:wsse', 'xmlns:w'));
    await fixture.send(`<a><Password>${password}`, { action: '"x"' });
    await fixture.send(Buffer.from(`<a><Password>${password}</Password></a>`, 'utf16le'), { action: '"x"' });
    const journal = await fixture.admin<{ total: number; entries: { request_body: string }[] }>('GET', '/requests');
    expect(journal.body.total).toBe(4);
    expect(JSON.stringify(journal.body)).not.toContain(password);
    expect(journal.body.entries[0]?.request_body).toContain('[redacted]');
    expect(journal.body.entries[0]?.request_body).toContain(fixture.account().username);
  });

  it('has a namespace for its security codes', async () => {
    const { body } = await ping('');
    expect(body).toContain(`<faultcode xmlns:wsse="${WSSE}">wsse:InvalidSecurity</faultcode>`);
    expect(NS).toBe('urn:acme:erp:v1');
  });
});
