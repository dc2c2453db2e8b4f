import { type DatabaseRole } from '@hub/database';
import { type QueueBackend } from '@hub/platform';
import { type LauncherSettings } from '../settings/launcher-settings';
import { addressesOf, LOOPBACK } from './addresses';

/** The sandbox lives on this machine; nothing else private is opened to connectors. */
const EGRESS_ALLOW = '127.0.0.0/8,::1/128';

export interface ChildFacts {
  readonly settings: LauncherSettings;
  readonly databaseUrls: Readonly<Record<DatabaseRole, string>>;
  readonly queue: QueueBackend;
  readonly masterKeys: string;
  /** Of the worker alone. */
  readonly auditSigningKey: string;
  readonly oauthAppsFile: string;
  readonly objectsFolder: string;
}

export type ChildEnvironment = Readonly<Record<string, string>>;

/** Everything the API process gets to know, and nothing that it does not need: no owner, no dispatcher, no superuser. */
export function apiEnvironment(facts: ChildFacts): ChildEnvironment {
  const { settings, databaseUrls } = facts;
  return {
    ...common(facts),
    HUB_PORT: String(settings.apiPort),
    HUB_METRICS_PORT: String(settings.metricsPort),
    HUB_PUBLIC_URL: addressesOf(settings).api,
    HUB_DB_OPERATOR_URL: databaseUrls.operator,
  };
}

export function workerEnvironment(facts: ChildFacts): ChildEnvironment {
  const { settings, databaseUrls } = facts;
  return {
    ...common(facts),
    HUB_METRICS_PORT: String(settings.workerMetricsPort),
    HUB_PUBLIC_URL: addressesOf(settings).api,
    HUB_DB_DISPATCHER_URL: databaseUrls.dispatcher,
    HUB_AUDIT_SIGNING_KEY: facts.auditSigningKey,
    // Somebody who tries the hub out waits in front of the screen, also where a company has been quiet: four times as long then.
    HUB_ALERT_EVERY_SECONDS: '10',
  };
}

function common(facts: ChildFacts): ChildEnvironment {
  const { settings, databaseUrls, queue, masterKeys, oauthAppsFile, objectsFolder } = facts;
  return {
    HUB_HOST: LOOPBACK,
    HUB_DB_APP_URL: databaseUrls.app,
    HUB_DB_ACCEPT_URL: databaseUrls.accept,
    HUB_MASTER_KEYS: masterKeys,
    HUB_OAUTH_APPS_FILE: oauthAppsFile,
    HUB_OBJECT_STORE: `folder:${objectsFolder}`,
    HUB_EGRESS_ALLOW: EGRESS_ALLOW,
    HUB_LOG_LEVEL: settings.logLevel,
    HUB_EXIT_WITH_PARENT: 'true',
    ...(queue.kind === 'redis'
      ? { REDIS_URL: queue.url }
      : { HUB_DB_QUEUE_URL: queue.url, HUB_QUEUE_SCHEMA: queue.schema }),
    ...(settings.traceEndpoint === null ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: settings.traceEndpoint }),
    ...(settings.extraCaCerts === null ? {} : { NODE_EXTRA_CA_CERTS: settings.extraCaCerts }),
  };
}
