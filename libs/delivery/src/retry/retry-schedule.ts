/** Waits after the first, second, … failed attempt. Three attempts in all: at once, +60 s, +300 s. */
export const DEFAULT_RETRY_DELAYS_SECONDS: readonly number[] = [60, 300];
export const MOST_RETRIES = 20;
/** A route may ask for a longer schedule, up to this in all. */
export const LONGEST_SCHEDULE_SECONDS = 72 * 3600;
const JITTER = 0.1;

/**
 * Milliseconds until the next attempt, or `null` when this was the last. Jitter of ±10 % keeps the deliveries of one
 * outage from coming back in one wave; a vendor's own wait is never undercut.
 * @param failedAttempts how many attempts have failed, this one included (1 or more).
 * @param random in [0, 1).
 */
export function nextRetryDelayMs(
  failedAttempts: number,
  delaysSeconds: readonly number[] | null,
  vendorWaitMs: number | null,
  random: () => number = Math.random,
): number | null {
  const delay = (delaysSeconds ?? DEFAULT_RETRY_DELAYS_SECONDS)[failedAttempts - 1];
  if (delay === undefined) return null;
  const jittered = delay * 1000 * (1 - JITTER + 2 * JITTER * random());
  return Math.round(Math.max(jittered, vendorWaitMs ?? 0));
}
