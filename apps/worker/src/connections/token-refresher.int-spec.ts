import { randomBytes } from 'node:crypto';
import {
  claimRefresh,
  ConnectionOpener,
  credentialTimes,
  CredentialVault,
  findConnection,
  findDueRefreshes,
  insertConnection,
  OAuthApps,
  setConnectionStatus,
  type ConnectionRow,
} from '@hub/connections';
import { createRegistry, type Connector, type ConnectorContext, type ConnectorError } from '@hub/connector-sdk';
import { createLocalKeyring, err, newUuid, ok, type JsonObject, type Result, type SafeHttp } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { TokenRefresher } from './token-refresher';

const keyring = createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1');
let database: TestDatabase;
let tenants: TenantDb;
let vault: CredentialVault;
let tenant: string;
/** What the vendor was asked with, and what it does next. */
let asked: ConnectorContext[];
let answer: () => Promise<Result<JsonObject, ConnectorError>>;

const connector = {
  manifest: { id: 'vendor' },
  oauth: { environmentOf: () => 'production' },
  refreshCredentials: (context: ConnectorContext) => {
    asked.push(context);
    return answer();
  },
  tokenLifetime: (credentials: JsonObject) => ({
    issuedAtMs: Number(credentials['issued_at']),
    expiresAtMs: Number(credentials['issued_at']) + 3_600_000,
    refreshExpiresAtMs: null,
  }),
} as unknown as Connector;
const connectors = createRegistry([connector]);
const app = { environment: 'production', clientId: 'c', clientSecret: null, endpoints: {}, secrets: {} };

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
  vault = new CredentialVault({ tenants, keyring });
  tenant = (await database.createTenant()).id;
}, 60_000);
afterAll(() => database.close());

beforeEach(async () => {
  asked = [];
  answer = () => Promise.resolve(ok({ token: 'new', issued_at: Date.now() }));
  await tenants.run(tenant, (tx) => tx.query(`update connections set deleted_at = now() where deleted_at is null`));
});

const MINUTE = 60_000;

/** Credentials that were stored `ageMs` ago, by a connection that was used `usedMs` ago. */
async function connection(
  ageMs: number,
  usedMs: number | null,
  status: 'active' | 'paused' = 'active',
): Promise<string> {
  const id = newUuid();
  const credentials = { token: 'old', issued_at: Date.now() - ageMs };
  const sealed = await vault.seal(tenant, id, credentials);
  if (!sealed.ok) throw new Error(sealed.error.detail);
  await tenants.run(tenant, async (tx) => {
    await insertConnection(tx, {
      id,
      name: id,
      connectorId: 'vendor',
      config: { site: 'a' },
      credentials: sealed.value,
      times: credentialTimes(connector, credentials, Date.now() - ageMs),
      status,
      statusReason: null,
    });
    await tx.query(
      `update connections set credentials_stored_at = now() - $2 * interval '1 millisecond' where tenant_id = $3 and id = $1`,
      [id, ageMs, tenant],
    );
    await tx.query(
      `update connection_runtime set used_at = now() - $2::bigint * interval '1 millisecond' where tenant_id = $3 and connection_id = $1`,
      [id, usedMs, tenant],
    );
  });
  return id;
}

async function row(id: string): Promise<ConnectionRow> {
  const found = await tenants.run(tenant, (tx) => findConnection(tx, id));
  if (found === null) throw new Error('gone');
  return found;
}

/** As another worker would be. */
function refresher(options: { readonly refreshTimeoutMs?: number } = {}): TokenRefresher {
  const ofItsOwn = new CredentialVault({ tenants, keyring });
  const opener = new ConnectionOpener({ tenants, vault: ofItsOwn, connectors, ...options });
  return new TokenRefresher({
    dispatcher: database.dispatcher,
    tenants,
    opener,
    connectors,
    oauthApps: new OAuthApps(new Map([['vendor', [app]]])),
    limits: { report: () => undefined },
    http: {} as SafeHttp,
  });
}

