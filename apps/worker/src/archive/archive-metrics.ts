import { Counter, Gauge, type Registry } from 'prom-client';
import {
  daysAfter,
  startOf,
  type ArchiveError,
  type ArchiveKind,
  type ArchiveObserver,
  type ArchiveState,
  type Day,
} from '@hub/archive';
import { type Logger } from '@hub/platform';

/** Metrics and log lines of retention. Labels are bounded: no tenant, day or object is among them. */
export class ArchiveMetrics implements ArchiveObserver {
  private readonly rows: Counter<'kind'>;
  private readonly bytes: Counter<'kind'>;
  private readonly dropped_: Counter<'kind'>;
  private readonly movedBack: Counter<'kind'>;
  private readonly failures: Counter<'code'>;
  private readonly expired_: Counter;
  private readonly restored_: Counter;
  private readonly failingFor: Gauge;
  private readonly waitingFor: Gauge;

  constructor(
    registry: Registry,
    private readonly logger: Logger,
  ) {
    const registers = [registry];
    const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
      new Counter({ name, help, labelNames, registers });
    const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
    this.rows = counter('hub_archive_rows_total', 'Rows of history copied into the archive and read back.', ['kind']);
    this.bytes = counter('hub_archive_stored_bytes_total', 'Bytes of objects written, compressed and sealed.', [
      'kind',
    ]);
    this.dropped_ = counter('hub_archive_days_dropped_total', 'Partitions of days that have left the database.', [
      'kind',
    ]);
    this.movedBack = counter(
      'hub_archive_rows_moved_back_total',
      'Rows that had changed since they were copied: kept, and archived anew.',
      ['kind'],
    );
    this.failures = counter('hub_archive_failures_total', 'Turns and restores that failed, by reason.', ['code']);
    this.expired_ = counter(
      'hub_archive_objects_expired_total',
      'Objects deleted because they had had their time.',
      [],
    );
    this.restored_ = counter('hub_archive_events_restored_total', 'Events brought back into the database.', []);
    this.failingFor = gauge('hub_archive_failing_seconds', 'How long turns have failed; 0 when the last one did not.');
    this.waitingFor = gauge(
      'hub_archive_waiting_days',
      'Age in days of the oldest day that ought to have left the database and has not; 0 when there is none.',
    );
  }

  archived(object: { kind: ArchiveKind; rowCount: number; bytesStored: number }): void {
    this.rows.inc({ kind: object.kind }, object.rowCount);
    this.bytes.inc({ kind: object.kind }, object.bytesStored);
  }

  retired(): void {}

  dropped(kind: ArchiveKind, day: Day, movedBack: number): void {
    this.dropped_.inc({ kind });
    this.movedBack.inc({ kind }, movedBack);
    this.logger.info(`a day of ${kind} has left the database: ${day}`, { count: movedBack });
  }

  waiting(day: Day | null, reason: string | null): void {
    if (day !== null) this.logger.warn(`a day waits to leave the database: ${day}`, { reason: reason ?? undefined });
  }

  expired(objects: number): void {
    this.expired_.inc(objects);
    this.logger.info('objects of the archive have had their time', { count: objects });
  }

  restored(events: number): void {
    this.restored_.inc(events);
  }

  failed(error: ArchiveError, tenantId: string | null): void {
    this.failures.inc({ code: error.code });
    this.logger.error(`the archive waits: ${error.message}`, { code: error.code, tenant_id: tenantId ?? undefined });
  }

  restoreFailed(error: unknown, tenantId: string): void {
    this.failures.inc({ code: 'unexpected' });
    this.logger.error('a restore failed', { code: 'unexpected', tenant_id: tenantId, error });
  }

  /** What was so before would hide what is so now. */
  forget(): void {
    this.failingFor.remove();
    this.waitingFor.remove();
  }

  /** What the database has of all workers' turns. */
  show(state: ArchiveState): void {
    const age = (since: number | null): number => (since === null ? 0 : Math.max(0, (Date.now() - since) / 1_000));
    this.failingFor.set(age(state.failingSince?.getTime() ?? null));
    this.waitingFor.set(
      Math.floor(age(state.waitingDay === null ? null : startOf(daysAfter(state.waitingDay, 1))) / 86_400),
    );
  }
}
