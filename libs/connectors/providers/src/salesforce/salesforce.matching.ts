import {
  type ConnectorError,
  type ExistingRecord,
  type MatchFacts,
  type MatchKey,
  type RecordMatcher,
} from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { chunkLiterals, soqlLiteral } from './salesforce.lookup';
import { parseOperation } from './salesforce.operation';
import { queryTogether } from './salesforce.queries';

interface Searched {
  readonly keys: Readonly<Partial<Record<MatchKey, string>>>;
  readonly postalCode: string | null;
}

/** Accounts have no e-mail address, and tax numbers only where somebody has made a field for them. */
const SEARCHED: Readonly<Record<string, Searched>> = {
  Account: { keys: { account_number: 'AccountNumber', name: 'Name' }, postalCode: 'BillingPostalCode' },
  Contact: { keys: { email: 'Email' }, postalCode: null },
  Product2: { keys: { account_number: 'ProductCode' }, postalCode: null },
};
/** Of the values in one statement: it goes in a body, not in an address. */
const MOST_LITERALS = 8_000;
/** Names are long, and a statement is not: of thousands, numbers alone are worth the calls that they cost. */
const MOST_NAME_STATEMENTS = 2;
const MOST_BYTES = 16 * 1024 * 1024;

type Row = Readonly<Record<string, unknown>>;

/** What the payload says of a record that nobody has linked: it has the hub's external id, and no Id. */
export const factsOf: RecordMatcher['factsOf'] = (operation, payloadText) => {
  const searched = searchedBy(operation, 'upsert');
  let payload: unknown;
  try {
    payload = JSON.parse(payloadText);
  } catch {
    return null;
  }
  if (searched === null || typeof payload !== 'object' || payload === null || 'Id' in payload) return null;
  return factsIn(searched, payload as Row);
};

export async function findExisting(
  client: SalesforceClient,
  operation: string,
  wanted: readonly MatchFacts[],
): Promise<Result<readonly ExistingRecord[], ConnectorError>> {
  const searched = searchedBy(operation, null);
  const object = parseOperation(operation)?.object;
  if (searched === null || object === undefined) return ok([]);
  const fields = ['Id', ...new Set(['Name', ...Object.values(searched.keys)])];
  if (searched.postalCode !== null) fields.push(searched.postalCode);
  const statements = (Object.entries(searched.keys) as [MatchKey, string][]).flatMap(([key, field]) => {
    const chunks = chunkLiterals(wanted.flatMap(({ keys }) => keys[key] ?? []).map(soqlLiteral), MOST_LITERALS);
    if (key === 'name' && chunks.length > MOST_NAME_STATEMENTS) return [];
    return chunks.map(
      (literals) => `SELECT ${fields.join(', ')} FROM ${object} WHERE ${field} IN (${literals.join(',')})`,
    );
  });
  const rows = await queryTogether(client, statements, MOST_BYTES);
  if (!rows.ok) return rows;
  const found = new Map<string, ExistingRecord>();
  for (const row of rows.value) {
    const { Id: id } = row;
    if (typeof id === 'string')
      found.set(id, { id, name: textOf(row['Name']), active: true, ...factsIn(searched, row) });
  }
  return ok([...found.values()]);
}

function factsIn({ keys, postalCode }: Searched, row: Row): MatchFacts {
  const found = Object.entries(keys).flatMap(([key, field]) => {
    const value = textOf(row[field]).trim();
    return value === '' ? [] : [[key, [value]] as const];
  });
  const code = postalCode === null ? '' : textOf(row[postalCode]).trim();
  return { keys: Object.fromEntries(found), postalCode: code === '' ? null : code };
}

function searchedBy(operation: string, verb: 'upsert' | null): Searched | null {
  const parsed = parseOperation(operation);
  if (parsed === null || (verb !== null && parsed.verb !== verb)) return null;
  return Object.hasOwn(SEARCHED, parsed.object) ? (SEARCHED[parsed.object] ?? null) : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
