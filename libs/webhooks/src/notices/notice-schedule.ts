const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * Waits after the first, second, … failed attempt, as Standard Webhooks proposes them: ten attempts within 75 hours and 35
 * minutes. The delivery machine adds its jitter, and a receiver's `Retry-After` is never undercut.
 */
export const NOTICE_RETRY_DELAYS_SECONDS: readonly number[] = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
