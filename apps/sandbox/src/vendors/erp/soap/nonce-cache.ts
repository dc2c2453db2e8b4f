/** Which tokens were used already. A value is forgotten once its message would be too old anyway. */
export class NonceCache {
  private readonly usedUntil = new Map<string, number>();

  /** @returns false when the user sent that nonce before */
  use(user: string, nonce: Buffer, nowMs: number, keepMs: number): boolean {
    for (const [name, until] of this.usedUntil) {
      if (until > nowMs) break; // In order of arrival: the rest is younger.
      this.usedUntil.delete(name);
    }
    const name = `${user}|${nonce.toString('base64')}`;
    if ((this.usedUntil.get(name) ?? 0) > nowMs) return false;
    this.usedUntil.delete(name);
    this.usedUntil.set(name, nowMs + keepMs);
    return true;
  }
}
