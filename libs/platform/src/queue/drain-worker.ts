import { Worker, createPostgresBackend, withBackend, type Job, type WorkerOptions } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { type Logger } from '../logger/logger';
import { within } from '../process/within';
import { jobData, RING_LATER, type BellQueue, type DrainBell, type DrainTarget, type JobData } from './drain-queue';
import { MuteWatch } from './mute-watch';
import { type QueueBackend } from './queue-backend';

export interface DrainWorkerOptions {
  readonly backend: QueueBackend;
  /** Connections drained at once by this process. */
  readonly concurrency: number;
  readonly bell: DrainBell;
  readonly logger: Logger;
  readonly drain: (target: DrainTarget) => Promise<void>;
  /** Default: `drain`. */
  readonly queue?: BellQueue;
  /** Default: 30 s. */
  readonly muteAfterMs?: number;
}

interface OpenWorker {
  readonly worker: Worker<JobData>;
  /** Ends the line that is not BullMQ's own. */
  disconnect(): void;
}

/** Of sweeps every 5 s, six have found the same work untouched. */
const MUTE_AFTER_MS = 30_000;

/** Runs drains. A process that dies gives its jobs back within 15 s: lock 10 s, check every 5 s. */
export class DrainWorker {
  private readonly name: BellQueue;
  private readonly watch: MuteWatch;
  private open: OpenWorker;
  /** Those that were replaced and still have drains that run. */
  private readonly closing = new Set<Promise<void>>();
  private stopped = false;

  constructor(private readonly options: DrainWorkerOptions) {
    const { concurrency, muteAfterMs = MUTE_AFTER_MS } = options;
    this.name = options.queue ?? 'drain';
    this.watch = new MuteWatch({ concurrency, muteAfterMs });
    this.open = this.openWorker();
  }

  /**
   * Rings for all that a sweep has found, and sees to it that this worker hears: one that has gone mute is replaced.
   * @returns false when the queue could not be reached
   */
  async ringNow(targets: readonly DrainTarget[]): Promise<boolean> {
    if (!(await this.options.bell.ringNow(targets))) return false;
    const isMute = this.watch.isMuteAt(
      performance.now(),
      targets.map(({ connectionId }) => connectionId),
    );
    if (isMute && !this.stopped) this.replace();
    return true;
  }

  /** Takes no more work and waits for what runs, at most `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    this.stopped = true;
    await within(Promise.all([closed(this.open), ...this.closing]), timeoutMs);
    this.open.disconnect();
  }

  private replace(): void {
    this.options.logger.error('the worker took up nothing that was rung for, and is replaced', { queue: this.name });
    const mute = this.open;
    this.open = this.openWorker();
    const closing: Promise<void> = closed(mute).finally(() => {
      mute.disconnect();
      this.closing.delete(closing);
    });
    this.closing.add(closing);
  }

  private async run(job: Job<JobData>): Promise<void> {
    this.watch.began();
    try {
      const { tenantId, connectionId } = jobData.parse(job.data);
      // The delayed job only rings: were it to drain itself, the ring for the next retry would meet its own key.
      if (job.name === RING_LATER) this.options.bell.ring({ tenantId, connectionId });
      else await this.options.drain({ tenantId, connectionId });
    } finally {
      this.watch.ended();
    }
  }

  private openWorker(): OpenWorker {
    const { backend, concurrency, logger } = this.options;
    const { name } = this;
    const process = (job: Job<JobData>): Promise<void> => this.run(job);
    const settings: Omit<WorkerOptions, 'connection'> = {
      concurrency,
      lockDuration: 10_000,
      stalledInterval: 5_000,
      // The database counts crashes for each delivery; the queue must not give up on a connection. More than an `integer`
      // of PostgreSQL would make each check for stalled jobs fail there, and a dead process's drain would never run again.
      maxStalledCount: 2_147_483_647,
    };
    let redis: Redis | null = null;
    let worker: Worker<JobData>;
    if (backend.kind === 'redis') {
      redis = new WorkerRedis(backend.url, {
        maxRetriesPerRequest: null,
        connectTimeout: 2_000,
        socketTimeout: SILENT_MS,
        retryStrategy: (times) => Math.min(times * 100, 2_000),
      });
      redis.on('error', () => undefined);
      worker = new Worker<JobData>(name, process, { connection: redis, ...settings });
    } else {
      const { Worker: PostgresWorker } = withBackend(createPostgresBackend);
      worker = new PostgresWorker<JobData>(name, process, {
        connection: { connectionString: backend.url, schema: backend.schema, max: 6 },
        ...settings,
      }) as unknown as Worker<JobData>;
    }
    worker.on('error', (error) => logger.debug('queue connection error', { queue: name, error }));
    worker.on('failed', (_job, error) => logger.error('drain failed', { queue: name, error }));
    return { worker, disconnect: () => redis?.disconnect() };
  }
}

/** Never rejects: what a broken worker has to say of its end helps nobody. */
function closed({ worker }: OpenWorker): Promise<void> {
  return worker.close().catch(() => undefined);
}

/** A line that has been silent for so long with an answer due is dead without having been closed. */
const SILENT_MS = 3_000;
/** Longer than BullMQ's longest blocking command, 10 s. */
const SILENT_WHILE_BLOCKED_MS = 13_000;

/**
 * The connection on which a worker ends its jobs. BullMQ blocks on a duplicate of it alone, so only that one may be silent
 * for long: were this one's death noticed no sooner, the job that has just ended would have lost its lock by then, and its
 * connection would stand still until it is taken for stalled.
 */
class WorkerRedis extends Redis {
  override duplicate(options?: Partial<RedisOptions>): Redis {
    return super.duplicate({ socketTimeout: SILENT_WHILE_BLOCKED_MS, ...options });
  }
}
