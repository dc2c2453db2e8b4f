import { fromPublicId } from '@hub/platform';
import { recordedActions, type TestDatabase } from '@hub/testing';
import { stageApi } from '../../fixtures/stage-api';
import { signed, startSyncApi, type SyncApi } from '../syncs/fixtures/sync-api';

let database: TestDatabase;
let api: SyncApi;
let tenant: { id: string; key: string; connection: string };

stageApi(startSyncApi, (...made) => ([api, database] = made));

beforeEach(async () => {
  tenant = await api.newTenant();
  const { key, connection } = tenant;
  const sync = { name: 'customers', connection_id: connection, object: 'Customer' };
  expect((await api.call(key, 'POST', '/v1/syncs', sync)).status).toBe(201);
  api.rung.length = 0;
});

const path = (): string => `/v1/connections/${tenant.connection}/hook`;

async function makeUrl(): Promise<string> {
  const made = await api.call<{ url: string }>(tenant.key, 'POST', path());
  if (made.status !== 201) throw new Error(made.text);
  return made.body.url;
}

async function waiting(): Promise<unknown[]> {
  return database.asSuperuser(
    async (client) =>
      (
        await client.query(
          `select object, record_id, revision from hook_notices where tenant_id = $1 order by object, record_id`,
          [tenant.id],
        )
      ).rows as unknown[],
  );
}

describe('the address of a connection', () => {
  it('leaves in the audit log when it was made and ended, and never what it is', async () => {
    const url = await makeUrl();
    await makeUrl();
    await api.call(tenant.key, 'DELETE', path());
    expect(await recordedActions(database, tenant.connection)).toEqual([
      'connection.created',
      'connection_hook.created',
      'connection_hook.replaced',
      'connection_hook.deleted',
    ]);
    const { rows } = await database.asSuperuser((client) =>
      client.query<{ text: string }>(`select record::text as text from audit_records where tenant_id = $1`, [
        tenant.id,
      ]),
    );
    expect(rows.map(({ text }) => text).join()).not.toContain(url.split('/').pop());
  });

  it('is shown once, kept as a hash, and ended by the next', async () => {
    const url = await makeUrl();
    expect(url).toMatch(/^https:\/\/hub\.example\.com\/hooks\/fake\/[A-Za-z0-9_-]{43}$/);
    const token = url.split('/').pop() ?? '';
    expect((await api.call(tenant.key, 'GET', path())).text).not.toContain(token);
    const stored = await database.asSuperuser((client) =>
      client.query<{ row: string }>(`select h::text as row from connection_hooks h where tenant_id = $1`, [tenant.id]),
    );
    expect(stored.rows[0]?.row).not.toContain(token);
    const body = 'Customer:1';
    expect((await api.hook(url, body, signed(body))).status).toBe(202);
    const next = await makeUrl();
    expect((await api.hook(url, body, signed(body))).status).toBe(404);
    expect((await api.hook(next, body, signed(body))).status).toBe(202);
    expect((await api.call(tenant.key, 'DELETE', path())).status).toBe(204);
    expect((await api.hook(next, body, signed(body))).status).toBe(404);
    expect((await api.call(tenant.key, 'GET', path())).status).toBe(404);
    expect(api.logged.join('\n')).not.toContain(token);
  });

  it('is made only where the connector is called, by whom the connection belongs to, with the scope', async () => {
    const { key, id } = tenant;
    const config = { url: 'https://example.com' };
    const http = await api.call<{ id: string }>(key, 'POST', '/v1/connections', {
      name: 'h',
      connector: 'http',
      config,
    });
    expect(await api.call(key, 'POST', `/v1/connections/${http.body.id}/hook`)).toMatchObject({
      status: 409,
      body: { code: 'not_supported' },
    });
    const stranger = await api.newTenant();
    await makeUrl();
    for (const method of ['POST', 'GET', 'DELETE'])
      expect((await api.call(stranger.key, method, path())).status).toBe(404);
    const reader = await api.keyOf(id, ['config:read']);
    expect((await api.call(reader, 'POST', path())).status).toBe(403);
    expect((await api.call(null, 'POST', path())).status).toBe(401);
  });
});

