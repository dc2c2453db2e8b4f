import { LRUCache } from 'lru-cache';
import { setTimeout as pause } from 'node:timers/promises';
import { type ConnectorError } from './connector-error';

/** Who has no room says no time, and refuses every call until others have ended. */
const REFUSED_WAIT_MS = 2_000;
/** So many calls in a row without a refusal make room for one more. */
const CLEAN_WINDOW = 10;

/**
 * How many calls a connection makes at once, in this process. Any number, until the vendor refuses one because too many are
 * under way: then half as many as there were, and none at all for a moment; then one more after each clean window.
 */
export class CallRooms {
  private readonly rooms = new LRUCache<string, CallRoom>({ max: 2_000 });

  /** @param widest wider than any connection sends: from there on, the limit is the hub's own again. */
  constructor(private readonly widest: number) {}

  of(connection: string): CallRoom {
    let room = this.rooms.get(connection);
    if (room === undefined) this.rooms.set(connection, (room = new CallRoom(this.widest)));
    return room;
  }
}

export class CallRoom {
  private width = Infinity;
  private inFlight = 0;
  private clean = 0;
  private closedUntil = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly widest: number) {}

  /** Calls at once; infinite while the vendor has refused none. */
  get size(): number {
    return this.width;
  }

  /**
   * Waits for room.
   * @param signal ends the wait: what comes then is let in, and ends at once by the same signal.
   * @returns what to call with the call's end.
   */
  async enter(signal: AbortSignal, nowMs: () => number = Date.now): Promise<(error: ConnectorError | null) => void> {
    while (!signal.aborted && this.inFlight >= this.width) await this.turn(signal);
    this.inFlight++;
    const waitMs = this.closedUntil - nowMs();
    if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
    return (error) => this.leave(error, nowMs());
  }

  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        signal.removeEventListener('abort', go);
        this.waiting.delete(go);
        resolve();
      };
      this.waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
    });
  }

  private leave(error: ConnectorError | null, nowMs: number): void {
    if (error?.category === 'concurrency') {
      this.width = Math.max(1, Math.floor(this.inFlight / 2));
      this.closedUntil = nowMs + REFUSED_WAIT_MS;
      this.clean = 0;
    } else if (++this.clean >= CLEAN_WINDOW) {
      this.clean = 0;
      this.width = this.width + 1 >= this.widest ? Infinity : this.width + 1;
    }
    this.inFlight--;
    for (const go of [...this.waiting].slice(0, Math.max(0, this.width - this.inFlight))) go();
  }
}
