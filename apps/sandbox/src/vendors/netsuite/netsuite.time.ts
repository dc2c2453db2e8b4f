/** A moment as a clock on the wall of some zone shows it. `month` counts from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export const DATE_FORMATS = ['M/D/YYYY', 'D/M/YYYY', 'DD/MM/YYYY', 'DD.MM.YYYY', 'D-Mon-YYYY', 'YYYY-MM-DD'] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];

export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const PATTERNS: Readonly<Record<DateFormat, { order: string; pattern: RegExp }>> = {
  'M/D/YYYY': { order: 'MDY', pattern: /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/ },
  'D/M/YYYY': { order: 'DMY', pattern: /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/ },
  'DD/MM/YYYY': { order: 'DMY', pattern: /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/ },
  'DD.MM.YYYY': { order: 'DMY', pattern: /^(\d{1,2})\.(\d{1,2})\.(\d{2}|\d{4})$/ },
  'D-Mon-YYYY': { order: 'DMY', pattern: /^(\d{1,2})-([A-Za-z]{3})-(\d{2}|\d{4})$/ },
  'YYYY-MM-DD': { order: 'YMD', pattern: /^(\d{4})-(\d{1,2})-(\d{1,2})$/ },
};

/**
 * The date format and zone a user chose. Everything but the record API's own JSON speaks it: SuiteQL results, and
 * dates in a `q` filter, so an ISO date there is an error for most users.
 */
export class UserTime {
  private readonly formatter: Intl.DateTimeFormat;

  /** @throws RangeError when the zone is unknown */
  constructor(
    readonly timeZone: string,
    readonly dateFormat: DateFormat,
  ) {
    this.formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  wall(ms: number): WallTime {
    // Formatting through Intl costs microseconds; a query over thousands of rows would feel them.
    if (this.timeZone === 'UTC') return utcWall(ms);
    const parts = new Map(this.formatter.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    return {
      year: part('year'),
      month: part('month'),
      day: part('day'),
      hour: part('hour'),
      minute: part('minute'),
      second: part('second'),
    };
  }

  /** A wall time that a clock change skips is taken as the moment after the gap, one that comes twice as the first. */
  instant(wall: WallTime): number {
    const wanted = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
    if (this.timeZone === 'UTC') return wanted;
    const offsetAt = (ms: number): number => {
      const shown = this.wall(ms);
      return Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute, shown.second) - ms;
    };
    const candidates = [wanted - offsetAt(wanted - 86_400_000), wanted - offsetAt(wanted + 86_400_000)];
    return candidates.find((ms) => ms + offsetAt(ms) === wanted) ?? wanted - offsetAt(wanted - 86_400_000);
  }

  /** `YYYY-MM-DD` of that moment for this user. */
  isoDate(ms: number): string {
    const { year, month, day } = this.wall(ms);
    return isoDate(year, month, day);
  }

  /** The start of a calendar day for this user. */
  startOfDay(date: string): number {
    const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
    return this.instant({ year, month, day, hour: 0, minute: 0, second: 0 });
  }

  formatDate(ms: number): string {
    const { year, month, day } = this.wall(ms);
    const two = (value: number): string => String(value).padStart(2, '0');
    switch (this.dateFormat) {
      case 'M/D/YYYY':
        return `${month}/${day}/${year}`;
      case 'D/M/YYYY':
        return `${day}/${month}/${year}`;
      case 'DD/MM/YYYY':
        return `${two(day)}/${two(month)}/${year}`;
      case 'DD.MM.YYYY':
        return `${two(day)}.${two(month)}.${year}`;
      case 'D-Mon-YYYY':
        return `${day}-${MONTHS[month - 1] ?? ''}-${year}`;
      case 'YYYY-MM-DD':
        return isoDate(year, month, day);
    }
  }

  /** Reads a date, or a date with a time, the way this user writes them; `undefined` when it is not one. */
  parse(text: string): { ms: number; hasTime: boolean } | undefined {
    const [, dateText = '', hours, minutes, seconds, half] =
      /^(\S+?)(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]m)?)?$/i.exec(text.trim()) ?? [];
    const date = this.parseDate(dateText);
    if (!date) return undefined;
    if (hours === undefined) return { ms: this.instant({ ...date, hour: 0, minute: 0, second: 0 }), hasTime: false };
    const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
    const [minute, second] = [Number(minutes), Number(seconds ?? 0)];
    if (hour > 23 || minute > 59 || second > 59 || (half !== undefined && Number(hours) > 12)) return undefined;
    return { ms: this.instant({ ...date, hour, minute, second }), hasTime: true };
  }

  private parseDate(text: string): Pick<WallTime, 'year' | 'month' | 'day'> | undefined {
    const { order, pattern } = PATTERNS[this.dateFormat];
    const found = pattern.exec(text);
    if (!found) return undefined;
    const value = (letter: string): number => {
      const part = found[order.indexOf(letter) + 1] ?? '';
      if (!/^\d+$/.test(part)) return MONTHS.findIndex((name) => name.toLowerCase() === part.toLowerCase()) + 1;
      return letter === 'Y' && part.length === 2 ? 2_000 + Number(part) : Number(part);
    };
    const [year, month, day] = [value('Y'), value('M'), value('D')];
    return isRealDate(year, month, day) ? { year, month, day } : undefined;
  }
}

function utcWall(ms: number): WallTime {
  const date = new Date(ms);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

export function isoDate(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

export function isRealDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** `YYYY-MM-DD` of a real day. */
export function isIsoDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return year !== undefined && isRealDate(Number(year), Number(month), Number(day));
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
