import { isLosslessNumber } from 'lossless-json';
import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { UNREADABLE_ANSWER } from './salesforce.errors';
import { type ExternalId } from './salesforce.record';

/** Ids by external id: none, one, or several, since external ids need not be unique. */
export type FoundIds = ReadonlyMap<string, readonly string[]>;

/** A WHERE clause holds 4,000 characters. */
const MAX_LITERALS_LENGTH = 3500;
/** Of a page of a query; more rows than this for 200 keys is no lookup any more. */
const MAX_PAGES = 10;

/**
 * Looks up the records of an update by external id. The single-record way (`PATCH …/{field}/{value}?updateOnly=true`)
 * takes one call for each and fails for values that end like a file name (`a.json`); a query knows no such values.
 */
export async function findIds(
  client: SalesforceClient,
  object: string,
  field: string,
  values: readonly ExternalId[],
): Promise<Result<FoundIds, ConnectorError>> {
  const found = new Map<string, string[]>();
  for (const literals of chunkLiterals(values.map(soqlLiteral))) {
    const soql = `SELECT Id, ${field} FROM ${object} WHERE ${field} IN (${literals.join(',')})`;
    const { result } = await client.call(async (connection) => {
      const records: unknown[] = [];
      let page = await connection.query(soql);
      for (let pages = 1; ; pages++) {
        records.push(...(page.records as unknown[]));
        const next = page.nextRecordsUrl;
        if (page.done || next === undefined || pages >= MAX_PAGES) return records;
        // By the locator alone: a whole URL from an answer could name another host.
        page = await connection.queryMore(next.slice(next.lastIndexOf('/') + 1));
      }
    });
    if (!result.ok) return result;
    for (const record of result.value) {
      const { Id: id, [field]: value } = (record ?? {}) as Record<string, unknown>;
      if (typeof id !== 'string' || (typeof value !== 'string' && typeof value !== 'number'))
        return err(UNREADABLE_ANSWER);
      const key = lookupKey(String(value));
      found.set(key, [...(found.get(key) ?? []), id]);
    }
  }
  return ok(found);
}

/** Text and number in one spelling: `12.0` in a payload is `12` in the answer. */
export function lookupKey(value: ExternalId): string {
  const text = String(value).trim();
  return isLosslessNumber(value) ? String(Number(text)) : text.toLowerCase();
}

/** jsforce's own escaping leaves the backslash alone, so a value that ends in one breaks out of the literal. */
export function soqlLiteral(value: ExternalId): string {
  if (isLosslessNumber(value)) return String(value);
  const escaped = value.replace(
    /[\\'"\n\r\t\f\b\u2028\u2029]/g,
    (c) => ESCAPES[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `'${escaped}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

/** @param most characters of a list; by default as many as fit into an address. */
export function chunkLiterals(literals: readonly string[], most = MAX_LITERALS_LENGTH): readonly (readonly string[])[] {
  const chunks: string[][] = [];
  let length = Infinity;
  for (const literal of new Set(literals)) {
    if (length + literal.length > most) {
      chunks.push([]);
      length = 0;
    }
    chunks.at(-1)!.push(literal);
    length += literal.length + 1;
  }
  return chunks;
}
