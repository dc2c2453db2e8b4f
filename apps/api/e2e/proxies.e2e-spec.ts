import { createTestDatabase, readServices, type TestDatabase } from '@hub/testing';
import { startInProcessApi, type InProcessApi } from './in-process-api';

describe('a proxy in front', () => {
  let database: TestDatabase;
  let api: InProcessApi;
  let key: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    api = await startInProcessApi(database, { REDIS_URL: readServices().redisUrl });
    ({ key } = await api.newTenant());
  }, 60_000);
  afterAll(async () => {
    await api?.close();
    await database?.close();
  });

  it.each([
    ['GET', '/v1/me', 200],
    ['GET', '/v1/nothing', 404],
    ['GET', '/admin/v1/tenants', 401],
    ['GET', '/auth/session', 204],
    ['POST', '/auth/sign-in', 403],
  ] as const)('keeps no copy of %s %s, answered %i', async (method, url, status) => {
    const answer = await api.send(url.startsWith('/v1/') ? key : null, method, url);
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([status, 'no-store']);
  });

  it('does as the route says where it says something', async () => {
    expect((await api.send(key, 'HEAD', '/v1/events/stream')).headers['cache-control']).toBe('no-store, no-transform');
    expect((await api.send(null, 'GET', '/openapi.json')).headers['cache-control']).toBeUndefined();
  });
});
