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

interface Wanted {
  readonly tenantId: string;
  readonly mappingId: string;
  readonly version: number;
}

/** Loads versions for drains. They are immutable, so what is cached never goes stale; what is not there is not cached. */
export class MappingVersions {
  private readonly cache: LRUCache<string, MappingVersionRow, Wanted>;

  constructor({ tenants, maxCacheBytes = DEFAULT_CACHE_BYTES }: MappingVersionsOptions) {
    this.cache = new LRUCache({
      maxSize: maxCacheBytes,
      sizeCalculation: ({ expression, tables }) => expression.length + JSON.stringify(tables).length + 200,
      fetchMethod: async (_key, _stale, { context: { tenantId, mappingId, version } }) =>
        (await tenants.run(tenantId, (tx) => findVersion(tx, mappingId, version))) ?? undefined,
      // Whoever waits gets it, whether or not there is room to keep it.
      ignoreFetchAbort: true,
    });
  }

  /**
   * Null for a version that does not exist. Versions of deleted mappings load: deliveries keep the one that made them. All
   * who ask at once share one look at the database: a slice of thousands does.
   */
  async loadVersion(tenantId: string, mappingId: string, version: number): Promise<MappingVersionRow | null> {
    const key = `${tenantId} ${mappingId} ${version}`;
    return (await this.cache.fetch(key, { context: { tenantId, mappingId, version } })) ?? null;
  }
}
