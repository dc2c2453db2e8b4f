import { LRUCache } from 'lru-cache';

/** Calls of the org's rolling 24 hours, as Salesforce last told. */
export interface ApiUsage {
  readonly used: number;
  readonly limit: number;
  /** Milliseconds since 1970. */
  readonly seenAtMs: number;
}

/** The latest `Sforce-Limit-Info` of each connection, in memory: for health pages, not for decisions. */
export class ApiUsageCache {
  private readonly usage = new LRUCache<string, ApiUsage>({ max: 10_000 });

  constructor(private readonly now: () => number = Date.now) {}

  /** Some answers carry no header: what was known stays known. */
  note(connectionId: string, limitInfo: string | undefined): void {
    const [, used, limit] = /(?:^|[;,\s])api-usage=(\d+)\/(\d+)/.exec(limitInfo ?? '') ?? [];
    if (used === undefined) return;
    this.usage.set(connectionId, { used: Number(used), limit: Number(limit), seenAtMs: this.now() });
  }

  /** Undefined: unknown, which is not zero. */
  get(connectionId: string): ApiUsage | undefined {
    return this.usage.get(connectionId);
  }
}
