import { type Database } from '@hub/database';
import { type Logger } from '@hub/platform';

const MINUTE_MS = 60_000;
/** Few: each look for what is open goes through every day there is. Later rows go into the default partition until their day is made. */
const PARTITION_DAYS_AHEAD = 2;

/**
 * Whoever makes a day keeps everybody from the tables that it has locked while it waits for the next. It gives way long before
 * PostgreSQL looks for deadlocks, after a second, and would have somebody's events refused for it.
 */
const GIVES_WAY = `set local lock_timeout = '250ms'`;

/** One chore, a single statement that is bounded in time. The functions see to it that two workers do not do it twice. */
interface Chore {
  readonly what: string;
  readonly everyMs: number;
  readonly sql: string;
}

const CHORES: readonly Chore[] = [
  { what: 'day partitions', everyMs: 60 * MINUTE_MS, sql: `select ensure_day_partitions(${PARTITION_DAYS_AHEAD})` },
  // Each call walks a stretch of each table, so that even the largest is never locked or read for long.
  { what: 'expired keys', everyMs: 0, sql: 'select purge_expired_keys()' },
  { what: 'old replays', everyMs: 10 * MINUTE_MS, sql: 'select purge_old_replays()' },
  { what: 'statistics', everyMs: MINUTE_MS, sql: 'select refresh_statistics()' },
];

/** What the database needs done for it, as the dispatcher: day partitions, retention of keys, statistics. */
export class Upkeep {
  private readonly doneAt = new Map<Chore, number>();
  private running: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
  ) {}

  /** Does whatever is due. A chore that fails is logged, stops none of the others, and is tried again after a minute: it may have kept a lock until its time was up. */
  run(): Promise<void> {
    this.running ??= this.doChores().finally(() => (this.running = null));
    return this.running;
  }

  private async doChores(): Promise<void> {
    for (const chore of CHORES) {
      const startedAt = performance.now();
      const doneAt = this.doneAt.get(chore);
      if (doneAt !== undefined && startedAt - doneAt < chore.everyMs) continue;
      try {
        await this.database.transaction((tx) => tx.query(chore.sql), GIVES_WAY);
        this.doneAt.set(chore, startedAt);
      } catch (error) {
        this.doneAt.set(chore, startedAt - chore.everyMs + MINUTE_MS);
        this.logger.warn(`upkeep of the database failed: ${chore.what}`, { error });
      }
    }
  }
}
