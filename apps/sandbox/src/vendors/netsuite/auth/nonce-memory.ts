/** Remembers the pairs of nonce and timestamp of each token for as long as the timestamp itself is acceptable. */
export class NonceMemory {
  private readonly seen = new Map<string, number>();

  /** @returns false when the pair was used before */
  use(token: string, timestamp: string, nonce: string, nowMs: number, windowMs: number): boolean {
    if (this.seen.size > 50_000) {
      for (const [pair, keptUntilMs] of this.seen) if (keptUntilMs < nowMs) this.seen.delete(pair);
    }
    const pair = `${token} ${timestamp} ${nonce}`;
    if (this.seen.has(pair)) return false;
    this.seen.set(pair, nowMs + 2 * windowMs);
    return true;
  }
}
