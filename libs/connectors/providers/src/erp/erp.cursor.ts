import { type JsonObject } from '@hub/platform';
import { momentsOf, sinceBefore } from './erp.time';

/** A place in the system's list of changes, and when the system's clock said that it was reached. */
export interface Mark {
  readonly time: string;
  /** The system's own words; null where it has none and only `Since` can be asked. */
  readonly cursor: string | null;
}

/** A listing under way: what the next page is asked with. */
export interface RunState {
  readonly cursor?: string;
  readonly since?: string;
  /** `Since` of the first page, for beginning anew when the system no longer knows its cursor. */
  readonly from?: string;
  /** When that was, by the hub's clock, RFC 3339. */
  readonly restartedAt?: string;
  /** More rows than usual: those of one second have to come together. */
  readonly rows?: number;
  /** The system's clock when the first page was answered. */
  readonly began?: string;
  readonly calls: number;
  /** The hub's clock, RFC 3339: the run has used up its calls and rests. */
  readonly restsUntil?: string;
}

/**
 * Between runs: marks, oldest first. Inside one: the run as well.
 *
 * The newest mark is where the last run ended. A run begins at the oldest one, which is at least the overlap old, because a
 * transaction that was open meanwhile may have put rows behind any newer one: versions and stamps are given out when a row
 * is written, and it is seen when it is committed. What comes twice is told apart by id and content.
 */
export interface ErpCursor {
  readonly marks: readonly Mark[];
  readonly run?: RunState;
}

const MOST_MARKS = 8;

export function readCursor(cursor: JsonObject | null): ErpCursor {
  if (cursor === null) return { marks: [] };
  const { marks = [], run } = cursor as unknown as Partial<ErpCursor>;
  return { marks, ...(run === undefined ? {} : { run }) };
}

export function asJson(cursor: ErpCursor): JsonObject {
  // Without the members that are undefined.
  return JSON.parse(JSON.stringify(cursor)) as JsonObject;
}

/** The first page of a run that goes on where earlier ones ended. */
export function beginAt(mark: Mark, zone: string, overlapMs: number): RunState | null {
  if (mark.cursor !== null) return { cursor: mark.cursor, calls: 0 };
  const since = sinceOf(mark, zone, overlapMs);
  return since === null ? null : { since, from: since, calls: 0 };
}

/** One second more, because `Since` may leave out its own second. */
export function sinceOf({ time }: Mark, zone: string, overlapMs: number): string | null {
  return sinceBefore(time, zone, overlapMs + 1000);
}

/**
 * Marks after a run: the new one, and those before it back to the youngest that is older than the overlap. In between they
 * keep a distance, so that polling every ten seconds does not make hundreds of them.
 */
export function withMark(marks: readonly Mark[], mark: Mark, zone: string, overlapMs: number): readonly Mark[] {
  if (mark.cursor === null) return [mark];
  const usable = marks.filter(({ cursor }) => cursor !== null);
  const isClose = agesBetween(usable.at(-2), usable.at(-1), zone) < overlapMs / (MOST_MARKS - 2);
  const kept = [...(usable.length > 1 && isClose ? usable.slice(0, -1) : usable), mark];
  const oldEnough = kept.findLastIndex((candidate) => agesBetween(candidate, mark, zone) >= overlapMs);
  return kept.slice(Math.max(oldEnough, 0)).slice(-MOST_MARKS);
}

/**
 * At least so long between the two, in ms. In the hour that comes twice the later reading of the older and the earlier of
 * the newer: an overlap that is too long costs rows that are read again, one that is too short loses some.
 */
function agesBetween(older: Mark | undefined, newer: Mark | undefined, zone: string): number {
  if (older === undefined || newer === undefined) return Infinity;
  const [from, to] = [momentsOf(older.time, zone), momentsOf(newer.time, zone)];
  return from === null || to === null ? 0 : to.earliest - from.latest;
}
