import { type CallHealth } from '../breaker/breaker';
import { type ConnectionWait } from '../claim/slot';
import { type SendError, type SendResult } from '../drain/drain.ports';

/** A limit without a stated wait, and the most that a vendor may make the hub wait in one go. */
const DEFAULT_LIMIT_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
/** A wait that uses up no attempt has no other end: were `Retry-After: 0` taken at its word, it would be a hot loop. */
export const SHORTEST_WAIT_MS = 1_000;
/** A person has to mend something, and may do so outside the hub, so it is tried again by itself. */
const MISCONFIGURED_WAIT_MS = 60_000;

export type Verdict = 'retry' | 'wait' | 'reauth' | 'hold' | 'dead';

/** What follows from a category. An unknown one is final: a person should look at it. */
export function verdictFor(category: string): Verdict {
  switch (category) {
    case 'transient':
    case 'stale':
    case 'unknown_outcome':
      return 'retry';
    case 'rate_limited':
    case 'concurrency':
      return 'wait';
    case 'auth_expired':
    case 'auth_revoked':
      return 'reauth';
    default:
      return 'dead';
  }
}

/** The same for one failure: what no record of the connection can pass says nothing about this one. */
export function verdictOf(error: SendError): Verdict {
  return error.wholeConnection === true && error.category === 'config' ? 'hold' : verdictFor(error.category);
}

/** A refusal of the record proves that the system is well; a limit or a credential of ours proves nothing. */
export function healthFor(category: string): CallHealth {
  switch (category) {
    case 'transient':
    case 'unknown_outcome':
      return 'failure';
    case 'rate_limited':
    case 'concurrency':
    case 'auth_expired':
    case 'auth_revoked':
    case 'config':
      return 'neutral';
    default:
      return 'healthy';
  }
}

/** One call counts once, however many records it carried. */
export function callHealth(results: readonly SendResult[]): CallHealth {
  const healths = results.map((result) => (result.ok ? 'healthy' : healthFor(result.error.category)));
  if (healths.includes('healthy')) return 'healthy';
  return healths.includes('failure') ? 'failure' : 'neutral';
}

/** The wait that the whole connection has to keep after this failure. */
export function connectionWait(error: SendError): ConnectionWait | null {
  if (verdictOf(error) === 'hold') return { reason: 'misconfigured', waitMs: MISCONFIGURED_WAIT_MS };
  if (error.category !== 'rate_limited') return null;
  return { reason: 'rate_limited', waitMs: unspentWaitMs(error, DEFAULT_LIMIT_WAIT_MS) };
}

/** Of a failure that uses up no attempt. */
export function unspentWaitMs(error: SendError, otherwiseMs: number): number {
  return Math.max(SHORTEST_WAIT_MS, statedWaitMs(error) ?? otherwiseMs);
}

/** The vendor's wait, in bounds; null when it states none that makes sense. */
export function statedWaitMs(error: SendError): number | null {
  const stated = error.retryAfterMs;
  return stated === undefined || Number.isNaN(stated) ? null : Math.min(Math.max(stated, 0), LONGEST_WAIT_MS);
}
