import { err, ok, type Result } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { type ArchiveError, type TenantDay } from '../archive.types';
import { type Position } from '../objects/archive-objects.repository';
import { PAGE_ROWS, readHistory, type HistoryRow } from '../rows/row-pages.repository';
import { type ArchiveObserver } from '../run/archive-observer';
import { openDay, recordObject, sealDay, type Recorded } from './archive-days.repository';
import { ObjectDraft, type ObjectWriter } from './object-writer';

/** Long enough for a page of a large day, cold. */
export const READ_TIMEOUT_MS = 60_000;

export interface DayArchiverOptions {
  /** Must see internal rows too: they leave with the others. */
  readonly tenants: TenantDb;
  readonly writer: ObjectWriter;
  readonly observer: ArchiveObserver;
}

/**
 * Copies one tenant's part of a day's partition into objects. May be stopped anywhere: what is in the manifest has been read
 * back, and the next run goes on behind it.
 */
export class DayArchiver {
  constructor(private readonly options: DayArchiverOptions) {}

  /** @param stillOurs asked between objects; false ends the work. @returns whether the day is sealed now. */
  async archive(place: TenantDay, stillOurs: () => Promise<boolean>): Promise<Result<boolean, ArchiveError>> {
    const { tenants, writer, observer } = this.options;
    const { tenantId, kind, day } = place;
    const progress = await this.run(tenantId, (tx) => openDay(tx, kind, day));
    if (progress.sealed) return ok(true);
    let at: Position | null = progress.last;
    while (await stillOurs()) {
      const { rows, isLast } = await this.nextRows(place, at);
      if (rows.length > 0) {
        const object = await writer.write(place, 'partition', rows);
        if (!object.ok) return object;
        const from: Position | null = at;
        const recorded: Recorded = await tenants
          .run(tenantId, async (tx) => {
            const outcome = await recordObject(tx, object.value, from);
            if (outcome !== 'recorded') throw new NotRecorded(outcome);
            return outcome;
          })
          .catch((error: unknown) => {
            if (error instanceof NotRecorded) return error.outcome;
            throw error;
          });
        if (recorded === 'overtaken') return ok(false);
        if (recorded === 'key_gone') {
          writer.forgetKey(tenantId);
          return err({ code: 'key_unavailable', message: 'the data key was destroyed while it was used' });
        }
        observer.archived(object.value);
        at = object.value.last;
      }
      if (isLast) return ok(await this.run(tenantId, (tx) => sealDay(tx, kind, day, at)));
    }
    return ok(false);
  }

  private async nextRows(
    place: TenantDay,
    after: Position | null,
  ): Promise<{ rows: readonly HistoryRow[]; isLast: boolean }> {
    const draft = new ObjectDraft();
    let at = after;
    for (;;) {
      const from = at;
      const page = await this.run(place.tenantId, (tx) => readHistory(tx, place.kind, place.day, from));
      for (const row of page) {
        draft.add(row);
        at = { tx: row.tx, id: row.id };
        if (draft.isFull) return { rows: draft.rows, isLast: false };
      }
      if (page.length < PAGE_ROWS) return { rows: draft.rows, isLast: true };
    }
  }

  private run<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.options.tenants.run(tenantId, work, { statementTimeoutMs: READ_TIMEOUT_MS });
  }
}

/** Undoes the transaction. */
class NotRecorded extends Error {
  constructor(readonly outcome: Exclude<Recorded, 'recorded'>) {
    super(outcome);
  }
}
