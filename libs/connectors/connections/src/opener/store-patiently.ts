import { setTimeout as pause } from 'node:timers/promises';
import { classifyDatabaseError } from '@hub/database';
import { type Problem, type Result } from '@hub/platform';

const AGAIN_MS = 1_000;
/** Longer than a failover of the database takes. */
const AT_LEAST_MS = 60_000;

/**
 * Stores what cannot be had a second time: a database that is away, or a key that cannot be had, is asked again each second
 * for a minute at least.
 */
export async function storePatiently<T>(
  store: () => Promise<Result<T, Problem>>,
  now: () => number,
): Promise<Result<T, Problem>> {
  for (const givesUpAt = now() + AT_LEAST_MS; ; await pause(AGAIN_MS)) {
    try {
      const stored = await store();
      if (stored.ok || stored.error.kind !== 'unavailable') return stored;
      if (now() >= givesUpAt) throw new Error(stored.error.detail);
    } catch (error) {
      if (classifyDatabaseError(error) !== 'unavailable' || now() >= givesUpAt) throw error;
    }
  }
}
