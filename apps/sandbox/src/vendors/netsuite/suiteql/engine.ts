import { seededRandom } from '../../../kernel/deterministic';
import { type ApiContext } from '../netsuite.context';
import { Evaluator, keyText, textOf, type Combination, type Source } from './evaluator';
import { isAggregate } from './functions';
import { parseSelect } from './sql-parser';
import {
  rejectUnsupported,
  SqlTime,
  type Expression,
  type OrderItem,
  type SelectItem,
  type SelectQuery,
  type SqlRow,
  type SqlTable,
  type SqlValue,
  type TableSource,
} from './sql.types';
import { findTable } from './tables';

export const MAX_ROWS = 100_000;
let executions = 0;

interface Result {
  readonly values: readonly SqlValue[];
  readonly group: readonly Combination[];
}

/** Runs a query; every value comes out as text, and what is empty is left out. */
export function runQuery(context: ApiContext, text: string): Record<string, string>[] {
  const query = parseSelect(text);
  const { account } = context;
  const sources = query.sources.map(({ alias, table }) => ({ alias, table: findTable(context, table) }));
  if (new Set(sources.map(({ alias }) => alias)).size < sources.length) rejectUnsupported();
  const evaluator = new Evaluator(account, sources);
  const items = expandStars(query.items, sources, evaluator);
  checkNames(query, items, evaluator);
  let combinations = combine(query, sources, evaluator);
  // The vendor promises no order that the query does not ask for, and rows that tie come as they like.
  if (account.settings.unstableOrder) combinations = shuffled(combinations);
  const groups = groupRows(query, items, combinations, evaluator);
  let results = groups.map((group) => ({
    values: items.map(({ expression }) => evaluator.value(expression, group)),
    group,
  }));
  if (query.distinct) {
    results = [...new Map(results.map((result) => [JSON.stringify(result.values.map(keyText)), result])).values()];
  }
  const sorted = sortResults(query.orderBy, items, results, evaluator);
  const end = query.fetch === undefined ? undefined : query.offset + query.fetch;
  const names = outputNames(items);
  return sorted
    .slice(query.offset, end)
    .slice(0, MAX_ROWS)
    .map(({ values }) => {
      const shown = values.map((value, index) => [names[index] ?? '', print(context, value)] as const);
      return Object.fromEntries(shown.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
    });
}

function print({ account }: ApiContext, value: SqlValue): string | undefined {
  if (value === null || value === '') return undefined;
  // A moment loses its time unless the query formats it.
  return value instanceof SqlTime ? account.time.formatDate(value.ms) : textOf(value);
}

function outputNames(items: readonly SelectItem[]): string[] {
  let unnamed = 0;
  return items.map(({ alias, expression }) => {
    if (alias !== undefined) return alias;
    return expression.kind === 'column' ? expression.name : `expr${++unnamed}`;
  });
}

function expandStars(items: readonly SelectItem[], sources: readonly Source[], evaluator: Evaluator): SelectItem[] {
  return items.flatMap((item) => {
    const { expression } = item;
    if (expression.kind !== 'star') return [item];
    const meant = sources.filter(({ alias }) => expression.table === undefined || alias === expression.table);
    if (meant.length === 0) evaluator.resolve(expression.table, '*');
    return meant.flatMap(({ alias, table }) =>
      table.columns.map((name) => ({ expression: { kind: 'column' as const, table: alias, name }, alias: undefined })),
    );
  });
}

/** Unknown names are an error even when there is no row to look them up in. */
function checkNames(query: SelectQuery, items: readonly SelectItem[], evaluator: Evaluator): void {
  const aliases = new Set(items.map(({ alias }) => alias));
  const check = (expression: Expression): void => {
    if (expression.kind === 'column') evaluator.resolve(expression.table, expression.name);
    childrenOf(expression).forEach(check);
  };
  for (const { expression } of items) check(expression);
  for (const expression of [query.where, query.having, ...query.groupBy, ...query.sources.map(({ on }) => on)]) {
    if (expression) check(expression);
  }
  for (const { expression } of query.orderBy) {
    const isAlias = expression.kind === 'column' && expression.table === undefined && aliases.has(expression.name);
    if (!isAlias) check(expression);
  }
}

function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'call':
      return expression.args;
    case 'binary':
      return [expression.left, expression.right];
    case 'not':
    case 'negate':
    case 'isNull':
      return [expression.operand];
    case 'in':
      return [expression.operand, ...expression.list];
    case 'between':
      return [expression.operand, expression.low, expression.high];
    case 'case':
      return [
        ...expression.branches.flatMap(({ when, then }) => [when, then]),
        ...(expression.otherwise ? [expression.otherwise] : []),
      ];
    default:
      return [];
  }
}

function combine(query: SelectQuery, sources: readonly Source[], evaluator: Evaluator): Combination[] {
  let combinations: Combination[] = [{ rows: new Map(), rowNumber: 0 }];
  for (const [index, source] of query.sources.entries()) {
    const table = sources[index]?.table;
    if (table) combinations = join(combinations, source, table, query.where, evaluator);
  }
  let accepted = 0;
  return combinations.filter((combination) => {
    combination.rowNumber = accepted + 1;
    const fits = !query.where || evaluator.isTrue(query.where, [combination]);
    if (fits) accepted++;
    return fits;
  });
}

