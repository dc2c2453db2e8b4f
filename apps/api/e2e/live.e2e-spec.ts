import { newUuid } from '@hub/platform';
import { issueToken, SCOPES } from '@hub/tenancy';
import { createTestDatabase, readServices, type TestDatabase } from '@hub/testing';
import { StreamReader } from '../../../test/support/stream-reader';
import { LIVE_LIMITS } from '../src/modules/live/live-streams';
import { startInProcessApi, type InProcessApi } from './in-process-api';

/** Two processes of the API on one database: what one takes in, the other tells. */
let database: TestDatabase;
let apis: readonly InProcessApi[];
let urls: readonly string[];
const open: StreamReader[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const settings = { REDIS_URL: readServices().redisUrl };
  apis = [await startInProcessApi(database, settings), await startInProcessApi(database, settings)];
  urls = await Promise.all(apis.map((api) => api.listen()));
}, 60_000);
afterEach(() => open.splice(0).forEach((reader) => reader.leave()));
afterAll(async () => {
  await Promise.all((apis ?? []).map((api) => api.close()));
  await database?.close();
});

jest.setTimeout(20_000);

const api = (): InProcessApi => apis[0] as InProcessApi;
async function follow(
  key: string,
  path: string,
  { from, at = 1 }: { from?: string; at?: number } = {},
): Promise<StreamReader> {
  const reader = await StreamReader.open(`${urls[at]}${path}`, {
    authorization: `Bearer ${key}`,
    ...(from === undefined ? {} : { 'last-event-id': from }),
  });
  open.push(reader);
  await reader.wait('the first message', ({ messages }) => messages.length > 0);
  return reader;
}

async function send(
  key: string,
  event: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await api().send(key, 'POST', '/v1/events', {
    headers,
    payload: { event_id: newUuid(), type: 'order.created', data: { secret: 'in-the-payload' }, ...event },
  });
  if (answer.statusCode !== 202) throw new Error(answer.body);
  return answer.json<{ tracking_id: string }>().tracking_id;
}

async function make(key: string, url: string, payload: Readonly<Record<string, unknown>>): Promise<string> {
  return (await api().send(key, 'POST', url, { payload })).json<{ id: string }>().id;
}

const idsOf = (reader: StreamReader): unknown[] => reader.named('accepted').map(({ data }) => data['tracking_id']);
const told = (count: number) => (reader: StreamReader) => idsOf(reader).length >= count;

