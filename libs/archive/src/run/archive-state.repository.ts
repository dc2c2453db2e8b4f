import { type Database } from '@hub/database';
import { type Day } from '../archive.types';

/** A worker that dies keeps the others waiting this long. One that is only slow is overtaken, which does no harm. */
const LEASE_SECONDS = 60;

/**
 * One worker at a time. A second one would do no harm, only work that is done already.
 * @returns the time of the database, or null when another worker has the lease
 */
export async function takeLease(database: Database, holder: string): Promise<Date | null> {
  const [row] = await database.query<{ now: Date }>(
    `update archive_state set holder = $1, lease_until = now() + make_interval(secs => ${LEASE_SECONDS}), last_run_at = now()
     where task = 'archive' and (holder = $1 or lease_until is null or lease_until < now()) returning now()`,
    [holder],
  );
  return row?.now ?? null;
}

export async function renewLease(database: Database, holder: string): Promise<boolean> {
  const rows = await database.query(
    `update archive_state set lease_until = now() + make_interval(secs => ${LEASE_SECONDS}) where task = 'archive' and holder = $1 returning 1 as ours`,
    [holder],
  );
  return rows.length > 0;
}

export interface RunOutcome {
  /** Null when nothing failed. */
  readonly errorCode: string | null;
  readonly waitingDay: Day | null;
  readonly waitingReason: string | null;
}

/** What alerts and dashboards read: since when it fails, and which day waits for what. */
export async function endRun(database: Database, holder: string, outcome: RunOutcome): Promise<void> {
  await database.query(
    `update archive_state set lease_until = null, error_code = $2, waiting_day = $3, waiting_reason = $4,
       failing_since = case when $2::text is null then null else coalesce(failing_since, now()) end,
       last_success_at = case when $2::text is null then now() else last_success_at end
     where task = 'archive' and holder = $1`,
    [holder, outcome.errorCode, outcome.waitingDay, outcome.waitingReason],
  );
}

export interface ArchiveState {
  readonly lastSuccessAt: Date | null;
  readonly failingSince: Date | null;
  readonly errorCode: string | null;
  readonly waitingDay: Day | null;
  readonly waitingReason: string | null;
}

/** For metrics and alerts. */
export async function readArchiveState(database: Database): Promise<ArchiveState> {
  const [row] = await database.query<ArchiveState & Record<string, unknown>>(
    `select last_success_at as "lastSuccessAt", failing_since as "failingSince", error_code as "errorCode",
            waiting_day::text as "waitingDay", waiting_reason as "waitingReason"
     from archive_state where task = 'archive'`,
  );
  if (row === undefined) throw new Error('the archive has no state');
  return row;
}
