import { Counter, Histogram, type Registry } from 'prom-client';
import { type Logger } from '@hub/platform';
import { type PageCounts, type PageSeen, type PullObserver } from '@hub/sync';

const RESULTS: readonly (keyof PageCounts)[] = [
  'seen',
  'made',
  'duplicates',
  'echoes',
  'unchanged',
  'unmapped',
  'failed',
];

/** Metrics and log lines of pulls. Labels are bounded: no tenant and no id is among them. */
export class SyncMetrics implements PullObserver {
  private readonly pages: Histogram<'connector' | 'kind'>;
  private readonly records: Counter<'connector' | 'result'>;
  private readonly failures: Counter<'connector' | 'category' | 'verdict'>;
  private readonly hooks: Histogram;
  private readonly fences: Counter;

  constructor(
    registry: Registry,
    private readonly logger: Logger,
  ) {
    const registers = [registry];
    this.pages = new Histogram({
      name: 'hub_pull_page_duration_seconds',
      help: 'Time of one page: the vendor call, echo check, mapping and commit.',
      labelNames: ['connector', 'kind'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    this.records = new Counter({
      name: 'hub_pull_records_total',
      help: 'Pulled records by what became of them.',
      labelNames: ['connector', 'result'],
      registers,
    });
    this.failures = new Counter({
      name: 'hub_pull_failures_total',
      help: 'Pages that failed, by the error’s category and what follows from it.',
      labelNames: ['connector', 'category', 'verdict'],
      registers,
    });
    this.hooks = new Histogram({
      name: 'hub_hook_to_event_seconds',
      help: 'From a vendor’s verified call to the event of the record, committed.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300],
      registers,
    });
    this.fences = new Counter({
      name: 'hub_pulls_fenced_total',
      help: 'Pulls that lost their connection to another process.',
      registers,
    });
  }

  page({ connectorId, kind, counts, durationMs, noticeAgeMs }: PageSeen): void {
    this.pages.observe({ connector: connectorId, kind }, durationMs / 1000);
    for (const result of RESULTS) this.records.inc({ connector: connectorId, result }, counts[result]);
    if (noticeAgeMs !== null) this.hooks.observe(noticeAgeMs / 1000);
  }

  runFailed(failure: Parameters<PullObserver['runFailed']>[0]): void {
    const { category, code } = failure.error;
    this.failures.inc({ connector: failure.connectorId, category, verdict: failure.verdict });
    this.logger.warn('a page could not be pulled', {
      tenant_id: failure.tenantId,
      connection_id: failure.connectionId,
      connector: failure.connectorId,
      sync_id: failure.syncId,
      run_id: failure.runId,
      category,
      code,
      outcome: failure.verdict,
    });
  }

  fenced(connectionId: string): void {
    this.fences.inc();
    this.logger.warn('the right to pull was lost to another worker; nothing was written', {
      connection_id: connectionId,
    });
  }
}
