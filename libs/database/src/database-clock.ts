/**
 * The database's time in a process whose own clock may be wrong, for what others hold against their clocks. Between two
 * measurements it goes by the process's monotonic clock, so that one that is set meanwhile changes nothing. Before the
 * first it is the process's own.
 */
export class DatabaseClock {
  private known: { readonly ms: number; readonly at: number } | null = null;

  /** Milliseconds since 1970. */
  readonly now = (): number => {
    const { known } = this;
    return known === null ? Date.now() : known.ms + (performance.now() - known.at);
  };

  /** @param ask answers with one row: `clock_timestamp() as now` */
  async measure(ask: () => Promise<readonly { readonly now: Date }[]>): Promise<void> {
    const askedAt = performance.now();
    const [row] = await ask();
    if (row !== undefined) this.known = { ms: row.now.getTime(), at: (askedAt + performance.now()) / 2 };
  }
}
