import { createHash, randomBytes } from 'node:crypto';
import { systemActor } from '@hub/audit';
import { createLocalKeyring, newUuid } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { deleteConnection, insertConnection } from '../store/connection.repository';
import { CredentialVault } from '../vault/credential-vault';
import { SignIns, type SignInInitiator, type BegunSignIn, type SignInPlace } from './sign-ins';

const BROWSER = 'of-a-browser';

let database: TestDatabase;
let tenants: TenantDb;
let signIns: SignIns;
let tenant: string;
let apiKey: string;
let connection: string;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
  const keyring = createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1');
  signIns = new SignIns({ database: database.app, tenants, vault: new CredentialVault({ tenants, keyring }) });
  tenant = (await database.createTenant()).id;
}, 60_000);
afterAll(() => database.close());

beforeEach(async () => {
  [connection, apiKey] = [newUuid(), newUuid()];
  await tenants.run(tenant, async (tx) => {
    await insertConnection(tx, {
      id: connection,
      name: connection,
      connectorId: 'vendor',
      config: {},
      credentials: null,
      status: 'active',
      statusReason: null,
    });
    await tx.query(
      `insert into api_keys (tenant_id, id, prefix, name, environment, secret_hash, scopes) values ($1, $2, $3, 'k', 'test', '\\x00', '{}')`,
      [tenant, apiKey, randomBytes(4).toString('hex')],
    );
  });
});

async function begin(initiator: SignInInitiator = { type: 'api_key', id: apiKey }): Promise<BegunSignIn> {
  const begun = await signIns.begin(tenant, {
    connectionId: connection,
    connectorId: 'vendor',
    environment: 'production',
    redirectUri: 'https://hub.example.com/oauth/callback/vendor',
    returnUrl: null,
    initiator,
    browser: BROWSER,
    actor: systemActor('retention'),
  });
  if (!begun.ok) throw new Error(begun.error.detail);
  return begun.value;
}

async function find({ state }: BegunSignIn): Promise<SignInPlace> {
  const place = await signIns.find(state);
  if (place === null) throw new Error('not found');
  return place;
}

