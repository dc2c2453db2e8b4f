import { type Registry } from 'prom-client';
import { ArchiveRun, ObjectReader, readArchiveState, Restorer } from '@hub/archive';
import { type Database } from '@hub/database';
import { within, type Keyring, type Logger, type ObjectStore, type RetentionSettings } from '@hub/platform';
import { TenantDataKeys, TenantDb } from '@hub/tenancy';
import { repeat } from '../repeat';
import { ArchiveMetrics } from './archive-metrics';

const RESTORES_EVERY_MS = 2_000;
/** The first turn waits for the process to have settled: nothing of it is urgent. */
const FIRST_TURN_MS = 5_000;
/** To hold a whole day against the archive, which is read row by row. Nobody else uses the table by then. */
export const WHOLE_DAY_TIMEOUT_MS = 30 * 60_000;

export interface ArchiveParts {
  /** Of its own, without the plans that the hot path is tuned with; closed with it. */
  readonly app: Database;
  /** Of its own, with {@link WHOLE_DAY_TIMEOUT_MS}; closed with it. */
  readonly dispatcher: Database;
  readonly settings: RetentionSettings & { readonly HUB_ARCHIVE_EVERY_SECONDS: number };
  readonly keyring: Keyring;
  readonly store: ObjectStore;
  readonly metrics: Registry;
  readonly workerId: string;
  readonly logger: Logger;
}

export interface RunningArchive {
  /** Brings gauges up to date. */
  collect(): Promise<void>;
  /** Leaves a day where it is after the object under way: another worker goes on with it. */
  stop(graceMs: number): Promise<void>;
}

/** Retention, the archive and restores, beside the deliveries: a turn neither waits for them nor takes anything from them. */
export function startArchive(parts: ArchiveParts): RunningArchive {
  const { app, dispatcher, settings, keyring, store, workerId, logger } = parts;
  const tenants = new TenantDb(app, { internal: true });
  const keys = new TenantDataKeys({ tenants, keyring, logger });
  const observer = new ArchiveMetrics(parts.metrics, logger);
  const run = new ArchiveRun({ tenants, dispatcher, store, keys, settings, observer, workerId });
  const restorer = new Restorer({ tenants, dispatcher, objects: new ObjectReader(store, keys), observer });
  const everyMs = settings.HUB_ARCHIVE_EVERY_SECONDS * 1_000;
  const turns = repeat('the archive', logger, Math.min(FIRST_TURN_MS, everyMs), everyMs, () => run.turn());
  const restores = repeat('restores', logger, RESTORES_EVERY_MS, RESTORES_EVERY_MS, () => restorer.runDue());
  return {
    async collect() {
      const state = await readArchiveState(dispatcher).catch(() => null);
      if (state === null) observer.forget();
      else observer.show(state);
    },
    async stop(graceMs) {
      run.stop();
      restorer.stop();
      await within(Promise.all([turns.stop(), restores.stop()]), graceMs);
      await Promise.all([app.close(), dispatcher.close()]);
    },
  };
}
