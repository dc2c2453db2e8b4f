import { LRUCache } from 'lru-cache';
import { type TenantDb } from '@hub/tenancy';
import { findVersion } from './mapping-version.repository';
import { type MappingVersionRow } from './mapping.types';

const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;

export interface MappingVersionsOptions {
  readonly tenants: TenantDb;
  /** About how much memory cached versions may take, in bytes of text. Default 64 MiB. */
  readonly maxCacheBytes?: number;
}

/** Loads versions for drains. They are immutable, so what is cached never goes stale; what is not there is not cached. */
export class MappingVersions {
  private readonly tenants: TenantDb;
  private readonly cache: LRUCache<string, MappingVersionRow>;

  constructor(options: MappingVersionsOptions) {
    this.tenants = options.tenants;
    this.cache = new LRUCache({
      maxSize: options.maxCacheBytes ?? DEFAULT_CACHE_BYTES,
      sizeCalculation: ({ expression, tables }) => expression.length + JSON.stringify(tables).length + 200,
    });
  }

  /** Null for a version that does not exist. Versions of deleted mappings load: deliveries keep the one that made them. */
  async loadVersion(tenantId: string, mappingId: string, version: number): Promise<MappingVersionRow | null> {
    const key = `${tenantId} ${mappingId} ${version}`;
    const cached = this.cache.get(key);
    if (cached !== undefined) return cached;
    const found = await this.tenants.run(tenantId, (tx) => findVersion(tx, mappingId, version));
    if (found !== null) this.cache.set(key, found);
    return found;
  }
}
