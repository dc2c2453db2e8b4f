import { type Logger } from '../logger/logger';

/** Does a piece of work again and again, never twice at once. A failure is logged, and the next turn comes all the same. */
export class Ticker {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private isWanted = false;

  /** @param what for the log */
  constructor(
    private readonly what: string,
    private readonly everyMs: number,
    private readonly work: (signal: AbortSignal) => Promise<unknown>,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.ask(), this.everyMs);
    this.ask();
  }

  /** At once, or right after the turn that is under way. */
  ask(): void {
    if (this.stopping.signal.aborted) return;
    this.isWanted = true;
    this.running ??= this.turns();
  }

  /** Begins no further turn and waits for the one under way. */
  async stop(): Promise<void> {
    this.stopping.abort();
    if (this.timer !== null) clearInterval(this.timer);
    await this.running;
  }

  private async turns(): Promise<void> {
    while (this.isWanted && !this.stopping.signal.aborted) {
      this.isWanted = false;
      try {
        await this.work(this.stopping.signal);
      } catch (error) {
        this.logger.warn(`${this.what} failed; the next turn follows`, { error });
      }
    }
    this.running = null;
  }
}
