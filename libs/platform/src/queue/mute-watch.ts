export interface MuteWatchOptions {
  readonly concurrency: number;
  /** So long may something be rung for again and again without anything being begun. */
  readonly muteAfterMs: number;
}

/**
 * Tells a worker that has gone mute, as one whose connection or loop hangs, from one that has nothing to do or enough: what
 * is rung for over and over is begun by nobody, although this one could.
 */
export class MuteWatch {
  private running = 0;
  private rungAt = Number.NEGATIVE_INFINITY;
  /** Since when each is rung for. */
  private waiting = new Map<string, number>();

  constructor(private readonly options: MuteWatchOptions) {}

  began(): void {
    this.running++;
    this.waiting.clear();
  }

  ended(): void {
    this.running--;
  }

  /** @param keys all that is rung for now, which nobody is at */
  isMuteAt(nowMs: number, keys: readonly string[]): boolean {
    const { concurrency, muteAfterMs } = this.options;
    // A ring long ago and one now are not one wait.
    const goesOn = nowMs - this.rungAt < muteAfterMs / 2;
    this.rungAt = nowMs;
    const before = goesOn ? this.waiting : new Map<string, number>();
    this.waiting = new Map(keys.map((key) => [key, before.get(key) ?? nowMs]));
    // It could not, so nothing has waited for it yet.
    if (this.running >= concurrency) this.waiting.clear();
    if (![...this.waiting.values()].some((since) => nowMs - since >= muteAfterMs)) return false;
    this.waiting.clear();
    return true;
  }
}
