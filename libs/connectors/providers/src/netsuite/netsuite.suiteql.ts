import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type NetSuiteClient } from './netsuite.client';
import { UNREADABLE_ANSWER } from './netsuite.errors';
import { isMembers, type Members } from './netsuite.json';

/** The most that a page holds. */
export const PAGE_ROWS = 1_000;
/** Of a thousand rows with long comments. */
const MOST_PAGE_BYTES = 64 * 1024 * 1024;
/** Of a few short ones. */
export const FEW_ROWS_BYTES = 1024 * 1024;
/** Values of one `IN`: the database takes a thousand. */
export const IDS_A_QUERY = 500;

/** Of a wall clock, in every account whatever its preferences. */
const WALL_FORMAT = 'YYYY-MM-DD HH24:MI:SS';

export interface QueryPage {
  readonly rows: readonly Members[];
  /** False when there was no room for all rows. */
  readonly complete: boolean;
  /** NetSuite's clock when it answered; null where it does not say. */
  readonly answeredAtMs: number | null;
}

/** Rows of a SuiteQL statement, at most a page. Every value in them is text, and what is empty is missing. */
export async function queryRows(
  client: NetSuiteClient,
  statement: string,
  mostBytes = MOST_PAGE_BYTES,
): Promise<Result<QueryPage, ConnectorError>> {
  const { result, answeredAtMs } = await client.read({
    method: 'POST',
    path: '/query/v1/suiteql',
    query: { limit: String(PAGE_ROWS), offset: '0' },
    headers: { prefer: 'transient' },
    body: JSON.stringify({ q: statement }),
    mostBytes,
  });
  if (!result.ok) return err(refusedQuery(result.error));
  const { items, hasMore } = result.value;
  if (!Array.isArray(items)) return err(UNREADABLE_ANSWER);
  return ok({ rows: items.filter(isMembers), complete: hasMore !== true, answeredAtMs });
}

/** The statements are the hub's own: one that is refused names a field that this account or role does not have. */
function refusedQuery(error: ConnectorError): ConnectorError {
  return error.category === 'validation' ? { ...error, category: 'config' } : error;
}

export function isRefusedQuery(error: ConnectorError): boolean {
  return error.category === 'config' && error.code === 'INVALID_PARAMETER';
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A cursor is data: nothing but an id may become part of a statement. */
export function idLiteral(id: string): string {
  if (!/^-?\d{1,15}$/.test(id)) throw new Error('a cursor holds something else than an internal id');
  return id;
}

/** The moment of a column, to the second, in the zone of the hub's user. */
export function wallOf(column: string): string {
  return `TO_CHAR(${column}, '${WALL_FORMAT}')`;
}

/** A moment by what the user's clock shows. */
export function wallMoment(wall: string): string {
  return `TO_TIMESTAMP(${wallLiteral(wall)}, '${WALL_FORMAT}')`;
}

export function wallLiteral(wall: string): string {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(wall)) throw new Error('a cursor holds something else than a moment');
  return literal(wall);
}
