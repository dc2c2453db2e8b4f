import { type Database } from '@hub/database';
import { LocalRuns, silentLogger, type DrainTarget, type Logger } from '@hub/platform';
import { Upkeep } from './upkeep';

/**
 * Connections that have work and nobody on it: something is due, a dead process left claims behind, or a slot has expired with
 * nothing claimed, as after a `COMMIT` that was never answered. Deleted ones and those with such claims too, whatever their
 * state, so that what is still open there ends, or can be ended. Deliveries are found by a loose index scan: one probe for each connection with open ones, however large its
 * backlog, which finds its earliest. Slots are read through, a row for each connection: each renewal would have to keep an index.
 *
 * Their rows are looked up one by one (`offset 0` forbids a join): the planner, which cannot know how many connections a
 * recursion finds, compared each of thousands with each, and a sweep took a core for seconds.
 */
const NEEDING_ATTENTION = `
with recursive waiting as (
  (select tenant_id, connection_id, next_attempt_at from deliveries where status in ('pending', 'retrying')
   order by tenant_id, connection_id, next_attempt_at limit 1)
  union all
  select n.tenant_id, n.connection_id, n.next_attempt_at from waiting w cross join lateral (
    select tenant_id, connection_id, next_attempt_at from deliveries d
    where d.status in ('pending', 'retrying') and (d.tenant_id, d.connection_id) > (w.tenant_id, w.connection_id)
    order by tenant_id, connection_id, next_attempt_at limit 1) n
), leased as (
  (select tenant_id, connection_id from deliveries where status = 'delivering' order by tenant_id, connection_id limit 1)
  union all
  select n.tenant_id, n.connection_id from leased w cross join lateral (
    select tenant_id, connection_id from deliveries d
    where d.status = 'delivering' and (d.tenant_id, d.connection_id) > (w.tenant_id, w.connection_id)
    order by tenant_id, connection_id limit 1) n
), needing as (
  select tenant_id, connection_id, false as orphaned from waiting where next_attempt_at <= now()
  union
  select tenant_id, connection_id, true from leased
  union
  select tenant_id, connection_id, false from connection_runtime where slot_until < now()
)
select distinct n.tenant_id, n.connection_id
from needing n
cross join lateral (
  select slot_until, resume_at from connection_runtime where tenant_id = n.tenant_id and connection_id = n.connection_id offset 0) r
cross join lateral (
  select status, deleted_at from connections where tenant_id = n.tenant_id and id = n.connection_id offset 0) c
where (r.slot_until is null or r.slot_until < now())
  and (n.orphaned or c.deleted_at is not null or c.status = 'active' and (r.resume_at is null or r.resume_at <= now()))`;

export const SWEEP_EVERY_MS = 5_000;

export interface SweeperOptions {
  /** Logged in as the dispatcher: routing columns of all tenants, never a payload. */
  readonly database: Database;
  /** False when the queue cannot be reached. */
  readonly ring: (targets: readonly DrainTarget[]) => Promise<boolean>;
  /** Does the work in this process while the queue is away. The slot keeps two workers from doing it twice. */
  readonly drain: (target: DrainTarget) => Promise<void>;
  /** Connections drained at once without the queue. */
  readonly fallbackConcurrency: number;
  readonly logger?: Logger;
}

/** `local`: for drains in this process alone. */
type Look = 'sweep' | 'local';

/** Makes good whatever the bell missed, every five seconds, in each worker; and looks after the database. */
export class Sweeper {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private queueIsAway = false;
  private wanted: Look | null = null;
  private readonly logger: Logger;
  private readonly upkeep: Upkeep;
  private readonly local: LocalRuns<DrainTarget>;
  private chores: Promise<void> = Promise.resolve();
  /** When the last sweep ended well; for readiness. */
  lastSweepMs = 0;

  constructor(private readonly options: SweeperOptions) {
    this.logger = options.logger ?? silentLogger;
    this.upkeep = new Upkeep(options.database, this.logger);
    this.local = new LocalRuns({
      run: options.drain,
      keyOf: ({ connectionId }) => connectionId,
      concurrency: options.fallbackConcurrency,
      // A drain ends after its turn, not after its work: what is left is found by looking again, at once.
      idle: () => {
        if (this.queueIsAway) this.ask('local');
      },
      failed: ({ connectionId }, error) => this.logger.error('drain failed', { connection_id: connectionId, error }),
    });
  }

  start(): void {
    this.timer = setInterval(() => this.ask('sweep'), SWEEP_EVERY_MS);
    this.ask('sweep');
  }

  /** Takes nothing more on, and waits for the sweep and the drains that run here. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    const drains = this.local.stop();
    await this.running;
    await Promise.all([drains, this.chores]);
  }

  /** One sweep: does not wait for the drains that it may start here. @returns how many connections needed attention. */
  async sweep(): Promise<number> {
    const targets = await this.needingAttention();
    if (targets.length > 0) {
      this.queueIsAway = !(await this.options.ring(targets));
      if (this.queueIsAway) this.drainHere(targets);
      else this.local.clear();
    }
    this.lastSweepMs = Date.now();
    // Beside the sweeps, which have to come in time.
    this.chores = this.upkeep.run();
    return targets.length;
  }

  private ask(wanted: Look): void {
    if (this.wanted !== 'sweep') this.wanted = wanted;
    this.running ??= this.look();
  }

  /** One look at a time; what is asked for meanwhile follows. */
  private async look(): Promise<void> {
    while (this.wanted !== null) {
      const { wanted } = this;
      this.wanted = null;
      try {
        if (wanted === 'sweep') await this.sweep();
        // The queue takes its time to say that it is away; the next sweep asks it.
        else this.local.add(await this.needingAttention());
      } catch (error) {
        this.logger.warn('a sweep failed; the next one follows', { error });
      }
    }
    this.running = null;
  }

  private async needingAttention(): Promise<DrainTarget[]> {
    const rows = await this.options.database.query<{ tenant_id: string; connection_id: string }>(NEEDING_ATTENTION);
    return rows.map((row) => ({ tenantId: row.tenant_id, connectionId: row.connection_id }));
  }

  private drainHere(targets: readonly DrainTarget[]): void {
    this.logger.warn('the queue is away: delivering without it', { count: targets.length });
    this.local.add(targets);
  }
}
