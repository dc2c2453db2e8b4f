import { LRUCache } from 'lru-cache';
import { type ConnectorError, type ConnectorRegistry } from '@hub/connector-sdk';
import { isStatementTimeout } from '@hub/database';
import {
  err,
  notFound,
  ok,
  problem,
  silentLogger,
  within,
  type JsonObject,
  type Logger,
  type Problem,
  type Result,
} from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { findConnection } from '../store/connection.repository';
import { noteRefreshFailure, requireReauth } from '../store/connection-status.repository';
import { type ConnectionStatus } from '../store/connection.types';
import { storeRefreshedCredentials } from '../store/credential.repository';
import { credentialTimes, TIMELESS, type CredentialTimes } from '../store/credential-times';
import { type CredentialVault } from '../vault/credential-vault';
import { lockSealedConnection, readSealedConnection, type SealedConnectionRow } from './opened-connection.repository';
import { gone, isFinal, refreshUnderWay, refusedBefore, unreadable } from './refresh-errors';
import { storePatiently } from './store-patiently';

/** Everything that a connector needs. Holds open secrets: never log it, never store it. */
export interface OpenedConnection {
  readonly connectionId: string;
  readonly connectorId: string;
  readonly config: JsonObject;
  /** Empty when none are stored. */
  readonly credentials: JsonObject;
  readonly revision: number;
  readonly status: ConnectionStatus;
}

/** A connection whose credentials are still sealed. */
export interface FoundConnection extends Pick<OpenedConnection, 'connectorId' | 'config'> {
  /**
   * Outside of the transaction that found it: the key that it needs is fetched in another one.
   * @returns `unavailable` when the credentials cannot be unsealed.
   */
  open(): Promise<Result<OpenedConnection, Problem>>;
}

/** With the settings that they belong to: both may have been changed since the connection was opened. */
export type RefreshedCredentials = Pick<OpenedConnection, 'credentials' | 'config' | 'revision'>;

/** Calls the vendor for new credentials, with the stored ones, under this signal and no other. */
export type RefreshCall = (credentials: JsonObject, signal: AbortSignal) => Promise<Result<JsonObject, ConnectorError>>;

export interface ConnectionOpenerOptions {
  readonly tenants: TenantDb;
  readonly vault: CredentialVault;
  /** They read from credentials when those end. */
  readonly connectors: ConnectorRegistry;
  readonly logger?: Logger;
  /** How long an answer of `open` may be old, in ms: new credentials hold on every instance within it. Default 2,000. */
  readonly ttlMs?: number;
  /** Most time for the vendor call of a refresh, in ms. Default and upper bound 20,000. */
  readonly refreshTimeoutMs?: number;
  readonly now?: () => number;
}

const DEFAULT_TTL_MS = 2_000;
const REFRESH_TIMEOUT_MS = 20_000;
/**
 * When the call itself is cut: longer than any token call's own limit, so that only a broken connector meets it. What the
 * caller waits for may end before (a lost lease, a person gone), but a vendor that rotates has killed the old token by
 * the time it answers, and nobody could read the answer then.
 */
const REFRESH_CUT_MS = 60_000;
/** For one that waits behind a refresh: longer than a refresh can last. */
const LOCK_WAIT_MS = 25_000;
const MOST_OPEN = 1_000;

interface CachedConnection {
  readonly opened: OpenedConnection;
  readonly readAt: number;
}

/** Opens connections for drains, tests and look-ups, and refreshes their credentials, one at a time across processes. */
export class ConnectionOpener {
  private readonly cache = new LRUCache<string, CachedConnection>({ max: MOST_OPEN });
  private readonly tenants: TenantDb;
  private readonly vault: CredentialVault;
  private readonly connectors: ConnectorRegistry;
  private readonly logger: Logger;
  private readonly ttlMs: number;
  private readonly refreshTimeoutMs: number;
  private readonly now: () => number;

  constructor(options: ConnectionOpenerOptions) {
    this.tenants = options.tenants;
    this.vault = options.vault;
    this.connectors = options.connectors;
    this.logger = options.logger ?? silentLogger;
    this.ttlMs = options.ttlMs ?? DEFAULT_TTL_MS;
    this.refreshTimeoutMs = Math.min(options.refreshTimeoutMs ?? REFRESH_TIMEOUT_MS, REFRESH_TIMEOUT_MS);
    this.now = options.now ?? Date.now;
  }

  /** @returns `not_found`, or `unavailable` when the credentials cannot be unsealed. */
  async open(tenantId: string, connectionId: string): Promise<Result<OpenedConnection, Problem>> {
    const known = this.fresh(tenantId, connectionId);
    if (known !== null) return ok(known);
    const found = await this.tenants.run(tenantId, (tx) => this.find(tx, connectionId));
    return found === null ? err(notFound('connection')) : found.open();
  }

