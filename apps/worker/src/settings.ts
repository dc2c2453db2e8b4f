import { z } from 'zod';
import { SigningKey } from '@hub/audit';
import {
  cidrsSetting,
  databaseUrlSetting,
  flagSetting,
  keyringSettings,
  logSettings,
  objectStoreSettings,
  mailSettings,
  oauthAppsSettings,
  portSetting,
  publicUrlSetting,
  queueSettings,
  retentionSettings,
  telemetrySettings,
} from '@hub/platform';
import { DISABLED_AFTER_SECONDS } from '@hub/webhooks';

/** Settings of the worker process. Every one is read here and nowhere else. */
export const workerSettings = z.intersection(
  z.object({
    HUB_HOST: z.string().default('0.0.0.0'),
    /** Metrics and health; a worker serves nothing else. */
    HUB_METRICS_PORT: portSetting.default(9465),
    /** Login of `hub_app`. */
    HUB_DB_APP_URL: databaseUrlSetting,
    /** Login of `hub_dispatcher`. */
    HUB_DB_DISPATCHER_URL: databaseUrlSetting,
    /** Login of `hub_accept`, for the events that pulls make. */
    HUB_DB_ACCEPT_URL: databaseUrlSetting,
    HUB_DB_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(12),
    /** CIDR ranges that connectors may reach although they are private. */
    HUB_EGRESS_ALLOW: cidrsSetting.default([]),
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
    /** How long every attempt at an endpoint of webhooks has to fail before it is switched off. */
    HUB_WEBHOOK_DISABLE_AFTER_SECONDS: z.coerce
      .number()
      .int()
      .min(1)
      .max(90 * 86_400)
      .default(DISABLED_AFTER_SECONDS),
    /** How customers reach the hub from outside: alerts link to below it. */
    HUB_PUBLIC_URL: publicUrlSetting.optional(),
    /** Between two looks at the alerts and books of a tenant for whom something goes on. */
    HUB_ALERT_EVERY_SECONDS: z.coerce.number().int().min(1).max(300).default(15),
    /** Base64 of 32 random bytes: signs checkpoints and exports of the audit log. Only workers have it, and no database. */
    HUB_AUDIT_SIGNING_KEY: z
      .string()
      .refine((text) => SigningKey.parse(text).ok, { error: 'must be the base64 of 32 bytes' }),
    /** How long a finished export of the audit log can be fetched. */
    HUB_AUDIT_EXPORT_DAYS: z.coerce.number().int().min(1).max(90).default(7),
    /** Pause between two turns of retention; one worker at a time has them. */
    HUB_ARCHIVE_EVERY_SECONDS: z.coerce.number().int().min(1).max(86_400).default(600),
    /** Mapping child processes. */
    HUB_MAPPING_CHILDREN: z.coerce.number().int().min(1).max(16).default(2),
  }),
  z.intersection(
    z.intersection(z.intersection(queueSettings, oauthAppsSettings), mailSettings),
    z.intersection(
      z.intersection(logSettings, objectStoreSettings),
      z.intersection(telemetrySettings, z.intersection(retentionSettings, keyringSettings)),
    ),
  ),
);

export type WorkerSettings = z.output<typeof workerSettings>;
