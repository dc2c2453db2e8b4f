import { type ConnectorError } from '@hub/connector-sdk';

/** A limit without a stated wait, and the most that a vendor may make the hub wait in one go. */
const DEFAULT_LIMIT_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
const CONCURRENCY_WAIT_MS = 2_000;
const RETRY_DELAYS_MS = [2_000, 10_000, 30_000, 60_000, 300_000, 900_000];
/** Failures in a row after which people are told, although the hub goes on trying. */
const TELL_AFTER = 5;
const JITTER = 0.2;

/** What follows from a vendor's refusal. */
export type PullVerdict =
  /** The whole connection waits; nothing has failed. */
  | { readonly kind: 'wait'; readonly reason: 'rate_limited' | 'concurrency'; readonly waitMs: number }
  /** The connection waits for a person; the run goes on afterwards. */
  | { readonly kind: 'reauth' }
  /** The run goes on after a while, from where it is. */
  | { readonly kind: 'retry'; readonly delayMs: number; readonly tell: boolean }
  /** A person is needed: the run ends, and the sync says so. */
  | { readonly kind: 'fail' };

/**
 * @param failures in a row before this one
 * @param random 0 to 1: spreads retries, so that syncs that failed together do not come back together
 */
export function verdictOf(error: ConnectorError, failures: number, random: number = Math.random()): PullVerdict {
  switch (error.category) {
    case 'rate_limited':
      return { kind: 'wait', reason: 'rate_limited', waitMs: bounded(error.retryAfterMs ?? DEFAULT_LIMIT_WAIT_MS) };
    case 'concurrency':
      return { kind: 'wait', reason: 'concurrency', waitMs: bounded(error.retryAfterMs ?? CONCURRENCY_WAIT_MS) };
    // `auth_expired` arrives here only when new credentials were refused too.
    case 'auth_expired':
    case 'auth_revoked':
      return { kind: 'reauth' };
    // A read has no outcome to be unsure of, and nothing that could be stale: it is asked again.
    case 'transient':
    case 'unknown_outcome':
    case 'stale':
      return { kind: 'retry', delayMs: retryDelay(failures, random), tell: failures + 1 >= TELL_AFTER };
    case 'permission':
    case 'validation':
    case 'duplicate':
    case 'not_found':
    case 'config':
    case 'too_large':
      return { kind: 'fail' };
  }
}

function bounded(waitMs: number): number {
  return Math.min(Math.max(waitMs, 0), LONGEST_WAIT_MS);
}

function retryDelay(failures: number, random: number): number {
  const delay = RETRY_DELAYS_MS[Math.min(failures, RETRY_DELAYS_MS.length - 1)] ?? LONGEST_WAIT_MS;
  return Math.round(delay * (1 + JITTER * random));
}
