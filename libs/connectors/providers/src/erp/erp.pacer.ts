import { setTimeout as delay } from 'node:timers/promises';

/** Connections whose last call is remembered. */
const MOST_REMEMBERED = 10_000;

/** Keeps a gap between the pages of one connection. One puller at a time works on it, so one process knows enough. */
export class Pacer {
  private readonly lastCallAt = new Map<string, number>();

  /** Waits until the next page may be asked for, or until nobody wants it any more. */
  async wait(connectionId: string, gapMs: number, signal: AbortSignal): Promise<void> {
    const last = this.lastCallAt.get(connectionId);
    const left = last === undefined ? 0 : last + gapMs - performance.now();
    if (left > 0) await delay(left, undefined, { signal }).catch(() => undefined);
    this.lastCallAt.delete(connectionId);
    this.lastCallAt.set(connectionId, performance.now());
    if (this.lastCallAt.size > MOST_REMEMBERED) this.lastCallAt.delete([...this.lastCallAt.keys()][0] ?? '');
  }
}
