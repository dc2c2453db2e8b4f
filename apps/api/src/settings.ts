import { z } from 'zod';
import {
  cidrsSetting,
  databaseUrlSetting,
  flagSetting,
  keyringSettings,
  logSettings,
  mailSettings,
  objectStoreSettings,
  oauthAppsSettings,
  portSetting,
  proxiesSetting,
  publicUrlSetting,
  queueSettings,
  retentionSettings,
  telemetrySettings,
} from '@hub/platform';

/** Checked by themselves, so that this is told along with whatever else is wrong. */
const processSettings = z
  .intersection(
    z.object({
      /**
       * Processes that answer requests, on one port. By default one for each core but one, four at most, and one without Redis.
       * Each has the database connections named below.
       */
      HUB_API_PROCESSES: z.coerce.number().int().min(1).max(64).optional(),
    }),
    queueSettings,
  )
  .superRefine(({ HUB_API_PROCESSES: asked, REDIS_URL: redis }, context) => {
    if (asked === undefined || asked === 1 || redis !== undefined) return;
    const message = 'above 1 needs REDIS_URL: without it each process would grant the whole rate limit';
    context.addIssue({ code: 'custom', path: ['HUB_API_PROCESSES'], message });
  });

/** Settings of the API process. Every one is read here and nowhere else. */
export const apiSettings = z.intersection(
  z.object({
    HUB_HOST: z.string().default('0.0.0.0'),
    HUB_PORT: portSetting.default(3000),
    /** Prometheus metrics, on a port of their own that is not meant for the public. */
    HUB_METRICS_PORT: portSetting.default(9464),
    /**
     * How customers reach the hub from outside. When it is https, browsers are told never to come by http again. Links in
     * answers are relative, so that they hold whichever way a caller came. Vendors send people back to below it, so signing
     * in at a vendor is offered only when it is set.
     */
    HUB_PUBLIC_URL: publicUrlSetting.optional(),
    /** Login of `hub_app`. */
    HUB_DB_APP_URL: databaseUrlSetting,
    /** Login of `hub_accept`. */
    HUB_DB_ACCEPT_URL: databaseUrlSetting,
    /** Login of `hub_operator`. */
    HUB_DB_OPERATOR_URL: databaseUrlSetting,
    /** Connections of the app role's common pool. Key look-ups have 2 more, searches 4, accepting 4 and operators 4. */
    HUB_DB_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(12),
    /** CIDR ranges that connectors may reach although they are private. */
    HUB_EGRESS_ALLOW: cidrsSetting.default([]),
    /** Exit when stdin closes: for a parent that may be killed. */
    HUB_EXIT_WITH_PARENT: flagSetting.default(false),
    /** Proxies in front, whose `X-Forwarded-For` says who calls: the last address in it that is none of theirs. */
    HUB_TRUST_PROXY: proxiesSetting.default([]),
    /** Mapping child processes for previews and route filters. */
    HUB_MAPPING_CHILDREN: z.coerce.number().int().min(1).max(16).default(1),
  }),
  z.intersection(
    z.intersection(
      z.intersection(z.intersection(processSettings, oauthAppsSettings), objectStoreSettings),
      mailSettings,
    ),
    z.intersection(logSettings, z.intersection(telemetrySettings, z.intersection(retentionSettings, keyringSettings))),
  ),
);

export type ApiSettings = z.output<typeof apiSettings>;
