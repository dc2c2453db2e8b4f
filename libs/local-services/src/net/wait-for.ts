import { setTimeout as delay } from 'node:timers/promises';
import { LocalServiceError } from '../errors/local-service.error';

/** How long and how often {@link waitFor} asks. */
export interface WaitOptions {
  /** Named in the timeout error: "`what` did not happen within …". */
  readonly what: string;
  /** Milliseconds before giving up; 30 000 when absent. */
  readonly timeoutMs?: number;
  /** Milliseconds between two questions; 25 when absent. */
  readonly intervalMs?: number;
  readonly cure?: string;
}

/**
 * Asks `probe` until it answers something other than `undefined` or `false` and returns that answer.
 * An exception from `probe` ends the wait at once and is passed on.
 * @throws LocalServiceError `TIMEOUT`
 */
export async function waitFor<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: WaitOptions,
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() >= deadline) {
      throw new LocalServiceError(
        'TIMEOUT',
        `${options.what} did not happen within ${timeoutMs} ms`,
        options.cure ?? 'Look at the log lines above; if the machine is merely slow, start again.',
      );
    }
    await delay(options.intervalMs ?? 25);
  }
}
