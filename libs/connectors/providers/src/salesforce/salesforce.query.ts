import { parse as parseLossless } from 'lossless-json';
import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { UNREADABLE_ANSWER } from './salesforce.errors';

const MAX_PAGE_BYTES = 48 * 1024 * 1024;

/** A row with its numbers digit by digit, `attributes` taken out at every level. */
export type SalesforceRow = Readonly<Record<string, unknown>>;

export interface QueryPage {
  readonly rows: readonly SalesforceRow[];
  /** False where the org answered with fewer rows than there are: it may do so however few there are. */
  readonly complete: boolean;
  /** Address of the next page, as the org gave it. */
  readonly next: unknown;
  /** The org's clock when it answered. */
  readonly answeredAt: string | null;
}

/** One page of a query. `deletedToo`: rows in the recycle bin as well. */
export async function queryPage(
  client: SalesforceClient,
  soql: string,
  deletedToo: boolean,
): Promise<Result<QueryPage, ConnectorError>> {
  return readPage(client, `/${deletedToo ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`);
}

/** All rows of a query that finds few: none that has no room in a page may be taken for one that there is not. */
export async function queryRows(
  client: SalesforceClient,
  soql: string,
  deletedToo: boolean,
): Promise<Result<readonly SalesforceRow[], ConnectorError>> {
  const page = await queryPage(client, soql, deletedToo);
  if (!page.ok) return page;
  const { rows, complete, next } = page.value;
  if (complete) return ok(rows);
  const rest = await rowsFrom(client, next, { mostRows: Infinity, maxPageBytes: MAX_PAGE_BYTES });
  return rest.ok ? ok([...rows, ...rest.value.rows]) : rest;
}

export interface RestLimits {
  /** No further page is read once there are as many. */
  readonly mostRows: number;
  /** Of one answer. */
  readonly maxPageBytes: number;
}

export interface FoundRows {
  readonly rows: readonly SalesforceRow[];
  /** False: there are more. */
  readonly complete: boolean;
}

/** The rows of a page, and of those behind it. @param next as the page before has it */
export async function rowsFrom(
  client: SalesforceClient,
  next: unknown,
  { mostRows, maxPageBytes }: RestLimits,
): Promise<Result<FoundRows, ConnectorError>> {
  const rows: SalesforceRow[] = [];
  for (let address = next; ;) {
    // By the locator alone: a whole URL from an answer could name another host.
    const locator = typeof address === 'string' ? address.slice(address.lastIndexOf('/') + 1) : '';
    if (locator === '') return err(UNREADABLE_ANSWER);
    const page = await readPage(client, `/query/${encodeURIComponent(locator)}`, maxPageBytes);
    if (!page.ok) return page;
    rows.push(...page.value.rows);
    const { complete } = page.value;
    if (complete || rows.length >= mostRows) return ok({ rows, complete });
    // Pages of nothing would have no end.
    if (page.value.rows.length === 0) return err(UNREADABLE_ANSWER);
    address = page.value.next;
  }
}

async function readPage(
  client: SalesforceClient,
  url: string,
  maxBytes = MAX_PAGE_BYTES,
): Promise<Result<QueryPage, ConnectorError>> {
  const {
    result,
    bodyText,
    answeredAt = null,
  } = await client.call((connection) => connection.request<unknown>(url), maxBytes);
  if (!result.ok) return result;
  let page: unknown;
  try {
    page = parseLossless(bodyText ?? '');
  } catch {
    return err(UNREADABLE_ANSWER);
  }
  const { records, done, nextRecordsUrl } = (page ?? {}) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(records)) return err(UNREADABLE_ANSWER);
  return ok({ rows: records.map(withoutAttributes), complete: done === true, next: nextRecordsUrl, answeredAt });
}

function withoutAttributes(value: unknown): SalesforceRow {
  const row: Record<string, unknown> = {};
  for (const [name, member] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    if (name === 'attributes') continue;
    const isParent = typeof member === 'object' && member !== null && 'attributes' in member;
    row[name] = isParent ? withoutAttributes(member) : member;
  }
  return row;
}

export function textOf(row: SalesforceRow, name: string): string | null {
  const value = row[name];
  return typeof value === 'string' ? value : null;
}
