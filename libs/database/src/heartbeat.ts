import os from 'node:os';
import { type Logger, silentLogger } from '@hub/platform';
import { type Database } from './database';
import { type DatabaseClock } from './database-clock';

const BEAT_EVERY_MS = 10_000;
/** Whoever was silent for longer is forgotten: a process that was killed cannot take its own row away. */
const FORGOTTEN_AFTER = '1 hour';

export type ProcessKind = 'api' | 'worker';

export interface HeartbeatOptions {
  readonly database: Database;
  readonly kind: ProcessKind;
  /** Unlike that of any other process, also of one that had this one's number before. */
  readonly id: string;
  /** Set right with each beat. */
  readonly clock?: DatabaseClock;
  readonly logger?: Logger;
}

/** Says every ten seconds that this process is there. That it cannot say so hinders nothing else. */
export class Heartbeat {
  private timer: NodeJS.Timeout | null = null;
  private beating: Promise<void> = Promise.resolve();

  constructor(private readonly options: HeartbeatOptions) {}

  /** @returns once the first is over, whatever came of it */
  start(): Promise<void> {
    this.beating = this.beat();
    this.timer = setInterval(() => {
      this.beating = this.beating.then(() => this.beat());
    }, BEAT_EVERY_MS).unref();
    return this.beating;
  }

  /** Takes the row away, so that a process that was stopped does not look like one that fell silent. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.beating;
    await this.attempt(() => this.options.database.query(`delete from processes where id = $1`, [this.options.id]));
  }

  private beat(): Promise<void> {
    const { id, kind, clock, database } = this.options;
    const beat = (): Promise<{ now: Date }[]> =>
      database.query<{ now: Date }>(
        `with forgotten as (delete from processes where seen_at < now() - interval '${FORGOTTEN_AFTER}')
         insert into processes (id, kind, host, pid) values ($1, $2, $3, $4)
         on conflict (id) do update set seen_at = now() returning clock_timestamp() as now`,
        [id, kind, os.hostname(), process.pid],
      );
    return this.attempt(() => (clock === undefined ? beat() : clock.measure(beat)));
  }

  private async attempt(say: () => Promise<unknown>): Promise<void> {
    try {
      await say();
    } catch (error) {
      (this.options.logger ?? silentLogger).debug('the heartbeat was not written', { error });
    }
  }
}

export interface ProcessRow extends Record<string, unknown> {
  readonly id: string;
  readonly kind: ProcessKind;
  readonly host: string;
  readonly pid: number;
  readonly started_at: Date;
  readonly seen_at: Date;
  /** By the database's clock. */
  readonly silent_seconds: number;
}

/** As `hub_operator`. Workers last, each kind by when it was started. */
export function listProcesses(operator: Database): Promise<ProcessRow[]> {
  return operator.query<ProcessRow>(
    `select id, kind, host, pid, started_at, seen_at, extract(epoch from now() - seen_at)::float8 as silent_seconds
     from processes order by kind, started_at, id limit 1000`,
  );
}

export interface Backlog {
  /** Deliveries that could be made now, at most `MOST_COUNTED` of each connection. */
  readonly due: number;
  readonly oldestDueAt: Date | null;
}

export const MOST_COUNTED = 10_000;

/** Of all tenants, as `hub_operator`, which learns nothing else of them. Connections that a person has paused are left out. */
export async function readBacklog(operator: Database): Promise<Backlog> {
  const [row] = await operator.query<{ due: string; oldest_due_at: Date | null }>(
    `select due, oldest_due_at from platform_backlog($1)`,
    [MOST_COUNTED],
  );
  return { due: Number(row?.due ?? 0), oldestDueAt: row?.oldest_due_at ?? null };
}
