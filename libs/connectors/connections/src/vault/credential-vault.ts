import { LRUCache } from 'lru-cache';
import {
  createEnvelope,
  err,
  newUuid,
  ok,
  problem,
  silentLogger,
  type CryptoError,
  type DataKey,
  type Envelope,
  type JsonObject,
  type Keyring,
  type Logger,
  type Problem,
  type Result,
} from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { type SealedCredentials } from '../store/connection.types';
import {
  findActiveDataKey,
  findDataKey,
  insertDataKeyUnlessThere,
  replaceWrapping,
  type DataKeyRow,
} from './data-key.repository';

/** A tenant has one data key; rows are found by id, so the version inside the ciphertext has nothing to tell apart. */
const KEY_VERSION = 1;
/** What is sealed: text for one purpose does not open for another. */
export type SealedField = 'credentials' | 'oauth_verifier';
const MOST_OPEN_KEYS = 500;
const OPEN_KEY_TTL_MS = 5 * 60_000;

interface OpenKey {
  readonly id: string;
  readonly dataKey: DataKey;
}

export interface CredentialVaultOptions {
  readonly tenants: TenantDb;
  readonly keyring: Keyring;
  readonly logger?: Logger;
}

/**
 * Seals credentials under the tenant's data key, bound to tenant and connection: a ciphertext that is copied to another
 * connection or tenant does not open. The data key is made when it is first needed.
 *
 * Keys are fetched in transactions of their own, never inside a caller's: a keyring may be a KMS across the network, and
 * a key made in a transaction that rolls back would have sealed what nobody can open.
 */
export class CredentialVault {
  private readonly envelope: Envelope;
  private readonly openKeys = new LRUCache<string, OpenKey>({ max: MOST_OPEN_KEYS, ttl: OPEN_KEY_TTL_MS });
  private readonly activeIds = new LRUCache<string, string>({ max: MOST_OPEN_KEYS, ttl: OPEN_KEY_TTL_MS });
  private readonly tenants: TenantDb;
  private readonly logger: Logger;

  constructor(options: CredentialVaultOptions) {
    this.envelope = createEnvelope(options.keyring);
    this.tenants = options.tenants;
    this.logger = options.logger ?? silentLogger;
  }

  /** @returns an `unavailable` problem when the tenant's data key cannot be made or unwrapped. */
  async seal(
    tenantId: string,
    connectionId: string,
    credentials: JsonObject,
    field: SealedField = 'credentials',
  ): Promise<Result<SealedCredentials, Problem>> {
    const key = await this.activeKey(tenantId);
    if (!key.ok) return err(this.unavailable(tenantId, connectionId, key.error));
    const aad = { tenantId, connectionId, field };
    const sealed = this.envelope.seal(JSON.stringify(credentials), { dataKey: key.value.dataKey, aad });
    return ok({ sealed, keyId: key.value.id });
  }

  /** @returns an `unavailable` problem when the key is not there, or the text was not sealed for this place. */
  async open(
    tenantId: string,
    connectionId: string,
    credentials: SealedCredentials,
    field: SealedField = 'credentials',
  ): Promise<Result<JsonObject, Problem>> {
    const key = await this.keyById(tenantId, credentials.keyId);
    if (!key.ok) return err(this.unavailable(tenantId, connectionId, key.error));
    const aad = { tenantId, connectionId, field };
    const opened = this.envelope.open(credentials.sealed, { dataKey: key.value.dataKey, aad });
    if (!opened.ok) return err(this.unavailable(tenantId, connectionId, opened.error));
    return ok(JSON.parse(opened.value.toString('utf8')) as JsonObject);
  }

  /** Makes the tenant's data key ready, so that a following `seal` and `open` need no database. */
  async warm(tenantId: string): Promise<Result<null, Problem>> {
    const key = await this.activeKey(tenantId);
    return key.ok ? ok(null) : err(this.unavailable(tenantId, undefined, key.error));
  }

  private async activeKey(tenantId: string): Promise<Result<OpenKey, CryptoError>> {
    const id = this.activeIds.get(tenantId);
    const cached = id === undefined ? undefined : this.openKeys.get(cacheKey(tenantId, id));
    if (cached !== undefined) return ok(cached);
    const found = await this.tenants.run(tenantId, findActiveDataKey);
    const key = found === null ? await this.makeKey(tenantId) : await this.unwrap(tenantId, found);
    if (key.ok) this.activeIds.set(tenantId, key.value.id);
    return key;
  }

  private async makeKey(tenantId: string): Promise<Result<OpenKey, CryptoError>> {
    const made = await this.envelope.generateDataKey({ tenantId, version: KEY_VERSION });
    if (!made.ok) return made;
    const row: DataKeyRow = { id: newUuid(), wrapped_key: made.value.wrapped };
    const stored = await this.tenants.run(tenantId, async (tx) => {
      if (await insertDataKeyUnlessThere(tx, row)) return row;
      const winner = await findActiveDataKey(tx);
      if (winner === null) throw new Error('a data key was neither stored nor found');
      return winner;
    });
    if (stored.id !== row.id) return this.unwrap(tenantId, stored);
    return ok(this.keep(tenantId, { id: row.id, dataKey: made.value.dataKey }));
  }

  private async keyById(tenantId: string, id: string): Promise<Result<OpenKey, CryptoError>> {
    const cached = this.openKeys.get(cacheKey(tenantId, id));
    if (cached !== undefined) return ok(cached);
    const found = await this.tenants.run(tenantId, (tx) => findDataKey(tx, id));
    if (found === null) return err({ code: 'unknown_key', message: 'The data key of these credentials is gone' });
    return this.unwrap(tenantId, found);
  }

  private async unwrap(tenantId: string, row: DataKeyRow): Promise<Result<OpenKey, CryptoError>> {
    const owner = { tenantId, version: KEY_VERSION };
    const dataKey = await this.envelope.openDataKey(row.wrapped_key, owner);
    if (!dataKey.ok) return dataKey;
    if (this.envelope.needsRewrap(row.wrapped_key)) await this.rewrap(tenantId, row);
    return ok(this.keep(tenantId, { id: row.id, dataKey: dataKey.value }));
  }

  /** After a rotation of the master key. A failure costs nothing now: the old master key still unwraps, and the next look tries again. */
  private async rewrap(tenantId: string, row: DataKeyRow): Promise<void> {
    try {
      const rewrapped = await this.envelope.rewrap(row.wrapped_key, { tenantId, version: KEY_VERSION });
      if (rewrapped.ok) await this.tenants.run(tenantId, (tx) => replaceWrapping(tx, row, rewrapped.value));
      else this.logger.warn('a data key could not be rewrapped', { tenant_id: tenantId, code: rewrapped.error.code });
    } catch (error) {
      this.logger.warn('a data key could not be rewrapped', { tenant_id: tenantId, error });
    }
  }

  private keep(tenantId: string, key: OpenKey): OpenKey {
    this.openKeys.set(cacheKey(tenantId, key.id), key);
    return key;
  }

  /** The caller learns that it is the hub's fault; which key or byte was wrong is for the operator's log. */
  private unavailable(tenantId: string, connectionId: string | undefined, error: CryptoError): Problem {
    this.logger.error('credentials cannot be sealed or opened', {
      tenant_id: tenantId,
      connection_id: connectionId,
      code: error.code,
    });
    return problem('unavailable', 'credentials_unreadable', 'The stored credentials cannot be used at the moment.');
  }
}

function cacheKey(tenantId: string, keyId: string): string {
  return `${tenantId} ${keyId}`;
}
