import { LRUCache } from 'lru-cache';

const FAILURES_A_MINUTE = 300;

/**
 * 401s are never billed to a tenant (strangers could use up his limit); they have a bucket by address instead,
 * which also ends the guessing of keys.
 */
export class FailedRequestLimit {
  private readonly counts = new LRUCache<string, { count: number }>({ max: 50_000, ttl: 60_000, noUpdateTTL: true });

  mayFail(address: string): boolean {
    const entry = this.counts.get(address) ?? { count: 0 };
    entry.count++;
    this.counts.set(address, entry);
    return entry.count <= FAILURES_A_MINUTE;
  }
}
