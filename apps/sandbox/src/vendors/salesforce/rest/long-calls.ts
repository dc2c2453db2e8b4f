/**
 * The vendor limits how many calls are under way that take long (20 seconds): while there are as many, every other call of
 * the org is refused. Measured in real time, as calls are answered in real time.
 */
export class LongCalls {
  private readonly begunAt = new Map<number, number>();
  private next = 0;

  /** @returns what to call with the call's end. */
  begin(): () => void {
    const id = this.next++;
    this.begunAt.set(id, Date.now());
    return () => void this.begunAt.delete(id);
  }

  /** Calls under way that have taken this long or longer. */
  count(longMs: number): number {
    const nowMs = Date.now();
    return [...this.begunAt.values()].filter((begunMs) => nowMs - begunMs >= longMs).length;
  }
}
