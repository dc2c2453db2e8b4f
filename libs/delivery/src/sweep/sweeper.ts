import { type Database } from '@hub/database';
import { silentLogger, type DrainTarget, type Logger } from '@hub/platform';

/**
 * Connections that have work and nobody on it: something is due, or a dead process left claims behind. A loose index
 * scan: one probe for each connection with open deliveries, however large its backlog.
 */
const NEEDING_ATTENTION = `
with recursive waiting as (
  (select tenant_id, connection_id from deliveries where status in ('pending', 'retrying') order by tenant_id, connection_id limit 1)
  union all
  select n.tenant_id, n.connection_id from waiting w cross join lateral (
    select tenant_id, connection_id from deliveries d
    where d.status in ('pending', 'retrying') and (d.tenant_id, d.connection_id) > (w.tenant_id, w.connection_id)
    order by tenant_id, connection_id limit 1) n
), leased as (
  (select tenant_id, connection_id from deliveries where status = 'delivering' order by tenant_id, connection_id limit 1)
  union all
  select n.tenant_id, n.connection_id from leased w cross join lateral (
    select tenant_id, connection_id from deliveries d
    where d.status = 'delivering' and (d.tenant_id, d.connection_id) > (w.tenant_id, w.connection_id)
    order by tenant_id, connection_id limit 1) n
)
select r.tenant_id, r.connection_id
from connection_runtime r
join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id and c.status = 'active' and c.deleted_at is null
where (r.slot_until is null or r.slot_until < now()) and (r.resume_at is null or r.resume_at <= now())
  and ((r.tenant_id, r.connection_id) in (select tenant_id, connection_id from leased)
    or ((r.tenant_id, r.connection_id) in (select tenant_id, connection_id from waiting)
        and exists (select 1 from deliveries d where d.tenant_id = r.tenant_id and d.connection_id = r.connection_id
                    and d.status in ('pending', 'retrying') and d.next_attempt_at <= now())))`;

export const SWEEP_EVERY_MS = 5_000;
const PARTITIONS_EVERY_MS = 3_600_000;
const PARTITION_DAYS_AHEAD = 7;

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

/** Makes good whatever the bell missed, every five seconds, in each worker; and keeps day partitions ahead of the clock. */
export class Sweeper {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private partitionsCheckedMs = 0;
  private readonly logger: Logger;
  /** When the last sweep ended well; for readiness. */
  lastSweepMs = 0;

  constructor(private readonly options: SweeperOptions) {
    this.logger = options.logger ?? silentLogger;
  }

  start(): void {
    this.timer = setInterval(() => void this.tick(), SWEEP_EVERY_MS);
    void this.tick();
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.running;
  }

  /** One sweep. @returns how many connections needed attention. */
  async sweep(): Promise<number> {
    await this.keepPartitionsAhead();
    const rows = await this.options.database.query<{ tenant_id: string; connection_id: string }>(NEEDING_ATTENTION);
    const targets = rows.map((row) => ({ tenantId: row.tenant_id, connectionId: row.connection_id }));
    if (targets.length > 0 && !(await this.options.ring(targets))) await this.drainHere(targets);
    this.lastSweepMs = Date.now();
    return targets.length;
  }

  private async tick(): Promise<void> {
    if (this.running !== null) return;
    this.running = this.sweep().then(
      () => undefined,
      (error: unknown) => this.logger.warn('a sweep failed; the next one follows', { error }),
    );
    await this.running;
    this.running = null;
  }

  private async drainHere(targets: readonly DrainTarget[]): Promise<void> {
    this.logger.warn('the queue is away: delivering without it', { count: targets.length });
    const waiting = [...targets];
    const lane = async (): Promise<void> => {
      for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
        await this.options.drain(target).catch((error: unknown) => this.logger.error('drain failed', { error }));
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.options.fallbackConcurrency, targets.length) }, lane));
  }

  private async keepPartitionsAhead(): Promise<void> {
    if (Date.now() - this.partitionsCheckedMs < PARTITIONS_EVERY_MS) return;
    await this.options.database.query('select ensure_day_partitions($1)', [PARTITION_DAYS_AHEAD]);
    this.partitionsCheckedMs = Date.now();
  }
}