  /** In a transaction of the caller's, which a drain has open anyway. @returns null when there is none */
  async find(tx: TenantTx, connectionId: string): Promise<FoundConnection | null> {
    const { tenantId } = tx;
    const known = this.fresh(tenantId, connectionId);
    if (known !== null) return { ...known, open: () => Promise.resolve(ok(known)) };
    const readAt = this.now();
    const row = await readSealedConnection(tx, connectionId);
    if (row === null) {
      this.forget(tenantId, connectionId);
      return null;
    }
    const open = async (): Promise<Result<OpenedConnection, Problem>> => {
      const cached = this.cache.get(cacheKey(tenantId, connectionId));
      const opened = await this.openRow(tenantId, connectionId, row, cached?.opened);
      // One that waits for a person is read each time: whoever has just signed in must not meet the old answer.
      if (opened.ok && opened.value.status === 'active') {
        this.cache.set(cacheKey(tenantId, connectionId), { opened: opened.value, readAt });
      } else this.forget(tenantId, connectionId);
      return opened;
    };
    return { connectorId: row.connector_id, config: row.config, open };
  }

  private fresh(tenantId: string, connectionId: string): OpenedConnection | null {
    const cached = this.cache.get(cacheKey(tenantId, connectionId));
    return cached !== undefined && this.now() - cached.readAt < this.ttlMs ? cached.opened : null;
  }

  /** The next `open` in this process reads anew. */
  forget(tenantId: string, connectionId: string): void {
    this.cache.delete(cacheKey(tenantId, connectionId));
  }

  /**
   * New credentials after `auth_expired`, from whichever process gets there first: the others wait for it and take what
   * it stored. The answer is stored before anybody uses it, because a vendor that rotates refresh tokens has already
   * killed the old one.
   *
   * The credentials are read again under the lock, so a refusal is never about ones that somebody has rotated meanwhile.
   * Once a vendor has refused a revision for good, the connection needs a person, in the same transaction, and whoever
   * comes after is told the same without another call.
   *
   * @param staleRevision revision of the credentials that the vendor refused; when the connection has moved on since, the
   *   vendor is not called.
   */
  async refreshOnce(
    tenantId: string,
    connectionId: string,
    staleRevision: number,
    refresh: RefreshCall,
  ): Promise<Result<RefreshedCredentials, ConnectorError>> {
    // The data key is fetched before the lock: inside it, a second pooled connection would be needed.
    const warm = await this.vault.warm(tenantId);
    if (!warm.ok) return err(unreadable());
    let issued = null as Issued | null;
    const remember = async (
      credentials: JsonObject,
      replaced: string | null,
    ): Promise<Result<JsonObject, ConnectorError>> => {
      const call = refresh(credentials, AbortSignal.timeout(REFRESH_CUT_MS));
      const outcome = await this.callWithin(tenantId, connectionId, replaced, call);
      if (outcome.ok) issued = { credentials: outcome.value, replaced };
      return outcome;
    };
    try {
      // The one place where a network call is made inside a transaction: the row lock is what makes the refresh happen
      // once across processes, and it must outlive the call. It is bounded, and holds no lock but this connection's.
      return await this.tenants.run(tenantId, (tx) => this.refreshLocked(tx, connectionId, staleRevision, remember), {
        statementTimeoutMs: LOCK_WAIT_MS,
      });
    } catch (error) {
      if (issued === null && isStatementTimeout(error)) return err(refreshUnderWay());
      if (issued === null) throw error;
      // The database went away after the vendor had answered: the answer must not be lost with the transaction.
      const stored = await this.storeIssued(tenantId, connectionId, issued);
      if (stored.ok) return stored;
      throw error;
    } finally {
      this.forget(tenantId, connectionId);
    }
  }

