import {
  type ConnectorError,
  findApart,
  slices,
  type ExistingRecord,
  type FoundRecords,
  type MatchFacts,
  type MatchKey,
  type RecordMatcher,
} from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { type NetSuiteClient } from './netsuite.client';
import { isMembers, textOf, type Members } from './netsuite.json';
import { parseOperation } from './netsuite.operation';
import { IDS_A_QUERY, literal, queryRows } from './netsuite.suiteql';

interface Searched {
  readonly table: string;
  /** Members of the record API; the columns of SuiteQL are the same in small letters. */
  readonly keys: Readonly<Partial<Record<MatchKey, string>>>;
  readonly label: string;
}

const PARTY = { tax_id: 'vatRegNumber', account_number: 'accountNumber', email: 'email', name: 'companyName' } as const;
const SEARCHED: Readonly<Record<string, Searched>> = {
  customer: { table: 'customer', keys: PARTY, label: 'entityId' },
  vendor: { table: 'vendor', keys: PARTY, label: 'entityId' },
  contact: { table: 'contact', keys: { email: 'email' }, label: 'entityId' },
  item: { table: 'item', keys: { account_number: 'itemId', name: 'displayName' }, label: 'itemId' },
};

/** What the payload says of a record that nobody has linked: it has an external id of the hub's, and no id. */
export const factsOf: RecordMatcher['factsOf'] = (operation, payloadText) => {
  const searched = searchedBy(operation, 'upsert');
  let payload: unknown;
  try {
    payload = JSON.parse(payloadText);
  } catch {
    return null;
  }
  return searched !== null && isMembers(payload) && payload['id'] === undefined
    ? { keys: keysOf(searched, payload, (member) => member), postalCode: null }
    : null;
};

/** One statement for each key that any of them has, and for every so many values of it as a list takes. */
export async function findExisting(
  client: NetSuiteClient,
  operation: string,
  wanted: readonly MatchFacts[],
): Promise<Result<FoundRecords, ConnectorError>> {
  const searched = searchedBy(operation, null);
  if (searched === null) return ok({ records: [], unread: [] });
  const members = [...new Set([searched.label, ...Object.values(searched.keys)])].map(columnOf);
  const searches = (Object.keys(searched.keys) as MatchKey[]).flatMap((key) => {
    const values = [...new Set(wanted.flatMap(({ keys }) => keys[key] ?? []))];
    return slices(values, IDS_A_QUERY).map((some) => ({ key, values: some }));
  });
  return findApart(searches, async ({ key, values }) => {
    const list = [...new Set(values.map((value) => value.toLowerCase()))].map(literal).join(', ');
    const column = columnOf(searched.keys[key] ?? '');
    const page = await queryRows(
      client,
      `SELECT id, isinactive, ${members.join(', ')} FROM ${searched.table} WHERE LOWER(${column}) IN (${list}) ORDER BY id`,
    );
    if (!page.ok) return page;
    const records = page.value.rows.flatMap((row) => {
      const id = textOf(row['id']);
      return id === null ? [] : [toExisting(searched, id, row)];
    });
    return ok({ records, complete: page.value.complete });
  });
}

function toExisting(searched: Searched, id: string, row: Members): ExistingRecord {
  const name = textOf(row[columnOf(searched.label)]) ?? id;
  return { id, name, active: row['isinactive'] !== 'T', keys: keysOf(searched, row, columnOf), postalCode: null };
}

function keysOf(
  { keys }: Searched,
  record: Members,
  nameOf: (member: string) => string,
): Partial<Record<MatchKey, readonly string[]>> {
  const found = Object.entries(keys).flatMap(([key, member]) => {
    const value = textOf(record[nameOf(member)])?.trim() ?? '';
    return value === '' ? [] : [[key, [value]] as const];
  });
  return Object.fromEntries(found);
}

function searchedBy(operation: string, verb: 'upsert' | null): Searched | null {
  const parsed = parseOperation(operation);
  if (parsed === null || (verb !== null && parsed.verb !== verb)) return null;
  return Object.hasOwn(SEARCHED, parsed.type) ? (SEARCHED[parsed.type] ?? null) : null;
}

function columnOf(member: string): string {
  return member.toLowerCase();
}
