import { fromPublicId, uuidTimeMs } from '@hub/platform';

/** Ids from `from` (among them) to `to` (not among them). */
export interface IdSpan {
  readonly from: string;
  readonly to: string;
}

/**
 * What a request brings gets its ids in the process that gave the request its own, so they are of the same minutes: a clock that was
 * set back, and a body that took its time, are allowed for. An index would be one more that each accepted event pays for.
 */
const [REQUEST_BEFORE_MS, REQUEST_AFTER_MS] = [60_000, 300_000];
/** Six bytes: what an id has for its time. */
const LAST_MS = 2 ** 48 - 1;

/**
 * Where the events of a request most likely are. They need not be: nobody keeps a caller from sending an id that the hub once made.
 * @returns `null` for an id that the caller chose: it tells no time
 */
export function spanOfRequest(id: string): IdSpan | null {
  const uuid = fromPublicId('request', id);
  if (uuid?.[14] !== '7') return null;
  const time = uuidTimeMs(uuid);
  return { from: firstIdOf(time - REQUEST_BEFORE_MS), to: firstIdOf(time + REQUEST_AFTER_MS) };
}

export function isWithin({ from, to }: IdSpan, id: string): boolean {
  return id >= from && id < to;
}

/** As `uuid_v7_floor` in the database. */
function firstIdOf(ms: number): string {
  const time = Math.min(Math.max(0, ms), LAST_MS).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
