/**
 * The one source of time for a vendor: token expiry, timestamps on records, query cursors and job progress
 * all follow it, so a test can move a whole vendor two hours ahead without waiting.
 */
export class VirtualClock {
  private offsetMs = 0;
  private frozenAtMs: number | undefined;

  /** Milliseconds since the epoch, as this vendor believes them to be. */
  now(): number {
    return this.frozenAtMs ?? Date.now() + this.offsetMs;
  }

  setOffset(offsetMs: number): void {
    this.offsetMs = offsetMs;
    if (this.frozenAtMs !== undefined) this.frozenAtMs = Date.now() + offsetMs;
  }

  advance(ms: number): void {
    this.offsetMs += ms;
    if (this.frozenAtMs !== undefined) this.frozenAtMs += ms;
  }

  /** Stops time, at the given instant or at the present one. */
  freeze(atMs = this.now()): void {
    this.frozenAtMs = atMs;
    this.offsetMs = atMs - Date.now();
  }

  /** Time flows again from where it stood. */
  resume(): void {
    if (this.frozenAtMs === undefined) return;
    this.offsetMs = this.frozenAtMs - Date.now();
    this.frozenAtMs = undefined;
  }

  reset(): void {
    this.offsetMs = 0;
    this.frozenAtMs = undefined;
  }

  describe(): { now: string; offset_ms: number; frozen: boolean } {
    return { now: new Date(this.now()).toISOString(), offset_ms: this.offsetMs, frozen: this.frozenAtMs !== undefined };
  }
}
