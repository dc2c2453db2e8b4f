import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Prometheus metrics of the API process. Labels are bounded: routes are templates and tenants are not among them. */
export class ApiMetrics {
  readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'hub_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });
  private readonly events = new Counter({
    name: 'hub_events_total',
    help: 'Events by what became of them at the door.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  requestEnded(method: string, route: string, status: number, durationMs: number): void {
    this.requests.observe({ method, route, status: String(status) }, durationMs / 1000);
  }

  eventSeen(outcome: 'accepted' | 'duplicate' | 'rejected', count = 1): void {
    this.events.inc({ outcome }, count);
  }
}
