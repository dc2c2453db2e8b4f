import { setTimeout as delay } from 'node:timers/promises';
import { type Logger } from '../logger/logger';

/** What BullMQ's classes on PostgreSQL have in common. */
export interface Openable {
  /** Rejects when the tables are not there or cannot be used. */
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

export interface PatienceOptions {
  /** Of the queue. */
  readonly name: string;
  readonly logger: Logger;
  /** Ends the tries. */
  readonly signal: AbortSignal;
  /** Default: 2 s. */
  readonly retryMs?: number;
}

const RETRY_MS = 2_000;

/**
 * Makes one anew until it opens: BullMQ asks its tables once, and keeps a refusal for good. A worker that ran with such a
 * refusal would ask it for work in a loop that never lets go of the process.
 *
 * @returns null when it was ended before
 */
export async function openPatiently<Q extends Openable>(make: () => Q, options: PatienceOptions): Promise<Q | null> {
  const { name, logger, signal, retryMs = RETRY_MS } = options;
  let isTold = false;
  while (!signal.aborted) {
    const made = make();
    try {
      await made.waitUntilReady();
      if (isTold) logger.info('the queue is open', { queue: name });
      // A caller that has ended meanwhile still gets it, and closes it.
      return made;
    } catch (error) {
      if (!isTold) logger.warn('the queue cannot be opened, and is tried again until it can', { queue: name, error });
      isTold = true;
      await made.close().catch(() => undefined);
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}
