import { type NetSuiteAccount } from '../netsuite.account';
import { reject } from '../netsuite.errors';
import { type RecordType } from '../schema/account-schema';
import { type FieldDef } from '../schema/schema.types';
import { type StoredRecord } from '../data/record-store';
import { isRef } from '../data/values';

type Literal = string | number | boolean;
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'condition'; readonly field: FieldDef; readonly test: (value: Literal | undefined) => boolean };

type Family = 'boolean' | 'number' | 'string' | 'date';
const OPERATORS: Readonly<Record<Family, readonly string[]>> = {
  boolean: ['IS'],
  number: ['ANY_OF', 'BETWEEN', 'EQUAL', 'GREATER', 'GREATER_OR_EQUAL', 'LESS', 'LESS_OR_EQUAL', 'WITHIN'],
  string: ['CONTAIN', 'IS', 'START_WITH', 'END_WITH'],
  date: ['AFTER', 'BEFORE', 'ON', 'ON_OR_AFTER', 'ON_OR_BEFORE'],
};
const ID_FIELD: FieldDef = { name: 'id', title: 'Internal ID', type: 'integer' };
const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([()[\],])|([^\s"()[\],]+))/y;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/**
 * The `q` parameter of a collection: `email START_WITH "b" AND isInactive IS false`. Dates are written the way the
 * user writes them, never as ISO.
 * @throws Rejection 400
 */
export function parseFilter(account: NetSuiteAccount, type: RecordType, text: string): Filter {
  return new FilterParser(account, type, tokenize(text)).parse();
}

export function matchesFilter(account: NetSuiteAccount, filter: Filter, record: StoredRecord): boolean {
  if (filter.kind === 'condition') return filter.test(valueOf(account, filter.field, record));
  const left = matchesFilter(account, filter.left, record);
  if (filter.kind === 'and') return left && matchesFilter(account, filter.right, record);
  return left || matchesFilter(account, filter.right, record);
}

/** Moments and days become milliseconds, to the minute, the precision the filter has. */
function valueOf(account: NetSuiteAccount, { name, type }: FieldDef, record: StoredRecord): Literal | undefined {
  if (name === 'id') return Number(record.id);
  if (type === 'dateTime') {
    const ms = name === 'lastModifiedDate' ? record.modifiedMs : record.createdMs;
    return Math.floor(ms / 60_000) * 60_000;
  }
  const value = record.values[name];
  if (isRef(value)) return Number(value.id);
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  return type === 'date' ? account.time.startOfDay(String(value)) : value;
}

function rejectQuery(detail: string): never {
  reject(400, 'INVALID_PARAMETER', `Invalid search query. ${detail}`, { queryParam: 'q' });
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text);
    if (!found) return rejectQuery('The query is not terminated.');
    const [, quoted, mark, word] = found;
    tokens.push({ text: quoted?.replace(/\\(.)/g, '$1') ?? mark ?? word ?? '', quoted: quoted !== undefined });
  }
  return tokens;
}

class FilterParser {
  private at = 0;

  constructor(
    private readonly account: NetSuiteAccount,
    private readonly type: RecordType,
    private readonly tokens: readonly Token[],
  ) {}

  parse(): Filter {
    const filter = this.or();
    const rest = this.tokens[this.at];
    return rest ? rejectQuery(`Unexpected '${rest.text}'.`) : filter;
  }

  private or(): Filter {
    let left = this.and();
    while (this.takeWord('OR')) left = { kind: 'or', left, right: this.and() };
    return left;
  }

  private and(): Filter {
    let left = this.single();
    while (this.takeWord('AND')) left = { kind: 'and', left, right: this.single() };
    return left;
  }

  private single(): Filter {
    if (!this.takeWord('(')) return this.condition();
    const inner = this.or();
    return this.takeWord(')') ? inner : rejectQuery("Expected ')'.");
  }

