import { type Database } from '@hub/database';
import { LocalRuns, silentLogger, Ticker, type DrainTarget, type Logger } from '@hub/platform';

/** Connections that have something due and nobody pulling: what a lost ring, a dead Redis or a dead process left undone. */
const NEEDING_A_PULL = `
select p.tenant_id, p.connection_id
from connection_pulls p
join tenants t on t.id = p.tenant_id and t.status = 'active'
join connections c on c.tenant_id = p.tenant_id and c.id = p.connection_id and c.status = 'active' and c.deleted_at is null
where (p.lease_until is null or p.lease_until < now()) and (p.resume_at is null or p.resume_at <= now())
  and exists (
    select 1 from syncs s
    where s.tenant_id = p.tenant_id and s.connection_id = p.connection_id and s.deleted_at is null and s.status <> 'paused'
      and (s.next_run_at <= now() and not exists (
             select 1 from sync_runs o where o.tenant_id = s.tenant_id and o.sync_id = s.id
               and o.status in ('queued', 'running') and o.kind in ('scheduled', 'manual'))
        or exists (select 1 from sync_runs r where r.tenant_id = s.tenant_id and r.sync_id = s.id
                     and r.status in ('queued', 'running') and r.kind <> 'hook' and r.next_attempt_at <= now())
        or exists (select 1 from hook_notices n where n.tenant_id = s.tenant_id and n.connection_id = s.connection_id
                     and n.object = s.object and n.due_at <= now())))`;

const PULL_SWEEP_EVERY_MS = 5_000;

export interface PullSweeperOptions {
  /** Logged in as the dispatcher: routing columns of all tenants, never a cursor or a record. */
  readonly database: Database;
  /** False when the queue cannot be reached. */
  readonly ring: (targets: readonly DrainTarget[]) => Promise<boolean>;
  /** Does the work in this process while the queue is away. The lease keeps two workers from doing it twice. */
  readonly pull: (target: DrainTarget) => Promise<void>;
  /** Connections pulled at once without the queue. */
  readonly fallbackConcurrency: number;
  readonly logger?: Logger;
}

/** Rings for whatever is due, every five seconds, in each worker: the schedule is in Postgres, and the queue only a bell. */
export class PullSweeper {
  private readonly logger: Logger;
  private readonly ticker: Ticker;
  private readonly local: LocalRuns<DrainTarget>;
  /** When the last sweep ended well; for readiness. */
  lastSweepMs = 0;

  constructor(private readonly options: PullSweeperOptions) {
    this.logger = options.logger ?? silentLogger;
    this.ticker = new Ticker('a sweep of syncs', PULL_SWEEP_EVERY_MS, () => this.sweep(), this.logger);
    this.local = new LocalRuns({
      run: options.pull,
      keyOf: ({ connectionId }) => connectionId,
      concurrency: options.fallbackConcurrency,
      failed: ({ connectionId }, error) => this.logger.error('pull failed', { connection_id: connectionId, error }),
    });
  }

  start(): void {
    this.ticker.start();
  }

  /** Takes nothing more on, and waits for the sweep and the pulls that run here. */
  async stop(): Promise<void> {
    const pulls = this.local.stop();
    await this.ticker.stop();
    await pulls;
  }

  /** One sweep: does not wait for the pulls that it may start here. @returns how many connections have something due. */
  async sweep(): Promise<number> {
    const rows = await this.options.database.query<{ tenant_id: string; connection_id: string }>(NEEDING_A_PULL);
    const targets = rows.map((row) => ({ tenantId: row.tenant_id, connectionId: row.connection_id }));
    if (targets.length > 0) {
      if (await this.options.ring(targets)) this.local.clear();
      else {
        this.logger.warn('the queue is away: pulling without it', { count: targets.length });
        this.local.add(targets);
      }
    }
    this.lastSweepMs = Date.now();
    return targets.length;
  }
}