  private async refreshLocked(
    tx: TenantTx,
    connectionId: string,
    staleRevision: number,
    refresh: (credentials: JsonObject, replaced: string | null) => Promise<Result<JsonObject, ConnectorError>>,
  ): Promise<Result<RefreshedCredentials, ConnectorError>> {
    const row = await lockSealedConnection(tx, connectionId);
    if (row === null) return err(gone());
    const opened = await this.openRow(tx.tenantId, connectionId, row, undefined);
    if (!opened.ok) return err(unreadable());
    const { credentials, config, revision, connectorId } = opened.value;
    if (revision !== staleRevision) return ok({ credentials, config, revision });
    if (row.refused_revision === revision) return err(refusedBefore(row));
    const refreshed = await refresh(credentials, row.credentials_sealed);
    if (!refreshed.ok) {
      if (isFinal(refreshed.error)) await requireReauth(tx, connectionId, revision, refreshed.error);
      else await noteRefreshFailure(tx, connectionId, refreshed.error);
      return refreshed;
    }
    const sealed = await this.vault.seal(tx.tenantId, connectionId, refreshed.value);
    if (!sealed.ok) throw new Error('credentials that were issued cannot be sealed at the moment');
    const times = this.timesOf(connectorId, refreshed.value);
    const stored = await storeRefreshedCredentials(tx, connectionId, sealed.value, row.credentials_sealed, times);
    if (stored === null) throw new Error('a locked connection changed its credentials');
    return ok({ credentials: refreshed.value, config, revision: stored.revision });
  }

  /** A call that outlasts its time may still have been answered at the vendor, so a late answer is stored when it comes. */
  private async callWithin(
    tenantId: string,
    connectionId: string,
    replaced: string | null,
    call: Promise<Result<JsonObject, ConnectorError>>,
  ): Promise<Result<JsonObject, ConnectorError>> {
    const outcome = await within(call, this.refreshTimeoutMs);
    if (outcome !== null) return outcome;
    void call
      .then((late) =>
        late.ok ? this.storeIssued(tenantId, connectionId, { credentials: late.value, replaced }) : null,
      )
      .catch((error: unknown) =>
        this.logger.warn('a refresh that outlasted its time has failed', {
          tenant_id: tenantId,
          connection_id: connectionId,
          error,
        }),
      );
    return err({
      category: 'transient',
      code: 'refresh_timeout',
      message: `The vendor did not issue new credentials within ${this.refreshTimeoutMs / 1000} s.`,
    });
  }

  /** The vendor has killed what is stored by now: these are all that the tenant has. */
  private async storeIssued(
    tenantId: string,
    connectionId: string,
    issued: Issued,
  ): Promise<Result<RefreshedCredentials, Problem>> {
    try {
      return await storePatiently(() => this.storeOnce(tenantId, connectionId, issued), this.now);
    } catch (error) {
      this.logger.error('credentials were issued and could not be stored: a person may have to sign in again', {
        tenant_id: tenantId,
        connection_id: connectionId,
        error,
      });
      throw error;
    }
  }

  /** @returns a `changed_meanwhile` conflict when the connection has other credentials by now: those are newer. */
  private async storeOnce(
    tenantId: string,
    connectionId: string,
    { credentials, replaced }: Issued,
  ): Promise<Result<RefreshedCredentials, Problem>> {
    const sealed = await this.vault.seal(tenantId, connectionId, credentials);
    if (!sealed.ok) return sealed;
    const stored = await this.tenants.run(tenantId, async (tx) => {
      const row = await findConnection(tx, connectionId);
      const times = row === null ? TIMELESS : this.timesOf(row.connector_id, credentials);
      return storeRefreshedCredentials(tx, connectionId, sealed.value, replaced, times);
    });
    this.forget(tenantId, connectionId);
    if (stored === null) return err(problem('conflict', 'changed_meanwhile', 'The connection was changed meanwhile.'));
    return ok({ credentials, config: stored.config, revision: stored.revision });
  }

  private timesOf(connectorId: string, credentials: JsonObject): CredentialTimes {
    const connector = this.connectors.get(connectorId);
    return connector === undefined ? TIMELESS : credentialTimes(connector, credentials);
  }

  private async openRow(
    tenantId: string,
    connectionId: string,
    row: SealedConnectionRow,
    known: OpenedConnection | undefined,
  ): Promise<Result<OpenedConnection, Problem>> {
    if (known?.revision === row.revision) {
      return ok(known.status === row.status ? known : { ...known, status: row.status });
    }
    let credentials: JsonObject = {};
    if (row.credentials_sealed !== null && row.credentials_key_id !== null) {
      const stored = { sealed: row.credentials_sealed, keyId: row.credentials_key_id };
      const unsealed = await this.vault.open(tenantId, connectionId, stored);
      if (!unsealed.ok) return unsealed;
      credentials = unsealed.value;
    }
    const { connector_id: connectorId, config, revision, status } = row;
    return ok({ connectionId, connectorId, config, credentials, revision, status });
  }
}

/** What a vendor has issued, and in the place of which credentials, as they are sealed. */
interface Issued {
  readonly credentials: JsonObject;
  readonly replaced: string | null;
}

function cacheKey(tenantId: string, connectionId: string): string {
  return `${tenantId} ${connectionId}`;
}
