import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost, type Logger } from '@hub/platform';
import { TenantDb, touchApiKey, type KeyIdentity } from '@hub/tenancy';
import { LOGGER } from '../tokens';

const WRITE_EVERY_MS = 60_000;

/** "Last used" of API keys, written at most once a minute for each key and never on a request's own time. */
@Injectable()
export class KeyUsage implements OnApplicationShutdown {
  private readonly recent = new LRUCache<string, true>({ ...atMost(50_000), ttl: WRITE_EVERY_MS });
  private readonly writing = new Set<Promise<void>>();

  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  used(identity: KeyIdentity): void {
    if (identity.person !== undefined || this.recent.has(identity.keyId)) return;
    this.recent.set(identity.keyId, true);
    const write: Promise<void> = this.tenants
      .run(identity.tenantId, (tx) => touchApiKey(tx, identity.keyId), { relaxedDurability: true })
      .catch((error: unknown) =>
        this.logger.warn('could not note the use of a key', { api_key_prefix: identity.keyPrefix, error }),
      )
      .finally(() => this.writing.delete(write));
    this.writing.add(write);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.writing);
  }
}
