import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost, problem, type Problem } from '@hub/platform';

const FAILURES_A_MINUTE = 300;

/**
 * 401s and 403s are never billed to a tenant (strangers could use up its limit); they have a bucket by address instead,
 * which also ends the guessing of keys, and of what a stolen one may do.
 */
@Injectable()
export class FailedRequestLimit {
  private readonly counts = new LRUCache<string, { count: number }>({
    ...atMost(50_000),
    ttl: 60_000,
    noUpdateTTL: true,
  });

  /** Counts a failure of this address. @returns whether it may be told what was wrong */
  mayFail(address: string): boolean {
    const entry = this.counts.get(address) ?? { count: 0 };
    entry.count++;
    this.counts.set(address, entry);
    return entry.count <= FAILURES_A_MINUTE;
  }

  /** Nothing is looked up any more for an address that has used up its failures, not even whether it is right this time. */
  isUsedUp(address: string): boolean {
    return (this.counts.get(address)?.count ?? 0) >= FAILURES_A_MINUTE;
  }
}

export function tooManyFailures(): Problem {
  return problem(
    'rate_limited',
    'too_many_failed_requests',
    'Too many requests from this address failed: wrong keys, passwords or links, or what was not allowed.',
    { retryAfterSeconds: 60 },
  );
}
