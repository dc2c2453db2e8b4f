import { parse as parseLossless } from 'lossless-json';
import {
  type ConnectorError,
  findApart,
  type ExistingRecord,
  type FoundRecords,
  type MatchFacts,
  type MatchKey,
  type RecordMatcher,
} from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { type Body, type QuickBooksClient } from './quickbooks.client';
import { parseOperation, type Entity } from './quickbooks.entities';
import { literal, PAGE_ROWS, queryEntities, withInactive } from './quickbooks.lookup';
import { isMembers, type Members } from './quickbooks.record';

/** Fields that QuickBooks lets itself be asked by. Of tax numbers it shows the last digits alone. */
const SEARCHED: Readonly<Partial<Record<Entity, Readonly<Partial<Record<MatchKey, string>>>>>> = {
  Customer: { email: 'PrimaryEmailAddr', name: 'DisplayName' },
  Vendor: { account_number: 'AcctNum', email: 'PrimaryEmailAddr', name: 'DisplayName' },
  Item: { account_number: 'Sku', name: 'Name' },
};
/** What a name that was set inactive has behind it. */
const RETIRED = / \(deleted( \d+)?\)$/;

/** What the payload says of a record that would be created. */
export const factsOf: RecordMatcher['factsOf'] = (operation, payloadText) => {
  const parsed = parseOperation(operation);
  if (parsed === null || parsed.verb !== 'upsert' || SEARCHED[parsed.entity] === undefined) return null;
  let payload: unknown;
  try {
    payload = parseLossless(payloadText);
  } catch {
    return null;
  }
  return isMembers(payload) && payload['Id'] === undefined ? factsOfEntity(parsed.entity, payload) : null;
};

/** One query for each field that any of them has: the query language knows no "or". A page that is full is taken for one that was cut off. */
export async function findExisting(
  client: QuickBooksClient,
  operation: string,
  wanted: readonly MatchFacts[],
): Promise<Result<FoundRecords, ConnectorError>> {
  const entity = parseOperation(operation)?.entity;
  const fields = entity === undefined ? undefined : SEARCHED[entity];
  if (entity === undefined || fields === undefined) return ok({ records: [], unread: [] });
  const searches = (Object.keys(fields) as MatchKey[]).map((key) => ({
    key,
    values: [...new Set(wanted.flatMap(({ keys }) => keys[key] ?? []))],
  }));
  return findApart(searches, async ({ key, values }) => {
    const where = `${fields[key] ?? ''} IN (${values.map(literal).join(', ')})${withInactive(entity)}`;
    const page = await queryEntities(client, entity, `SELECT * FROM ${entity} WHERE ${where} MAXRESULTS ${PAGE_ROWS}`);
    if (!page.ok) return page;
    const records = page.value.flatMap((record) => toExisting(entity, record) ?? []);
    return ok({ records, complete: page.value.length < PAGE_ROWS });
  });
}

function toExisting(entity: Entity, record: Body): ExistingRecord | null {
  const { Id: id, Active: active, ParentRef: parent } = record;
  // A project or branch has the address of its parent, and is never the customer itself.
  if (typeof id !== 'string' || parent !== undefined) return null;
  const member = entity === 'Item' ? 'Name' : 'DisplayName';
  const name = textOf(record[member]).replace(RETIRED, '');
  return { id, name, active: active !== false, ...factsOfEntity(entity, { ...record, [member]: name }) };
}

function factsOfEntity(entity: Entity, members: Members): MatchFacts {
  const email = memberOf(members['PrimaryEmailAddr'], 'Address');
  const keys: Partial<Record<MatchKey, readonly string[]>> = {
    // Several addresses are written into one field.
    ...listed('email', email.split(',')),
    ...listed('name', [textOf(members[entity === 'Item' ? 'Name' : 'DisplayName'])]),
    ...listed('account_number', entity === 'Customer' ? [] : [textOf(members[entity === 'Item' ? 'Sku' : 'AcctNum'])]),
  };
  const postalCode = memberOf(members['BillAddr'], 'PostalCode');
  return { keys, postalCode: postalCode === '' ? null : postalCode };
}

function listed(key: MatchKey, values: readonly string[]): Partial<Record<MatchKey, readonly string[]>> {
  const filled = values.map((value) => value.trim()).filter((value) => value !== '');
  return filled.length === 0 ? {} : { [key]: filled };
}

function memberOf(value: unknown, name: string): string {
  return isMembers(value) ? textOf(value[name]) : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
