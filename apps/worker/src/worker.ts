import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { ConnectionBudget, ConnectionOpener, CredentialVault, loadOAuthApps } from '@hub/connections';
import { createRegistry } from '@hub/connector-sdk';
import { createProviders, createWebhookConnector } from '@hub/connector-providers';
import { DatabaseClock, Heartbeat } from '@hub/database';
import { createMappingEngine } from '@hub/mapping-engine';
import { MappingVersions, PayloadSeals } from '@hub/mapping-store';
import {
  createSafeHttp,
  DrainBell,
  HUB_USER_AGENT,
  openKeyring,
  openObjectStore,
  queueBackendFrom,
  Ticker,
  within,
  type Logger,
} from '@hub/platform';
import { LinkedEchoGuard } from '@hub/sync';
import { sealKeysAnew, TenantDataKeys, TenantDb } from '@hub/tenancy';
import { startAlerts } from './alerts/start-alerts';
import { startArchive } from './archive/start-archive';
import { BacktestRunner } from './backtest/backtest-runner';
import { startAudit } from './audit/start-audit';
import { TokenRefresher } from './connections/token-refresher';
import { openArchiveDatabases, openDatabases } from './databases';
import { EngineDeliveryMapper } from './delivery/delivery-mapper';
import { registerDueGauge } from './delivery/due-gauge';
import { startDeliveries } from './delivery/start-deliveries';
import { DeliveriesInFlight } from './links/in-flight-writes';
import { tellWhetherDatabaseIsUp } from './metrics/database-gauges';
import { startMetrics } from './metrics/start-metrics';
import { WorkerObserver } from './metrics/worker-metrics';
import { startReplays } from './replay/start-replays';
import { startSyncs } from './sync/start-syncs';
import { startWebhooks } from './webhooks/start-webhooks';
import { type WorkerSettings } from './settings';

/** Time for vendor calls under way when the process is asked to stop; what is not done then is done by another. */
const GRACE_MS = 25_000;

/** A master key is rotated by restarting, and the first turn is at the start: this is for what failed then. */
const SEAL_ANEW_EVERY_MS = 600_000;

export interface RunningWorker {
  stop(): Promise<void>;
}

