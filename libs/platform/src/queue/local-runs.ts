export interface LocalRunsOptions<T> {
  readonly run: (target: T) => Promise<void>;
  /** Targets of the same key are the same work. */
  readonly keyOf: (target: T) => string;
  /** Runs at once. */
  readonly concurrency: number;
  /** Told of a run that has failed. It is left to the next sweep: looking again at once would try it without end. */
  readonly failed: (target: T, error: unknown) => void;
  /** Called when a run has ended well and nothing waits: there may be more to do. */
  readonly idle?: () => void;
}

/**
 * Work in this process, while the queue is away. Targets take turns: one that is found to need another run goes to the end,
 * and a slow one holds up nobody but its own lane.
 */
export class LocalRuns<T> {
  private readonly waiting = new Map<string, T>();
  private readonly running = new Map<string, Promise<void>>();
  private stopped = false;

  constructor(private readonly options: LocalRunsOptions<T>) {}

  /** Those that wait or run already are not taken twice. Waits for nothing. */
  add(targets: readonly T[]): void {
    for (const target of targets) {
      const key = this.options.keyOf(target);
      if (!this.running.has(key) && !this.waiting.has(key)) this.waiting.set(key, target);
    }
    this.fill();
  }

  /** Forgets what waits: the queue is back, and has been told. */
  clear(): void {
    this.waiting.clear();
  }

  /** Starts nothing more, and waits for what runs. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.waiting.clear();
    await Promise.all(this.running.values());
  }

  private fill(): void {
    for (const [key, target] of this.waiting) {
      if (this.stopped || this.running.size >= this.options.concurrency) return;
      this.waiting.delete(key);
      this.running.set(key, this.run(key, target));
    }
  }

  private async run(key: string, target: T): Promise<void> {
    let ended = true;
    try {
      // Not called within `fill`: what throws at once must find itself among the running.
      await Promise.resolve(target).then(this.options.run);
    } catch (error) {
      ended = false;
      this.options.failed(target, error);
    }
    this.running.delete(key);
    this.fill();
    if (ended && !this.stopped && this.waiting.size === 0) this.options.idle?.();
  }
}
