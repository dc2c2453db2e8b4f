import { z } from 'zod';
import {
  flagSetting,
  listSetting,
  logSettings,
  oauthAppsSettings,
  portSetting,
  queueSettings,
  telemetrySettings,
} from '@hub/platform';

/** Settings of the worker process. Every one is read here and nowhere else. */
export const workerSettings = z.intersection(
  z.object({
    HUB_HOST: z.string().default('0.0.0.0'),
    /** Metrics and health; a worker serves nothing else. */
    HUB_METRICS_PORT: portSetting.default(9465),
    /** Login of `hub_app`. */
    HUB_DB_APP_URL: z.string(),
    /** Login of `hub_dispatcher`. */
    HUB_DB_DISPATCHER_URL: z.string(),
    /** Login of `hub_accept`, for the events that pulls make. */
    HUB_DB_ACCEPT_URL: z.string(),
    HUB_DB_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(12),
    /** Master keys that seal tenants' data keys: `id:base64,…`, the first one active. */
    HUB_MASTER_KEYS: z.string(),
    /** CIDR ranges that connectors may reach although they are private. */
    HUB_EGRESS_ALLOW: listSetting.default([]),
    /** Exit when stdin closes: for a parent that may be killed. */
    HUB_EXIT_WITH_PARENT: flagSetting.default(false),
    /** Connections drained at once by this process. */
    HUB_WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(1_000).default(100),
    /** Connections pulled at once by this process. */
    HUB_SYNC_CONCURRENCY: z.coerce.number().int().min(1).max(100).default(10),
    /**
     * How far worker and mapping children step back when cores are short, as `nice` counts: whoever posts an event waits for
     * its 202, and nobody waits for a delivery. Of no effect on a machine of the worker's own.
     */
    HUB_WORKER_NICE: z.coerce.number().int().min(0).max(19).default(5),
    /** Mapping child processes. */
    HUB_MAPPING_CHILDREN: z.coerce.number().int().min(1).max(16).default(2),
  }),
  z.intersection(z.intersection(queueSettings, oauthAppsSettings), z.intersection(logSettings, telemetrySettings)),
);

export type WorkerSettings = z.output<typeof workerSettings>;