function join(
  left: readonly Combination[],
  source: TableSource,
  table: SqlTable,
  where: Expression | undefined,
  evaluator: Evaluator,
): Combination[] {
  const { alias, on } = source;
  const rows = table.rows();
  const extend = (combination: Combination, row: SqlRow | undefined): Combination => ({
    rows: new Map(combination.rows).set(alias, row),
    rowNumber: 0,
  });
  const equality = findEquality(on ?? (source.join === 'cross' ? where : undefined), alias, left[0], evaluator);
  const buckets = equality && bucketRows(rows, equality.column);
  return left.flatMap((combination) => {
    const candidates = equality
      ? (buckets?.get(bucketKey(evaluator.value(equality.other, [combination]))) ?? [])
      : rows;
    const joined = candidates
      .map((row) => extend(combination, row))
      .filter((candidate) => !on || evaluator.isTrue(on, [candidate]));
    return joined.length === 0 && source.join === 'left' ? [extend(combination, undefined)] : joined;
  });
}

/** An equation between a column of the new table and something already there: rows are then found by key. */
function findEquality(
  condition: Expression | undefined,
  alias: string,
  sample: Combination | undefined,
  evaluator: Evaluator,
): { column: string; other: Expression } | undefined {
  if (condition?.kind !== 'binary' || !sample || sample.rows.size === 0) return undefined;
  if (condition.operator === 'AND') {
    return (
      findEquality(condition.left, alias, sample, evaluator) ?? findEquality(condition.right, alias, sample, evaluator)
    );
  }
  if (condition.operator !== '=') return undefined;
  const ownerOf = (expression: Expression): string | undefined =>
    expression.kind === 'column' ? evaluator.resolve(expression.table, expression.name).alias : undefined;
  for (const [one, other] of [
    [condition.left, condition.right],
    [condition.right, condition.left],
  ] as const) {
    const otherOwner = ownerOf(other);
    if (one.kind === 'column' && ownerOf(one) === alias && otherOwner !== undefined && sample.rows.has(otherOwner)) {
      return { column: one.name, other };
    }
  }
  return undefined;
}

function bucketRows(rows: readonly SqlRow[], column: string): Map<string, SqlRow[]> {
  const buckets = new Map<string, SqlRow[]>();
  for (const row of rows) {
    const key = bucketKey(row(column).value);
    const bucket = buckets.get(key);
    if (bucket) bucket.push(row);
    else buckets.set(key, [row]);
  }
  return buckets;
}

function bucketKey(value: SqlValue): string {
  return value === null ? '' : textOf(value);
}

function groupRows(
  query: SelectQuery,
  items: readonly SelectItem[],
  combinations: readonly Combination[],
  evaluator: Evaluator,
): (readonly Combination[])[] {
  const hasAggregate = [...items.map(({ expression }) => expression), query.having].some(
    (expression) => expression !== undefined && containsAggregate(expression),
  );
  if (query.groupBy.length === 0 && !hasAggregate) {
    return query.having ? rejectUnsupported() : combinations.map((combination) => [combination]);
  }
  const groups = new Map<string, Combination[]>(query.groupBy.length === 0 ? [['[]', []]] : []);
  for (const combination of combinations) {
    const key = JSON.stringify(query.groupBy.map((expression) => keyText(evaluator.value(expression, [combination]))));
    const group = groups.get(key);
    if (group) group.push(combination);
    else groups.set(key, [combination]);
  }
  const { having } = query;
  return [...groups.values()].filter((group) => !having || evaluator.isTrue(having, group));
}

function containsAggregate(expression: Expression): boolean {
  if (expression.kind === 'call' && isAggregate(expression.name)) return true;
  return childrenOf(expression).some(containsAggregate);
}

function sortResults(
  orderBy: readonly OrderItem[],
  items: readonly SelectItem[],
  results: readonly Result[],
  evaluator: Evaluator,
): readonly Result[] {
  if (orderBy.length === 0) return results;
  const readers = orderBy.map(({ expression }) => {
    const position = positionOf(expression, items);
    return (result: Result): SqlValue =>
      position === undefined ? evaluator.value(expression, result.group) : (result.values[position] ?? null);
  });
  const keyed = results.map((result) => ({ result, keys: readers.map((read) => read(result)) }));
  keyed.sort((left, right) => {
    for (const [index, { descending, nullsFirst }] of orderBy.entries()) {
      const [one = null, other = null] = [left.keys[index], right.keys[index]];
      if (one === null && other === null) continue;
      if (one === null || other === null) return (one === null) === nullsFirst ? -1 : 1;
      const order = evaluator.compare(one, other) ?? 0;
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
  return keyed.map(({ result }) => result);
}

/** `ORDER BY 2` and `ORDER BY lm` mean a column of the result. */
function positionOf(expression: Expression, items: readonly SelectItem[]): number | undefined {
  if (expression.kind === 'literal') {
    const index = Number(expression.value) - 1;
    return Number.isInteger(index) && items[index] ? index : rejectUnsupported();
  }
  if (expression.kind !== 'column' || expression.table !== undefined) return undefined;
  const found = items.findIndex(({ alias }) => alias === expression.name);
  return found < 0 ? undefined : found;
}

function shuffled<T>(items: readonly T[]): T[] {
  const random = seededRandom(++executions);
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}
