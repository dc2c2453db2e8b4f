import Big from 'big.js';
import { computedFields } from '../data/entity-printer';
import { type Stored } from '../data/entity-store';
import { type Company } from '../quickbooks.company';
import { queryInvalid } from '../quickbooks.errors';
import { isDate, parseInstant } from '../quickbooks.time';
import { isObject, textOf, type Value } from '../quickbooks.values';
import { type EntityType, type ScalarKind } from '../schema/schema.types';
import { type Literal } from './query-parser';

/** A field that a query may filter or sort by. */
export interface QueryField {
  readonly name: string;
  readonly kind: ScalarKind;
}

export type Comparable = string | number | boolean | Big;

const BASE: readonly QueryField[] = [
  { name: 'Id', kind: 'id' },
  { name: 'MetaData.CreateTime', kind: 'instant' },
  { name: 'MetaData.LastUpdatedTime', kind: 'instant' },
];

/** @throws Fault 4001 for a field the entity does not have, or has but cannot be searched by */
export function queryField(type: EntityType, written: string): QueryField {
  const wanted = written.toLowerCase();
  const base = BASE.find(({ name }) => name.toLowerCase() === wanted);
  if (base) return base;
  const filter = type.filters.find((name) => name.toLowerCase() === wanted);
  if (filter !== undefined) return { name: filter, kind: kindOf(type, filter) };
  if (fieldNamed(type, written) !== undefined) queryInvalid(`property '${written}' is not queryable`);
  queryInvalid(`Property ${written} not found for Entity ${type.name}`);
}

/** The proper spelling of a top-level field, whatever the case it was written in. */
export function fieldNamed(type: EntityType, written: string): string | undefined {
  const wanted = (written.split('.')[0] ?? '').toLowerCase();
  return Object.keys(type.fields).find((name) => name.toLowerCase() === wanted);
}

function kindOf(type: EntityType, name: string): ScalarKind {
  const spec = type.fields[name];
  switch (spec?.kind) {
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'date':
      return 'date';
    case 'computed':
      return spec.as === 'object' ? 'text' : spec.as;
    default:
      return 'text';
  }
}

/** The literal as the field understands it. @throws Fault 4001 when it does not */
export function literalValue({ name, kind }: QueryField, { text }: Literal): Comparable {
  const refuse = (): never => queryInvalid(`Invalid value '${text}' for property ${name}`);
  switch (kind) {
    case 'id':
      return /^\d{1,18}$/.test(text) ? Number(text) : refuse();
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? new Big(text) : refuse();
    case 'boolean':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : refuse();
    case 'date':
      return isDate(text.slice(0, 10)) ? text.slice(0, 10) : refuse();
    case 'instant':
      return parseInstant(text) ?? refuse();
    case 'text':
      return text.toLowerCase();
  }
}

/** What a record has in that field, in the same terms. Records keep whole seconds. */
export function recordValue(company: Company, stored: Stored, { name, kind }: QueryField): Comparable | undefined {
  if (name === 'Id') return Number(stored.id);
  if (name === 'MetaData.CreateTime') return wholeSeconds(stored.createdMs);
  if (name === 'MetaData.LastUpdatedTime') return wholeSeconds(stored.updatedMs);
  const value = scalar(stored.body[name] ?? computedFields(company, stored)[name]);
  if (value === undefined) return name === 'Active' ? true : undefined;
  return kind === 'text' && typeof value === 'string' ? value.toLowerCase() : value;
}

export function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function scalar(value: Value | undefined): Comparable | undefined {
  if (!isObject(value)) return Array.isArray(value) ? undefined : (value as Comparable | undefined);
  return textOf(value.value) ?? textOf(value.Address);
}

export function compareValues(left: Comparable, right: Comparable): number {
  if (left instanceof Big && right instanceof Big) return left.cmp(right);
  return left < right ? -1 : left > right ? 1 : 0;
}
