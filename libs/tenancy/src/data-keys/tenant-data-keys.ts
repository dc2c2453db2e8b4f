import { LRUCache } from 'lru-cache';
import {
  atMost,
  createEnvelope,
  err,
  newUuid,
  ok,
  silentLogger,
  type CryptoError,
  type DataKey,
  type Envelope,
  type Keyring,
  type Logger,
  type Result,
} from '@hub/platform';
import { type TenantDb } from '../tenant-db';
import {
  findActiveDataKey,
  findDataKey,
  insertDataKeyUnlessThere,
  replaceWrapping,
  type DataKeyPlace,
  type DataKeyRow,
} from './data-key.repository';

/** A tenant has one data key; rows are found by id, so the version inside the ciphertext has nothing to tell apart. */
const KEY_VERSION = 1;
const MOST_OPEN_KEYS = 500;
const OPEN_KEY_TTL_MS = 5 * 60_000;

export interface OpenDataKey {
  /** Of its row: stored beside whatever it seals. */
  readonly id: string;
  readonly dataKey: DataKey;
}

export interface TenantDataKeysOptions {
  readonly tenants: TenantDb;
  readonly keyring: Keyring;
  readonly logger?: Logger;
}

/**
 * The keys that a tenant's secrets and archive are sealed under, themselves sealed by the master key. Made when they are
 * first needed.
 *
 * Keys are fetched in transactions of their own, never inside a caller's: a keyring may be a KMS across the network, and
 * a key made in a transaction that rolls back would have sealed what nobody can open. An open key is remembered for five
 * minutes, so a key that is destroyed opens things for as long in processes that have used it.
 */
export class TenantDataKeys {
  readonly envelope: Envelope;
  private readonly openKeys = new LRUCache<string, OpenDataKey>({ ...atMost(MOST_OPEN_KEYS), ttl: OPEN_KEY_TTL_MS });
  private readonly activeIds = new LRUCache<string, string>({ ...atMost(MOST_OPEN_KEYS), ttl: OPEN_KEY_TTL_MS });
  private readonly tenants: TenantDb;
  private readonly logger: Logger;

  constructor(options: TenantDataKeysOptions) {
    this.envelope = createEnvelope(options.keyring);
    this.tenants = options.tenants;
    this.logger = options.logger ?? silentLogger;
  }

  /** The key that seals from now on. */
  async active(tenantId: string): Promise<Result<OpenDataKey, CryptoError>> {
    const id = this.activeIds.get(tenantId);
    const cached = id === undefined ? undefined : this.openKeys.get(cacheKey(tenantId, id));
    if (cached !== undefined) return ok(cached);
    const found = await this.tenants.run(tenantId, findActiveDataKey);
    const key = found === null ? await this.make(tenantId) : await this.unwrap(tenantId, found);
    if (key.ok) this.activeIds.set(tenantId, key.value.id);
    return key;
  }

  /** The key of something sealed earlier; `unknown_key` when it has been destroyed. */
  async byId(tenantId: string, id: string): Promise<Result<OpenDataKey, CryptoError>> {
    const cached = this.openKeys.get(cacheKey(tenantId, id));
    if (cached !== undefined) return ok(cached);
    const found = await this.tenants.run(tenantId, (tx) => findDataKey(tx, id));
    if (found === null) return err({ code: 'unknown_key', message: 'The data key that sealed this is gone' });
    return this.unwrap(tenantId, found);
  }

  /** Whether or not anybody uses it. */
  async sealAnew({ tenantId, id }: DataKeyPlace): Promise<void> {
    const row = await this.tenants.run(tenantId, (tx) => findDataKey(tx, id));
    if (row !== null && this.envelope.needsRewrap(row.wrapped_key)) await this.rewrap(tenantId, row);
  }

  /** Has the next call ask the database: what is remembered has turned out to be destroyed. */
  forget(tenantId: string): void {
    const id = this.activeIds.get(tenantId);
    this.activeIds.delete(tenantId);
    if (id !== undefined) this.openKeys.delete(cacheKey(tenantId, id));
  }

  private async make(tenantId: string): Promise<Result<OpenDataKey, CryptoError>> {
    const made = await this.envelope.generateDataKey({ tenantId, version: KEY_VERSION });
    if (!made.ok) return made;
    const row: DataKeyRow = { id: newUuid(), wrapped_key: made.value.wrapped };
    const stored = await this.tenants.run(tenantId, async (tx) => {
      if (await insertDataKeyUnlessThere(tx, row)) return row;
      return findActiveDataKey(tx);
    });
    if (stored === null) return err({ code: 'unknown_key', message: 'The tenant was erased' });
    if (stored.id !== row.id) return this.unwrap(tenantId, stored);
    return ok(this.keep(tenantId, { id: row.id, dataKey: made.value.dataKey }));
  }

  private async unwrap(tenantId: string, row: DataKeyRow): Promise<Result<OpenDataKey, CryptoError>> {
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

  private keep(tenantId: string, key: OpenDataKey): OpenDataKey {
    this.openKeys.set(cacheKey(tenantId, key.id), key);
    return key;
  }
}

function cacheKey(tenantId: string, keyId: string): string {
  return `${tenantId} ${keyId}`;
}
