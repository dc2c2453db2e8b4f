import { problem, type Problem } from '@hub/platform';

/** @returns what to answer who must wait, having guessed too often */
export function lockedFor(until: Date | null): Problem | null {
  const waitMs = (until?.getTime() ?? 0) - Date.now();
  if (waitMs <= 0) return null;
  return problem('rate_limited', 'rate_limited', 'Too many failed attempts for this account. Wait, then try again.', {
    retryAfterSeconds: Math.ceil(waitMs / 1_000),
  });
}