describe('a vendor’s call', () => {
  it('is kept before it is answered as the vendor wants it, and rung for', async () => {
    const url = await makeUrl();
    const body = Buffer.concat([Buffer.from('Customer:2 Customer:1 Invoice:9 '), Buffer.from([0xff, 0xfe, 0x00])]);
    const answer = await api.hook(url, body, signed(body));
    expect(answer).toMatchObject({ status: 202, text: '<ack/>' });
    expect(answer.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(await waiting()).toEqual([
      { object: 'Customer', record_id: '1', revision: 1 },
      { object: 'Customer', record_id: '2', revision: 1 },
    ]);
    expect(api.rung).toEqual([fromPublicId('connection', tenant.connection)]);
    const again = await Promise.all([1, 2, 3].map(() => api.hook(url, body, signed(body))));
    expect(again.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await waiting()).toHaveLength(2);
    expect((await api.call(tenant.key, 'GET', path())).body).toMatchObject({ received: 4, refused: 0 });
    expect((await api.call(tenant.key, 'GET', '/v1/syncs')).body).toMatchObject({ data: [{ pending_notices: 2 }] });
  });

  it('is verified over its bytes, whatever type it says it has', async () => {
    const url = await makeUrl();
    const body = '{"a" : 1.0, "n":"Customer:1"}';
    for (const type of ['application/json', 'application/json; charset=utf-8', 'text/xml', 'application/x-odd'])
      expect((await api.hook(url, body, { ...signed(body), 'content-type': type })).status).toBe(202);
    const broken = '{"Customer:2"';
    expect((await api.hook(url, broken, { ...signed(broken), 'content-type': 'application/json' })).status).toBe(202);
  });

  it('is refused without a word of what would have been right, and counted', async () => {
    const url = await makeUrl();
    const body = 'Customer:1';
    const missing = await api.hook(url, body);
    const forged = await api.hook(url, body, signed('Customer:2'));
    const other = await api.hook(url, 'other Customer:1', signed('other Customer:1'));
    expect([missing.status, forged.status, other.status]).toEqual([401, 401, 403]);
    expect(missing.body).toMatchObject({ code: 'hook_refused', detail: forged.body['detail'] });
    expect(await waiting()).toEqual([]);
    expect(api.rung).toEqual([]);
    expect((await api.call(tenant.key, 'GET', path())).body).toMatchObject({
      received: 0,
      refused: 3,
      last_refusal: 'other_account',
    });
  });

  it('at an address that is none, or another connector’s, is 404', async () => {
    const url = await makeUrl();
    const body = 'Customer:1';
    const base = 'https://hub.example.com/hooks';
    const token = url.split('/').pop() ?? '';
    for (const wrong of [
      `${base}/fake/${'a'.repeat(43)}`,
      `${base}/fake/x`,
      `${base}/http/${token}`,
      `${base}/no/${token}`,
    ])
      expect((await api.hook(wrong, body, signed(body))).status).toBe(404);
    await database.asSuperuser((client) =>
      client.query(`update tenants set status = 'suspended' where id = $1`, [tenant.id]),
    );
    expect((await api.hook(url, body, signed(body))).status).toBe(404);
  });

  it('that is larger than the connector takes is refused unread', async () => {
    const url = await makeUrl();
    const body = 'Customer:1'.padEnd(1_001);
    expect((await api.hook(url, body, signed(body))).status).toBe(413);
    const huge = 'x'.repeat(4 * 1024 * 1024 + 1);
    expect((await api.hook(url, huge, signed(huge))).status).toBe(413);
  });

  it('is one of so many a minute for its connection', async () => {
    const url = await makeUrl();
    const body = 'Customer:1';
    const other = await api.newTenant();
    const elsewhere = await api.call<{ url: string }>(other.key, 'POST', `/v1/connections/${other.connection}/hook`);
    await api.limiter.take(`hook:${fromPublicId('connection', tenant.connection)}`, 600, 1_199);
    expect((await api.hook(url, body, signed(body))).status).toBe(202);
    const answer = await api.hook(url, body, signed(body));
    expect([answer.status, answer.body['code']]).toEqual([429, 'rate_limited']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await api.hook(elsewhere.body.url, body, signed(body))).status).toBe(202);
  });

  it('elsewhere, other types than JSON are refused as ever', async () => {
    const answer = await api.hook('https://hub.example.com/v1/events', 'Customer:1', {
      authorization: `Bearer ${tenant.key}`,
    });
    expect(answer.status).toBe(415);
  });
});

describe('a call for all accounts of an app', () => {
  const URL = 'https://hub.example.com/hooks/appfake/production';
  const secret = 'production-verifier';

  async function signedIn(account: string, env = 'production') {
    const made = await api.newTenant(undefined, { connector: 'appfake', config: { env } });
    await database.asSuperuser((client) =>
      client.query(`update connections set account_id = $1 where tenant_id = $2`, [account, made.id]),
    );
    const sync = { name: 'customers', connection_id: made.connection, object: 'Customer' };
    expect((await api.call(made.key, 'POST', '/v1/syncs', sync)).status).toBe(201);
    return made;
  }

  const waitingFor = async ({ id }: { id: string }): Promise<string[]> =>
    database.asSuperuser(async (client) => {
      const { rows } = await client.query<{ record_id: string }>(
        `select record_id from hook_notices where tenant_id = $1 order by record_id`,
        [id],
      );
      return rows.map((row) => row.record_id);
    });

  it('is kept for every connection of the accounts that it names, of that environment alone', async () => {
    const account = `a${Date.now()}`;
    const [mine, also, other, sandbox] = [
      await signedIn(account),
      await signedIn(account),
      await signedIn(`${account}x`),
      await signedIn(account, 'sandbox'),
    ];
    api.rung.length = 0;
    const body = `Customer:1@${account} Customer:2@${account} Invoice:3@${account} Customer:4@nobody`;
    expect(await api.hook(URL, body, signed(body, secret))).toMatchObject({ status: 200, text: '' });
    expect(await Promise.all([mine, also, other, sandbox].map(waitingFor))).toEqual([['1', '2'], ['1', '2'], [], []]);
    expect(api.rung).toHaveLength(2);
  });

  it('is refused when it is not signed with the secret of that environment', async () => {
    const body = 'Customer:1@a';
    expect((await api.hook(URL, body)).status).toBe(401);
    expect((await api.hook(URL, body, signed(body, 'sandbox-verifier'))).status).toBe(401);
    expect((await api.hook(URL.replace('production', 'moon'), body, signed(body, secret))).status).toBe(404);
  });

  it('has no address of a connection’s own', async () => {
    const made = await signedIn('own');
    expect(await api.call(made.key, 'POST', `/v1/connections/${made.connection}/hook`)).toMatchObject({
      status: 409,
      body: { code: 'hook_of_app' },
    });
  });
});