describe('refreshing ahead', () => {
  it('comes before the end of what is used, daily to what is idle, and to nothing else', async () => {
    const inUse = await connection(46 * MINUTE, 5 * MINUTE);
    const idleForADay = await connection(25 * 60 * MINUTE, null, 'paused');
    const fresh = await connection(40 * MINUTE, 5 * MINUTE);
    const idle = await connection(5 * 60 * MINUTE, 5.5 * 60 * MINUTE);
    expect(await refresher().refreshDue()).toBe(2);
    expect((await row(inUse)).revision).toBe(2);
    expect((await row(idleForADay)).revision).toBe(2);
    expect((await row(fresh)).revision).toBe(1);
    expect((await row(idle)).revision).toBe(1);
    expect(asked[0]).toMatchObject({ credentials: { token: 'old' }, oauthApp: app, config: { site: 'a' } });
    expect(await refresher().refreshDue()).toBe(0);
  });

  it('is one call for two workers that look at once', async () => {
    await connection(50 * MINUTE, MINUTE);
    answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return ok({ token: 'new', issued_at: Date.now() });
    };
    const tried = await Promise.all([refresher().refreshDue(), refresher().refreshDue(), refresher().refreshDue()]);
    expect(tried.sort()).toEqual([0, 0, 1]);
    expect(asked).toHaveLength(1);
  });

  it('is one call together with a delivery that meets the expired token', async () => {
    const id = await connection(50 * MINUTE, MINUTE);
    let begun: () => void = () => undefined;
    const isUnderWay = new Promise<void>((resolve) => (begun = resolve));
    answer = async () => {
      begun();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return ok({ token: 'new', issued_at: Date.now() });
    };
    const ahead = refresher().refreshDue();
    await isUnderWay;
    const opener = new ConnectionOpener({ tenants, vault: new CredentialVault({ tenants, keyring }), connectors });
    const delivered = await opener.refreshOnce(tenant, id, 1, () => Promise.reject(new Error('a second call')));
    expect(delivered).toMatchObject({ ok: true, value: { credentials: { token: 'new' }, revision: 2 } });
    expect(await ahead).toBe(1);
  });

  it('leaves a row alone that somebody else is just refreshing', async () => {
    const id = await connection(50 * MINUTE, MINUTE);
    await tenants.run(tenant, async (tx) => {
      await tx.query(`select 1 from connections where tenant_id = $1 and id = $2 for no key update`, [tenant, id]);
      expect(await refresher().refreshDue()).toBe(0);
    });
    expect(await refresher().refreshDue()).toBe(1);
  });

  it('is taken up by another when the worker that claimed it is gone', async () => {
    const id = await connection(50 * MINUTE, MINUTE);
    expect(await tenants.run(tenant, (tx) => claimRefresh(tx, id))).toMatchObject({ revision: 1 });
    expect(await findDueRefreshes(database.dispatcher, 10)).toEqual([]);
    await tenants.run(tenant, (tx) =>
      tx.query(`update connections set refresh_not_before = refresh_not_before - interval '2 minutes' where id = $1`, [
        id,
      ]),
    );
    expect(await refresher().refreshDue()).toBe(1);
  });

  it('tries again later when the vendor is away, and shows it when it lasts', async () => {
    const id = await connection(50 * MINUTE, MINUTE);
    answer = () => Promise.resolve(err({ category: 'transient', code: 'http_503', message: 'Down.' }));
    for (let round = 1; round <= 3; round++) {
      expect(await refresher().refreshDue()).toBe(1);
      expect(await refresher().refreshDue()).toBe(0);
      const { rows } = await database.asSuperuser((client) =>
        client.query<{ wait: number }>(
          `update connections set refresh_not_before = now() where id = $1
           returning extract(epoch from (select refresh_not_before from connections where id = $1) - now())::float as wait`,
          [id],
        ),
      );
      expect(Math.round((rows[0]?.wait ?? 0) / 30)).toBe(Math.round((60 * 2 ** (round - 1)) / 30));
    }
    expect(await row(id)).toMatchObject({ refresh_failures: 3, status: 'active', revision: 1 });
  });

  it('asks no more once the grant is gone, nor for a connection that waits for a person', async () => {
    const id = await connection(50 * MINUTE, MINUTE);
    const paused = await connection(50 * MINUTE, MINUTE, 'paused');
    answer = () => Promise.resolve(err({ category: 'auth_revoked', code: 'invalid_grant', message: 'Gone.' }));
    expect(await refresher().refreshDue()).toBe(2);
    expect(await refresher().refreshDue()).toBe(0);
    expect(await row(id)).toMatchObject({ status: 'needs_reauth', status_reason: 'invalid_grant: Gone.' });
    expect(await row(paused)).toMatchObject({ status: 'paused', refused_revision: 1 });
    // Resuming it is a wish to try again.
    await tenants.run(tenant, (tx) => setConnectionStatus(tx, paused, 'active', null));
    expect(await refresher().refreshDue()).toBe(1);
  });

  it('goes on with the others when one connector breaks', async () => {
    await connection(55 * MINUTE, MINUTE);
    await connection(50 * MINUTE, MINUTE);
    let calls = 0;
    answer = () =>
      calls++ === 0 ? Promise.reject(new Error('broken')) : Promise.resolve(ok({ issued_at: Date.now() }));
    expect(await refresher().refreshDue()).toBe(2);
    expect(calls).toBe(2);
  });

  it('stores the answer of a vendor that takes longer than a refresh may', async () => {
    const id = await connection(50 * MINUTE, MINUTE);
    let release: (result: Result<JsonObject, ConnectorError>) => void = () => undefined;
    answer = () => new Promise((resolve) => (release = resolve));
    const limits = jest.spyOn(AbortSignal, 'timeout');
    expect(await refresher({ refreshTimeoutMs: 20 }).refreshDue()).toBe(1);
    expect(await row(id)).toMatchObject({ revision: 1, refresh_failures: 1 });
    // What cuts the call comes later than the 20 s that a refresh is waited for, and than each token call's own 30 s.
    const lengths = limits.mock.results.flatMap(({ value }, index) =>
      value === asked[0]?.signal ? limits.mock.calls[index] : [],
    );
    limits.mockRestore();
    expect(lengths).toEqual([60_000]);
    release(ok({ token: 'late', issued_at: Date.now() }));
    await waitUntil('the late answer', async () => (await row(id)).revision === 2);
  });

  it('stops only when what is under way has been stored', async () => {
    const id = await connection(50 * MINUTE, MINUTE);
    let begun: () => void = () => undefined;
    const isUnderWay = new Promise<void>((resolve) => (begun = resolve));
    answer = async () => {
      begun();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return ok({ token: 'new', issued_at: Date.now() });
    };
    const subject = refresher();
    subject.start();
    await isUnderWay;
    await subject.stop();
    expect((await row(id)).revision).toBe(2);
  });
});