describe('sign-ins under way', () => {
  it('are found by their state, taken once, and give back the verifier of the challenge', async () => {
    const begun = await begin();
    expect(begun.state).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const place = await find(begun);
    expect(place).toMatchObject({ tenantId: tenant, connectionId: connection, connectorId: 'vendor' });
    const taken = await signIns.take(place, BROWSER);
    if (!taken.ok) throw new Error(taken.error);
    const challenge = createHash('sha256').update(taken.value.codeVerifier).digest('base64url');
    expect(challenge).toBe(begun.codeChallenge);
    expect(taken.value).toMatchObject({ environment: 'production', returnUrl: null });
    expect(await signIns.take(place, BROWSER)).toEqual({ ok: false, error: 'used' });
  });

  it('are taken by the browser that set out last, and used up by any other', async () => {
    const [bound, stolen, unbound] = [await find(await begin()), await find(await begin()), await find(await begin())];
    await signIns.bind(bound, 'another');
    expect(await signIns.take(bound, BROWSER)).toEqual({ ok: false, error: 'other_browser' });
    expect(await signIns.take(bound, 'another')).toEqual({ ok: false, error: 'used' });
    expect(await signIns.take(stolen, null)).toEqual({ ok: false, error: 'other_browser' });
    await tenants.run(tenant, (tx) => tx.query(`update oauth_authorizations set browser_hash = null`));
    expect(await signIns.take(unbound, BROWSER)).toEqual({ ok: false, error: 'other_browser' });
  });

  it('are taken by one of many that come at once', async () => {
    const place = await find(await begin());
    const takes = await Promise.all(Array.from({ length: 8 }, () => signIns.take(place, BROWSER)));
    expect(takes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(takes.filter((take) => !take.ok && take.error === 'used')).toHaveLength(7);
  });

  it('keep neither state nor verifier where the database can be read', async () => {
    const begun = await begin();
    const { rows } = await database.asSuperuser((client) =>
      client.query<{ row: unknown }>(`select to_jsonb(a) as row from oauth_authorizations a`),
    );
    const taken = await signIns.take(await find(begun), BROWSER);
    const secrets = [begun.state, taken.ok ? taken.value.codeVerifier : ''];
    for (const secret of secrets) expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('end after ten minutes', async () => {
    const begun = await begin();
    expect(Math.round((begun.expiresAt.getTime() - Date.now()) / 60_000)).toBe(10);
    await tenants.run(tenant, (tx) => tx.query(`update oauth_authorizations set expires_at = now()`));
    expect(await signIns.take(await find(begun), BROWSER)).toEqual({ ok: false, error: 'expired' });
    // Used up all the same.
    await tenants.run(tenant, (tx) =>
      tx.query(`update oauth_authorizations set expires_at = now() + interval '1 hour'`),
    );
    expect(await signIns.take(await find(begun), BROWSER)).toEqual({ ok: false, error: 'used' });
  });

  it('are begun by people too, and end with their membership', async () => {
    const user = newUuid();
    await database.asSuperuser(async (client) => {
      await client.query(`insert into users (id, email, name) values ($1, $2, 'Ada')`, [user, `${user}@example.com`]);
      await client.query(`insert into memberships (tenant_id, id, user_id, role) values ($1, $2, $3, 'admin')`, [
        tenant,
        newUuid(),
        user,
      ]);
    });
    const [first, second, third] = [
      await begin({ type: 'user', id: user }),
      await begin({ type: 'user', id: user }),
      await begin({ type: 'user', id: user }),
    ];
    expect(await signIns.take(await find(first), BROWSER)).toMatchObject({
      ok: true,
      value: { initiator: { type: 'user', id: user }, email: `${user}@example.com` },
    });
    await tenants.run(tenant, (tx) =>
      tx.query(`update memberships set status = 'disabled' where user_id = $1`, [user]),
    );
    expect(await signIns.take(await find(second), BROWSER)).toEqual({ ok: false, error: 'initiator_gone' });
    await tenants.run(tenant, (tx) => tx.query(`update memberships set status = 'active' where user_id = $1`, [user]));
    await database.asSuperuser((client) => client.query(`update users set disabled_at = now() where id = $1`, [user]));
    expect(await signIns.take(await find(third), BROWSER)).toEqual({ ok: false, error: 'initiator_gone' });
  });

  it('are begun by operators inside the tenant, for as long as they are', async () => {
    const operator = newUuid();
    await database.asSuperuser(async (client) => {
      await client.query(`insert into users (id, email, name, is_operator) values ($1, $2, 'Op', true)`, [
        operator,
        `${operator}@example.com`,
      ]);
      await client.query(
        `insert into user_sessions (id, user_id, inside_tenant_id, token_hash, acting_until, expires_at)
         values ($1, $2, $3, $4, now() + interval '1 hour', now() + interval '1 hour')`,
        [newUuid(), operator, tenant, randomBytes(32)],
      );
    });
    const [first, second] = [
      await begin({ type: 'operator', id: operator }),
      await begin({ type: 'operator', id: operator }),
    ];
    expect(await signIns.take(await find(first), BROWSER)).toMatchObject({
      ok: true,
      value: { initiator: { type: 'operator' } },
    });
    await database.asSuperuser((client) =>
      client.query(`update user_sessions set acting_until = now() where user_id = $1`, [operator]),
    );
    expect(await signIns.take(await find(second), BROWSER)).toEqual({ ok: false, error: 'initiator_gone' });
  });

  it('end with the key that asked for them, with the tenant, and with the connection', async () => {
    const revoked = await find(await begin());
    await tenants.run(tenant, (tx) => tx.query(`update api_keys set revoked_at = now() where id = $1`, [apiKey]));
    expect(await signIns.take(revoked, BROWSER)).toEqual({ ok: false, error: 'initiator_gone' });
    await tenants.run(tenant, (tx) => tx.query(`update api_keys set revoked_at = null where id = $1`, [apiKey]));

    const suspended = await find(await begin());
    const setStatus = (status: string): Promise<unknown> =>
      database.asSuperuser((client) => client.query(`update tenants set status = $2 where id = $1`, [tenant, status]));
    await setStatus('suspended');
    expect(await signIns.take(suspended, BROWSER)).toEqual({ ok: false, error: 'initiator_gone' });
    await setStatus('active');

    const orphan = await find(await begin());
    await tenants.run(tenant, (tx) => deleteConnection(tx, connection));
    expect(await signIns.take(orphan, BROWSER)).toEqual({ ok: false, error: 'gone' });
  });

  it.each(['', 'x', 'a'.repeat(43), "'; drop table connections; --"])('are not found by %j', async (state) => {
    expect(await signIns.find(state)).toBeNull();
  });

  it('cannot be listed without the state, by anybody', async () => {
    await begin();
    expect(await database.app.query(`select * from oauth_authorizations`)).toEqual([]);
  });
});
