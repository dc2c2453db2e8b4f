import { setTimeout as delay } from 'node:timers/promises';
import { Queue, createPostgresBackend, withBackend, type JobsOptions, type QueueOptions } from 'bullmq';
import { type Redis } from 'ioredis';
import { z } from 'zod';
import { type Logger, silentLogger } from '../logger/logger';
import { within } from '../process/within';
import { Arrival } from './arrival';
import { openPatiently } from './open-patiently';
import { connectImpatiently, type QueueBackend } from './queue-backend';

/** Ids only: no payload and no secret is ever in the queue, and what a job says is checked against the database. */
export interface DrainTarget {
  readonly tenantId: string;
  readonly connectionId: string;
}

export const jobData = z.strictObject({ v: z.literal(1), tenantId: z.uuid(), connectionId: z.uuid() });
export type JobData = z.output<typeof jobData>;

/**
 * `drain`: deliveries out of the hub. `pull`: changes into it. `replay`: replays, each rung for by its own id in the place of
 * the connection's. Each has a queue of its own, so that none waits for the others.
 */
export type BellQueue = 'drain' | 'pull' | 'replay';

const RING = 'ring';
export const RING_LATER = 'ring-later';
const ADD_TIMEOUT_MS = 1_500;
const MOST_AT_ONCE = 500;
/** Least time between two calls to the queue: at most 200 a second from one process. */
const RING_GAP_MS = 5;
/** So many rings within it: events come faster than drains end, and none of them would be on its way sooner for a ring of its own. */
const MANY_RINGS = 8;
const BUSY_RING_GAP_MS = 20;

/**
 * The bell. A ring that finds the connection's drain waiting is dropped; one that finds it running is kept until that
 * drain has ended (`keepLastIfActive`), so no wake-up is lost between a drain's last look and its end.
 *
 * Rings are hints: a lost one costs latency, never an event, because the sweeper rings for whatever is due.
 */
export class DrainBell {
  /** Once it is there: BullMQ gives up for good on a client that is not connected, and on tables that it cannot use. */
  private readonly queue = new Arrival<Queue<JobData>>();
  private readonly opening = new AbortController();
  private readonly redis: Redis | null = null;
  private readonly waiting = new Map<string, DrainTarget>();
  private ringing: Promise<void> | null = null;
  /** Since the last call to the queue. */
  private rings = 0;

  constructor(
    backend: QueueBackend,
    private readonly logger: Logger = silentLogger,
    private readonly name: BellQueue = 'drain',
  ) {
    if (backend.kind === 'redis') {
      const redis = connectImpatiently(backend.url);
      this.redis = redis;
      redis.once('ready', () => this.queue.come(redisQueue(redis, name)));
    } else {
      const opened = openPatiently(() => postgresQueue(backend, name), { name, logger, signal: this.opening.signal });
      void opened.then((queue) => queue !== null && this.queue.come(queue));
    }
  }

  /** Returns at once. Targets that are rung while a call to the queue is under way go together in the next one. */
  ring(target: DrainTarget): void {
    this.waiting.set(target.connectionId, target);
    this.rings++;
    this.ringing ??= this.ringWaiting();
  }

  /** Rings once `delayMs` have passed; a later call for the same connection replaces an earlier one. */
  async ringLater(target: DrainTarget, delayMs: number): Promise<boolean> {
    const id = `${target.connectionId}-later`;
    return this.attempt((queue) =>
      queue.add(RING_LATER, dataOf(target), {
        delay: Math.max(1, Math.ceil(delayMs)),
        deduplication: { id, replace: true },
      }),
    );
  }

  /**
   * Rings again and again, by a job scheduler of the queue named `id`; another interval replaces it, null ends it. It rings
   * also when the worker that was to plan the next ring has died.
   */
  async ringEvery(id: string, target: DrainTarget, everyMs: number | null): Promise<boolean> {
    return this.attempt((queue) =>
      everyMs === null
        ? queue.removeJobScheduler(id)
        : queue.upsertJobScheduler(id, { every: everyMs }, { name: RING_LATER, data: dataOf(target) }),
    );
  }

