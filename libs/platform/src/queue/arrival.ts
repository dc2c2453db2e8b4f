/**
 * Something that comes once, sooner or later or never. Unlike on a promise, whoever gives up waiting leaves nothing behind: on one
 * that stays open for hours, each call would hang what it holds, and all of them would run in the moment it is kept.
 */
export class Arrival<T extends object> {
  private value: T | null = null;
  private readonly waiting = new Set<(value: T) => void>();

  come(value: T): void {
    if (this.value !== null) throw new Error('it has come before');
    this.value = value;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const tell of waiting) tell(value);
  }

  /** At once when it is there. @returns what ends the wait */
  onceHere(tell: (value: T) => void): () => void {
    if (this.value !== null) tell(this.value);
    else this.waiting.add(tell);
    return () => void this.waiting.delete(tell);
  }

  /** Null when it does not come within `timeoutMs`. */
  within(timeoutMs: number): Promise<T | null> {
    if (this.value !== null) return Promise.resolve(this.value);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        forget();
        resolve(null);
      }, timeoutMs);
      const forget = this.onceHere((value) => {
        clearTimeout(timer);
        resolve(value);
      });
    });
  }
}
