import { LRUCache } from 'lru-cache';
import { atMost } from '@hub/platform';
import { newBucket, takeTokens, type BucketState, type LimitDecision } from './token-bucket';

export interface RateLimiter {
  /** Takes `cost` from the bucket `key`, whose limit is `limitPerMinute`, or takes nothing. Never rejects. */
  take(key: string, limitPerMinute: number, cost: number): Promise<LimitDecision>;
}

/** Buckets of this process alone: a hub on one machine, and the fall-back while Redis is away. */
export class MemoryRateLimiter implements RateLimiter {
  private readonly buckets = new LRUCache<string, BucketState>(atMost(50_000));

  constructor(private readonly now: () => number = Date.now) {}

  take(key: string, limitPerMinute: number, cost: number): Promise<LimitDecision> {
    return Promise.resolve(this.takeNow(key, limitPerMinute, cost));
  }

  takeNow(key: string, limitPerMinute: number, cost: number): LimitDecision {
    const nowMs = this.now();
    let bucket = this.buckets.get(key);
    if (bucket === undefined) {
      bucket = newBucket(limitPerMinute, nowMs);
      this.buckets.set(key, bucket);
    }
    return takeTokens(bucket, limitPerMinute, cost, nowMs);
  }
}
