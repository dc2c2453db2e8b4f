import { type PullObjectManifest } from '@hub/connector-sdk';
import { err, ok, problem, type InputFault, type Problem, type Result } from '@hub/platform';
import { windowFault, type DailyWindow } from '../schedule/daily-window';
import { MAX_INTERVAL_SECONDS, MIN_INTERVAL_SECONDS } from '../schedule/schedule';

const WINDOW_MESSAGES: Readonly<Record<keyof DailyWindow, string>> = {
  from: 'A time of day as 22:00',
  to: 'A time of day as 05:00, other than `from`',
  time_zone: 'An IANA time zone such as Europe/Berlin',
};

/** Rules of a sync that need no database. `object` is what the connector says of it. */
export function checkSync(
  sync: {
    readonly intervalSeconds?: number;
    readonly dailyWindow?: DailyWindow | null;
    readonly freshnessSeconds?: number | null;
    readonly fullEveryHours?: number | null;
  },
  object: PullObjectManifest,
): Result<null, Problem> {
  const faults: InputFault[] = [];
  const { intervalSeconds, dailyWindow, freshnessSeconds, fullEveryHours } = sync;
  const least = Math.max(MIN_INTERVAL_SECONDS, object.minIntervalSeconds);
  if (intervalSeconds !== undefined && !isWithin(intervalSeconds, least, MAX_INTERVAL_SECONDS)) {
    faults.push(outOfRange('/interval_seconds', `Whole seconds from ${least} to ${MAX_INTERVAL_SECONDS}`));
  }
  if (dailyWindow != null) {
    const member = windowFault(dailyWindow);
    if (member !== null)
      faults.push({ pointer: `/daily_window/${member}`, code: 'invalid_value', message: WINDOW_MESSAGES[member] });
  }
  if (freshnessSeconds != null && !isWithin(freshnessSeconds, 1, 365 * 86_400)) {
    faults.push(outOfRange('/freshness_seconds', 'Whole seconds, at most a year'));
  }
  if (fullEveryHours != null && !isWithin(fullEveryHours, 1, 365 * 24)) {
    faults.push(outOfRange('/full_every_hours', 'Whole hours, at most a year'));
  }
  return faults.length === 0 ? ok(null) : err(invalidSync(faults));
}

export function invalidSync(faults: readonly InputFault[]): Problem {
  return problem('unprocessable', 'invalid_sync', 'The sync cannot be saved like this.', { faults });
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function outOfRange(pointer: string, message: string): InputFault {
  return { pointer, code: 'out_of_range', message };
}
