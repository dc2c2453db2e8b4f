import { Redis } from 'ioredis';
import { startRedis, type RunningRedis } from '@hub/local-services';
import { LauncherError } from '../launcher-error';
import { LastLines } from '../process/last-lines';
import { type ManagedService, type ServiceRun } from '../supervisor/managed-service';
import { type ChildOutput } from './child-output';
import { signal } from './postgres.service';

/** The machine has no usable redis-server or valkey-server. */
export class NoRedisError extends LauncherError {
  constructor() {
    super('there is no redis-server or valkey-server on this machine', 'Install one, or set REDIS_URL.');
  }
}

export interface LocalRedis extends ManagedService<'redis'> {
  current(): RunningRedis | null;
  /** Stays the same over restarts; null before the first. */
  url(): string | null;
}

export interface LocalRedisOptions {
  readonly dataDir: string;
  /** Letters, digits, `-` and `_`. */
  readonly password: string;
  readonly searchPath: string | undefined;
  readonly output: ChildOutput;
}

/**
 * A private Redis of this data folder. It comes up with a password that is new each time; ours from the secrets is put in its
 * place, because API and worker hold the address and must find the server again after it was restarted.
 */
export function localRedis(options: LocalRedisOptions): LocalRedis {
  let current: RunningRedis | null = null;
  const urlOf = (running: RunningRedis): string => {
    const url = new URL(running.url);
    url.password = options.password;
    return url.toString();
  };
  return {
    name: 'redis',
    current: () => current,
    url: () => (current === null ? null : urlOf(current)),
    start: async (onSpawn) => {
      const lines = new LastLines();
      const running = await startRedis({
        dataDir: options.dataDir,
        port: current?.port,
        searchPath: options.searchPath,
        log: (line) => {
          lines.add(Buffer.from(`${line}\n`));
          options.output.onLine(line);
        },
      });
      if (running === null) throw new NoRedisError();
      const run: ServiceRun = {
        pid: running.pid,
        exited: running.exited,
        lastLines: () => Promise.resolve(lines.all()),
        stop: () => running.stop(),
        kill: () => signal(running.pid, 'SIGKILL'),
      };
      onSpawn(run);
      try {
        await once(running.url, (redis) => redis.config('SET', 'requirepass', options.password));
      } catch (error) {
        await running.stop();
        throw error;
      }
      current = running;
      return run;
    },
  };
}

/** Whether a Redis that somebody else runs can be used. */
export async function checkRedis(url: string): Promise<void> {
  try {
    await once(url, (redis) => redis.ping());
  } catch (error) {
    // Only the reason is told: the address may hold a password.
    const reason = error instanceof Error ? error.message : String(error);
    throw new LauncherError(
      `the Redis of REDIS_URL cannot be used: ${reason}`,
      'Start it or mend REDIS_URL; without REDIS_URL the hub runs a Redis of its own, or the queue on PostgreSQL.',
    );
  }
}

async function once<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    disconnectTimeout: 50,
    retryStrategy: () => null,
  });
  // `connect` rejects with the useless "Connection is closed"; the reason comes as an event.
  let reason: Error | undefined;
  redis.on('error', (error: Error) => (reason ??= error));
  try {
    await redis.connect();
    return await work(redis);
  } catch (error) {
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}
