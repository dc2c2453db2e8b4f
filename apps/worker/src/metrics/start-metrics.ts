import { SWEEP_EVERY_MS } from '@hub/delivery';
import { metricsServer, type DrainBell, type MetricsServer } from '@hub/platform';
import { type WorkerSettings } from '../settings';
import { type WorkerObserver } from './worker-metrics';

/** A worker whose sweeps do not come through is of no use; an orchestrator should restart it. */
const MUTE_AFTER_MS = SWEEP_EVERY_MS * 6;

export interface MetricsParts {
  readonly settings: WorkerSettings;
  readonly observer: WorkerObserver;
  /** Of deliveries. */
  readonly bell: DrainBell;
  /** When each kind of sweep last ended well; null until all have begun. */
  readonly lastSweepsMs: () => readonly number[] | null;
  /** Bring the gauges of others up to date. */
  readonly collectors: readonly (() => Promise<void>)[];
}

/** Metrics, and whether the worker is ready: the queue may be away, but sweeps have to come through. */
export function startMetrics({ settings, observer, bell, ...parts }: MetricsParts): Promise<MetricsServer> {
  return metricsServer({
    host: settings.HUB_HOST,
    port: settings.HUB_METRICS_PORT,
    registry: observer.registry,
    collect: async () => {
      for (const [state, count] of Object.entries(await bell.counts().catch(() => ({}))))
        observer.queueJobs.set({ state }, Number(count));
      for (const collect of parts.collectors) await collect();
    },
    ready: async () => {
      const lastMs = parts.lastSweepsMs();
      const sweeps = lastMs !== null && Date.now() - Math.min(...lastMs) < MUTE_AFTER_MS;
      return {
        ready: sweeps,
        checks: {
          sweeps: { status: sweeps ? 'up' : 'down' },
          queue: { status: (await bell.isReachable()) ? 'up' : 'down' },
        },
      };
    },
  });
}
