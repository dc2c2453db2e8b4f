const DAY_MS = 86_400_000;

/** The half-open range of milliseconds (UTC days: the simulated users live in UTC) that a date literal names. */
export function rangeOf(name: string, days: number, nowMs: number): { startMs: number; endMs: number } {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const date = new Date(nowMs);
  const month = (offset: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1);
  const year = (offset: number): number => Date.UTC(date.getUTCFullYear() + offset, 0, 1);
  switch (name) {
    case 'TODAY':
      return { startMs: today, endMs: today + DAY_MS };
    case 'YESTERDAY':
      return { startMs: today - DAY_MS, endMs: today };
    case 'TOMORROW':
      return { startMs: today + DAY_MS, endMs: today + 2 * DAY_MS };
    case 'LAST_N_DAYS':
      return { startMs: today - days * DAY_MS, endMs: today + DAY_MS };
    case 'NEXT_N_DAYS':
      return { startMs: today + DAY_MS, endMs: today + (days + 1) * DAY_MS };
    case 'THIS_MONTH':
      return { startMs: month(0), endMs: month(1) };
    case 'LAST_MONTH':
      return { startMs: month(-1), endMs: month(0) };
    case 'NEXT_MONTH':
      return { startMs: month(1), endMs: month(2) };
    case 'THIS_YEAR':
      return { startMs: year(0), endMs: year(1) };
    case 'LAST_YEAR':
      return { startMs: year(-1), endMs: year(0) };
    case 'NEXT_YEAR':
      return { startMs: year(1), endMs: year(2) };
    default:
      throw new Error(`the parser let an unknown date literal pass: ${name}`);
  }
}
