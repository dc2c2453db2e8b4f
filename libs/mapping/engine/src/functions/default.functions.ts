import { CodedFailure } from '../expression/coded-failure';
import { helperFailure, quoted, type FunctionFocus, type MappingFunction } from './function.types';

const group = 'Defaults and tables';

/** Absent, null, or text of nothing but white space. Zero, false and empty lists are values. */
function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function required(value: unknown, name: string): unknown {
  if (isBlank(value))
    throw helperFailure(`The field ${quoted(name)} is required and is missing, empty or not recognised.`);
  return value;
}

function isTable(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lookupTable(this: FunctionFocus, table: string, key: unknown, fallback: unknown): unknown {
  const tables = this.environment.lookup('tables');
  const entries = isTable(tables) && Object.hasOwn(tables, table) ? tables[table] : undefined;
  if (!isTable(entries)) throw helperFailure(`There is no lookup table named ${quoted(table)}.`);
  const found =
    typeof key === 'string' || typeof key === 'number' || typeof key === 'boolean' ? String(key) : undefined;
  return found !== undefined && Object.hasOwn(entries, found) ? entries[found] : fallback;
}

function skip(reason: string | undefined): never {
  throw new CodedFailure('HUB_SKIP', (reason ?? '').trim().slice(0, 200) || 'The mapping gives no reason.');
}

export const DEFAULT_FUNCTIONS: readonly MappingFunction[] = [
  {
    name: 'default',
    usage: '$default(value, fallback)',
    signature: '<xx:x>',
    group,
    arity: 2,
    description:
      '`fallback` when the value is absent, null or blank text; `0`, `false` and empty lists are values and stay.',
    examples: [
      { expression: '$default(name, "unknown")', input: { name: '  ' }, result: 'unknown' },
      { expression: '$default(count, 1)', input: { count: 0 }, result: 0 },
    ],
    implementation: (value: unknown, fallback: unknown) => (isBlank(value) ? fallback : value),
  },
  {
    name: 'ifAbsent',
    usage: '$ifAbsent(value, fallback)',
    signature: '<xx:x>',
    group,
    arity: 2,
    description: '`fallback` only when the value is absent; null and empty text were sent on purpose and stay.',
    examples: [
      { expression: '$ifAbsent(note, "none")', input: { note: null }, result: null },
      { expression: '$ifAbsent(note, "none")', input: {}, result: 'none' },
    ],
    implementation: (value: unknown, fallback: unknown) => (value === undefined ? fallback : value),
  },
  {
    name: 'coalesce',
    usage: '$coalesce(value, …)',
    signature: '<x+:x>',
    group,
    arity: 1,
    description: 'The first value that is neither absent nor null nor blank text; nothing when there is none.',
    examples: [
      {
        expression: '$coalesce(mobile, phone, "none")',
        input: { mobile: '', phone: '+4930123456' },
        result: '+4930123456',
      },
    ],
    implementation: (...values: unknown[]) => values.find((value) => !isBlank(value)),
  },
  {
    name: 'required',
    usage: '$required(value, name)',
    signature: '<xs:x>',
    group,
    arity: 2,
    description: 'The value, or a failure that names the field when it is absent, null or blank text.',
    examples: [
      { expression: '$required(sku, "sku")', input: { sku: 'A-1' }, result: 'A-1' },
      {
        expression: '$required(sku, "sku")',
        input: {},
        error: 'The field "sku" is required and is missing, empty or not recognised.',
      },
    ],
    implementation: required,
  },
  {
    name: 'skip',
    usage: '$skip(reason)',
    signature: '<s:x>',
    group,
    arity: 1,
    description:
      'Ends the mapping: there is nothing to deliver for this event. The delivery is cancelled with the reason, which is no failure.',
    examples: [
      {
        expression: 'amount = 0 ? $skip("Nothing to pay.") : amount',
        input: { amount: 5 },
        result: 5,
      },
      { expression: '$skip("Nothing to pay.")', error: 'Nothing to pay.' },
    ],
    implementation: skip,
  },
  {
    name: 'lookupTable',
    usage: '$lookupTable(table, key, fallback?)',
    signature: '<sxx?:x>',
    group,
    arity: 2,
    description:
      'The entry of a named table under `key` (text, number or boolean); `fallback`, or nothing, when there is no such entry. Fails when there is no such table.',
    examples: [
      {
        expression: '$lookupTable("carriers", carrier)',
        input: { carrier: 'ups' },
        bindings: { tables: { carriers: { ups: 'UPS Ground' } } },
        result: 'UPS Ground',
      },
      {
        expression: '$lookupTable("carriers", "dhl", "OTHER")',
        bindings: { tables: { carriers: { ups: 'UPS Ground' } } },
        result: 'OTHER',
      },
      {
        expression: '$lookupTable("units", "kg")',
        bindings: { tables: {} },
        error: 'There is no lookup table named "units".',
      },
    ],
    implementation: lookupTable,
  },
];
