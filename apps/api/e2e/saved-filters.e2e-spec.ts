import { newUuid } from '@hub/platform';
import { csrfTokenOf, issueToken, MOST_SAVED_FILTERS } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { stageInProcessApi, type InProcessApi } from './in-process-api';

let database: TestDatabase;
let api: InProcessApi;
stageInProcessApi((...made) => ([api, database] = made));

interface Saved {
  readonly id: string;
  readonly view: string;
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
}
type Ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => Promise<[number, unknown]>;

/** A viewer of the tenant, or an operator who has entered it. */
async function personIn(tenantId: string, isVisitor = false): Promise<Ask> {
  const { token, hash } = issueToken();
  const user = newUuid();
  await database.asSuperuser(async (client) => {
    await client.query(`insert into users (id, email, name, is_operator) values ($1, $2, 'somebody', $3)`, [
      user,
      `${user}@example.com`,
      isVisitor,
    ]);
    if (!isVisitor) {
      await client.query(`insert into memberships (tenant_id, id, user_id, role) values ($1, $2, $3, 'viewer')`, [
        tenantId,
        newUuid(),
        user,
      ]);
    }
    await client.query(
      `insert into user_sessions (id, user_id, inside_tenant_id, token_hash, expires_at, acting_reason, acting_until)
       values ($1, $2, $3, $4, now() + interval '1 hour', 'any', now() + interval '1 hour')`,
      [newUuid(), user, tenantId, hash],
    );
  });
  const headers = {
    cookie: `hub_session=${token}`,
    'x-csrf-token': csrfTokenOf(token),
    'sec-fetch-site': 'same-origin',
  };
  return async (method, path, payload) => {
    const answer = await api.send(null, method, `/v1/saved-filters${path}`, { headers, payload });
    return [answer.statusCode, answer.body === '' ? null : answer.json()];
  };
}

const FAILED = { view: 'events', name: 'Failed invoices', query: { status: 'failed', type: 'invoice.created' } };
const codeOf = ([status, body]: [number, unknown]): unknown => [status, (body as { code?: unknown }).code];

async function save(ask: Ask, draft: object): Promise<Saved> {
  const [status, body] = await ask('POST', '', draft);
  expect(status).toBe(201);
  return body as Saved;
}

describe('saved filters', () => {
  it('are made, found by their view, renamed, changed and deleted', async () => {
    const ask = await personIn((await api.newTenant()).id);
    const made = await save(ask, FAILED);
    expect(made).toMatchObject(FAILED);
    const other = await save(ask, { ...FAILED, view: 'deliveries' });
    expect(await ask('GET', '?view=events')).toEqual([200, { data: [made] }]);
    expect(await ask('PATCH', `/${made.id}`, { name: 'Broken' })).toEqual([200, { ...made, name: 'Broken' }]);
    const query = { q: 'o\'Neill "and" 🙂' };
    expect(await ask('PATCH', `/${made.id}`, { query })).toEqual([200, { ...made, name: 'Broken', query }]);
    expect((await ask('DELETE', `/${made.id}`))[0]).toBe(204);
    expect(await ask('GET', '')).toEqual([200, { data: [other] }]);
    expect(codeOf(await ask('DELETE', `/${made.id}`))).toEqual([404, 'not_found']);
  });

  it('are a person’s own, in one company', async () => {
    const { id, key } = await api.newTenant();
    const [ask, colleague] = [await personIn(id), await personIn(id)];
    const made = await save(ask, FAILED);
    await save(colleague, FAILED);
    expect(await ask('GET', '')).toEqual([200, { data: [made] }]);
    for (const stranger of [colleague, await personIn((await api.newTenant()).id)]) {
      expect(codeOf(await stranger('PATCH', `/${made.id}`, { name: 'Mine' }))).toEqual([404, 'not_found']);
      expect(codeOf(await stranger('DELETE', `/${made.id}`))).toEqual([404, 'not_found']);
    }
    expect((await api.send(key, 'GET', '/v1/saved-filters')).json()).toEqual({ data: [] });
  });

  it('go with the person’s membership', async () => {
    const { id } = await api.newTenant();
    await save(await personIn(id), FAILED);
    await database.asSuperuser(async (client) => {
      await client.query(`delete from memberships where tenant_id = $1`, [id]);
      const { rows } = await client.query(`select 1 from saved_filters where tenant_id = $1`, [id]);
      expect(rows).toEqual([]);
    });
  });

  it('are neither for keys nor for operators on a visit', async () => {
    const { id, key } = await api.newTenant();
    const byKey = await api.send(key, 'POST', '/v1/saved-filters', { payload: FAILED });
    expect([byKey.statusCode, byKey.json<{ code: string }>().code]).toEqual([403, 'members_only']);
    expect(codeOf(await (await personIn(id, true))('POST', '', FAILED))).toEqual([403, 'members_only']);
  });

  it('have names of their own, and are not without number', async () => {
    const ask = await personIn((await api.newTenant()).id);
    const made = await save(ask, FAILED);
    expect(codeOf(await ask('POST', '', FAILED))).toEqual([409, 'name_taken']);
    const others = Array.from({ length: MOST_SAVED_FILTERS - 1 }, (_, n) => save(ask, { ...FAILED, name: `n-${n}` }));
    await Promise.all(others);
    expect(codeOf(await ask('POST', '', { ...FAILED, name: 'too many' }))).toEqual([422, 'too_many_saved_filters']);
    expect(codeOf(await ask('PATCH', `/${made.id}`, { name: 'n-1' }))).toEqual([409, 'name_taken']);
  });

  it.each([
    ['no view of ours', { ...FAILED, view: 'members' }, '/view'],
    ['a name of nothing', { ...FAILED, name: ' ' }, '/name'],
    ['what is no filter’s name', { ...FAILED, query: { 'a b': 'c' } }, '/query'],
    ['too much of it', { ...FAILED, query: { q: 'x'.repeat(301) } }, '/query/q'],
  ])('are not made of %s', async (_what, draft, pointer) => {
    const ask = await personIn((await api.newTenant()).id);
    const [status, body] = await ask('POST', '', draft);
    const [fault] = (body as { errors: { pointer: string }[] }).errors;
    expect([status, fault?.pointer.startsWith(pointer)]).toEqual([400, true]);
  });
});
