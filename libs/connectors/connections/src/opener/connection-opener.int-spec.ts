import { randomBytes } from 'node:crypto';
import { createRegistry, type Connector, type ConnectorError } from '@hub/connector-sdk';
import { DatabaseUnavailableError } from '@hub/database';
import {
  createLocalKeyring,
  err,
  newUuid,
  ok,
  problem,
  silentLogger,
  type JsonObject,
  type Result,
} from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { deleteConnection, findConnection, insertConnection, updateConnection } from '../store/connection.repository';
import { setConnectionStatus } from '../store/connection-status.repository';
import { replaceCredentials } from '../store/credential.repository';
import { authSummary } from '../store/auth-state';
import { type ConnectionRow } from '../store/connection.types';
import { CredentialVault } from '../vault/credential-vault';
import { ConnectionOpener, type ConnectionOpenerOptions, type OpenedConnection } from './connection-opener';

const keyring = createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1');
/** Its tokens last an hour, and say so. */
const timed = {
  manifest: { id: 'http' },
  refreshCredentials: () => Promise.reject(new Error('not called')),
  tokenLifetime: (credentials: JsonObject) => {
    const issuedAtMs = credentials['issued_at'];
    return typeof issuedAtMs === 'number'
      ? { issuedAtMs, expiresAtMs: issuedAtMs + 3_600_000, refreshExpiresAtMs: issuedAtMs + 86_400_000 }
      : null;
  },
} as unknown as Connector;
const connectors = createRegistry([timed]);
const CONFIG = { url: 'https://example.com' };
let database: TestDatabase;
let tenants: TenantDb;
let vault: CredentialVault;
let tenant: string;
let connectionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = new TenantDb(database.app);
  vault = new CredentialVault({ tenants, keyring });
  tenant = (await database.createTenant()).id;
}, 60_000);

afterAll(() => database.close());

beforeEach(async () => {
  connectionId = newUuid();
  const credentials = await seal({ token: 'one' });
  await tenants.run(tenant, (tx) =>
    insertConnection(tx, {
      id: connectionId,
      name: connectionId,
      connectorId: 'http',
      config: CONFIG,
      credentials,
      status: 'active',
      statusReason: null,
    }),
  );
});

async function seal(credentials: JsonObject) {
  const sealed = await vault.seal(tenant, connectionId, credentials);
  if (!sealed.ok) throw new Error(sealed.error.detail);
  return sealed.value;
}

/** As another process would: with a vault and a cache of its own. */
function opener(options: Partial<ConnectionOpenerOptions> = {}): ConnectionOpener {
  return new ConnectionOpener({ tenants, vault: new CredentialVault({ tenants, keyring }), connectors, ...options });
}

