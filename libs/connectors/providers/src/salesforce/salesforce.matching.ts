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

interface Search {
  readonly key: MatchKey;
  readonly field: string;
  readonly literals: readonly string[];
  /** Of those alone that meet this condition as well. */
  readonly among: string | null;
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
/**
 * Of one statement; a page of the org's has as many. Where one value alone has more, they are several in any case, and nobody needs
 * to see all of them.
 */
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
  wanted: readonly MatchFacts[],
): Promise<Result<readonly ExistingRecord[], ConnectorError>> {
  const searched = searchedBy(operation, null);
  const object = parseOperation(operation)?.object;
  if (searched === null || object === undefined) return ok([]);
  const fields = ['Id', ...new Set(['Name', ...Object.values(searched.keys)])];
  if (searched.postalCode !== null) fields.push(searched.postalCode);
  const searches = (Object.entries(searched.keys) as [MatchKey, string][]).flatMap(([key, field]): Search[] => {
    const chunks = chunkLiterals(wanted.flatMap(({ keys }) => keys[key] ?? []).map(soqlLiteral), MOST_LITERALS);
    if (key === 'name' && chunks.length > MOST_NAME_STATEMENTS) return [];
    return chunks.map((literals) => ({ key, field, literals, among: null }));
  });
  const found = new Map<string, ExistingRecord>();
  for (let asked = searches; asked.length > 0;) {
    const answers = await queryTogether(
      client,
      asked.map(({ field, literals, among }) => {
        const where = `${field} IN (${literals.join(',')})${among === null ? '' : ` AND ${among}`}`;
        return `SELECT ${fields.join(', ')} FROM ${object} WHERE ${where}`;
      }),
      LIMITS,
    );
    if (!answers.ok) return answers;
    for (const row of answers.value.flatMap(({ rows }) => rows)) {
      const { Id: id } = row;
      if (typeof id === 'string')
        found.set(id, { id, name: textOf(row['Name']), active: true, ...factsIn(searched, row) });
    }
    asked = asked.flatMap((search, index) =>
      answers.value[index]?.complete === false ? narrower(searched, search, wanted) : [],
    );
  }
  return ok([...found.values()]);
}

/**
 * What is asked instead of a search that found too much to be read: one value that thousands of records have must not hide that
 * another is there as well. Of a name, those are asked for that are told apart by nothing else: at a postal code that is looked
 * for, and without a number of their own.
 */
function narrower(
  { keys: fieldOf, postalCode: codeField }: Searched,
  search: Search,
  wanted: readonly MatchFacts[],
): readonly Search[] {
  const { key, literals, among } = search;
  if (literals.length > 1) {
    const middle = Math.ceil(literals.length / 2);
    return [literals.slice(0, middle), literals.slice(middle)].map((half) => ({ ...search, literals: half }));
  }
  if (key !== 'name' || among !== null) return [];
  const codes = wanted
    .filter(({ keys }) => keys.name?.some((name) => soqlLiteral(name) === literals[0]))
    .flatMap(({ postalCode }) => postalCode ?? []);
  const chunks = codeField === null ? [] : chunkLiterals(codes.map(soqlLiteral), MOST_LITERALS);
  const conditions = chunks.map((some) => `${codeField} IN (${some.join(',')})`);
  if (fieldOf.account_number !== undefined) conditions.push(`${fieldOf.account_number} = null`);
  return conditions.map((condition) => ({ ...search, among: condition }));
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
