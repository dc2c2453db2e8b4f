import { type Database } from '@hub/database';
import { Drainer, Sweeper, type DeliveryMapper, type DrainObserver } from '@hub/delivery';
import { DrainWorker, within, type DrainBell, type DrainTarget, type Logger, type QueueBackend } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { LinkBook } from '../links/link-book';
import { EndpointAwarePort } from '../webhooks/endpoint-aware-port';
import { ConnectorPort, type ConnectorPortOptions } from './connector-port';

/** Connections drained at once while the queue is away, at most. */
const MOST_WITHOUT_QUEUE = 20;

export interface DeliveryParts {
  /** Sees internal rows: notices are delivered like anything else. */
  readonly delivering: TenantDb;
  /** Logged in as the dispatcher. */
  readonly dispatcher: Database;
  readonly backend: QueueBackend;
  readonly bell: DrainBell;
  readonly mapper: DeliveryMapper;
  readonly calling: Omit<ConnectorPortOptions, 'bell'>;
  readonly observer: DrainObserver;
  readonly workerId: string;
  /** Connections drained at once by this process. */
  readonly concurrency: number;
  readonly logger: Logger;
}

export interface RunningDeliveries {
  /** When the last sweep for due deliveries ended well; for readiness. */
  lastSweepMs(): number;
  /** Takes no more work; calls under way have `graceMs` to end. */
  stop(graceMs: number): Promise<void>;
}

/** Composes and starts deliveries: bell → claim → map → deliver → settle; and the sweep for whatever the bell missed. */
export function startDeliveries(parts: DeliveryParts): RunningDeliveries {
  const { delivering, dispatcher, backend, bell, calling, concurrency, workerId, logger } = parts;
  const drainer = new Drainer({
    tenantDb: delivering,
    mapper: parts.mapper,
    book: new LinkBook(logger),
    connections: new EndpointAwarePort(new ConnectorPort({ ...calling, bell }), {
      tenants: delivering,
      forget: (tenantId, connectionId) => calling.opener.forget(tenantId, connectionId),
      logger,
    }),
    bell,
    observer: parts.observer,
    workerId,
    logger,
  });
  const drain = (target: DrainTarget): Promise<void> => drainer.drain(target);
  const sweeper = new Sweeper({
    database: dispatcher,
    ring: (targets) => worker.ringNow(targets),
    drain,
    fallbackConcurrency: Math.min(MOST_WITHOUT_QUEUE, concurrency),
    logger,
  });
  const worker = new DrainWorker({ backend, concurrency, bell, logger, drain });
  sweeper.start();
  return {
    lastSweepMs: () => sweeper.lastSweepMs,
    async stop(graceMs) {
      drainer.stop();
      // Both at once: drains may run in either, and each has the whole time to end.
      await Promise.all([worker.close(graceMs), within(sweeper.stop(), graceMs)]);
    },
  };
}
