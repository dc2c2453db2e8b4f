import { stageInProcessApi, type InProcessApi } from './in-process-api';

describe('a proxy in front', () => {
  let api: InProcessApi;
  let key: string;

  stageInProcessApi(
    async (made) => {
      api = made;
      ({ key } = await api.newTenant());
    },
    { HUB_TRUST_PROXY: '127.0.0.1,10.0.0.0/8' },
  );

  it.each([
    ['GET', '/v1/me', 200],
    ['GET', '/v1/nothing', 404],
    ['GET', '/admin/v1/tenants', 401],
    ['GET', '/auth/session', 204],
    ['GET', '/%61uth/session', 204],
    ['POST', '/auth/sign-in', 403],
    ['GET', '/auth/sso/nobody', 302],
  ] as const)('keeps no copy of %s %s, answered %i', async (method, url, status) => {
    const answer = await api.send(url.startsWith('/v1/') ? key : null, method, url);
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([status, 'no-store']);
  });

  it.each([
    ['/v1/api-keys', { name: 'One', environment: 'test', scopes: ['events:read'] }],
    ['/v1/members', { email: 'p@example.com', role: 'viewer' }],
    ['/v1/webhook-endpoints', { url: 'https://example.com/hook', event_types: ['delivery.*'] }],
    ['/v1/alert-channels', { name: 'One', kind: 'webhook', url: 'https://example.com/hook' }],
    ['/admin/v1/tenants', { slug: 'shown-once', name: 'One', tier: 'free' }],
  ])('keeps no copy of what is shown once: POST %s', async (url, payload) => {
    const answer = await api.send(url.startsWith('/v1/') ? key : await api.newOperatorKey(), 'POST', url, { payload });
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([201, 'no-store']);
  });

  it('does as the route says where it says something', async () => {
    expect((await api.send(key, 'HEAD', '/v1/events/stream')).headers['cache-control']).toBe('no-store, no-transform');
    expect((await api.send(null, 'GET', '/openapi.json')).headers['cache-control']).toBeUndefined();
  });

  const guess = async (remoteAddress: string, forwarded: string): Promise<number> =>
    (await api.send(null, 'GET', '/v1/me', { remoteAddress, headers: { 'x-forwarded-for': forwarded } })).statusCode;

  it('is believed the last address that is no proxy’s, and not what the caller wrote before it', async () => {
    for (let n = 0; n < 300; n++)
      expect(await guess('127.0.0.1', `198.51.100.${n % 200}, 203.0.113.7, 10.0.0.1`)).toBe(401);
    expect(await guess('127.0.0.1', '203.0.113.7')).toBe(429);
    expect(await guess('127.0.0.1', '203.0.113.8')).toBe(401);
  });

  it('that is not named is not believed', async () => {
    for (let n = 0; n < 300; n++) expect(await guess('192.0.2.1', `198.51.100.${n % 200}`)).toBe(401);
    expect(await guess('192.0.2.1', '203.0.113.9')).toBe(429);
  });
});
