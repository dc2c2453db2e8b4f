import { hubNow } from './hub-clock';

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const local = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const minute = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });
const dayAndMinute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' });
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** "3 min. ago", or with `ahead` also "in 2 hr."; by the hub's clock, as the times are. */
export function fromNow(at: string, { ahead }: { readonly ahead: boolean }): string {
  const left = Math.round((Date.parse(at) - hubNow()) / 1_000);
  const seconds = ahead ? left : Math.min(left, 0);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
  return relative.format(Math.trunc(seconds / size), unit);
}

/** In the reader's zone. */
export function localTime(at: string | Date): string {
  return local.format(new Date(at));
}

/** "10:04" of today, else "19 Nov 2026, 10:04"; in the reader's zone. */
export function sinceTime(at: string): string {
  const time = new Date(at);
  return (localDay(time) === localDay(new Date()) ? minute : dayAndMinute).format(time);
}

/** "UTC", "CET", "GMT-5": the reader's zone at a time, which is another one in summer; now where there is none yet. */
export function zoneName(at = ''): string {
  const asked = Date.parse(at);
  const time = Number.isNaN(asked) ? new Date() : new Date(asked);
  return zone.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

export function localDay(at: string | Date): string {
  return day.format(new Date(at));
}

/** What everybody agrees on, whatever their zone. */
export function utcTime(at: string | Date): string {
  return `${new Date(at).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** As a field of the type `datetime-local` takes it, in the reader's zone. */
export function inputTime(at: string | number): string {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** "1.2 s", "340 ms", "2 min 5 s" */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