describe('following events', () => {
  it('tells what another process took in, as the list shows it, and of its own tenant alone', async () => {
    const [tenant, stranger] = [await api().newTenant(), await api().newTenant()];
    const reader = await follow(tenant.key, '/v1/events/stream');
    expect(reader.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(reader.response.headers['cache-control']).toContain('no-store');
    const foreign = await follow(stranger.key, '/v1/events/stream');
    const [id] = [await send(tenant.key, { subject: 's-1' }), await send(stranger.key, { subject: 'foreign' })];
    await reader.wait('the event', told(1));
    await foreign.wait('the other tenant’s', told(1));
    const list = (await api().send(tenant.key, 'GET', '/v1/events')).json<{ data: unknown[] }>();
    expect(reader.named('accepted').map(({ data }) => data)).toEqual(list.data);
    expect(idsOf(reader)).toEqual([id]);
    expect(JSON.stringify(reader.messages)).not.toMatch(/foreign|in-the-payload/);
    expect(idsOf(foreign)).not.toContain(id);
  });

  it('takes the filters of the list', async () => {
    const { id, key } = await api().newTenant();
    const [typed, found] = [
      await follow(key, '/v1/events/stream?type=order.changed'),
      await follow(key, '/v1/events/stream?q=needle'),
    ];
    await send(key, {});
    const changed = await send(key, { type: 'order.changed' });
    const needle = await send(key, { data: { text: 'a needle in it' } });
    await typed.wait('the type', told(1));
    await found.wait('the needle', told(1));
    expect([idsOf(typed), idsOf(found)]).toEqual([[changed], [needle]]);
    const blind = await api().newKey(
      id,
      SCOPES.filter((scope) => scope !== 'payloads:read'),
    );
    await expect(follow(blind, '/v1/events/stream?q=needle')).rejects.toThrow(/403.*missing_scope/);
    await expect(follow(key, '/v1/events/stream?limit=5')).rejects.toThrow(/400.*limit/);
    const one = await follow(blind, `/v1/events/stream?q=${needle}`);
    expect(one.response.statusCode).toBe(200);
    const asked = await follow(blind, `/v1/events/stream?request_id=asked-7`);
    await send(key, {});
    const brought = await send(key, {}, { 'x-request-id': 'asked-7' });
    await asked.wait('what the request brought', told(1));
    expect(idsOf(asked)).toEqual([brought]);
  });

  it('goes on where the line was lost, at any message and at any process, without loss and without doubling', async () => {
    const { key } = await api().newTenant();
    const first = await follow(key, '/v1/events/stream');
    const sent = [await send(key, {}), await send(key, {})];
    await first.wait('two', told(2));
    first.leave();
    // Together, so that they come in one look and the line is lost among them.
    sent.push(...(await Promise.all(Array.from({ length: 6 }, () => send(key, {})))));
    const second = await follow(key, '/v1/events/stream', { from: first.lastId, at: 0 });
    await second.wait('the rest', told(6));
    const seen = [...idsOf(first), ...idsOf(second).slice(0, 3)];
    const third = await follow(key, '/v1/events/stream', { from: second.named('accepted')[2]?.id });
    sent.push(await send(key, {}));
    await third.wait('the last', told(4));
    seen.push(...idsOf(third));
    expect(seen.sort()).toEqual(sent.sort());
  });

  it('says that it cannot go on from where it never was, and refuses what is no place', async () => {
    const { key } = await api().newTenant();
    const reader = await follow(key, '/v1/events/stream', { from: '99999999999.1763740000000' });
    await reader.wait('to be told', ({ messages }) => messages.some(({ event }) => event === 'skipped'));
    await expect(follow(key, '/v1/events/stream', { from: "1'--" })).rejects.toThrow(/400.*last-event-id/);
  });

  it('ends when the key is revoked, and when the session is', async () => {
    const { id, key } = await api().newTenant();
    const reader = await follow(key, '/v1/events/stream', { at: 0 });
    const { cookie, end } = await signIn(id);
    const person = await StreamReader.open(`${urls[0]}/v1/deliveries/stream`, { cookie });
    open.push(person);
    await database.asSuperuser((client) =>
      client.query(`update api_keys set revoked_at = now() where tenant_id = $1`, [id]),
    );
    await end();
    for (const one of [reader, person]) {
      await one.wait('the end', ({ hasEnded }) => hasEnded);
      expect(one.messages.at(-1)).toMatchObject({ event: 'closed', data: { code: 'not_allowed' } });
    }
  });

  it('is not for a key without the scope, and of no more streams than a tenant may have', async () => {
    const { id, key } = await api().newTenant();
    const narrow = await api().newKey(id, ['events:write']);
    await expect(follow(narrow, '/v1/events/stream')).rejects.toThrow(/403.*missing_scope/);
    await Promise.all(Array.from({ length: LIVE_LIMITS.perTenant }, () => follow(key, '/v1/events/stream')));
    await expect(follow(key, '/v1/deliveries/stream')).rejects.toThrow(/429.*too_many_streams/);
    open.shift()?.leave();
    const other = await api().newTenant();
    await follow(other.key, '/v1/events/stream');
  });
});

describe('following deliveries', () => {
  it('tells of each that is new or changed, under the filters of the list', async () => {
    const { key } = await api().newTenant();
    const connection = await make(key, '/v1/connections', {
      name: 'sink',
      connector: 'http',
      config: { url: 'https://example.com/' },
    });
    const operation = 'request.send';
    await make(key, '/v1/routes', { name: 'r', event_type: 'order.*', connection_id: connection, operation });
    const [all, cancelled] = [
      await follow(key, '/v1/deliveries/stream'),
      await follow(key, '/v1/deliveries/stream?status=cancelled'),
    ];
    const states = (reader: StreamReader) => reader.named('changed').map(({ data }) => data['status']);
    await send(key, {});
    await all.wait('the delivery', (reader) => states(reader).length === 1);
    const delivery = String(all.named('changed')[0]?.data['id']);
    await api().send(key, 'POST', `/v1/deliveries/${delivery}/cancel`);
    await all.wait('the change', (reader) => states(reader).length === 2);
    await cancelled.wait('the change', (reader) => states(reader).length === 1);
    expect([states(all), states(cancelled)]).toEqual([['pending', 'cancelled'], ['cancelled']]);
  });
});

describe('a process that stops', () => {
  it('ends its streams and does not wait for whoever listens', async () => {
    const leaving = await startInProcessApi(database, { REDIS_URL: readServices().redisUrl });
    const url = await leaving.listen();
    const { key } = await api().newTenant();
    const reader = await StreamReader.open(`${url}/v1/events/stream`, { authorization: `Bearer ${key}` });
    await leaving.close();
    await reader.wait('the end', ({ hasEnded }) => hasEnded);
    expect(reader.messages.at(-1)).toMatchObject({ event: 'closed', data: { code: 'stopping' } });
  });

  it('answers a HEAD without opening anything', async () => {
    const { key } = await api().newTenant();
    const answer = await api().send(key, 'HEAD', '/v1/events/stream');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
  });
});

/** @returns the cookie, and how to end the session behind the API's back */
async function signIn(tenantId: string): Promise<{ cookie: string; end: () => Promise<unknown> }> {
  const { token, hash } = issueToken();
  const [user, session] = [newUuid(), newUuid()];
  await database.asSuperuser(async (client) => {
    await client.query(`insert into users (id, email, name) values ($1, $2, 'somebody')`, [
      user,
      `${user}@example.com`,
    ]);
    await client.query(`insert into memberships (tenant_id, id, user_id, role) values ($1, $2, $3, 'viewer')`, [
      tenantId,
      newUuid(),
      user,
    ]);
    await client.query(
      `insert into user_sessions (id, user_id, inside_tenant_id, token_hash, expires_at) values ($1, $2, $3, $4, now() + interval '1 hour')`,
      [session, user, tenantId, hash],
    );
  });
  return {
    cookie: `hub_session=${token}`,
    end: () =>
      database.asSuperuser((client) =>
        client.query(`update user_sessions set ended_at = now() where id = $1`, [session]),
      ),
  };
}
