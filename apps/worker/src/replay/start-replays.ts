import { type Registry } from 'prom-client';
import { type Database } from '@hub/database';
import { HoldLimit, ReplayRunner, ReplaySweeper, type DeliveryMapper, type ReplayTarget } from '@hub/delivery';
import { DrainBell, DrainWorker, within, type DrainTarget, type Logger, type QueueBackend } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { registerReplayGauges } from './replay-gauges';

/** Replays worked on at once by this process: each is one transaction after the other. */
const CONCURRENCY = 4;

export interface ReplayParts {
  /** Must not see internal rows. */
  readonly tenants: TenantDb;
  /** Logged in as the dispatcher. */
  readonly dispatcher: Database;
  readonly backend: QueueBackend;
  readonly mapper: DeliveryMapper;
  readonly ringDelivery: (target: DrainTarget) => void;
  readonly metrics: Registry;
  readonly workerId: string;
  readonly logger: Logger;
}

export interface RunningReplays {
  /** When the last sweep for due replays ended well; for readiness. */
  lastSweepMs(): number;
  /** Begins no further step; those under way have `graceMs` to end. */
  stop(graceMs: number): Promise<void>;
}

/** Composes and starts replays: bell → lease → slice → deliveries; and the end of what was held for too long. */
export function startReplays(parts: ReplayParts): RunningReplays {
  const { tenants, dispatcher, backend, logger } = parts;
  const bell = new DrainBell(backend, logger, 'replay');
  const runner = new ReplayRunner({
    tenants,
    mapper: parts.mapper,
    bell: {
      ring: (target) => bell.ring(asRung(target)),
      ringLater: (target, delayMs) => bell.ringLater(asRung(target), delayMs),
    },
    ringDelivery: parts.ringDelivery,
    workerId: parts.workerId,
    logger,
  });
  const worker = new DrainWorker({
    backend,
    queue: 'replay',
    concurrency: CONCURRENCY,
    bell,
    logger,
    drain: ({ tenantId, connectionId: replayId }) => runner.run({ tenantId, replayId }),
  });
  const sweeper = new ReplaySweeper({
    database: dispatcher,
    ring: (targets) => worker.ringNow(targets.map(asRung)),
    run: (target) => runner.run(target),
    fallbackConcurrency: CONCURRENCY,
    logger,
  });
  const holdLimit = new HoldLimit({ dispatcher, tenants, logger });
  registerReplayGauges(parts.metrics, dispatcher, logger);
  sweeper.start();
  holdLimit.start();
  return {
    lastSweepMs: () => sweeper.lastSweepMs,
    async stop(graceMs) {
      await Promise.all([
        within(runner.stop(), graceMs),
        within(sweeper.stop(), graceMs),
        within(holdLimit.stop(), graceMs),
        worker.close(graceMs),
      ]);
      await bell.close();
    },
  };
}

function asRung({ tenantId, replayId }: ReplayTarget): DrainTarget {
  return { tenantId, connectionId: replayId };
}