async function opened(by: ConnectionOpener): Promise<OpenedConnection> {
  const result = await by.open(tenant, connectionId);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

async function replace(credentials: JsonObject, expectedRevision: number): Promise<unknown> {
  const sealed = await seal(credentials);
  return tenants.run(tenant, (tx) => replaceCredentials(tx, connectionId, sealed, expectedRevision));
}

async function row(): Promise<ConnectionRow> {
  const found = await tenants.run(tenant, (tx) => findConnection(tx, connectionId));
  if (found === null) throw new Error('the connection is gone');
  return found;
}

async function told(): Promise<string[]> {
  const rows = await tenants.run(tenant, (tx) =>
    tx.query<{ type: string }>(`select type from hub_events where tenant_id = $1 and connection_id = $2 order by id`, [
      tenant,
      connectionId,
    ]),
  );
  return rows.map(({ type }) => type);
}

describe('opening', () => {
  it('answers what a connector needs', async () => {
    expect(await opened(opener())).toEqual({
      connectionId,
      connectorId: 'http',
      config: CONFIG,
      credentials: { token: 'one' },
      revision: 1,
      status: 'active',
    });
  });

  it('answers not_found for another tenant, and after deletion', async () => {
    const subject = opener({ ttlMs: 0 });
    const stranger = (await database.createTenant()).id;
    const missing = { ok: false, error: { kind: 'not_found' } };
    expect(await subject.open(stranger, connectionId)).toMatchObject(missing);
    await tenants.run(tenant, (tx) => deleteConnection(tx, connectionId));
    expect(await subject.open(tenant, connectionId)).toMatchObject(missing);
  });

  it('sees new credentials and a new status once its answer has aged, not before', async () => {
    let now = 0;
    const subject = opener({ now: () => now });
    const first = await opened(subject);
    expect(await replace({ token: 'two' }, 1)).toMatchObject({ ok: true });
    await tenants.run(tenant, (tx) => setConnectionStatus(tx, connectionId, 'paused', 'paused_by_user'));
    now = 1_999;
    expect(await opened(subject)).toBe(first);
    now = 2_000;
    expect(await opened(subject)).toMatchObject({ credentials: { token: 'two' }, revision: 2, status: 'paused' });
  });

  it('remembers nothing of a connection that waits for a person', async () => {
    await tenants.run(tenant, (tx) => setConnectionStatus(tx, connectionId, 'needs_reauth', 'gone'));
    const subject = opener({ now: () => 0 });
    expect(await opened(subject)).toMatchObject({ status: 'needs_reauth', credentials: { token: 'one' } });
    await replace({ token: 'two' }, 1);
    expect(await opened(subject)).toMatchObject({ status: 'active', credentials: { token: 'two' } });
  });

  it('lets a connection that waited for credentials go on, and leaves a paused one paused', async () => {
    await tenants.run(tenant, (tx) => setConnectionStatus(tx, connectionId, 'needs_reauth', 'auth_revoked'));
    expect(await replace({ token: 'two' }, 1)).toMatchObject({ value: { status: 'active', status_reason: null } });
    await tenants.run(tenant, (tx) => setConnectionStatus(tx, connectionId, 'paused', 'paused_by_user'));
    expect(await replace({ token: 'three' }, 2)).toMatchObject({ value: { status: 'paused' } });
    expect(await replace({ token: 'four' }, 2)).toMatchObject({ ok: false, error: { code: 'changed_meanwhile' } });
  });
});

describe('refreshing', () => {
  it('calls the vendor once, however many processes were refused, and gives all the same answer', async () => {
    const tokens: unknown[] = [];
    const refresh = async (credentials: JsonObject): Promise<Result<JsonObject, ConnectorError>> => {
      tokens.push(credentials['token']);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return ok({ token: `new ${tokens.length}` });
    };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => opener().refreshOnce(tenant, connectionId, 1, refresh)),
    );
    expect(tokens).toEqual(['one']);
    expect(answers).toEqual(Array(5).fill(ok({ credentials: { token: 'new 1' }, config: CONFIG, revision: 2 })));
    expect(await opened(opener())).toMatchObject({ credentials: { token: 'new 1' }, revision: 2 });
  });

  it('is seen at once by the process that refreshed', async () => {
    const subject = opener();
    await opened(subject);
    await subject.refreshOnce(tenant, connectionId, 1, () => Promise.resolve(ok({ token: 'two' })));
    expect((await opened(subject)).credentials).toEqual({ token: 'two' });
  });

  it('changes nothing when the vendor fails, so that the next one may try again, and counts it', async () => {
    const failure: ConnectorError = { category: 'transient', code: 'http_503', message: 'down \0 \ud800' };
    const fails = (): Promise<Result<JsonObject, ConnectorError>> => Promise.resolve(err(failure));
    expect(await opener().refreshOnce(tenant, connectionId, 1, fails)).toEqual(err(failure));
    expect(await opener().refreshOnce(tenant, connectionId, 1, fails)).toEqual(err(failure));
    expect(await opened(opener())).toMatchObject({ credentials: { token: 'one' }, revision: 1, status: 'active' });
    expect(await row()).toMatchObject({ refresh_failures: 2, auth_error: { code: 'http_503' } });
    await opener().refreshOnce(tenant, connectionId, 1, () => Promise.resolve(ok({ token: 'two' })));
    expect(await row()).toMatchObject({ refresh_failures: 0, auth_error: null, revision: 2 });
  });

  it('asks once, of however many, when the grant is gone, and holds the connection for a person', async () => {
    const refusal: ConnectorError = { category: 'auth_revoked', code: 'invalid_grant', message: 'gone' };
    const vendor = jest.fn(() => Promise.resolve(err(refusal)));
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => opener().refreshOnce(tenant, connectionId, 1, vendor)),
    );
    expect(answers).toEqual(Array(5).fill(err(refusal)));
    expect(vendor).toHaveBeenCalledTimes(1);
    expect(await row()).toMatchObject({
      status: 'needs_reauth',
      status_reason: 'invalid_grant: gone',
      refused_revision: 1,
    });
    expect(await told()).toEqual(['connection.needs_reauth']);
    // A person has set it going again as it is: then it is asked again.
    await tenants.run(tenant, (tx) => setConnectionStatus(tx, connectionId, 'active', null));
    await opener().refreshOnce(tenant, connectionId, 1, vendor);
    expect(vendor).toHaveBeenCalledTimes(2);
    // New credentials make it good.
    await replace({ token: 'two' }, 1);
    expect(await row()).toMatchObject({ status: 'active', refused_revision: null, auth_error: null });
    expect(await told()).toEqual(['connection.needs_reauth', 'connection.needs_reauth', 'connection.connected']);
  });

  it('leaves a paused connection paused when its grant is gone, and shows it all the same', async () => {
    await tenants.run(tenant, (tx) => setConnectionStatus(tx, connectionId, 'paused', 'paused_by_user'));
    const refusal: ConnectorError = { category: 'auth_revoked', code: 'invalid_grant', message: 'gone' };
    await opener().refreshOnce(tenant, connectionId, 1, () => Promise.resolve(err(refusal)));
    const after = await row();
    expect(after).toMatchObject({ status: 'paused', status_reason: 'paused_by_user' });
    expect(authSummary(after).state).toBe('needs_reauth');
  });

  it('heals what was refused only because a slower refresh had used the token up', async () => {
    let answer: (result: Result<JsonObject, ConnectorError>) => void = () => undefined;
    const slow = new Promise<Result<JsonObject, ConnectorError>>((resolve) => (answer = resolve));
    await opener({ refreshTimeoutMs: 50 }).refreshOnce(tenant, connectionId, 1, () => slow);
    const refusal: ConnectorError = { category: 'auth_revoked', code: 'invalid_grant', message: 'used' };
    await opener().refreshOnce(tenant, connectionId, 1, () => Promise.resolve(err(refusal)));
    expect(await row()).toMatchObject({ status: 'needs_reauth' });
    answer(ok({ token: 'late' }));
    await waitUntil('the late answer', async () => (await row()).revision === 2);
    expect(await row()).toMatchObject({ status: 'active', status_reason: null, refused_revision: null });
    expect(await told()).toEqual(['connection.needs_reauth', 'connection.connected']);
  });

  it('keeps with the credentials when they end, and when to refresh them', async () => {
    const issuedAt = Date.now();
    await opener().refreshOnce(tenant, connectionId, 1, () =>
      Promise.resolve(ok({ token: 'two', issued_at: issuedAt })),
    );
    expect(await row()).toMatchObject({
      token_expires_at: new Date(issuedAt + 3_600_000),
      refresh_expires_at: new Date(issuedAt + 86_400_000),
    });
    const [due] = await tenants.run(tenant, (tx) =>
      tx.query<{ due: Date; idle: Date }>(
        `select refresh_due_at as due, refresh_idle_at as idle from connections where tenant_id = $1 and id = $2`,
        [tenant, connectionId],
      ),
    );
    expect(due?.due).toEqual(new Date(issuedAt + 45 * 60_000));
    expect(due?.idle.getTime()).toBeGreaterThan(issuedAt + 21 * 3_600_000);
  });

  it('gives up on a vendor that does not answer, and keeps the late answer', async () => {
    let answer: (result: Result<JsonObject, ConnectorError>) => void = () => undefined;
    const call = new Promise<Result<JsonObject, ConnectorError>>((resolve) => (answer = resolve));
    const subject = opener({ refreshTimeoutMs: 50 });
    expect(await subject.refreshOnce(tenant, connectionId, 1, () => call)).toMatchObject({
      ok: false,
      error: { category: 'transient', code: 'refresh_timeout' },
    });
    answer(ok({ token: 'late' }));
    await waitUntil('the late answer', async () => (await opened(opener())).revision === 2);
    expect((await opened(opener())).credentials).toEqual({ token: 'late' });
  });

  it('keeps an answer that the vendor gave although the transaction was lost', async () => {
    const lost = new (class extends TenantDb {
      override run: TenantDb['run'] = (tenantId, work, options) =>
        super.run(
          tenantId,
          async (tx) => {
            const result = await work(tx);
            // Only the refresh asks for a limit of its own; what it wrote is rolled back.
            if (options?.statementTimeoutMs !== undefined) throw new DatabaseUnavailableError('connection lost');
            return result;
          },
          options,
        );
    })(database.app);
    const subject = new ConnectionOpener({ tenants: lost, vault, connectors });
    const outcome = await subject.refreshOnce(tenant, connectionId, 1, () => Promise.resolve(ok({ token: 'rescued' })));
    expect(outcome).toEqual(ok({ credentials: { token: 'rescued' }, config: CONFIG, revision: 2 }));
    expect((await opened(opener())).credentials).toEqual({ token: 'rescued' });
  });

  it('keeps it through a database that refuses the commit and the next three transactions', async () => {
    let valid = 'one';
    const rotating = ({ token }: JsonObject): Promise<Result<JsonObject, ConnectorError>> => {
      if (token !== valid)
        return Promise.resolve(err({ category: 'auth_revoked', code: 'invalid_grant', message: '' }));
      refusing = 4;
      return Promise.resolve(ok({ token: (valid = `after ${valid}`) }));
    };
    let refusing = 0;
    const away = new (class extends TenantDb {
      override run: TenantDb['run'] = (tenantId, work, options) =>
        super.run(
          tenantId,
          async (tx) => {
            const result = await work(tx);
            if (refusing > 0 && refusing--) throw new DatabaseUnavailableError('no commit');
            return result;
          },
          options,
        );
    })(database.app);
    const subject = opener({ tenants: away });
    expect(await subject.refreshOnce(tenant, connectionId, 1, rotating)).toMatchObject({ ok: true });
    expect(refusing).toBe(0);
    expect(await row()).toMatchObject({ status: 'active', revision: 2 });
    expect(await opener().refreshOnce(tenant, connectionId, 2, rotating)).toEqual(
      ok({ credentials: { token: 'after after one' }, config: CONFIG, revision: 3 }),
    );
  });

  it('keeps it through a key that cannot be had, and says so when it has to give it up', async () => {
    const sealing = new CredentialVault({ tenants, keyring });
    const away = err(problem('unavailable', 'credentials_unreadable', 'No key.'));
    const seal = jest.spyOn(sealing, 'seal').mockResolvedValueOnce(away);
    const issue = () => Promise.resolve(ok({ token: 'two' }));
    expect(await opener({ vault: sealing }).refreshOnce(tenant, connectionId, 1, issue)).toMatchObject({ ok: true });
    expect(await row()).toMatchObject({ revision: 2 });
    seal.mockResolvedValue(away);
    let now = 0;
    const error = jest.fn();
    const hourly = opener({ vault: sealing, now: () => (now += 3_600_000), logger: { ...silentLogger, error } });
    await expect(hourly.refreshOnce(tenant, connectionId, 2, issue)).rejects.toThrow();
    expect(error).toHaveBeenCalledTimes(1);
  });

  it('asks no vendor where a person has set others meanwhile, and answers with the settings that go with them', async () => {
    const config = { url: 'https://elsewhere.example.com' };
    await tenants.run(tenant, (tx) => updateConnection(tx, connectionId, { config }, 1));
    await replace({ token: 'by hand' }, 2);
    const vendor = jest.fn();
    expect(await opener().refreshOnce(tenant, connectionId, 1, vendor)).toEqual(
      ok({ credentials: { token: 'by hand' }, config, revision: 3 }),
    );
    expect(vendor).not.toHaveBeenCalled();
  });

  /** Of which the transaction of a refresh is lost; `meanwhile` comes before anything else is written. */
  function losing(meanwhile: () => Promise<unknown>): TenantDb {
    let isLost = false;
    return new (class extends TenantDb {
      override run: TenantDb['run'] = async (tenantId, work, options) => {
        if (options?.statementTimeoutMs === undefined) {
          if (isLost) await meanwhile();
          return super.run(tenantId, work, options);
        }
        isLost = true;
        const lose = async (tx: TenantTx): Promise<never> => {
          await work(tx);
          throw new DatabaseUnavailableError('connection lost');
        };
        return super.run(tenantId, lose, options);
      };
    })(database.app);
  }

  it('keeps what the vendor gave although something else of the connection was changed before it could be stored', async () => {
    const rename = (): Promise<unknown> =>
      tenants.run(tenant, (tx) => updateConnection(tx, connectionId, { name: newUuid() }, 1));
    const subject = opener({ tenants: losing(rename) });
    expect(await subject.refreshOnce(tenant, connectionId, 1, () => Promise.resolve(ok({ token: 'two' })))).toEqual(
      ok({ credentials: { token: 'two' }, config: CONFIG, revision: 3 }),
    );
    expect((await opened(opener())).credentials).toEqual({ token: 'two' });
  });

  it('stores nothing over what a person has set meanwhile', async () => {
    const subject = opener({ tenants: losing(() => replace({ token: 'by hand' }, 1)) });
    await expect(
      subject.refreshOnce(tenant, connectionId, 1, () => Promise.resolve(ok({ token: 'stale' }))),
    ).rejects.toThrow(DatabaseUnavailableError);
    expect(await opened(opener())).toMatchObject({ credentials: { token: 'by hand' }, revision: 2 });
  });

  it('ends for a connection that is gone', async () => {
    await tenants.run(tenant, (tx) => deleteConnection(tx, connectionId));
    expect(await opener().refreshOnce(tenant, connectionId, 1, jest.fn())).toMatchObject({
      ok: false,
      error: { category: 'config', code: 'connection_gone' },
    });
  });
});
