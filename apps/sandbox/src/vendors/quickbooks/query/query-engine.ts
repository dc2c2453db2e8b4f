import Big from 'big.js';
import { printEntity } from '../data/entity-printer';
import { type Stored } from '../data/entity-store';
import { searchable } from '../data/singletons';
import { type Company } from '../quickbooks.company';
import { queryInvalid } from '../quickbooks.errors';
import { type ValueObject } from '../quickbooks.values';
import { findEntityType } from '../schema/entity-registry';
import { type EntityType } from '../schema/schema.types';
import {
  compareValues,
  fieldNamed,
  literalValue,
  queryField,
  recordValue,
  type Comparable,
  type QueryField,
} from './query-fields';
import { parseQuery, type Condition, type Query } from './query-parser';

type Test = (stored: Stored) => boolean;

/**
 * Answers a query statement.
 * @returns the content of `QueryResponse`; an empty object when nothing is found
 * @throws Fault 4000, 4001
 */
export function runQuery(company: Company, statement: string): object {
  const query = parseQuery(statement);
  const type = findEntityType(query.entity);
  if (!type) queryInvalid(`Metadata not found for Entity: ${query.entity}`);
  const tests = query.where.map((condition) => toTest(company, type, condition));
  const order = query.orderBy.map(({ field, descending }) => ({ field: queryField(type, field), descending }));
  const columns = query.columns?.map((column) => toColumn(type, column));
  if (type.isNameList && !query.where.some(({ field }) => field.toLowerCase() === 'active')) {
    tests.push(({ body }) => body.Active !== false);
  }
  const found: Stored[] = [];
  for (const stored of searchable(company, type)) if (tests.every((test) => test(stored))) found.push(stored);
  if (query.isCount) return { totalCount: new Big(found.length) };
  sort(company, found, order);
  return page(company, type, found, query, columns);
}

function page(
  company: Company,
  type: EntityType,
  found: readonly Stored[],
  { startPosition, maxResults }: Query,
  columns: readonly string[] | undefined,
): object {
  const shown = found.slice(startPosition - 1, startPosition - 1 + maxResults);
  if (shown.length === 0) return {};
  const records = shown.map((stored) => project(printEntity(company, stored), columns));
  return { [type.name]: records, startPosition: new Big(startPosition), maxResults: new Big(records.length) };
}

/** @throws Fault 4001 */
function toColumn(type: EntityType, written: string): string {
  return fieldNamed(type, written) ?? queryInvalid(`Property ${written} not found for Entity ${type.name}`);
}

function project(record: ValueObject, columns: readonly string[] | undefined): ValueObject {
  if (!columns) return record;
  const kept = new Set([...columns, 'domain', 'sparse']);
  return Object.fromEntries(Object.entries(record).filter(([name]) => kept.has(name)));
}

function toTest(company: Company, type: EntityType, { field: written, comparison, values }: Condition): Test {
  const field = queryField(type, written);
  const of = (stored: Stored): Comparable | undefined => recordValue(company, stored, field);
  if (comparison === 'LIKE') {
    if (field.kind !== 'text') queryInvalid(`LIKE is not supported for property ${field.name}`);
    const pattern = likePattern(values[0]?.text ?? '');
    return (stored) => {
      const value = of(stored);
      return typeof value === 'string' && pattern.test(value);
    };
  }
  const wanted = values.map((literal) => literalValue(field, literal));
  return (stored) => {
    const value = of(stored);
    return value !== undefined && wanted.some((other) => holds(comparison, compareValues(value, other)));
  };
}

function holds(comparison: Exclude<Condition['comparison'], 'LIKE'>, order: number): boolean {
  switch (comparison) {
    case '=':
    case 'IN':
      return order === 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
  }
}

/** Only the per cent sign is special. */
function likePattern(text: string): RegExp {
  const escaped = text
    .split('%')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[\\s\\S]*');
  return new RegExp(`^${escaped}$`, 'i');
}

/** Without an order records come as they were created. */
function sort(company: Company, found: Stored[], order: readonly { field: QueryField; descending: boolean }[]): void {
  if (order.length === 0) return;
  found.sort((left, right) => {
    for (const { field, descending } of order) {
      const [one, other] = [recordValue(company, left, field), recordValue(company, right, field)];
      const direction =
        one === undefined || other === undefined
          ? Number(one !== undefined) - Number(other !== undefined)
          : compareValues(one, other);
      if (direction !== 0) return descending ? -direction : direction;
    }
    return 0;
  });
}
