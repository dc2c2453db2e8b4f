import { DateTime } from 'luxon';
import { type ErpSettings } from '../erp.settings';

type TimeSettings = Pick<ErpSettings, 'time_zone' | 'time_format'>;

const HAS_ZONE = /(?:Z|[+-]\d\d:\d\d)$/;

/** Whole seconds: finer stamps are not kept, so rows of one second tie. */
export function toStampMs(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

export function printStamp(ms: number, { time_zone, time_format }: TimeSettings): string {
  if (time_format === 'utc') return DateTime.fromMillis(ms, { zone: 'utc' }).toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'");
  const local = DateTime.fromMillis(ms, { zone: time_zone });
  return local.toFormat(time_format === 'offset' ? "yyyy-MM-dd'T'HH:mm:ssZZ" : "yyyy-MM-dd'T'HH:mm:ss");
}

/**
 * The number by which stamps are compared. A system that keeps local time compares wall clocks: in the night that
 * has an hour twice, a later change can have the smaller stamp.
 */
export function comparable(ms: number, { time_zone, time_format }: TimeSettings): number {
  return time_format === 'local' ? ms + DateTime.fromMillis(ms, { zone: time_zone }).offset * 60_000 : ms;
}

/** A caller's `xs:dateTime`, valid already, as such a number. Without a zone it is local time (UTC in a UTC system). */
export function comparableOf(text: string, settings: TimeSettings): number {
  if (HAS_ZONE.test(text)) return comparable(DateTime.fromISO(text).toMillis(), settings);
  const wall = DateTime.fromISO(text, { zone: 'utc' }).toMillis();
  if (settings.time_format !== 'offset') return wall;
  return DateTime.fromISO(text, { zone: settings.time_zone }).toMillis();
}

export function localDate(ms: number, zone: string): string {
  return DateTime.fromMillis(ms, { zone }).toFormat('yyyy-MM-dd');
}

export function plusDays(date: string, days: number): string {
  return DateTime.fromISO(date, { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd');
}

/** The last moment at or before `nowMs` at which local clocks showed that time. */
export function lastTimeOfDay(nowMs: number, zone: string, timeOfDay: string): number {
  const [hour = 0, minute = 0] = timeOfDay.split(':').map(Number);
  const now = DateTime.fromMillis(nowMs, { zone });
  const today = now.startOf('day').set({ hour, minute });
  return (today.toMillis() <= nowMs ? today : now.minus({ days: 1 }).startOf('day').set({ hour, minute })).toMillis();
}

export function isWithin(nowMs: number, zone: string, window: { readonly from: string; readonly to: string }): boolean {
  const time = DateTime.fromMillis(nowMs, { zone }).toFormat('HH:mm');
  const { from, to } = window;
  return from <= to ? time >= from && time < to : time >= from || time < to;
}
