import { type QueryResultRow } from 'pg';
import { type Database, type NamedStatement, type Tx } from './database';

/** Up to here a nested loop over all pairs costs less than the two statements around it. */
const MANY = 24;

const HASH_JOINS = `select set_config('enable_nestloop', 'off', true), set_config('enable_hashjoin', 'on', true)`;
const AS_BEFORE = `select set_config('enable_nestloop', null, true), set_config('enable_hashjoin', null, true)`;

/**
 * A statement that joins a table with the rows that it is given as arrays. The planner takes each side for a row or two: it
 * does not know how long an array will be, and a day's partition is new each day. So it compares every row of one with every
 * row of the other, which is seconds for 2,000 of them; with many the join is made by hashing instead. The table's own rows
 * should be named by an array, too (`id = any($n)`), because the join does not look them up.
 * @param rows how many are given
 */
export async function queryJoined<Row extends QueryResultRow>(
  tx: Tx,
  rows: number,
  sql: string,
  values: readonly unknown[],
  name: string,
): Promise<Row[]> {
  if (rows <= MANY) return tx.query<Row>(sql, values, name);
  // One behind the other without waiting: where one is refused, so are those after it.
  const [, result] = await Promise.all([
    tx.query(HASH_JOINS, [], 'hash_joins'),
    tx.query<Row>(sql, values, manyOf(name)),
    tx.query(AS_BEFORE, [], 'joins_as_before'),
  ]);
  return result;
}

/**
 * {@link queryJoined} as {@link Database.exchange}. Nothing is set back: the transaction ends with the statement.
 *
 * @param preamble as of `exchange`
 */
export function exchangeJoined<Row extends QueryResultRow>(
  database: Database,
  preamble: string,
  rows: number,
  statement: NamedStatement,
): Promise<Row[]> {
  if (rows <= MANY) return database.exchange<Row>(preamble, statement);
  const hashing = 'set local enable_nestloop = off;set local enable_hashjoin = on';
  return database.exchange<Row>(`${preamble};${hashing}`, { ...statement, name: manyOf(statement.name) });
}

/** A plan is kept under its name, with the joins that were allowed when it was made. */
function manyOf(name: string): string {
  return `${name}_many`;
}
