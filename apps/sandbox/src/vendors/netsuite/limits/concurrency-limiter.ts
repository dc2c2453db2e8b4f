/**
 * `reject`: 429 at once, as documented for RESTlets and SOAP. `invalid_login`: the call hangs for a while and then
 * fails as if its credentials were wrong, as was seen with TBA.
 */
export type OverLimit = 'reject' | 'invalid_login';

/** Counts the calls an account is working on. Above its limit nothing waits in line: a call is refused. */
export class ConcurrencyLimiter {
  private active = 0;
  private peak = 0;
  private refused = 0;

  /** @returns what ends the call, or `undefined` when there is no place left */
  enter(limit: number, taken: number): (() => void) | undefined {
    if (this.active + taken >= limit) {
      this.refused++;
      return undefined;
    }
    this.active++;
    this.peak = Math.max(this.peak, this.active);
    let isOver = false;
    return () => {
      if (!isOver) this.active--;
      isOver = true;
    };
  }

  /** `peak` and `refused` since the last reset of the counters. */
  describe(): { active: number; peak: number; refused: number } {
    return { active: this.active, peak: this.peak, refused: this.refused };
  }

  resetCounters(): void {
    this.peak = this.active;
    this.refused = 0;
  }
}
