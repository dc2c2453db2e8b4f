import { firstOpen, type DailyWindow } from './daily-window';

/** Least and most time between two scheduled runs, in seconds; a connector may ask for more. */
export const MIN_INTERVAL_SECONDS = 5;
export const MAX_INTERVAL_SECONDS = 7 * 86_400;
/** A sync that needs a person is asked again no more often than this. */
const FAILING_INTERVAL_MS = 15 * 60_000;

export interface Cadence {
  readonly intervalSeconds: number;
  readonly dailyWindow: DailyWindow | null;
}

/**
 * When the next scheduled run is due. The beat is kept: it is counted from when the last run was due, not from when it
 * ended; beats that a slow run or a stopped hub has missed are not made up for.
 *
 * @param now by the database's clock
 */
export function nextRunAt(cadence: Cadence, wasDueAt: Date, now: Date): Date {
  const beat = wasDueAt.getTime() + cadence.intervalSeconds * 1_000;
  const next = beat > now.getTime() ? beat : now.getTime() + cadence.intervalSeconds * 1_000;
  return firstOpen(cadence.dailyWindow, new Date(next));
}

export function nextRunAfterFailure(cadence: Cadence, now: Date): Date {
  const wait = Math.max(cadence.intervalSeconds * 1_000, FAILING_INTERVAL_MS);
  return firstOpen(cadence.dailyWindow, new Date(now.getTime() + wait));
}

export type FreshnessState = 'fresh' | 'late' | 'never';

export interface Freshness {
  readonly state: FreshnessState;
  /** Seconds since everything that the vendor had was known to the hub; null before the first success. */
  readonly ageSeconds: number | null;
  /** Beyond it the sync is late. */
  readonly allowedSeconds: number;
}

/** What a sync may miss before it is late: one run, and time for it; with a window, the closed part of the day. */
export function freshnessOf(
  sync: Cadence & { readonly freshnessSeconds: number | null; readonly lastSuccessAt: Date | null },
  now: Date,
): Freshness {
  const usual = sync.intervalSeconds * 2 + 60 + (sync.dailyWindow === null ? 0 : 86_400);
  const allowedSeconds = sync.freshnessSeconds ?? usual;
  if (sync.lastSuccessAt === null) return { state: 'never', ageSeconds: null, allowedSeconds };
  const ageSeconds = Math.max(0, Math.floor((now.getTime() - sync.lastSuccessAt.getTime()) / 1_000));
  return { state: ageSeconds > allowedSeconds ? 'late' : 'fresh', ageSeconds, allowedSeconds };
}
