import { type JsonObject, type Json } from '@hub/platform';
import { type ComplexType, type ContractElement, type Entity } from './erp.contract';
import { member, textOf } from './erp.fault';
import { readValue, type NumberFormat } from './erp.values';

/** Columns of fixed width are filled up with blanks; zeros in front of a number are part of it. */
const CODES = new Set([
  'CustNo',
  'InvoiceNo',
  'PaymentNo',
  'ItemCode',
  'ExtRef',
  'Currency',
  'TaxCode',
  'CountryCode',
  'Status',
  'Key',
  'EntityType',
]);

export const KEY_OF: Readonly<Record<Entity, string>> = {
  Customer: 'CustNo',
  Invoice: 'InvoiceNo',
  Payment: 'PaymentNo',
};

/**
 * A record in the shape of the contract, with the system's habits of printing taken out: decimals, days and flags read as
 * the contract has them, and each member is absent, null (nil), empty or a value, as it came. Members that the contract
 * does not know (a newer release) stay as they are.
 */
export function readRecord(type: ComplexType, value: unknown, format: NumberFormat): JsonObject {
  const record: Record<string, Json> = {};
  for (const element of type.elements) {
    const raw = member(value, element.name);
    if (element.many) record[element.name] = listOf(raw).map((item) => readMember(element, item, format));
    else if (raw !== undefined) record[element.name] = readMember(element, raw, format);
  }
  for (const [name, raw] of entriesOf(value)) {
    if (name !== 'attributes' && !type.elements.some((element) => element.name === name)) record[name] = plain(raw);
  }
  return record;
}

function readMember({ name, type }: ContractElement, raw: unknown, format: NumberFormat): Json {
  if (type.kind === 'complex') {
    const isEmpty = raw === null && type.elements.every(({ many }) => !many);
    return isEmpty ? null : readRecord(type, raw, format);
  }
  if (raw === null) return null;
  const text = textOf(raw) ?? '';
  const value = readValue(type, CODES.has(name) ? text.trimEnd() : text, format);
  // 32 bits: they fit a number, unlike row versions and amounts.
  return value !== null && type.base === 'int' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
}

/** soap makes a list of several, and of one where the contract says so. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

export function stringOf(record: JsonObject, name: string): string | null {
  const value = record[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function plain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plain);
  const text = textOf(value);
  if (text !== undefined) return text;
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(
    entriesOf(value)
      .filter(([name]) => name !== 'attributes')
      .map(([name, inner]) => [name, plain(inner)]),
  );
}
