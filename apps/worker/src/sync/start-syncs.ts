import { type Registry } from 'prom-client';
import { type ConnectionOpener, type ConnectorContextParts } from '@hub/connections';
import { type ConnectorRegistry } from '@hub/connector-sdk';
import { type Database } from '@hub/database';
import { AcceptBatch } from '@hub/delivery';
import { type MappingEngine } from '@hub/mapping-engine';
import { type MappingVersions } from '@hub/mapping-store';
import { DrainBell, DrainWorker, within, type DrainTarget, type Logger, type QueueBackend } from '@hub/platform';
import { PostgresPullStore, Puller, PullSweeper, type EchoGuard } from '@hub/sync';
import { type TenantDb } from '@hub/tenancy';
import { SchemaWatcher } from '../connections/schema-watcher';
import { AcceptingSink } from './accepting-sink';
import { ConnectorPulls } from './connector-pulls';
import { EngineCanonicaliser } from './engine-canonicaliser';
import { ScheduledBell } from './scheduled-bell';
import { SyncMetrics } from './sync-metrics';

export interface SyncParts {
  readonly tenants: TenantDb;
  /** Logged in as the dispatcher. */
  readonly dispatcher: Database;
  /** Logged in as the accept batch. */
  readonly accept: Database;
  readonly backend: QueueBackend;
  /** Of deliveries. */
  readonly ringDelivery: (target: DrainTarget) => void;
  readonly connectors: ConnectorRegistry;
  readonly opener: ConnectionOpener;
  readonly context: ConnectorContextParts;
  readonly engine: MappingEngine;
  readonly versions: MappingVersions;
  readonly guard: EchoGuard;
  readonly metrics: Registry;
  readonly workerId: string;
  /** Connections pulled at once by this process. */
  readonly concurrency: number;
  readonly logger: Logger;
}

export interface RunningSyncs {
  /** When the last sweep for due syncs ended well; for readiness. */
  lastSweepMs(): number;
  /** Takes no more work; pages under way have `graceMs` to end. */
  stop(graceMs: number): Promise<void>;
}

/** Composes and starts pulling: bell → lease → page → events → cursor. Descriptions of what is pulled are renewed beside it. */
export function startSyncs(parts: SyncParts): RunningSyncs {
  const { tenants, logger, backend, connectors } = parts;
  const bell = new DrainBell(backend, logger, 'pull');
  const systems = new ConnectorPulls({ opener: parts.opener, connectors, context: parts.context, tenants, logger });
  const puller = new Puller({
    store: new PostgresPullStore(tenants),
    connections: systems,
    guard: parts.guard,
    canonicaliser: new EngineCanonicaliser({
      engine: parts.engine,
      versions: parts.versions,
      tenants,
      connectors,
    }),
    events: new AcceptingSink({ batch: new AcceptBatch(parts.accept), ring: parts.ringDelivery, logger }),
    bell: new ScheduledBell(bell),
    observer: new SyncMetrics(parts.metrics, logger),
    workerId: parts.workerId,
    logger,
  });
  const pull = (target: DrainTarget): Promise<void> => puller.pull(target);
  const worker = new DrainWorker({ backend, queue: 'pull', concurrency: parts.concurrency, bell, logger, drain: pull });
  const sweeper = new PullSweeper({
    database: parts.dispatcher,
    ring: (targets) => worker.ringNow(targets),
    pull,
    fallbackConcurrency: parts.concurrency,
    logger,
  });
  const schemas = new SchemaWatcher({ dispatcher: parts.dispatcher, tenants, systems, logger });
  sweeper.start();
  schemas.start();
  return {
    lastSweepMs: () => sweeper.lastSweepMs,
    async stop(graceMs) {
      puller.stop();
      await Promise.all([within(sweeper.stop(), graceMs), within(schemas.stop(), graceMs), worker.close(graceMs)]);
      await bell.close();
    },
  };
}
