import { Worker, createPostgresBackend, withBackend, type Job, type WorkerOptions } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { type Logger } from '../logger/logger';
import { within } from '../process/within';
import { jobData, RING_LATER, type BellQueue, type DrainBell, type DrainTarget, type JobData } from './drain-queue';
import { MuteWatch } from './mute-watch';
import { openPatiently } from './open-patiently';
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
  /** Null when it was closed before it could be opened. */
  readonly worker: Promise<Worker<JobData> | null>;
  /** Never rejects: what a broken worker has to say of its end helps nobody. */
  close(): Promise<void>;
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
    await within(Promise.all([this.open.close(), ...this.closing]), timeoutMs);
    this.open.disconnect();
  }

  private replace(): void {
    this.options.logger.error('the worker took up nothing that was rung for, and is replaced', { queue: this.name });
    const mute = this.open;
    this.open = this.openWorker();
    const closing: Promise<void> = mute.close().finally(() => {
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
    const { backend, concurrency } = this.options;
    const settings: Omit<WorkerOptions, 'connection'> = {
      concurrency,
      lockDuration: 10_000,
      stalledInterval: 5_000,
      // The database counts crashes for each delivery; the queue must not give up on a connection. More than an `integer`
      // of PostgreSQL would make each check for stalled jobs fail there, and a dead process's drain would never run again.
      maxStalledCount: 2_147_483_647,
    };
    return backend.kind === 'redis' ? this.openOnRedis(backend, settings) : this.openOnPostgres(backend, settings);
  }

  private openOnRedis({ url }: On<'redis'>, settings: Omit<WorkerOptions, 'connection'>): OpenWorker {
    const redis = new WorkerRedis(url, {
      maxRetriesPerRequest: null,
      connectTimeout: 2_000,
      socketTimeout: SILENT_MS,
      retryStrategy: (times) => Math.min(times * 100, 2_000),
    });
    redis.on('error', () => undefined);
    const worker = this.heard(
      new Worker<JobData>(this.name, (job) => this.run(job), { connection: redis, ...settings }),
    );
    return {
      worker: Promise.resolve(worker),
      close: () => worker.close().catch(() => undefined),
      disconnect: () => redis.disconnect(),
    };
  }

  private openOnPostgres({ url, schema }: On<'postgres'>, settings: Omit<WorkerOptions, 'connection'>): OpenWorker {
    const { name } = this;
    const { Worker: PostgresWorker } = withBackend(createPostgresBackend);
    const connection = { connectionString: url, schema, max: 6 };
    const make = (): Worker<JobData> =>
      this.heard(
        new PostgresWorker<JobData>(name, (job) => this.run(job), {
          connection,
          ...settings,
          autorun: false,
        }) as unknown as Worker<JobData>,
      );
    const opening = new AbortController();
    const worker = openPatiently(make, { name, logger: this.options.logger, signal: opening.signal });
    // One that was closed before does not run.
    void worker.then((opened) => opened?.run().catch((error: unknown) => opened.emit('error', error as Error)));
    return {
      worker,
      close: async () => {
        opening.abort();
        await (await worker)?.close().catch(() => undefined);
      },
      disconnect: () => undefined,
    };
  }

  private heard(worker: Worker<JobData>): Worker<JobData> {
    const { logger } = this.options;
    worker.on('error', (error) => logger.debug('queue connection error', { queue: this.name, error }));
    worker.on('failed', (_job, error) => logger.error('drain failed', { queue: this.name, error }));
    return worker;
  }
}

type On<K extends QueueBackend['kind']> = Extract<QueueBackend, { kind: K }>;

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
