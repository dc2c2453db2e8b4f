import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type AttemptSeen, type DrainObserver } from '@hub/delivery';
import { type Logger } from '@hub/platform';

/** Metrics and the one wide log line of each attempt. Labels are bounded: no tenant and no id is among them. */
export class WorkerObserver implements DrainObserver {
  readonly registry = new Registry();
  private readonly attempts = new Histogram({
    name: 'hub_delivery_attempt_duration_seconds',
    help: 'Time of one vendor call, by connector and outcome.',
    labelNames: ['connector', 'outcome', 'category'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });
  private readonly settlements = new Counter({
    name: 'hub_deliveries_settled_total',
    help: 'Claims written back.',
    registers: [this.registry],
  });
  private readonly latency = new Histogram({
    name: 'hub_event_to_delivery_seconds',
    help: 'From acceptance of an event to its successful delivery.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600],
    registers: [this.registry],
  });
  private readonly fences = new Counter({
    name: 'hub_drains_fenced_total',
    help: 'Drains that lost their slot to another process.',
    registers: [this.registry],
  });
  readonly queueJobs = new Gauge({
    name: 'hub_queue_jobs',
    help: 'Drain jobs by state.',
    labelNames: ['state'],
    registers: [this.registry],
  });

  constructor(private readonly logger: Logger) {
    collectDefaultMetrics({ register: this.registry });
  }

  attempted(attempt: AttemptSeen): void {
    const category = attempt.error?.category ?? '';
    this.attempts.observe(
      { connector: attempt.connectorId, outcome: attempt.outcome, category },
      attempt.durationMs / 1000,
    );
    if (attempt.outcome === 'succeeded')
      this.latency.observe(Math.max(0, Date.now() - attempt.delivery.event.receivedAt.getTime()) / 1000);
    const fields = {
      tenant_id: attempt.tenantId,
      connection_id: attempt.connectionId,
      connector: attempt.connectorId,
      delivery_id: attempt.delivery.id,
      tracking_id: attempt.delivery.trackingId,
      trace_id: attempt.delivery.event.traceparent?.slice(3, 35),
      attempt: attempt.delivery.attemptNumber,
      outcome: attempt.outcome,
      category: attempt.error?.category,
      code: attempt.error?.code,
      duration_ms: Math.round(attempt.durationMs * 10) / 10,
    };
    if (attempt.outcome === 'succeeded') this.logger.debug('delivery attempted', fields);
    else this.logger.info('delivery attempted', fields);
  }

  settled(count: number): void {
    this.settlements.inc(count);
  }

  fenced(connectionId: string): void {
    this.fences.inc();
    this.logger.warn('slot lost to another worker; nothing was written', { connection_id: connectionId });
  }
}
