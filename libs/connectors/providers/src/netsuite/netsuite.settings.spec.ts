import { validateConnection, type ConnectorContext, type OAuthApp } from '@hub/connector-sdk';
import { type JsonObject, type SafeHttpRequest } from '@hub/platform';
import { createNetSuiteConnector } from './netsuite.connector';
import { endpointOf } from './netsuite.settings';

const connector = createNetSuiteConnector();
const CONFIG: JsonObject = { account_id: '1234567_SB1' };
const SIGNED_IN: JsonObject = { refresh_token: 'a-refresh-token' };
const TBA: JsonObject = {
  consumer_key: 'the-consumer',
  consumer_secret: 'the-consumer-secret',
  token_id: 'the-token-id',
  token_secret: 'the-token-secret',
};
const problems = (config: JsonObject, credentials: JsonObject): string[] =>
  validateConnection(connector, { config, credentials }).map(({ pointer, code }) => `${pointer} ${code}`);
const app = (endpoints: Record<string, string> = {}): OAuthApp => ({
  environment: 'production',
  clientId: 'hub-client',
  clientSecret: 'hub-client-secret',
  endpoints,
  secrets: {},
});

describe('addresses', () => {
  it('are the vendor’s hosts of the account', () => {
    expect(endpointOf('authorize', CONFIG, app())).toBe(
      'https://1234567-sb1.app.netsuite.com/app/login/oauth2/authorize.nl',
    );
    expect(endpointOf('token', CONFIG, app())).toBe(
      'https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token',
    );
    expect(endpointOf('api', CONFIG, null)).toBe('https://1234567-sb1.suitetalk.api.netsuite.com');
  });

  it('are the operator’s where there are some, whatever the tenant says', () => {
    const endpoints = { token: 'https://stand-in.example/token', api: 'https://stand-in.example/' };
    const config = { ...CONFIG, api_url: 'https://evil.example' };
    expect(endpointOf('token', config, app(endpoints), SIGNED_IN)).toBe('https://stand-in.example/token');
    expect(endpointOf('api', config, app(endpoints), SIGNED_IN)).toBe('https://stand-in.example');
  });

  it('are a tenant’s own only with an integration record of its own', () => {
    const config = { ...CONFIG, api_url: 'https://proxy.example' };
    expect(endpointOf('token', config, app(), TBA)).toMatch(/^https:\/\/proxy\.example\//);
    expect(endpointOf('token', config, app(), SIGNED_IN)).toMatch(/\.netsuite\.com\//);
    expect(problems(config, SIGNED_IN)).toEqual(['/config/api_url own_app_required']);
    expect(problems(config, TBA)).toEqual([]);
    expect(problems({ ...CONFIG, api_url: 'http://proxy.example' }, TBA)).toEqual(['/config/api_url url']);
    expect(problems({ ...CONFIG, api_url: 'http://[2001:db8::1]' }, TBA)).toEqual(['/config/api_url url']);
    expect(problems({ ...CONFIG, api_url: 'http://10.0.0.7:8080' }, TBA)).toEqual([]);
  });

  it.each(['evil.example/', 'a.b', 'x@evil', '-1', '1#', '', 'a'.repeat(31), 'a b', 'ä', '1\n'])(
    'cannot be made of %j',
    (accountId) => {
      expect(problems({ account_id: accountId }, TBA)[0]).toMatch(/^\/config\/account_id /);
    },
  );

  it('get the hub’s secret at none but the operator’s or the vendor’s', async () => {
    const sent: SafeHttpRequest[] = [];
    const context = (config: JsonObject, credentials: JsonObject): ConnectorContext => ({
      connectionId: 'con_1',
      config,
      credentials,
      oauthApp: app(),
      reportLimit: () => undefined,
      http: {
        request: (request) => {
          sent.push(request);
          return Promise.resolve({
            ok: false,
            error: { kind: 'reset', message: 'gone', mayHaveBeenSent: true, durationMs: 1 },
          });
        },
      },
      signal: new AbortController().signal,
    });
    const evil = { ...CONFIG, api_url: 'https://evil.example' };
    await connector.refreshCredentials?.(context(evil, SIGNED_IN));
    expect(sent).toEqual([]);
    // A tenant's own public client gets no secret, not even there: the hub's does not stand in for a missing one.
    await connector.refreshCredentials?.(context(evil, { ...SIGNED_IN, client_id: 'own' }));
    await connector.oauth?.revoke(context(evil, { ...SIGNED_IN, client_id: 'own' }));
    expect(sent).toHaveLength(2);
    await connector.oauth?.exchangeCode(context(evil, {}), {
      parameters: { code: 'the-code', company: '1234567_SB1' },
      redirectUri: 'https://hub.example/cb',
      codeVerifier: 'v',
    });
    const secret = Buffer.from('hub-client:hub-client-secret').toString('base64');
    const atEvil = sent.filter(({ url }) => new URL(url).hostname === 'evil.example');
    expect(JSON.stringify(atEvil)).not.toContain(secret);
    expect(JSON.stringify(atEvil)).not.toContain('hub-client');
    expect(JSON.stringify(atEvil)).not.toContain('the-code');
    expect(sent.some(({ url }) => new URL(url).hostname.endsWith('.netsuite.com'))).toBe(true);
  });
});

describe('credentials', () => {
  it('are of one kind', () => {
    expect(problems(CONFIG, {})).not.toEqual([]);
    expect(problems(CONFIG, SIGNED_IN)).toEqual([]);
    expect(problems(CONFIG, { ...TBA, ...SIGNED_IN })).toEqual(['/credentials several_sign_ins']);
    expect(
      problems(CONFIG, { client_id: 'c', certificate_id: 'k', private_key: '-----BEGIN PRIVATE KEY-----' }),
    ).toEqual(['/credentials/private_key private_key']);
    expect(problems(CONFIG, { client_id: 'c', certificate_id: 'k' })).toContain('/credentials/private_key required');
    expect(problems({ ...CONFIG, time_zone: 'Mars/Olympus' }, TBA)).toEqual(['/config/time_zone time_zone']);
  });
});
