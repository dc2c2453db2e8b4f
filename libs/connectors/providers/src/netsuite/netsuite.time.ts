/**
 * SuiteQL shows and takes moments as the wall clock of the hub's user, without a zone. Either the connection names the zone,
 * or how far it is from UTC is read off an answer.
 */
export interface UserClock {
  /** Null: its distance from UTC is as measured. */
  readonly zone: string | null;
  /** Minutes that the user's clock is ahead of UTC, as last measured. */
  readonly offsetMinutes: number;
}

const MINUTE_MS = 60_000;
/** Zones differ by quarters of an hour; what is less is the time that an answer takes. */
const QUARTER = 15;

export function wallAt(clock: UserClock, ms: number): string {
  return text(ms + offsetAt(clock, ms) * MINUTE_MS);
}

/** Of an hour that comes twice in autumn, the first; of one that is left out in spring, the moment after. */
export function instantAt(clock: UserClock, wall: string): number | null {
  const asUtc = utcOf(wall);
  if (asUtc === null) return null;
  const candidates = [asUtc - DAY_MS, asUtc + DAY_MS].map((ms) => asUtc - offsetAt(clock, ms) * MINUTE_MS);
  const [before = asUtc] = candidates;
  return candidates.find((ms) => ms + offsetAt(clock, ms) * MINUTE_MS === asUtc) ?? before;
}

/** As RFC 3339; null for what is no moment. */
export function instantText(clock: UserClock, wall: string): string | null {
  const ms = instantAt(clock, wall);
  return ms === null ? null : new Date(ms).toISOString();
}

/** @param wall what the user's clock showed when NetSuite's own said `answeredAtMs` */
export function measured(clock: UserClock, wall: string | null, answeredAtMs: number | null): UserClock {
  const asUtc = wall === null ? null : utcOf(wall);
  if (clock.zone !== null || asUtc === null || answeredAtMs === null) return clock;
  const minutes = (asUtc - answeredAtMs) / MINUTE_MS;
  return { zone: null, offsetMinutes: Math.round(minutes / QUARTER) * QUARTER };
}

/** In such a zone no hour comes twice, and a measured distance never grows old. */
export function isAlwaysUtc({ zone, offsetMinutes }: UserClock): boolean {
  return zone === null ? offsetMinutes === 0 : ['UTC', 'GMT', 'ETC/UTC', 'ETC/GMT'].includes(zone.toUpperCase());
}

export function offsetAt({ zone, offsetMinutes }: UserClock, ms: number): number {
  if (zone === null) return offsetMinutes;
  const shown = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(ms);
  const part = (name: Intl.DateTimeFormatPartTypes): number =>
    Number(shown.find(({ type }) => type === name)?.value ?? '0');
  const asUtc = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return Math.round((asUtc - Math.floor(ms / 1000) * 1000) / MINUTE_MS);
}

const DAY_MS = 24 * 60 * MINUTE_MS;
const WALL = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/;

function utcOf(wall: string): number | null {
  const [, day, time] = WALL.exec(wall) ?? [];
  const ms = Date.parse(`${day}T${time}Z`);
  return day === undefined || Number.isNaN(ms) ? null : ms;
}

function text(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