  /** @returns false when the queue could not be reached: the caller may do the work itself. */
  async ringNow(targets: readonly DrainTarget[]): Promise<boolean> {
    for (let start = 0; start < targets.length; start += MOST_AT_ONCE) {
      const jobs = targets
        .slice(start, start + MOST_AT_ONCE)
        .map((target) => ({ name: RING, data: dataOf(target), opts: ringOptions(target) }));
      if (!(await this.attempt((queue) => queue.addBulk(jobs)))) return false;
    }
    return true;
  }

  /** Whether the queue answers at all; for readiness. */
  async isReachable(): Promise<boolean> {
    return this.attempt((queue) => queue.getWaitingCount());
  }

  /** Jobs by state, for metrics. */
  async counts(): Promise<Record<string, number>> {
    return this.ask((queue) => queue.getJobCounts('waiting', 'active', 'delayed', 'failed'));
  }

  async close(): Promise<void> {
    this.opening.abort();
    await this.ringing;
    // One that opens only after this is closed as well.
    const closed = new Promise<void>((resolve) => this.queue.onceHere((queue) => resolve(queue.close())));
    await within(closed, ADD_TIMEOUT_MS).catch(() => undefined);
    this.redis?.disconnect();
  }

  private async ringWaiting(): Promise<void> {
    while (this.waiting.size > 0) {
      const targets = [...this.waiting.values()];
      this.waiting.clear();
      const gapMs = this.rings >= MANY_RINGS ? BUSY_RING_GAP_MS : RING_GAP_MS;
      this.rings = 0;
      // A busy API would otherwise ring for each of its commits, which cost it a tenth of its CPU; a lone ring waits for nothing.
      await Promise.all([this.ringNow(targets), delay(gapMs)]);
    }
    this.ringing = null;
  }

  private async attempt(call: (queue: Queue<JobData>) => Promise<unknown>): Promise<boolean> {
    try {
      await this.ask(async (queue) => ({ answer: await call(queue) }));
      return true;
    } catch (error) {
      this.logger.debug('the queue did not take a ring; the sweeper will', { queue: this.name, error });
      return false;
    }
  }

  /** Rejects when the queue is not open or does not answer in time. What is asked of one that opens later is never asked. */
  private async ask<T extends object>(call: (queue: Queue<JobData>) => Promise<T>): Promise<T> {
    const until = performance.now() + ADD_TIMEOUT_MS;
    const queue = await this.queue.within(ADD_TIMEOUT_MS);
    if (queue === null) throw new Error('the queue is not open');
    const answer = await within(call(queue), until - performance.now());
    if (answer === null) throw new Error(`no answer within ${ADD_TIMEOUT_MS} ms`);
    return answer;
  }
}

const QUEUE_DEFAULTS: Omit<QueueOptions, 'connection'> = {
  defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
};

function redisQueue(redis: Redis, name: BellQueue): Queue<JobData> {
  const queue = new Queue<JobData>(name, { connection: redis, ...QUEUE_DEFAULTS, skipVersionCheck: true });
  queue.on('error', () => undefined);
  return queue;
}

function postgresQueue(backend: Extract<QueueBackend, { kind: 'postgres' }>, name: BellQueue): Queue<JobData> {
  const { Queue: PostgresQueue } = withBackend(createPostgresBackend);
  const queue = new PostgresQueue<JobData>(name, {
    connection: { connectionString: backend.url, schema: backend.schema, max: 4 },
    ...QUEUE_DEFAULTS,
  }) as unknown as Queue<JobData>;
  queue.on('error', () => undefined);
  return queue;
}

function dataOf(target: DrainTarget): JobData {
  return { v: 1, tenantId: target.tenantId, connectionId: target.connectionId };
}

function ringOptions(target: DrainTarget): JobsOptions {
  return { deduplication: { id: target.connectionId, keepLastIfActive: true } };
}
