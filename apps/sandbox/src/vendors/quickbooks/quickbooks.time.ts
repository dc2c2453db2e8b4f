import { DateTime } from 'luxon';

/** Companies of the simulated data centre keep their books in this zone; its offset changes twice a year. */
const ZONE = 'America/Los_Angeles';
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Milliseconds since the epoch, as the vendor believes them to be. */
export interface Clock {
  now(): number;
}

function at(ms: number): DateTime {
  return DateTime.fromMillis(ms, { zone: ZONE });
}

/** Stamps on records have whole seconds: `2026-05-05T02:05:12-07:00`. */
export function stamp(ms: number): string {
  return at(ms).toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}

/** `time` of an answer: `2026-05-05T02:05:12.193-07:00`. */
export function responseTime(ms: number): string {
  return at(ms).toFormat("yyyy-MM-dd'T'HH:mm:ss.SSSZZ");
}

/** The older webhook format writes its offset without a colon. */
export function webhookStamp(ms: number): string {
  return at(ms).toFormat("yyyy-MM-dd'T'HH:mm:ssZZZ");
}

/** The bare date in the company's zone. */
export function localDate(ms: number): string {
  return at(ms).toFormat('yyyy-MM-dd');
}

/** Milliseconds since the epoch; what has no offset is local to the company. `undefined` when it is no instant. */
export function parseInstant(text: string): number | undefined {
  if (!INSTANT.test(text)) return undefined;
  const parsed = DateTime.fromISO(text, { zone: ZONE });
  return parsed.isValid ? parsed.toMillis() : undefined;
}

export function isDate(text: string): boolean {
  return DATE.test(text) && DateTime.fromISO(text).isValid;
}

/** @param date `YYYY-MM-DD` */
export function addDays(date: string, days: number): string {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');
}

/** The next day-of-month on or after `date`; short months end on their last day. */
export function nextDayOfMonth(date: string, day: number): string {
  const from = DateTime.fromISO(date, { zone: 'utc' });
  const inMonth = (month: DateTime): DateTime => month.set({ day: Math.min(day, month.daysInMonth ?? 28) });
  const here = inMonth(from.startOf('month'));
  return (here >= from ? here : inMonth(from.startOf('month').plus({ months: 1 }))).toFormat('yyyy-MM-dd');
}
