import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { type ChangesAnswer } from './erp.changes';
import { type RunState } from './erp.cursor';
import { stringOf } from './erp.record';
import { momentsOf, secondBefore } from './erp.time';

/** Most rows that are asked for so that those of one second come together. */
const MOST_ROWS = 20_000;

export interface StepInput {
  readonly run: RunState;
  /** That were asked for. */
  readonly rows: number;
  readonly usualRows: number;
  readonly answer: ChangesAnswer;
  readonly zone: string;
  readonly isFull: boolean;
}

type NextPage = Pick<RunState, 'cursor' | 'since' | 'rows'>;

/**
 * What the next page is asked with; null when the listing is drained; an error when it cannot be drained without losing
 * rows or asking for ever.
 *
 * `HasMore` alone is not believed: a page that is full is never the last one, and a full listing ends with an empty page,
 * because what is missing from it will be taken for deleted (where there is no cursor: with the last second's rows again).
 */
export function nextStep(input: StepInput): Result<NextPage | null, ConnectorError> {
  const { run, rows, answer, isFull } = input;
  const { nextCursor, hasMore } = answer;
  const count = answer.rows.length + answer.deleted.length;
  const isMore = hasMore || count >= rows;
  const isChecked = isFull && count > 0;
  if (nextCursor === null) {
    const next = isMore || isChecked ? bySince(input, count) : ok(null);
    // Rows without stamps cannot be checked: then the system is believed.
    return next.ok || isMore ? next : ok(null);
  }
  const isSame = nextCursor === run.cursor;
  if (isSame && hasMore) return err(STUCK);
  return ok((isMore || isChecked) && !isSame ? { cursor: nextCursor } : null);
}

/** Only `Since`: it is moved to the second before the last row's, so that rows of that second come again, and all of them. */
function bySince(
  { run, rows, usualRows, answer, zone }: StepInput,
  count: number,
): Result<NextPage | null, ConnectorError> {
  const last = lastStamp(answer, zone);
  if (!last.ok) return last;
  if (last.value === null) return err(STUCK);
  const since = secondBefore(last.value);
  if (since === null) return err(UNREADABLE_STAMP);
  if (run.since === undefined || compareStamps(since, run.since, zone) > 0) {
    return ok({ since, ...(rows > usualRows && count >= rows ? { rows } : {}) });
  }
  // The rows of the last second once more, and nothing behind them.
  if (!answer.hasMore && count < rows) return ok(null);
  // The page holds the rows of a second or two and is full of them. What the system does not give at once it gives never.
  if (count < rows || rows >= MOST_ROWS) return err(TOO_MANY_TIES);
  return ok({ since: run.since, rows: Math.min(rows * 2, MOST_ROWS) });
}

/** Of the page, which has to be in the order of stamps: otherwise what is behind its end could be of any time. */
function lastStamp({ rows, deleted }: ChangesAnswer, zone: string): Result<string | null, ConnectorError> {
  let newest: string | null = null;
  for (const [list, name] of [
    [rows, 'ModifiedOn'],
    [deleted, 'DeletedOn'],
  ] as const) {
    const stamps = list.map((row: JsonObject) => stringOf(row, name));
    for (const [index, stamp] of stamps.entries()) {
      if (stamp === null) return err(UNREADABLE_STAMP);
      const before = stamps[index - 1];
      if (before != null && compareStamps(stamp, before, zone) < 0) return err(UNORDERED);
      if (newest === null || compareStamps(stamp, newest, zone) > 0) newest = stamp;
    }
  }
  return ok(newest);
}

/** As the system compares them: moments where it prints zones, wall clocks where it does not. */
function compareStamps(a: string, b: string, zone: string): number {
  const isLocal = ![a, b].every((stamp) => /(Z|[+-]\d\d:\d\d)$/.test(stamp));
  if (isLocal) return a.slice(0, 19) < b.slice(0, 19) ? -1 : a.slice(0, 19) > b.slice(0, 19) ? 1 : 0;
  return (momentsOf(a, zone)?.earliest ?? 0) - (momentsOf(b, zone)?.earliest ?? 0);
}

const STUCK: ConnectorError = {
  category: 'config',
  code: 'listing_stuck',
  message:
    'The ERP says that there is more, but its cursor does not move on: the run was ended instead of asking for ever',
};

const TOO_MANY_TIES: ConnectorError = {
  category: 'config',
  code: 'ties_exceed_page',
  message:
    'The ERP says that there is more, but gives no more rows of one second in one answer, and no cursor to go on with: rows would be lost. Raise the limit of rows at the ERP',
};

const UNORDERED: ConnectorError = {
  category: 'config',
  code: 'unordered_page',
  message:
    'The ERP gives rows that are not in the order of their change, and no cursor to go on with: rows would be lost',
};

const UNREADABLE_STAMP: ConnectorError = {
  category: 'config',
  code: 'unreadable_stamp',
  message: 'A row has no readable time of its change, and the ERP gives no cursor to go on with: rows would be lost',
};
