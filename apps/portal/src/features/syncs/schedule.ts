import { syncs as wording } from '../../text/syncs.text';

const words = wording;
const UNITS = [
  [86_400, words.units.day],
  [3_600, words.units.hour],
  [60, words.units.minute],
] as const;

/** "5 min", "1 h 30 min": as short as can be without losing a second. */
export function span(seconds: number): string {
  const parts: string[] = [];
  let left = seconds;
  for (const [size, name] of UNITS) {
    if (left >= size) parts.push(`${Math.floor(left / size)} ${name}`);
    left %= size;
  }
  if (left > 0 || parts.length === 0) parts.push(`${left} ${words.units.second}`);
  return parts.join(' ');
}

/** How the changes of a sync are noticed, in words. */
export function modeOf(sync: {
  readonly has_hook: boolean;
  readonly interval_seconds: number;
  readonly full_every_hours: number | null;
}): string {
  const every = span(sync.interval_seconds);
  const changes = sync.has_hook ? words.modes.hook(every) : words.modes.poll(every);
  if (sync.full_every_hours === null) return changes;
  return `${changes}, ${words.modes.listing(span(sync.full_every_hours * 3_600))}`;
}