  private condition(): Filter {
    const name = this.next().text;
    const field = this.field(name);
    const operator = this.next().text.toUpperCase();
    const isNegated = operator.endsWith('_NOT');
    const base = isNegated ? operator.slice(0, -'_NOT'.length) : operator;
    const family = familyOf(field);
    if (base !== 'EMPTY' && !OPERATORS[family].includes(base)) {
      rejectQuery(`Operator '${operator}' is not supported for the field '${name}'.`);
    }
    const test = base === 'EMPTY' ? (value: Literal | undefined) => value === undefined : this.test(base, family);
    return { kind: 'condition', field, test: isNegated ? (value) => !test(value) : test };
  }

  private field(name: string): FieldDef {
    if (name.toLowerCase() === 'id') return ID_FIELD;
    const field = this.type.fields.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    const isBody = field && !['sublist', 'subrecord', 'multiselect'].includes(field.type);
    if (field && isBody) return field;
    return reject(400, 'NONEXISTENT_FIELD', `Invalid search query. Unknown field '${name}'.`, { queryParam: 'q' });
  }

  private test(operator: string, family: Family): (value: Literal | undefined) => boolean {
    const wanted = this.literals().map((token) => this.literal(token, family));
    const isList = ['ANY_OF', 'BETWEEN', 'WITHIN'].includes(operator);
    const isRange = operator === 'BETWEEN' || operator === 'WITHIN';
    if (isRange ? wanted.length !== 2 : !isList && wanted.length !== 1) {
      rejectQuery(`Operator '${operator}' has the wrong number of values.`);
    }
    return (value) => value !== undefined && compare(operator, value, wanted);
  }

  private literals(): Token[] {
    if (!this.takeWord('[')) return [this.next()];
    const list = [this.next()];
    while (this.takeWord(',')) list.push(this.next());
    return this.takeWord(']') ? list : rejectQuery("Expected ']'.");
  }

  private literal({ text, quoted }: Token, family: Family): Literal {
    switch (family) {
      case 'string':
        return text.toLowerCase();
      case 'boolean':
        return !quoted && /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : rejectQuery(`'${text}'.`);
      case 'number':
        return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : rejectQuery(`'${text}' is not a number.`);
      case 'date':
        return this.account.time.parse(text)?.ms ?? rejectQuery(`Invalid date value '${text}'.`);
    }
  }

  private takeWord(word: string): boolean {
    const token = this.tokens[this.at];
    if (!token || token.quoted || token.text.toUpperCase() !== word) return false;
    this.at++;
    return true;
  }

  private next(): Token {
    return this.tokens[this.at++] ?? rejectQuery('Unexpected end of the query.');
  }
}

function familyOf({ type }: FieldDef): Family {
  switch (type) {
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'number':
    case 'currency':
    case 'reference':
      return 'number';
    case 'date':
    case 'dateTime':
      return 'date';
    default:
      return 'string';
  }
}

const DAY_MS = 86_400_000;

function compare(operator: string, value: Literal, wanted: readonly Literal[]): boolean {
  const [first = '', second = ''] = wanted;
  const text = String(value).toLowerCase();
  const [number, low, high] = [Number(value), Number(first), Number(second)];
  switch (operator) {
    case 'IS':
      return typeof value === 'boolean' ? value === first : text === first;
    case 'CONTAIN':
      return text.includes(String(first));
    case 'START_WITH':
      return text.startsWith(String(first));
    case 'END_WITH':
      return text.endsWith(String(first));
    case 'EQUAL':
      return number === low;
    case 'ANY_OF':
      return wanted.includes(number);
    case 'BETWEEN':
    case 'WITHIN':
      return low <= number && number <= high;
    case 'GREATER':
    case 'AFTER':
      return number > low;
    case 'GREATER_OR_EQUAL':
    case 'ON_OR_AFTER':
      return number >= low;
    case 'LESS':
    case 'BEFORE':
      return number < low;
    case 'LESS_OR_EQUAL':
    case 'ON_OR_BEFORE':
      return number <= low;
    case 'ON':
      return low <= number && number < low + DAY_MS;
    default:
      throw new Error(`no such operator: ${operator}`);
  }
}
