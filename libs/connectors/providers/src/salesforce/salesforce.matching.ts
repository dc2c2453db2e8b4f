import {
  splitSearch,
  type ConnectorError,
  type ExistingRecord,
  type FoundRecords,
  type MatchFacts,
  type MatchKey,
  type RecordMatcher,
  type UnreadValue,
  type ValueSearch,
  type WantedFacts,
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

interface Search extends ValueSearch {
  readonly field: string;
  /** Of those alone that have one of these; null: of all. */
  readonly postalCodes: readonly string[] | null;
}

/** Accounts have no e-mail address, and tax numbers only where somebody has made a field for them. */
const SEARCHED: Readonly<Record<string, Searched>> = {
  Account: { keys: { account_number: 'AccountNumber', name: 'Name' }, postalCode: 'BillingPostalCode' },
  Contact: { keys: { email: 'Email' }, postalCode: null },
  Product2: { keys: { account_number: 'ProductCode' }, postalCode: null },
};
/** Of the values in one statement: it goes in a body, not in an address. */
const MOST_LITERALS = 8_000;
/** Names are long, and a statement is not: to show what is alike among thousands is not worth the calls that it costs. */
const MOST_NAME_STATEMENTS = 2;
/** Of one statement; a page of the org's has as many. A value that more records have is unread: nobody looks through them all. */
const MOST_ROWS = 2_000;
const LIMITS = { mostRows: MOST_ROWS, maxPageBytes: 16 * 1024 * 1024 };

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
  wanted: readonly WantedFacts[],
): Promise<Result<FoundRecords, ConnectorError>> {
  const searched = searchedBy(operation, null);
  const object = parseOperation(operation)?.object;
  if (searched === null || object === undefined) return ok({ records: [], unread: [] });
  const fields = ['Id', ...new Set(['Name', ...Object.values(searched.keys)])];
  if (searched.postalCode !== null) fields.push(searched.postalCode);
  const records = new Map<string, ExistingRecord>();
  const unread: UnreadValue[] = [];
  for (let asked = searchesOf(searched, wanted); asked.length > 0;) {
    const answers = await queryTogether(
      client,
      asked.map((search) => `SELECT ${fields.join(', ')} FROM ${object} WHERE ${conditionOf(searched, search)}`),
      LIMITS,
    );
    if (!answers.ok) return answers;
    const further: Search[] = [];
    for (const [index, { rows, complete }] of answers.value.entries()) {
      const found = rows.flatMap((row) => toExisting(searched, row));
      for (const record of found) records.set(record.id, record);
      const search = asked[index];
      if (search === undefined || complete) continue;
      if (search.values.length > 1) {
        further.push(...splitSearch(search, found).map((values) => ({ ...search, values })));
      } else if (search.postalCodes === null) {
        unread.push(...search.values.map((value) => ({ key: search.key, value })));
        further.push(...atPostalCodes(searched, search, wanted));
      }
    }
    asked = further;
  }
  return ok({ records: [...records.values()], unread });
}

function searchesOf({ keys }: Searched, wanted: readonly WantedFacts[]): readonly Search[] {
  return (Object.entries(keys) as [MatchKey, string][]).flatMap(([key, field]) => {
    const all = chunkValues(wanted.flatMap(({ keys: known }) => known[key] ?? []));
    const isDear = key === 'name' && all.length > MOST_NAME_STATEMENTS;
    const deciding = wanted.filter(({ nameDecides }) => nameDecides);
    const chunks = isDear ? chunkValues(deciding.flatMap(({ keys: known }) => known.name ?? [])) : all;
    return chunks.map((values) => ({ key, field, values, postalCodes: null }));
  });
}

/**
 * What of a name that is unread may be alike: those at a postal code that is looked for. The org compares codes to the letter, but
 * for case, and the hub without blanks and dashes: a code is asked for as it is wanted, and without them. What is written with them
 * in the org alone, or is one of thousands at its code, is not shown; nothing is decided by it.
 */
function atPostalCodes(
  { postalCode: field }: Searched,
  search: Search,
  wanted: readonly WantedFacts[],
): readonly Search[] {
  if (search.key !== 'name' || field === null) return [];
  const codes = wanted
    .filter(({ keys, nameDecides }) => !nameDecides && keys.name?.some((name) => search.values.includes(name)))
    .flatMap(({ postalCode: code }) => (code === null ? [] : [code, code.replace(/[^\p{L}\p{N}]/gu, '')]));
  return chunkValues(codes.filter((code) => code !== '')).map((postalCodes) => ({ ...search, postalCodes }));
}

/** As many in each as one statement holds, and none of them twice. */
function chunkValues(values: readonly string[]): readonly (readonly string[])[] {
  const valueOf = new Map(values.map((value) => [soqlLiteral(value), value]));
  return chunkLiterals([...valueOf.keys()], MOST_LITERALS).map((literals) =>
    literals.flatMap((literal) => valueOf.get(literal) ?? []),
  );
}

function conditionOf({ postalCode: codeField }: Searched, { field, values, postalCodes }: Search): string {
  const having = (name: string, some: readonly string[]) => `${name} IN (${some.map(soqlLiteral).join(',')})`;
  if (codeField === null || postalCodes === null) return having(field, values);
  return `${having(field, values)} AND ${having(codeField, postalCodes)}`;
}

function toExisting(searched: Searched, row: Row): readonly ExistingRecord[] {
  const { Id: id } = row;
  return typeof id === 'string' ? [{ id, name: textOf(row['Name']), active: true, ...factsIn(searched, row) }] : [];
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
