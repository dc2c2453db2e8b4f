import { DateTime, IANAZone, type DurationLikeObject } from 'luxon';
import { helperFailure, quoted } from './function.types';

export type DateUnit = 'years' | 'months' | 'weeks' | 'days' | 'hours' | 'minutes' | 'seconds';
const UNITS: readonly DateUnit[] = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'];
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;
const HAS_OFFSET = /([zZ]|[+-]\d{2}(:?\d{2})?)$/;

export function zoneOf(value: unknown): string {
  if (value === undefined) return 'UTC';
  if (typeof value === 'string' && (value === 'UTC' || IANAZone.isValidZone(value))) return value;
  throw helperFailure(`${quoted(value)} is not an IANA time zone such as "Europe/Berlin".`);
}

/**
 * The moment meant by text, by epoch milliseconds or by text in a given format. Text with an offset is that moment;
 * text without one is wall-clock time in `zone`. Wall-clock time that a zone skips (spring) moves forward by the gap's
 * length; time that occurs twice (autumn) is its first occurrence: luxon leaves the choice open, so it is made here.
 */
export function parseMoment(value: unknown, zone: string, format?: unknown): DateTime | undefined {
  if (typeof value === 'number')
    return Number.isFinite(value) ? valid(DateTime.fromMillis(value, { zone })) : undefined;
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const text = value.trim();
  if (format !== undefined && typeof format !== 'string')
    throw helperFailure('The format must be text such as "dd/MM/yyyy".');
  const parsed =
    format === undefined
      ? DateTime.fromISO(text, { zone })
      : DateTime.fromFormat(text, format, { zone, locale: 'en-US' });
  if (!parsed.isValid) return undefined;
  const fixedOffset = format === undefined ? HAS_OFFSET.test(text) && text.length > 10 : /[ZzX]/.test(format);
  return valid(fixedOffset ? parsed : (parsed.getPossibleOffsets()[0] ?? parsed));
}

function valid(moment: DateTime): DateTime | undefined {
  return moment.isValid && moment.year >= 0 && moment.year <= 9999 ? moment : undefined;
}

export function moment(value: unknown, zone: string, format?: unknown): DateTime {
  const parsed = parseMoment(value, zone, format);
  if (!parsed)
    throw helperFailure(
      `${quoted(value)} is not a date${typeof format === 'string' ? ` in the format ${quoted(format)}` : ''}.`,
    );
  return parsed;
}

export function instantText(value: DateTime): string {
  return isoText(value.toUTC());
}

export function isoText(value: DateTime): string {
  const text = value.toISO();
  if (text === null || value.year < 0 || value.year > 9999)
    throw helperFailure('The date went beyond the years 0000 to 9999.');
  return text;
}

export function dateText(value: DateTime): string {
  return isoText(value).slice(0, 10);
}

export function unitOf(value: unknown): DateUnit {
  const unit = typeof value === 'string' ? UNITS.find((known) => known === value || known === `${value}s`) : undefined;
  if (!unit) throw helperFailure(`The unit must be one of ${UNITS.join(', ')}, not ${quoted(value)}.`);
  return unit;
}

/** A calendar date stays a calendar date; a moment becomes an instant in UTC, counted by the wall clock of `zone`. */
export function shift(value: unknown, duration: DurationLikeObject, zoneName: unknown): string {
  const zone = zoneOf(zoneName);
  const from = moment(value, zone);
  const to = from.plus(duration);
  return typeof value === 'string' && DATE_ONLY.test(value.trim()) ? dateText(to) : instantText(to);
}

export function wholeNumber(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 1e7) return value;
  throw helperFailure(`The count must be a whole number, not ${quoted(value)}.`);
}

/** Whole units from `from` to `to`, cut towards zero; negative when `to` is earlier. */
export function wholeUnits(from: DateTime, to: DateTime, unit: DateUnit): number {
  const count = Math.trunc(to.diff(from, unit).as(unit));
  return count === 0 ? 0 : count;
}
