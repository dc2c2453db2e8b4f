import { type Database } from '@hub/database';
import { LocalRuns, silentLogger, Ticker, type Logger } from '@hub/platform';
import { type ReplayTarget } from './replay-lease';

/** Replays that are due and that nobody works on: what a lost ring or a dead process left. */
const NEEDING_A_RUN = `
select tenant_id, id from replays
where status in ('queued', 'running', 'cancelling') and next_slice_at <= now() and (lease_until is null or lease_until < now())`;

const REPLAY_SWEEP_EVERY_MS = 5_000;

export interface ReplaySweeperOptions {
  /** Logged in as the dispatcher: which replays of all tenants are due, and nothing of what they are about. */
  readonly database: Database;
  /** False when the queue cannot be reached. */
  readonly ring: (targets: readonly ReplayTarget[]) => Promise<boolean>;
  /** Does the work in this process while the queue is away. The lease keeps two workers from doing it twice. */
  readonly run: (target: ReplayTarget) => Promise<void>;
  /** Replays worked on at once without the queue. */
  readonly fallbackConcurrency: number;
  readonly logger?: Logger;
}

/** Rings for whatever is due, every five seconds, in each worker. */
export class ReplaySweeper {
  private readonly logger: Logger;
  private readonly ticker: Ticker;
  private readonly local: LocalRuns<ReplayTarget>;
  /** When the last sweep ended well; for readiness. */
  lastSweepMs = 0;

  constructor(private readonly options: ReplaySweeperOptions) {
    this.logger = options.logger ?? silentLogger;
    this.ticker = new Ticker('a sweep of replays', REPLAY_SWEEP_EVERY_MS, () => this.sweep(), this.logger);
    this.local = new LocalRuns({
      run: options.run,
      keyOf: ({ replayId }) => replayId,
      concurrency: options.fallbackConcurrency,
      failed: ({ replayId }, error) => this.logger.error('replay failed', { replay_id: replayId, error }),
    });
  }

  start(): void {
    this.ticker.start();
  }

  /** Takes nothing more on, and waits for the sweep and the replays that run here. */
  async stop(): Promise<void> {
    const runs = this.local.stop();
    await this.ticker.stop();
    await runs;
  }

  /** One sweep: does not wait for the replays that it may start here. @returns how many replays have something due. */
  async sweep(): Promise<number> {
    const rows = await this.options.database.query<{ tenant_id: string; id: string }>(NEEDING_A_RUN);
    const targets = rows.map((row) => ({ tenantId: row.tenant_id, replayId: row.id }));
    if (targets.length > 0) {
      if (await this.options.ring(targets)) this.local.clear();
      else {
        this.logger.warn('the queue is away: replaying without it', { count: targets.length });
        this.local.add(targets);
      }
    }
    this.lastSweepMs = Date.now();
    return targets.length;
  }
}
