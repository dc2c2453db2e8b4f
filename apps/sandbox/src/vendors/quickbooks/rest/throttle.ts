import { type CompanySettings } from '../quickbooks.company';
import { type Clock } from '../quickbooks.time';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

interface AppUse {
  recent: number[];
  batches: number[];
  inFlight: number;
}

/**
 * The vendor's limits for one company: per minute for the company, per second and at a time for each app in it,
 * batches counted apart. A refused call costs nothing.
 */
export class Throttle {
  private company: number[] = [];
  private readonly apps = new Map<string, AppUse>();

  constructor(private readonly clock: Clock) {}

  /** @returns whether the call may go on; if so it holds one of the app's places until {@link leave} */
  enter(clientId: string, isBatch: boolean, limits: CompanySettings): boolean {
    const now = this.clock.now();
    const app = this.app(clientId);
    this.company = within(this.company, now, MINUTE_MS);
    app.recent = within(app.recent, now, SECOND_MS);
    app.batches = within(app.batches, now, MINUTE_MS);
    const perMinuteFull = isBatch
      ? app.batches.length >= limits.batchesPerMinute
      : this.company.length >= limits.requestsPerMinute;
    if (perMinuteFull || app.recent.length >= limits.requestsPerSecond || app.inFlight >= limits.concurrentRequests) {
      return false;
    }
    (isBatch ? app.batches : this.company).push(now);
    app.recent.push(now);
    app.inFlight++;
    return true;
  }

  leave(clientId: string): void {
    this.app(clientId).inFlight--;
  }

  private app(clientId: string): AppUse {
    const known = this.apps.get(clientId);
    if (known) return known;
    const app: AppUse = { recent: [], batches: [], inFlight: 0 };
    this.apps.set(clientId, app);
    return app;
  }
}

/** Stamps from a clock that was set back count as old, or they would throttle for ever. */
function within(stamps: readonly number[], now: number, windowMs: number): number[] {
  return stamps.filter((at) => at <= now && now - at < windowMs);
}
