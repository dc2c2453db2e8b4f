import { LRUCache } from 'lru-cache';
import { type DrainBell, type DrainTarget } from '@hub/platform';
import { type PullBell } from '@hub/sync';

/** A queue that was emptied has forgotten its schedulers: each is set anew so often. */
const SET_ANEW_MS = 600_000;
const NEVER = 0;

/** The bell of pulls, with a job scheduler of the queue for each connection that is pulled by the clock. */
export class ScheduledBell implements PullBell {
  private readonly known = new LRUCache<string, number>({ max: 50_000, ttl: SET_ANEW_MS });

  constructor(private readonly bell: DrainBell) {}

  ring(target: DrainTarget): void {
    this.bell.ring(target);
  }

  ringLater(target: DrainTarget, delayMs: number): Promise<boolean> {
    return this.bell.ringLater(target, delayMs);
  }

  async ringEvery(target: DrainTarget, everyMs: number | null): Promise<void> {
    const wanted = everyMs ?? NEVER;
    if (this.known.get(target.connectionId) === wanted) return;
    if (await this.bell.ringEvery(target.connectionId, target, everyMs)) this.known.set(target.connectionId, wanted);
  }
}
