import { ok, type Result } from '@hub/platform';
import { type ConnectorError } from './connector-error';
import { type ExistingRecord, type FoundRecords, type MatchKey, type UnreadValue } from './matching';

/** Records with one of some values. */
export interface ValueSearch {
  readonly key: MatchKey;
  readonly values: readonly string[];
}

export interface ValueAnswer {
  readonly records: readonly ExistingRecord[];
  /** False: there are more than were read. */
  readonly complete: boolean;
}

/**
 * Asks one search after the other, each with one call; the values of one whose answer was cut off are asked for apart, down to a value
 * alone, which is unread then.
 * @param ask is called with at least one value.
 * @returns the first error of `ask`, or what all of them have found.
 */
export async function findApart(
  searches: readonly ValueSearch[],
  ask: (search: ValueSearch) => Promise<Result<ValueAnswer, ConnectorError>>,
): Promise<Result<FoundRecords, ConnectorError>> {
  const records = new Map<string, ExistingRecord>();
  const unread: UnreadValue[] = [];
  const waiting = searches.filter(({ values }) => values.length > 0);
  for (let search = waiting.shift(); search !== undefined; search = waiting.shift()) {
    const { key, values } = search;
    const answer = await ask(search);
    if (!answer.ok) return answer;
    for (const record of answer.value.records) records.set(record.id, record);
    if (answer.value.complete) continue;
    if (values.length === 1) unread.push(...values.map((value) => ({ key, value })));
    else waiting.push(...splitSearch(search, answer.value.records).map((some) => ({ key, values: some })));
  }
  return ok({ records: [...records.values()], unread });
}

/**
 * The values of a search whose answer was cut off, in two groups. What half of its records have goes apart from the rest: a
 * flood among hundreds of values costs two more questions, where halving would ask for it again nine times, each answer as large
 * as the first. Where nothing stands out, the values are halved.
 * @param search of two values or more
 * @param read the records that there was room for
 */
export function splitSearch(
  { key, values }: ValueSearch,
  read: readonly ExistingRecord[],
): readonly [readonly string[], readonly string[]] {
  const counts = new Map<string, number>();
  for (const value of read.flatMap(({ keys }) => keys[key] ?? []).map(folded))
    counts.set(value, (counts.get(value) ?? 0) + 1);
  const floods = values.filter((value) => 2 * (counts.get(folded(value)) ?? 0) >= read.length);
  if (floods.length > 0 && floods.length < values.length) {
    const apartFrom = new Set(floods);
    return [floods, values.filter((value) => !apartFrom.has(value))];
  }
  const middle = Math.ceil(values.length / 2);
  return [values.slice(0, middle), values.slice(middle)];
}

/** As vendors compare: what is missed here is halved. */
function folded(value: string): string {
  return value.trim().toLowerCase();
}
