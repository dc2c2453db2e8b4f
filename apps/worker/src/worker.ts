import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { ConnectionOpener, CredentialVault } from '@hub/connections';
import { createRegistry } from '@hub/connector-sdk';
import { createProviders } from '@hub/connector-providers';
import { assertRoleIsConfined, Database } from '@hub/database';
import { Drainer, SWEEP_EVERY_MS, Sweeper } from '@hub/delivery';
import { createMappingEngine } from '@hub/mapping-engine';
import { MappingVersions } from '@hub/mapping-store';
import {
  createSafeHttp,
  DrainBell,
  DrainWorker,
  metricsServer,
  parseKeyring,
  queueBackendFrom,
  type DrainTarget,
  type Logger,
} from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { ConnectorPort } from './delivery/connector-port';
import { EngineDeliveryMapper } from './delivery/delivery-mapper';
import { WorkerObserver } from './metrics/worker-metrics';
import { type WorkerSettings } from './settings';

/** Time for vendor calls under way when the process is asked to stop; what is not done then is done by another. */
const GRACE_MS = 25_000;
/** A worker whose sweeps do not come through is of no use; an orchestrator should restart it. */
const MUTE_AFTER_MS = SWEEP_EVERY_MS * 6;

export interface RunningWorker {
  stop(): Promise<void>;
}

/** Composes claim → map → deliver → settle, and starts it. */
export async function startWorker(settings: WorkerSettings, logger: Logger): Promise<RunningWorker> {
  const workerId = `${os.hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const keyring = parseKeyring(settings.HUB_MASTER_KEYS);
  if (!keyring.ok) throw new Error(`HUB_MASTER_KEYS: ${keyring.error.message}`);
  const app = new Database({
    url: settings.HUB_DB_APP_URL,
    poolSize: settings.HUB_DB_POOL_SIZE,
    applicationName: 'hub-worker',
    fixedPlans: true,
    logger,
  });
  const dispatcher = new Database({
    url: settings.HUB_DB_DISPATCHER_URL,
    poolSize: 2,
    applicationName: 'hub-worker-dispatcher',
    logger,
  });
  await assertRoleIsConfined(app);
  await assertRoleIsConfined(dispatcher);

  const tenants = new TenantDb(app);
  const backend = queueBackendFrom(settings);
  const bell = new DrainBell(backend, logger);
  const engine = createMappingEngine({ poolSize: settings.HUB_MAPPING_CHILDREN });
  const http = createSafeHttp({ egressAllow: settings.HUB_EGRESS_ALLOW, userAgent: 'integration-hub/0.1' });
  const opener = new ConnectionOpener({
    tenants,
    vault: new CredentialVault({ tenants, keyring: keyring.value, logger }),
    logger,
  });
  const observer = new WorkerObserver(logger);
  const drainer = new Drainer({
    tenantDb: tenants,
    mapper: new EngineDeliveryMapper(engine, new MappingVersions({ tenants })),
    connections: new ConnectorPort({ opener, connectors: createRegistry(createProviders()), http, tenants, logger }),
    bell,
    observer,
    workerId,
    logger,
  });
  const drain = (target: DrainTarget): Promise<void> => drainer.drain(target);
  const sweeper = new Sweeper({
    database: dispatcher,
    ring: (targets) => bell.ringNow(targets),
    drain,
    fallbackConcurrency: Math.min(20, settings.HUB_WORKER_CONCURRENCY),
    logger,
  });
  // Children take a third of a second to start: the first event must not pay for it.
  await engine.evaluateMany(
    Array.from({ length: settings.HUB_MAPPING_CHILDREN * 2 }, () => ({ expression: '1', inputText: '{}' })),
  );
  const worker = new DrainWorker({ backend, concurrency: settings.HUB_WORKER_CONCURRENCY, bell, logger, drain });
  sweeper.start();
  const metrics = await metricsServer({
    host: settings.HUB_HOST,
    port: settings.HUB_METRICS_PORT,
    registry: observer.registry,
    collect: async () => {
      for (const [state, count] of Object.entries(await bell.counts().catch(() => ({}))))
        observer.queueJobs.set({ state }, Number(count));
    },
    ready: async () => {
      const sweeps = Date.now() - sweeper.lastSweepMs < MUTE_AFTER_MS;
      return {
        ready: sweeps,
        checks: {
          sweeps: { status: sweeps ? 'up' : 'down' },
          queue: { status: (await bell.isReachable()) ? 'up' : 'down' },
        },
      };
    },
  });
  logger.info('worker is running', { worker_id: workerId, queue: backend.kind });
  return {
    async stop() {
      drainer.stop();
      await sweeper.stop();
      await worker.close(GRACE_MS);
      await bell.close();
      await Promise.all([engine.close(), http.close(), metrics.close()]);
      await Promise.all([app.close(), dispatcher.close()]);
    },
  };
}
