import { type TestDatabase } from '@hub/testing';
import { faultsOf } from '../../fixtures/faults-of';
import { stageApi } from '../../fixtures/stage-api';
import { startConfigApi, type Answer, type ConfigApi } from './fixtures/config-api';

const HERE = 'https://here.example';
const THERE = 'https://there.example';
const BEARER = { url: `${HERE}/orders`, auth: { kind: 'bearer' } };

describe('an address that changes while credentials are kept', () => {
  let database: TestDatabase;
  let api: ConfigApi;
  let key: string;
  let id: string;
  let counter = 0;

  stageApi(startConfigApi, async (...made) => {
    [api, database] = made;
    key = await api.newTenant();
  });
  beforeEach(async () => {
    const request = { name: `http ${++counter}`, connector: 'http', config: BEARER, credentials: { token: 'of-here' } };
    const made = await api.call<{ id: string }>(key, 'POST', '/v1/connections', request);
    ({ id } = made.body);
  });

  const change = (body: object): Promise<Answer> => api.call(key, 'PATCH', `/v1/connections/${id}`, body);
  const found = (): Promise<Answer> => api.call(key, 'GET', `/v1/connections/${id}`);

  it.each([
    ['the URL', { ...BEARER, url: `${THERE}/orders` }, '/config/url'],
    ['the port', { ...BEARER, url: `${HERE}:8443/orders` }, '/config/url'],
    ['one address more', { ...BEARER, test_url: `${THERE}/ping` }, '/config/test_url'],
    [
      'where tokens come from',
      { url: BEARER.url, auth: { kind: 'oauth2_client_credentials', token_url: `${THERE}/token` } },
      '/config/auth/token_url',
    ],
  ])('is refused for %s', async (_what, config, pointer) => {
    // Both kinds of credentials are there, so that nothing else is amiss.
    const credentials = { token: 'of-here', client_id: 'id', client_secret: 'of-here' };
    if (pointer.includes('token_url')) {
      const auth = { kind: 'oauth2_client_credentials', token_url: `${HERE}/token` };
      const { token: _token, ...ofClient } = credentials;
      expect((await change({ config: { url: BEARER.url, auth }, credentials: ofClient })).status).toBe(200);
    }
    const before = await found();
    const refused = await change({ config });
    expect(refused).toMatchObject({ status: 422, body: { code: 'credentials_required' } });
    expect(faultsOf(refused)).toEqual([`${pointer} credentials_required`]);
    expect((await found()).body).toEqual(before.body);
  });

  it('is taken with credentials for it, in the same request', async () => {
    const config = { ...BEARER, url: `${THERE}/orders` };
    const moved = await change({ config, credentials: { token: 'of-there' } });
    expect(moved).toMatchObject({ status: 200, body: { config, has_credentials: true, status: 'active' } });
    expect(JSON.stringify(moved.body)).not.toContain('of-there');
    expect((await change({ config: BEARER })).body).toMatchObject({ code: 'credentials_required' });
  });

  it('is taken without any: then they are gone, and the connection waits', async () => {
    const config = { ...BEARER, url: `${THERE}/orders` };
    expect(await change({ config, credentials: null })).toMatchObject({
      status: 200,
      body: {
        config,
        has_credentials: false,
        status: 'needs_reauth',
        status_reason: 'credentials_missing',
        auth_state: 'not_connected',
      },
    });
    const { rows } = await database.asSuperuser(
      (client) =>
        client.query(`select credentials_sealed, credentials_key_id from connections where name = $1`, [
          `http ${counter}`,
        ]) as Promise<{ rows: unknown[] }>,
    );
    expect(rows).toEqual([{ credentials_sealed: null, credentials_key_id: null }]);
  });

  it('is taken on the same host, and one less is', async () => {
    expect((await change({ config: { ...BEARER, url: `${HERE}/invoices`, test_url: `${HERE}/ping` } })).status).toBe(
      200,
    );
    expect((await change({ config: { ...BEARER, method: 'PUT' } })).status).toBe(200);
  });

  it('is refused with credentials that are no good, and nothing is changed', async () => {
    const refused = await change({ config: { ...BEARER, url: `${THERE}/orders` }, credentials: { token: '' } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_connection' } });
    expect((await found()).body).toMatchObject({ config: BEARER, has_credentials: true });
  });
});
