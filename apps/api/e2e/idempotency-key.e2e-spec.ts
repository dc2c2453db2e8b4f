import { waitUntil, type TestDatabase } from '@hub/testing';
import { stageInProcessApi, type InProcessApi } from './in-process-api';

describe('Idempotency-Key', () => {
  let database: TestDatabase;
  let api: InProcessApi;
  let key: string;
  let tenantId: string;
  stageInProcessApi(async (...made) => {
    [api, database] = made;
    ({ id: tenantId } = await database.createTenant());
    key = await api.newKey(tenantId, ['config:read', 'config:write', 'keys:write']);
  });

  const post = (url: string, body: object, headers: Record<string, string> = {}) =>
    api.send(key, 'POST', url, { headers, payload: body });
  const mapping = (name: string) => ({ name, expression: 'name' });

  it('answers a repeat with the first answer and makes nothing again', async () => {
    const first = await post('/v1/mappings', mapping('one'), { 'idempotency-key': 'a-1' });
    const second = await post('/v1/mappings', mapping('one'), { 'idempotency-key': '"a-1"' });
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
    expect(second.json()).toEqual(first.json());
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.headers['location']).toBe(first.headers['location']);
  });

  it('refuses another request under the same key', async () => {
    await post('/v1/mappings', mapping('two'), { 'idempotency-key': 'a-2' });
    const other = await post('/v1/mappings', mapping('three'), { 'idempotency-key': 'a-2' });
    expect(other.statusCode).toBe(422);
    expect(other.json()).toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('refuses the same body at another address or by another method, and does nothing', async () => {
    const made = await post('/v1/mappings', mapping('here'), { 'idempotency-key': 'a-6' });
    const there = await post('/v1/routes', mapping('here'), { 'idempotency-key': 'a-6' });
    expect([there.statusCode, there.json<{ code: string }>().code]).toEqual([422, 'idempotency_key_reused']);

    const { id } = made.json<{ id: string }>();
    const url = `/v1/mappings/${id}`;
    const keyed = { headers: { 'idempotency-key': 'a-7' } };
    expect((await api.send(key, 'PATCH', url, { ...keyed, payload: { description: 'by key' } })).statusCode).toBe(200);
    const deleted = await api.send(key, 'DELETE', url, keyed);
    expect([deleted.statusCode, deleted.json<{ code: string }>().code]).toEqual([422, 'idempotency_key_reused']);
    expect((await api.send(key, 'GET', url)).statusCode).toBe(200);
  });

  it('takes a key for another request once its day is over', async () => {
    await post('/v1/mappings', mapping('yesterday'), { 'idempotency-key': 'a-8' });
    await database.asSuperuser((client) =>
      client.query(`update idempotent_requests set created_at = now() - interval '25 hours' where key = 'a-8'`),
    );
    const body = { name: 'today', environment: 'test', scopes: ['config:read'] };
    const first = await post('/v1/api-keys', body, { 'idempotency-key': 'a-8' });
    const second = await post('/v1/api-keys', body, { 'idempotency-key': 'a-8' });
    expect([first.statusCode, first.headers['idempotent-replayed']]).toEqual([201, undefined]);
    expect([second.statusCode, second.headers['idempotent-replayed']]).toEqual([201, 'true']);
  });

  it('lets a failed request be tried again', async () => {
    const bad = await post('/v1/mappings', { name: 'four', expression: '(' }, { 'idempotency-key': 'a-3' });
    expect(bad.statusCode).toBe(422);
    const good = await post('/v1/mappings', mapping('four'), { 'idempotency-key': 'a-3' });
    expect(good.statusCode).toBe(201);
  });

  it('makes one of many at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post('/v1/mappings', mapping('five'), { 'idempotency-key': 'a-4' })),
    );
    const fresh = answers.filter(
      (answer) => answer.statusCode === 201 && answer.headers['idempotent-replayed'] === undefined,
    );
    expect(fresh).toHaveLength(1);
    expect(
      answers.every(
        (answer) => answer.statusCode === 201 || answer.json<{ code: string }>().code === 'request_in_progress',
      ),
    ).toBe(true);
  });

  it('keeps no secret for a repeat', async () => {
    const body = { name: 'k', environment: 'test', scopes: ['config:read'] };
    const first = await post('/v1/api-keys', body, { 'idempotency-key': 'a-5' });
    const second = await post('/v1/api-keys', body, { 'idempotency-key': 'a-5' });
    expect(first.json<{ key: string }>().key).toMatch(/^hub_test_/);
    expect(second.json<{ key: string | null; id: string }>()).toMatchObject({
      key: null,
      id: first.json<{ id: string }>().id,
    });
    const kept = await database.asSuperuser((client) =>
      client.query(`select response::text as text from idempotent_requests`),
    );
    expect(JSON.stringify(kept.rows)).not.toMatch(/hub_test_\w{8}_/);
  });

  describe('whose request died before its answer was kept', () => {
    const body = { name: 'lost', environment: 'test', scopes: ['config:read'] };
    const claimedAgo = (idempotencyKey: string, age: string): Promise<unknown> =>
      database.asSuperuser((client) =>
        client.query(
          `update idempotent_requests set status = null, response = null, created_at = now() - $2::interval where key = $1`,
          [idempotencyKey, age],
        ),
      );

    it('is taken over by the same request after a minute', async () => {
      const first = await post('/v1/api-keys', body, { 'idempotency-key': 'b-1' });
      await claimedAgo('b-1', '61 seconds');
      const second = await post('/v1/api-keys', body, { 'idempotency-key': 'b-1' });
      expect([second.statusCode, second.headers['idempotent-replayed']]).toEqual([201, undefined]);
      const third = await post('/v1/api-keys', body, { 'idempotency-key': 'b-1' });
      expect(third.headers['idempotent-replayed']).toBe('true');
      const ids = [first, second, third].map((answer) => answer.json<{ id: string }>().id);
      expect(ids[1]).not.toBe(ids[0]);
      expect(ids[2]).toBe(ids[1]);
    });

    it('is not before, and never by another request', async () => {
      await post('/v1/api-keys', body, { 'idempotency-key': 'b-2' });
      await claimedAgo('b-2', '50 seconds');
      const early = await post('/v1/api-keys', body, { 'idempotency-key': 'b-2' });
      expect([early.statusCode, early.json<{ code: string }>().code]).toEqual([409, 'request_in_progress']);
      await claimedAgo('b-2', '1 hour');
      const other = await post('/v1/api-keys', { ...body, name: 'another' }, { 'idempotency-key': 'b-2' });
      expect([other.statusCode, other.json<{ code: string }>().code]).toEqual([422, 'idempotency_key_reused']);
    });
  });

  it('refuses a key that is none', async () => {
    const answer = await post('/v1/mappings', mapping('six'), { 'idempotency-key': 'with space' });
    expect(answer.json()).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '#header/idempotency-key' }] });
  });

  it('notes when a key was last used', async () => {
    await waitUntil('the time of last use', async () => {
      const rows = await database.asSuperuser((client) =>
        client.query(`select 1 from api_keys where tenant_id = $1 and last_used_at is not null`, [tenantId]),
      );
      return rows.rowCount === 1;
    });
  });
});
