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
  /** False where the org answered with fewer rows than there are. */
  readonly complete: boolean;
  /** The org's clock when it answered. */
  readonly answeredAt: string | null;
}

/** One page of a query. `deletedToo`: rows in the recycle bin as well. */
export async function queryPage(
  client: SalesforceClient,
  soql: string,
  deletedToo: boolean,
): Promise<Result<QueryPage, ConnectorError>> {
  const url = `/${deletedToo ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`;
  const {
    result,
    bodyText,
    answeredAt = null,
  } = await client.call((connection) => connection.request<unknown>(url), MAX_PAGE_BYTES);
  if (!result.ok) return result;
  let page: unknown;
  try {
    page = parseLossless(bodyText ?? '');
  } catch {
    return err(UNREADABLE_ANSWER);
  }
  const { records, done } = (page ?? {}) as { records?: unknown; done?: unknown };
  if (!Array.isArray(records)) return err(UNREADABLE_ANSWER);
  return ok({ rows: records.map(withoutAttributes), complete: done === true, answeredAt });
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
