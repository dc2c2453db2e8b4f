/**
 * When on each day scheduled runs may be made, by a local clock: an ERP that must be left alone by day. `from` may be later
 * than `to`: the window then goes over midnight.
 */
export interface DailyWindow {
  /** `22:00`, included. */
  readonly from: string;
  /** `05:00`, excluded. */
  readonly to: string;
  /** IANA name. */
  readonly time_zone: string;
}

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;

/** Null when it is a window, else what is wrong with it: the member's name. */
export function windowFault(window: DailyWindow): keyof DailyWindow | null {
  if (!TIME.test(window.from)) return 'from';
  if (!TIME.test(window.to) || window.to === window.from) return 'to';
  return isTimeZone(window.time_zone) ? null : 'time_zone';
}

export function isOpen(window: DailyWindow | null, at: Date): boolean {
  return window === null || isInside(window, localMinute(at, window.time_zone));
}

/**
 * The first moment at or after `at` within the window. In a night in which clocks go forward, a window that does not exist
 * that night is skipped; in one in which they go back, the window opens at the first of the two.
 */
export function firstOpen(window: DailyWindow | null, at: Date): Date {
  if (window === null || isOpen(window, at)) return at;
  const from = minuteOf(window.from);
  let candidate = new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS);
  // Each round leads to `from` by the clock as it is now; a clock change on the way is made good by the next round.
  for (let round = 0; round < 4; round++) {
    const ahead = (from - localMinute(candidate, window.time_zone) + DAY_MINUTES) % DAY_MINUTES;
    candidate = new Date(candidate.getTime() + (ahead === 0 ? DAY_MINUTES : ahead) * MINUTE_MS);
    if (isOpen(window, candidate)) return earliestFrom(window, candidate, at);
  }
  return candidate;
}

/** When clocks went forward on the way, the window has been open for a while: back to its beginning. */
function earliestFrom(window: DailyWindow, candidate: Date, at: Date): Date {
  const late = (localMinute(candidate, window.time_zone) - minuteOf(window.from) + DAY_MINUTES) % DAY_MINUTES;
  const earlier = new Date(candidate.getTime() - late * MINUTE_MS);
  return late > 0 && earlier >= at && isOpen(window, earlier) ? earlier : candidate;
}

function isInside(window: DailyWindow, minute: number): boolean {
  const [from, to] = [minuteOf(window.from), minuteOf(window.to)];
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    formats.set(timeZone, format);
  }
  return format;
}

function localMinute(at: Date, timeZone: string): number {
  return minuteOf(formatOf(timeZone).format(at));
}

function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}
