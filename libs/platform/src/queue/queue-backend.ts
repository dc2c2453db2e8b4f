import { Redis } from 'ioredis';
import { z } from 'zod';
import { databaseUrlSetting } from '../config/environment';

/** Where the bell hangs: Redis, or BullMQ's PostgreSQL backend on a machine without one. */
export type QueueBackend =
  | { readonly kind: 'redis'; readonly url: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

/** The migrate job makes it, API and worker use it: all three need the same. */
export const queueSchemaSetting = z
  .string()
  .regex(/^[a-z_][a-z0-9_]*$/)
  .default('bullmq');

export const queueSettings = z
  .object({
    /** `redis://` or `rediss://`; with it the queue, and rate limits shared by all instances, live in Redis. */
    REDIS_URL: z
      .url({ protocol: /^rediss?$/, error: 'must begin with redis:// or rediss://, and be a URL' })
      .optional(),
    /** Login of the queue's own role; used when there is no Redis. */
    HUB_DB_QUEUE_URL: databaseUrlSetting.optional(),
    HUB_QUEUE_SCHEMA: queueSchemaSetting,
  })
  .refine((settings) => settings.REDIS_URL !== undefined || settings.HUB_DB_QUEUE_URL !== undefined, {
    message: 'either REDIS_URL or HUB_DB_QUEUE_URL is needed',
    path: ['REDIS_URL'],
  });

export function queueBackendFrom(settings: z.output<typeof queueSettings>): QueueBackend {
  if (settings.REDIS_URL !== undefined) return { kind: 'redis', url: settings.REDIS_URL };
  return { kind: 'postgres', url: settings.HUB_DB_QUEUE_URL ?? '', schema: settings.HUB_QUEUE_SCHEMA };
}

/**
 * For callers that must not wait for a dead Redis: commands fail at once while it is away, and the client keeps
 * trying to come back, at least every two seconds.
 */
export function connectImpatiently(url: string): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 1_000,
    connectTimeout: 2_000,
    // A connection that is dead without having been closed is opened anew; each command alone would only fail in time.
    socketTimeout: 3_000,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
  });
  // The state is visible in readiness; without a listener ioredis prints every failed try.
  redis.on('error', () => undefined);
  return redis;
}