/** Composes claim → map → deliver → settle, and starts it. */
export async function startWorker(settings: WorkerSettings, logger: Logger): Promise<RunningWorker> {
  const workerId = `${os.hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const keyring = await openKeyring(settings);
  if (!keyring.ok) throw new Error(keyring.error);
  const databases = await openDatabases(settings, logger);
  const { app, dispatcher, accept, watching } = databases;
  const clock = new DatabaseClock();
  await clock.measure(() => app.query<{ now: Date }>(`select clock_timestamp() as now`));

  const tenants = new TenantDb(app);
  // Notices are delivered like anything else; nobody but their way to the receiver sees them.
  const delivering = new TenantDb(app, { internal: true });
  const backend = queueBackendFrom(settings);
  const bell = new DrainBell(backend, logger);
  const engine = createMappingEngine({ poolSize: settings.HUB_MAPPING_CHILDREN });
  const http = createSafeHttp({ egressAllow: settings.HUB_EGRESS_ALLOW, userAgent: HUB_USER_AGENT });
  const connectors = createRegistry([...createProviders(), createWebhookConnector({ now: clock.now })]);
  const oauthApps = loadOAuthApps(settings.HUB_OAUTH_APPS_FILE ?? null, connectors);
  if (!oauthApps.ok)
    throw new Error(`HUB_OAUTH_APPS_FILE is wrong:\n${oauthApps.error.map((line) => `  - ${line}`).join('\n')}`);
  const vault = new CredentialVault({ tenants, keyring: keyring.value, logger });
  const opener = new ConnectionOpener({
    tenants: delivering,
    connectors,
    vault,
    logger,
  });
  const limits = new ConnectionBudget({ tenants, logger });
  const calling = { oauthApps: oauthApps.value, limits, http, tenants, opener, connectors, logger };
  const refresher = new TokenRefresher({ ...calling, dispatcher });
  const observer = new WorkerObserver(logger);
  tellWhetherDatabaseIsUp(observer.registry, [app, dispatcher, accept]);
  registerDueGauge(observer.registry, dispatcher, logger);
  const versions = new MappingVersions({ tenants });
  const mapper = new EngineDeliveryMapper(engine, versions, { tenants, logger });
  // Children take a third of a second to start: the first event must not pay for it.
  await engine.evaluateMany(
    Array.from({ length: settings.HUB_MAPPING_CHILDREN * 2 }, () => ({ expression: '1', inputText: '{}' })),
  );
  const objects = await openObjectStore(settings);
  if (!objects.ok) throw new Error(objects.error);
  const audit = await startAudit({
    app,
    dispatcher,
    tenants,
    store: objects.value,
    signingKey: settings.HUB_AUDIT_SIGNING_KEY,
    exportKeptDays: settings.HUB_AUDIT_EXPORT_DAYS,
    retention: { minDays: settings.HUB_AUDIT_RETENTION_MIN_DAYS, maxDays: settings.HUB_AUDIT_RETENTION_MAX_DAYS },
    metrics: observer.registry,
    logger,
  });
  let sweepsMs: (() => readonly number[]) | null = null;
  const collectors: (() => Promise<void>)[] = [];
  const metrics = await startMetrics({
    settings,
    observer,
    bell,
    lastSweepsMs: () => sweepsMs?.() ?? null,
    collectors,
  });
  const heartbeat = new Heartbeat({ database: app, kind: 'worker', id: workerId, clock, logger });
  await heartbeat.start();
  // Whatever refuses to start has done so by now: a process that claimed deliveries and then ended would have each of its
  // starts counted against them as a crash, and good ones would be given up as poison.
  const alerts = startAlerts({
    settings,
    database: watching,
    dispatcher,
    vault,
    http,
    now: clock.now,
    metrics: observer.registry,
    logger,
  });
  const deliveries = startDeliveries({
    delivering,
    dispatcher,
    backend,
    bell,
    mapper,
    calling,
    observer: alerts.observing(observer),
    workerId,
    concurrency: settings.HUB_WORKER_CONCURRENCY,
    logger,
  });
  const syncs = startSyncs({
    tenants,
    dispatcher,
    accept,
    backend,
    ringDelivery: (target) => bell.ring(target),
    connectors,
    opener,
    context: { oauthApps: oauthApps.value, limits, http },
    engine,
    versions,
    guard: new LinkedEchoGuard({ tenants, inFlight: new DeliveriesInFlight(tenants) }),
    metrics: observer.registry,
    workerId,
    concurrency: settings.HUB_SYNC_CONCURRENCY,
    logger,
  });
  const replays = startReplays({
    tenants,
    dispatcher,
    backend,
    mapper,
    ringDelivery: (target) => bell.ring(target),
    metrics: observer.registry,
    workerId,
    logger,
  });
  const archive = startArchive({
    ...openArchiveDatabases(settings, logger),
    settings,
    keyring: keyring.value,
    store: objects.value,
    metrics: observer.registry,
    workerId,
    logger,
  });
  const webhooks = startWebhooks({
    tenants: delivering,
    dispatcher,
    ring: (target) => bell.ring(target),
    disableAfterSeconds: settings.HUB_WEBHOOK_DISABLE_AFTER_SECONDS,
    logger,
  });
  const seals = new PayloadSeals({ tenants, keyring: keyring.value, logger });
  const backtests = new BacktestRunner({ tenants, dispatcher, engine, versions, connectors, seals, logger });
  const keys = new TenantDataKeys({ tenants, keyring: keyring.value, logger });
  const sealing = new Ticker(
    'sealing data keys anew',
    SEAL_ANEW_EVERY_MS,
    (stopping) => sealKeysAnew({ dispatcher, keys, masterKeyId: keyring.value.activeKeyId, stopping }),
    logger,
  );
  refresher.start();
  backtests.start();
  sealing.start();
  collectors.push(
    () => alerts.collect(),
    () => archive.collect(),
  );
  sweepsMs = () => [deliveries.lastSweepMs(), syncs.lastSweepMs(), replays.lastSweepMs(), webhooks.lastLookMs()];
  logger.info('worker is running', { worker_id: workerId, queue: backend.kind });
  return {
    async stop() {
      await Promise.all([
        deliveries.stop(GRACE_MS),
        syncs.stop(GRACE_MS),
        alerts.stop(GRACE_MS),
        archive.stop(GRACE_MS),
        replays.stop(GRACE_MS),
        within(webhooks.stop(), GRACE_MS),
        within(audit.stop(), GRACE_MS),
        within(refresher.stop(), GRACE_MS),
        within(backtests.stop(), GRACE_MS),
        within(sealing.stop(), GRACE_MS),
      ]);
      await heartbeat.stop();
      await limits.close();
      await bell.close();
      await Promise.all([engine.close(), http.close(), objects.value.close(), metrics.close()]);
      await databases.close();
    },
  };
}
