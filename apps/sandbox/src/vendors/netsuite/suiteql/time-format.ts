import { isRealDate, MONTHS, type UserTime, type WallTime } from '../netsuite.time';
import { rejectUnsupported } from './sql.types';

/** Letters outside of quotes are format elements: an unquoted `T` is an error, as in Oracle. */
const ELEMENTS = /YYYY|YY|MON|MM|DD|HH24|HH12|HH|MI|SS|FF\d?|AM|PM|"[^"]*"|[^A-Za-z"]/gi;

/** `TO_CHAR`, in the user's zone. */
export function formatTime(time: UserTime, ms: number, format: string): string {
  const wall = time.wall(ms);
  return elementsOf(format)
    .map((element) => (element.startsWith('"') ? element.slice(1, -1) : formatElement(wall, ms, element)))
    .join('');
}

function formatElement(wall: WallTime, ms: number, element: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  switch (element.toUpperCase()) {
    case 'YYYY':
      return String(wall.year).padStart(4, '0');
    case 'YY':
      return two(wall.year % 100);
    case 'MON':
      return (MONTHS[wall.month - 1] ?? '').toUpperCase();
    case 'MM':
      return two(wall.month);
    case 'DD':
      return two(wall.day);
    case 'HH24':
      return two(wall.hour);
    case 'HH':
    case 'HH12':
      return two(wall.hour % 12 === 0 ? 12 : wall.hour % 12);
    case 'MI':
      return two(wall.minute);
    case 'SS':
      return two(wall.second);
    case 'AM':
    case 'PM':
      return wall.hour < 12 ? 'AM' : 'PM';
    default:
      if (!/^FF/i.test(element)) return element;
      return String(ms % 1000)
        .padStart(3, '0')
        .padEnd(9, '0')
        .slice(0, Number(element[2] ?? 6));
  }
}

/**
 * `TO_DATE` and `TO_TIMESTAMP`: the text is a wall time in the user's zone.
 * @throws Rejection 400 when text and format do not agree
 */
export function parseTime(time: UserTime, text: string, format: string): number {
  const elements = elementsOf(format);
  const source = elements.map((element) => elementPattern(element)).join('');
  const found = new RegExp(`^${source}$`, 'i').exec(text);
  if (!found) return rejectUnsupported();
  const captured = elements.filter((element) => /^[A-Za-z]/.test(element));
  const part = (...names: string[]): string | undefined => {
    const index = captured.findIndex((element) => names.includes(element.toUpperCase()));
    return index < 0 ? undefined : found[index + 1];
  };
  const year = Number(part('YYYY') ?? (part('YY') === undefined ? time.wall(Date.now()).year : `20${part('YY')}`));
  const named = part('MON');
  const month = named === undefined ? Number(part('MM') ?? 1) : monthNumber(named);
  const day = Number(part('DD') ?? 1);
  const half = part('AM', 'PM')?.toUpperCase();
  const twelve = Number(part('HH', 'HH12') ?? 0);
  const hour = part('HH24') === undefined ? (twelve % 12) + (half === 'PM' ? 12 : 0) : Number(part('HH24'));
  const wall = { year, month, day, hour, minute: Number(part('MI') ?? 0), second: Number(part('SS') ?? 0) };
  if (!isRealDate(year, month, day) || hour > 23 || wall.minute > 59 || wall.second > 59) return rejectUnsupported();
  const fraction = captured.find((element) => /^FF/i.test(element));
  return (
    time.instant(wall) + (fraction === undefined ? 0 : Math.floor(Number(`0.${part(fraction.toUpperCase())}`) * 1000))
  );
}

function elementPattern(element: string): string {
  const upper = element.toUpperCase();
  if (upper === 'YYYY') return '(\\d{4})';
  if (upper === 'MON') return '([A-Z]{3})';
  if (upper === 'AM' || upper === 'PM') return '(AM|PM)';
  if (upper.startsWith('FF')) return '(\\d{1,9})';
  if (/^[A-Z]/.test(upper)) return '(\\d{1,2})';
  const literal = element.startsWith('"') ? element.slice(1, -1) : element;
  return literal.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function elementsOf(format: string): string[] {
  const elements = format.match(ELEMENTS) ?? [];
  return elements.join('') === format ? elements : rejectUnsupported();
}

function monthNumber(name: string): number {
  return MONTHS.findIndex((month) => month.toLowerCase() === name.toLowerCase()) + 1;
}
