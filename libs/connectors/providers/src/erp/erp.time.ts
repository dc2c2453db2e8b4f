import { DateTime, IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;
const HAS_ZONE = /(Z|[+-]\d\d:\d\d)$/;

/** The moments that a stamp of the ERP may mean, in ms. Two in the hour that the end of summer time brings twice. */
export interface Moments {
  readonly earliest: number;
  readonly latest: number;
}

export interface TimeWindow {
  /** `HH:MM` on the wall clock of the ERP. */
  readonly from: string;
  readonly to: string;
}

export function isZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** Null for a text that is no stamp. */
export function momentsOf(stamp: string, zone: string): Moments | null {
  const text = stamp.trim();
  if (!STAMP.test(text)) return null;
  const wall = Date.parse(HAS_ZONE.test(text) ? text : `${text}Z`);
  if (Number.isNaN(wall)) return null;
  return HAS_ZONE.test(text) ? { earliest: wall, latest: wall } : momentsOfWall(wall, zone);
}

/** `2026-11-20T10:00:00.000Z`; of an hour that comes twice, its first time. */
export function instantOf(stamp: string, zone: string): string | null {
  const moments = momentsOf(stamp, zone);
  return moments === null ? null : new Date(moments.earliest).toISOString();
}

/**
 * A stamp for `Since` by which nothing is passed over that was changed at or after the moment `backMs` before `stamp`, in
 * the form in which the system writes its own: where that is local time, it compares wall clocks. In the night that has an
 * hour twice a later change can bear the smaller stamp, so a stamp in that hour is moved to the hour's beginning.
 */
export function sinceBefore(stamp: string, zone: string, backMs: number): string | null {
  const moments = momentsOf(stamp, zone);
  if (moments === null) return null;
  return stampAt(moments.earliest - backMs, zone, HAS_ZONE.test(stamp.trim()));
}

/** The same for a moment that is known exactly. */
export function stampAt(ms: number, zone: string, hasZone: boolean): string {
  const whole = Math.floor(ms / 1000) * 1000;
  if (hasZone) return `${new Date(whole).toISOString().slice(0, 19)}Z`;
  const wall = whole + offsetMs(whole, zone);
  return wallText(startOfTwiceHour(wall, zone) ?? wall);
}

/** One second less, as the text stands: rows of one second come together, whether `Since` takes its own second or not. */
export function secondBefore(stamp: string): string | null {
  const text = stamp.trim();
  if (!STAMP.test(text)) return null;
  const zone = HAS_ZONE.exec(text)?.[0] ?? '';
  const wall = Date.parse(`${text.slice(0, 19)}Z`) - 1000;
  return Number.isNaN(wall) ? null : `${wallText(wall)}${zone}`;
}

/** What is left of the window that is open at that moment, in ms; null outside of it. */
export function leftOfWindow(window: TimeWindow, zone: string, nowMs: number): number | null {
  const now = DateTime.fromMillis(nowMs, { zone });
  const time = now.toFormat('HH:mm');
  const { from, to } = window;
  const isOpen = from < to ? time >= from && time < to : time >= from || time < to;
  if (!isOpen) return null;
  const day = from > to && time >= from ? now.plus({ days: 1 }) : now;
  const [hour = 0, minute = 0] = to.split(':').map(Number);
  const end = day.startOf('day').set({ hour, minute });
  return Math.max(end.toMillis() - nowMs, 1000);
}

/** Local wall time as if it were UTC, in ms. */
function momentsOfWall(wall: number, zone: string): Moments {
  const before = wall - offsetMs(wall - DAY_MS, zone);
  const after = wall - offsetMs(wall + DAY_MS, zone);
  const valid = [before, after].filter((ms) => ms + offsetMs(ms, zone) === wall);
  // A time that the zone skips in spring: forward by what it skips.
  if (valid.length === 0) return { earliest: before, latest: before };
  return { earliest: Math.min(...valid), latest: Math.max(...valid) };
}

function startOfTwiceHour(wall: number, zone: string): number | null {
  const { earliest, latest } = momentsOfWall(wall, zone);
  if (earliest === latest) return null;
  // The clocks go back somewhere between the two: the first moment with the later offset.
  let [low, high] = [earliest, latest];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetMs(middle, zone) === offsetMs(latest, zone)) high = middle;
    else low = middle;
  }
  return high + offsetMs(high, zone);
}

function offsetMs(ms: number, zone: string): number {
  return IANAZone.create(zone).offset(ms) * MINUTE_MS;
}

function wallText(wall: number): string {
  return new Date(wall).toISOString().slice(0, 19);
}
