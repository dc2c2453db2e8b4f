import { randomBytes } from 'node:crypto';
import {
  ConnectionOpener,
  CredentialVault,
  deleteConnection,
  findConnection,
  insertConnection,
  OAuthApps,
  replaceCredentials,
  updateConnection,
  type ConnectionRow,
} from '@hub/connections';
import {
  createRegistry,
  type Connector,
  type ConnectorContext,
  type ConnectorError,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { Database } from '@hub/database';
import { type OpenConnection, type SendError, type SendItem, type SendResult } from '@hub/delivery';
import {
  createLocalKeyring,
  err,
  newUuid,
  ok,
  problem,
  silentLogger,
  type JsonObject,
  type Result,
  type SafeHttp,
} from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
import { ConnectorPort } from './connector-port';

const keyring = createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1');
/** Of the same name, and it opens nothing. */
const wrongKeyring = createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1');
const expired: RecordOutcome = { ok: false, error: { category: 'auth_expired', code: 'expired', message: 'Expired.' } };
const revoked: ConnectorError = { category: 'auth_revoked', code: 'invalid_grant', message: 'Gone.' };

/** What the vendor says to a token, and to a wish for a new one. */
let answer: (token: unknown, config: JsonObject) => RecordOutcome | Promise<RecordOutcome>;
let refresh: (
  context: ConnectorContext,
) => Result<JsonObject, ConnectorError> | Promise<Result<JsonObject, ConnectorError>>;

const connector = {
  manifest: {
    id: 'vendor',
    operations: [{ id: 'thing.send', batchSize: 10 }],
    limits: { defaultConcurrency: 1, maxConcurrency: 1, timeoutMs: 1_000 },
  },
  deliver: async (context: ConnectorContext, _operation: string, records: readonly unknown[]) => {
    const outcome = await answer(context.credentials['token'], context.config);
    return records.map(() => outcome);
  },
  refreshCredentials: async (context: ConnectorContext) => refresh(context),
} as unknown as Connector;
const connectors = createRegistry([connector]);

/** As a worker has it: with caches of its own. */
function portOver(tenants: TenantDb, keys = keyring): ConnectorPort {
  const vault = new CredentialVault({ tenants, keyring: keys });
  return new ConnectorPort({
    opener: new ConnectionOpener({ tenants, vault, connectors }),
    connectors,
    tenants,
    oauthApps: new OAuthApps(),
    limits: { report: () => undefined },
    http: {} as SafeHttp,
    bell: { ring: () => undefined },
    logger: silentLogger,
  });
}

describe('connector port', () => {
  let database: TestDatabase;
  let tenants: TenantDb;
  let tenant: string;
  let connectionId: string;
  let port: ConnectorPort;
  beforeAll(async () => {
    database = await createTestDatabase();
    tenants = new TenantDb(database.app);
    tenant = (await database.createTenant()).id;
  });
  afterAll(() => database?.close());

  beforeEach(async () => {
    port = portOver(tenants);
    connectionId = newUuid();
    const credentials = await seal('old');
    await tenants.run(tenant, (tx) =>
      insertConnection(tx, {
        id: connectionId,
        name: connectionId,
        connectorId: 'vendor',
        config: {},
        credentials,
        status: 'active',
        statusReason: null,
      }),
    );
  });

  async function seal(token: string) {
    const sealed = await new CredentialVault({ tenants, keyring }).seal(tenant, connectionId, { token });
    if (!sealed.ok) throw new Error(sealed.error.detail);
    return sealed.value;
  }

  async function tryToOpen(through = port, within = tenants): Promise<Result<OpenConnection, SendError>> {
    const found = await within.run(tenant, (tx) => through.find(tx, connectionId));
    return found.open();
  }

  async function open(through = port, within = tenants): Promise<OpenConnection> {
    const opened = await tryToOpen(through, within);
    if (!opened.ok) throw new Error(opened.error.message);
    return opened.value;
  }

  async function send(connection: OpenConnection, signal = new AbortController().signal): Promise<SendResult> {
    const item = { delivery: { event: { traceparent: null } }, payloadText: '{}', idempotencyKey: 'k' };
    const [result] = await connection.send('thing.send', [item as unknown as SendItem], signal);
    if (result === undefined) throw new Error('no result');
    return result;
  }

  async function refusalOf(connection: OpenConnection, signal?: AbortSignal): Promise<SendError> {
    const result = await send(connection, signal);
    if (result.ok) throw new Error('the vendor has not refused');
    return result.error;
  }

  async function connection(): Promise<ConnectionRow> {
    const row = await tenants.run(tenant, (tx) => findConnection(tx, connectionId));
    if (row === null) throw new Error('the connection is gone');
    return row;
  }

  async function signInAgain(): Promise<void> {
    const credentials = await seal('new');
    const { revision } = await connection();
    await tenants.run(tenant, (tx) => replaceCredentials(tx, connectionId, credentials, revision));
  }

  it('says that a failure is all of the connection’s when its credentials cannot be renewed', async () => {
    answer = () => expired;
    refresh = () => err({ category: 'config', code: 'invalid_client', message: 'The app is gone.' });
    expect(await refusalOf(await open())).toMatchObject({ code: 'invalid_client', wholeConnection: true });
    answer = () => ({ ok: false, error: { category: 'config', code: 'oauth_app_missing', message: 'None.' } });
    expect(await refusalOf(await open())).toMatchObject({ code: 'oauth_app_missing', wholeConnection: true });
    answer = () => ({ ok: false, error: { category: 'config', code: 'http_405', message: 'No.' } });
    expect(await refusalOf(await open())).not.toHaveProperty('wholeConnection');
  });

  it('says that all of the connection’s deliveries have to wait when a master key does not open its credentials', async () => {
    const unreadable = { category: 'config', code: 'credentials_unreadable', wholeConnection: true };
    expect(await tryToOpen(portOver(tenants, wrongKeyring))).toMatchObject({ ok: false, error: unreadable });
    answer = () => expired;
    const opened = await open();
    const locked = err(problem('unavailable', 'credentials_unreadable', 'No key.'));
    const warm = jest.spyOn(CredentialVault.prototype, 'warm').mockResolvedValueOnce(locked);
    expect(await refusalOf(opened)).toMatchObject(unreadable);
    expect(warm).toHaveBeenCalledTimes(1);
    warm.mockRestore();
  });

  it('says of which credentials a refusal was: those of the call', async () => {
    answer = () => ({ ok: false, error: revoked });
    expect(await refusalOf(await open())).toMatchObject({ category: 'auth_revoked', revision: 1 });
  });

  it('says of which credentials a refusal was: those that could not be refreshed', async () => {
    answer = () => expired;
    refresh = () => err(revoked);
    expect(await refusalOf(await open())).toMatchObject({ category: 'auth_revoked', revision: 1 });
  });

  it('says of which credentials a refusal was: the refreshed ones', async () => {
    answer = () => expired;
    refresh = () => ok({ token: 'refreshed' });
    expect(await refusalOf(await open())).toMatchObject({ category: 'auth_expired', revision: 2 });
  });

  it('stores what a rotating vendor answers although the send was aborted while it was asked', async () => {
    const lease = new AbortController();
    let valid = 'old';
    // Rotates as soon as it is asked; an answer that nobody reads any more is lost.
    refresh = ({ credentials, signal }) => {
      if (credentials['token'] !== valid) return err(revoked);
      valid = `after ${valid}`;
      lease.abort();
      return signal.aborted ? err({ category: 'transient', code: 'aborted', message: 'Cut.' }) : ok({ token: valid });
    };
    answer = () => expired;
    await refusalOf(await open(), lease.signal);
    expect(await connection()).toMatchObject({ status: 'active', revision: 2 });
    expect(await refusalOf(await open())).toMatchObject({ code: 'expired', revision: 3 });
    expect(valid).toBe('after after old');
  });

  it('says of which credentials a refusal was, although a call beside it has refreshed them', async () => {
    let release: () => void = () => undefined;
    const refreshed = new Promise<void>((resolve) => (release = resolve));
    let calls = 0;
    answer = async (token) => {
      if (token !== 'old') return { ok: true, externalId: null };
      if (++calls > 1) return expired;
      await refreshed;
      return { ok: false, error: revoked };
    };
    refresh = () => ok({ token: 'refreshed' });
    const shared = await open();
    const first = refusalOf(shared);
    await expect(refusalOf(shared)).rejects.toThrow('the vendor has not refused');
    release();
    expect(await first).toMatchObject({ category: 'auth_revoked', revision: 1 });
  });

  it('refreshes once for 50 workers that meet one expired token, and none of their deliveries fails', async () => {
    // The least that a worker can have: waiting for another's refresh must not need a second connection of its own.
    const pools = Array.from(
      { length: 50 },
      () => new Database({ url: database.urls.app, poolSize: 1, applicationName: 'test-worker' }),
    );
    try {
      const workers = await Promise.all(pools.map((pool) => new TenantDb(pool)).map((own) => open(portOver(own), own)));
      const refused: unknown[] = [];
      answer = (token) => (token === 'new' ? { ok: true, externalId: null } : (refused.push(token), expired));
      const asked: unknown[] = [];
      refresh = async ({ credentials }) => {
        asked.push(credentials['token']);
        // All of them have been refused by the time that there is a new one.
        await waitUntil('all to be refused', () => Promise.resolve(refused.length === workers.length));
        return ok({ token: 'new' });
      };
      const results = await Promise.all(workers.map((worker) => send(worker)));
      expect(results.filter((result) => !result.ok)).toEqual([]);
      expect(asked).toEqual(['old']);
      expect(await connection()).toMatchObject({ status: 'active', revision: 2 });
    } finally {
      await Promise.all(pools.map((pool) => pool.close()));
    }
  });

  it('holds a connection whose credentials were refused', async () => {
    answer = () => ({ ok: false, error: revoked });
    await port.needsReauth(tenant, connectionId, await refusalOf(await open()));
    expect(await connection()).toMatchObject({ status: 'needs_reauth', status_reason: 'invalid_grant: Gone.' });
  });

  it('leaves a connection alone that somebody has signed in again while the call was under way', async () => {
    answer = async (token) => {
      if (token === 'old') await signInAgain();
      return token === 'old' ? { ok: false, error: revoked } : { ok: true, externalId: null };
    };
    await port.needsReauth(tenant, connectionId, await refusalOf(await open()));
    expect(await connection()).toMatchObject({ status: 'active', revision: 2 });
    // And the next drain calls with the new credentials, at once.
    await expect(refusalOf(await open())).rejects.toThrow('the vendor has not refused');
  });

  it('calls with new credentials by the settings that go with them, where both were changed while the call was under way', async () => {
    const called: unknown[] = [];
    answer = async (token, config) => {
      called.push([token, config]);
      if (token !== 'old') return { ok: true, externalId: null };
      await tenants.run(tenant, (tx) => updateConnection(tx, connectionId, { config: { host: 'new.example.com' } }, 1));
      await signInAgain();
      return expired;
    };
    expect(await send(await open())).toMatchObject({ ok: true });
    expect(called).toEqual([
      ['old', {}],
      ['new', { host: 'new.example.com' }],
    ]);
  });

  it('says of a deleted connection that it is deleted, for good', async () => {
    await tenants.run(tenant, (tx) => deleteConnection(tx, connectionId));
    expect(await tryToOpen()).toMatchObject({
      ok: false,
      error: { category: 'config', code: 'connection_deleted' },
    });
  });
});
