import { setTimeout as delay } from 'node:timers/promises';
import { type Registry } from 'prom-client';
import {
  AlertEvaluator,
  ChannelSender,
  createMailer,
  dropOldAlerts,
  findDueTenants,
  Notifier,
  type ChannelSecrets,
  type SyncTimes,
} from '@hub/alerts';
import { readPolicy } from '@hub/archive';
import { type CredentialVault } from '@hub/connections';
import { type Database } from '@hub/database';
import { Books, CallStats, dropOldFigures, type DrainObserver } from '@hub/delivery';
import { Ticker, within, type Logger, type SafeHttp } from '@hub/platform';
import { freshnessOf, type DailyWindow } from '@hub/sync';
import { TenantDb } from '@hub/tenancy';
import { type WorkerSettings } from '../settings';
import { AlertMetrics } from './alert-metrics';

/** Of one tenant in one look; what is left over follows. */
const BOOKS_BUDGET_MS = 250;
const TENANTS_AT_ONCE = 500;
const LANES = 2;
/** Of a lane's time. Where tenants are so many that looks would never end, they come later, and deliveries do not. */
const MOST_SHARE = 0.1;
/** A look that took seconds, because everything does at the moment, must not put off the other tenants' for a minute. */
const MOST_REST_MS = 1_000;
const SEND_EVERY_MS = 5_000;
/** The connector of the hub's own notices to tenants' webhooks, which are no calls of a connection. */
const NOTICES = 'webhook';

export interface AlertsOptions {
  readonly settings: WorkerSettings;
  /** A pool of the app role's own for looking and sending. */
  readonly database: Database;
  /** Logged in as the dispatcher. */
  readonly dispatcher: Database;
  readonly vault: CredentialVault;
  readonly http: SafeHttp;
  /** The database's time. */
  readonly now: () => number;
  readonly metrics: Registry;
  readonly logger: Logger;
}

export interface RunningAlerts {
  /** Sees what drains do, and counts it. */
  observing(observer: DrainObserver): DrainObserver;
  /** Brings the metrics up to date. */
  collect(): Promise<void>;
  /** @param graceMs for messages that are on their way */
  stop(graceMs: number): Promise<void>;
}

/**
 * Books, alerts and their messages. Every worker looks; claims in the database give each tenant and each message to one of
 * them, so neither the queue nor any one process is needed.
 */
export function startAlerts(options: AlertsOptions): RunningAlerts {
  const { settings, database, dispatcher, http, now, logger } = options;
  const tenants = new TenantDb(database);
  const metrics = new AlertMetrics(options.metrics, dispatcher);
  const calls = new CallStats(tenants, logger);
  const books = new Books(tenants);
  const mailer = mailerOf(settings);
  const publicUrl = settings.HUB_PUBLIC_URL?.replace(/\/+$/, '') ?? null;
  const evaluator = new AlertEvaluator({
    tenants,
    ports: { lateness, retention: (tx) => readPolicy(tx, settings) },
    everyMs: settings.HUB_ALERT_EVERY_SECONDS * 1_000,
    countBooks: async (tenantId) => void (await books.refresh(tenantId, BOOKS_BUDGET_MS)),
    tidy: async (tx) => {
      await dropOldAlerts(tx);
      await dropOldFigures(tx);
    },
    logger,
  });
  const notifier = new Notifier({
    dispatcher,
    tenants,
    sender: new ChannelSender({ http, secrets: channelSecrets(options.vault), mailer, publicUrl, now }),
    observe: (channel, outcome) => metrics.told(channel, outcome),
    logger,
  });
  const sending = new Ticker('sending alerts', SEND_EVERY_MS, (signal) => notifier.sendDue(signal), logger);
  const looking = new Ticker(
    'looking for alerts',
    settings.HUB_ALERT_EVERY_SECONDS * 1_000,
    (signal) => lookAtAll({ dispatcher, evaluator, metrics, logger, told: () => sending.ask() }, signal),
    logger,
  );
  calls.start();
  looking.start();
  sending.start();
  return {
    observing: (observer) => ({
      attempted: (attempt) => {
        observer.attempted(attempt);
        if (attempt.connectorId !== NOTICES) calls.attempted(attempt);
      },
      settled: (count) => observer.settled(count),
      fenced: (connectionId) => observer.fenced(connectionId),
    }),
    collect: () =>
      metrics.collect().catch((error: unknown) => logger.warn('figures of alerts could not be counted', { error })),
    stop: async (graceMs) => {
      await within(Promise.all([looking.stop(), sending.stop()]), graceMs);
      await calls.stop();
      mailer?.close();
    },
  };
}

interface Looking {
  readonly dispatcher: Database;
  readonly evaluator: AlertEvaluator;
  readonly metrics: AlertMetrics;
  readonly logger: Logger;
  readonly told: () => void;
}

/** A tenant whose look fails is tried again in its next turn; it must not keep the others from theirs. */
async function lookAtAll(looking: Looking, signal: AbortSignal): Promise<void> {
  const due = await findDueTenants(looking.dispatcher, TENANTS_AT_ONCE);
  const lane = async (): Promise<void> => {
    for (let tenant = due.shift(); tenant !== undefined; tenant = due.shift()) {
      if (signal.aborted) return;
      const done = looking.metrics.looks.startTimer();
      const startedAt = performance.now();
      try {
        const look = await looking.evaluator.look(tenant);
        for (const rule of look?.failedRules ?? []) looking.metrics.failures.inc({ rule });
        if (look !== null && look.told > 0) looking.told();
      } catch (error) {
        looking.logger.warn('a tenant could not be looked at', { tenant_id: tenant, error });
      }
      done();
      const restMs = (performance.now() - startedAt) * (1 / MOST_SHARE - 1);
      if (due.length > 0) await rest(Math.min(restMs, MOST_REST_MS), signal);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Until the time is over, or there is nothing more to be done. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

function lateness(sync: SyncTimes, now: Date): number | null {
  const { intervalSeconds, freshnessSeconds, freshSince } = sync;
  const dailyWindow = sync.dailyWindow as DailyWindow | null;
  const { state, ageSeconds, allowedSeconds } = freshnessOf(
    { intervalSeconds, dailyWindow, freshnessSeconds, lastSuccessAt: freshSince },
    now,
  );
  return state === 'late' ? (ageSeconds ?? 0) - allowedSeconds : null;
}

function channelSecrets(vault: CredentialVault): ChannelSecrets {
  return {
    seal: (tenantId, channelId, secret) => vault.seal(tenantId, channelId, secret, 'alert_channel'),
    open: (tenantId, channelId, secret) => vault.open(tenantId, channelId, secret, 'alert_channel'),
  };
}

function mailerOf(settings: WorkerSettings): ReturnType<typeof createMailer> | null {
  const { HUB_SMTP_URL: url, HUB_MAIL_FROM: from } = settings;
  return url === undefined || from === undefined ? null : createMailer({ url, from });
}
