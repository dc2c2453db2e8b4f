import { type DrainTarget, type Logger } from '@hub/platform';

export interface LocalDrainsOptions {
  readonly drain: (target: DrainTarget) => Promise<void>;
  /** Connections drained at once. */
  readonly concurrency: number;
  /** Called when a drain has ended well and no connection waits: there may be more to do. */
  readonly idle: () => void;
  readonly logger: Logger;
}

/**
 * Drains in this process, while the queue is away. Connections take turns: one that is found to need another drain goes
 * to the end, and a slow vendor holds up nobody but its own lane.
 */
export class LocalDrains {
  private readonly waiting = new Map<string, DrainTarget>();
  private readonly running = new Map<string, Promise<void>>();
  private stopped = false;

  constructor(private readonly options: LocalDrainsOptions) {}

  /** Those that wait or run already are not taken twice. */
  add(targets: readonly DrainTarget[]): void {
    for (const target of targets) {
      const { connectionId } = target;
      if (!this.running.has(connectionId) && !this.waiting.has(connectionId)) this.waiting.set(connectionId, target);
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
    for (const [connectionId, target] of this.waiting) {
      if (this.stopped || this.running.size >= this.options.concurrency) return;
      this.waiting.delete(connectionId);
      this.running.set(connectionId, this.run(target));
    }
  }

  private async run(target: DrainTarget): Promise<void> {
    let ended = true;
    try {
      // Not called within `fill`: what throws at once must find itself among the running.
      await Promise.resolve(target).then(this.options.drain);
    } catch (error) {
      // Left to the next sweep: looking again at once would try it without end.
      ended = false;
      this.options.logger.error('drain failed', { connection_id: target.connectionId, error });
    }
    this.running.delete(target.connectionId);
    this.fill();
    if (ended && !this.stopped && this.waiting.size === 0) this.options.idle();
  }
}
