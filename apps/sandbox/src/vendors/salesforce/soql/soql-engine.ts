import { parseDecimal, type FieldValue, type FieldValues } from '../data/field-values';
import { attributesOf, printField } from '../data/record-reader';
import { textOf, visibleValues } from '../data/record-store';
import { maySee } from '../rules/user-access';
import { type ApiContext } from '../salesforce.context';
import { reject } from '../salesforce.errors';
import { sfId18 } from '../salesforce.ids';
import { Decimal } from '../salesforce.json';
import { type SchemaObject } from '../schema/org-schema';
import { type FieldDef } from '../schema/schema.types';
import { rangeOf } from './date-ranges';
import { Binder, type BoundPath } from './soql-binder';
import { pointer } from './soql-lexer';
import { parseSoql } from './soql-parser';
import { type Condition, type Literal, type Operator, type SoqlQuery } from './soql.types';

export interface SoqlResult {
  readonly total: number;
  readonly rows: readonly object[];
}

type Test = (row: FieldValues) => boolean;
type Comparable = string | number | bigint | boolean;

/** Scale at which decimals are compared: more digits than any field of the schema has. */
const COMPARE_SCALE = 18;

/** @throws Rejection 400 INVALID_FIELD, INVALID_TYPE, INVALID_QUERY_FILTER_OPERATOR */
export function runSoql(context: ApiContext, query: SoqlQuery, includeDeleted: boolean): SoqlResult {
  const { org } = context;
  const binder = new Binder(org.schema, query);
  const object = binder.object();
  const columns = query.select.map((path) => ({ bound: binder.path(object, path), names: path.names }));
  rejectRepeated(query, columns);
  if (query.where) binder.check(object, query.where);
  const engine = new Engine(context, binder, object);
  const test = query.where ? engine.test(query.where) : () => true;
  const nowMs = org.clock.now();
  const found: FieldValues[] = [];
  for (const record of org.store.all(object.name)) {
    const values = maySee(context, record.id) ? visibleValues(record, nowMs) : undefined;
    if (values && (includeDeleted || values.IsDeleted !== true) && test(values)) found.push(values);
  }
  engine.sort(found, query);
  const slice = found.slice(query.offset, query.limit === undefined ? undefined : query.offset + query.limit);
  if (query.isCount) return { total: slice.length, rows: [] };
  return {
    total: slice.length,
    rows: slice.map((row) =>
      engine.print(
        row,
        columns.map(({ bound }) => bound),
      ),
    ),
  };
}

/** Whether a record meets what would stand behind WHERE. @throws Rejection as a query with it would */
export function conditionTest(context: ApiContext, object: SchemaObject, where: string): Test {
  const query = parseSoql(`SELECT Id FROM ${object.name} WHERE ${where}`);
  const binder = new Binder(context.org.schema, query);
  if (!query.where) return () => true;
  binder.check(object, query.where);
  return new Engine(context, binder, object).test(query.where);
}

function rejectRepeated(query: SoqlQuery, columns: readonly { readonly names: readonly string[] }[]): void {
  const seen = new Set<string>();
  for (const [index, { names }] of columns.entries()) {
    const name = names.join('.').toLowerCase();
    if (seen.has(name)) {
      const at = query.select[index]?.at ?? 0;
      reject(400, 'INVALID_FIELD', `${pointer(query.text, at)}duplicate field selected: ${names.join('.')}`);
    }
    seen.add(name);
  }
}

class Engine {
  constructor(
    private readonly context: ApiContext,
    private readonly binder: Binder,
    private readonly object: SchemaObject,
  ) {}

  test(condition: Condition): Test {
    switch (condition.kind) {
      case 'not': {
        const inner = this.test(condition.part);
        return (row) => !inner(row);
      }
      case 'and': {
        const tests = condition.parts.map((part) => this.test(part));
        return (row) => tests.every((test) => test(row));
      }
      case 'or': {
        const tests = condition.parts.map((part) => this.test(part));
        return (row) => tests.some((test) => test(row));
      }
      case 'compare': {
        const path = this.binder.path(this.object, condition.path);
        const matches = matcher(path.field, condition.operator, condition.values, this.context.org.clock.now());
        return (row) => matches(this.valueAt(row, path));
      }
    }
  }

  sort(rows: FieldValues[], query: SoqlQuery): void {
    const orderings = query.orderBy.map(({ path, descending, nullsLast }) => {
      const bound = this.binder.path(this.object, path);
      if (!bound.field.sortable) {
        reject(
          400,
          'INVALID_FIELD',
          `${pointer(query.text, path.at)}field '${bound.field.name}' can not be sorted in a query call`,
        );
      }
      return { bound, descending, nullsLast };
    });
    if (orderings.length === 0) return;
    rows.sort((left, right) => {
      for (const { bound, descending, nullsLast } of orderings) {
        const [a, b] = [left, right].map((row) => comparable(bound.field, this.valueAt(row, bound)));
        const order = compareForSort(a ?? null, b ?? null, descending, nullsLast);
        if (order !== 0) return order;
      }
      return 0;
    });
  }

  /** A row as the vendor nests it: parents as objects of their own, with attributes, or null. */
  print(row: FieldValues, columns: readonly BoundPath[]): object {
    const printed: Record<string, unknown> = { attributes: attributesOf(this.context, this.object, row) };
    for (const { parents, field } of columns) {
      let target: Record<string, unknown> | null = printed;
      let values: FieldValues | undefined = row;
      for (const relation of parents) {
        values = values && this.parentOf(values, relation);
        target =
          target &&
          nested(target, this.context, this.context.org.schema.object(relation.referenceTo[0] ?? ''), relation, values);
      }
      if (target && values) target[field.name] = printField(field, values);
    }
    return printed;
  }

  private valueAt(row: FieldValues, { parents, field }: BoundPath): FieldValue {
    let values: FieldValues | undefined = row;
    for (const relation of parents) values = values && this.parentOf(values, relation);
    return values?.[field.name] ?? null;
  }

  private parentOf(values: FieldValues, relation: FieldDef): FieldValues | undefined {
    const id = textOf(values[relation.name]);
    return id === undefined ? undefined : this.context.org.store.get(relation.referenceTo[0] ?? '', id)?.values;
  }
}

function nested(
  target: Record<string, unknown>,
  context: ApiContext,
  object: SchemaObject | undefined,
  relation: FieldDef,
  values: FieldValues | undefined,
): Record<string, unknown> | null {
  const name = relation.relationshipName ?? relation.name;
  if (!values || !object) {
    target[name] = null;
    return null;
  }
  const existing = (target[name] ??= { attributes: attributesOf(context, object, values) });
  return existing as Record<string, unknown>;
}

/** Ids and references compare by case, all other text without. */
function comparable(field: FieldDef, value: FieldValue): Comparable | null {
  if (typeof value === 'string') return isIdField(field) ? value : value.toLowerCase();
  return value instanceof Decimal ? scaled(value.text) : value;
}

function isIdField({ type }: FieldDef): boolean {
  return type === 'id' || type === 'reference';
}

function scaled(text: string): bigint {
  const decimal = parseDecimal(text);
  if (!decimal) throw new Error('a stored or parsed decimal is not a number');
  const shift = COMPARE_SCALE - decimal.scale;
  return shift >= 0 ? decimal.digits * 10n ** BigInt(shift) : decimal.digits / 10n ** BigInt(-shift);
}

function matcher(
  field: FieldDef,
  operator: Operator,
  values: readonly Literal[],
  nowMs: number,
): (value: FieldValue) => boolean {
  const view = (value: FieldValue): Comparable | null => comparable(field, value);
  if (operator === 'IN' || operator === 'NOT IN') {
    const tests = values.map((value) => matcher(field, '=', [value], nowMs));
    const isIn = (value: FieldValue): boolean => tests.some((test) => test(value));
    return operator === 'IN' ? isIn : (value) => !isIn(value);
  }
  const [literal = { kind: 'null' as const }] = values;
  if (operator === 'LIKE') {
    const pattern = likePattern(literal.kind === 'string' ? literal.text : '');
    return (value) => typeof value === 'string' && pattern.test(value);
  }
  if (literal.kind === 'range') return rangeMatcher(field, operator, rangeOf(literal.name, literal.days, nowMs));
  const wanted = literalValue(literal, isIdField(field));
  if (operator === '=') return (value) => view(value) === wanted;
  if (operator === '!=') return (value) => view(value) !== wanted;
  return (value) => {
    const own = view(value);
    return own !== null && wanted !== null && ordered(operator, compare(own, wanted));
  };
}

function literalValue(literal: Exclude<Literal, { kind: 'range' }>, isId: boolean): Comparable | null {
  switch (literal.kind) {
    case 'string': {
      const text = literal.text.replaceAll('\uE000', '\\');
      // An empty string and null are one in the vendor's database.
      if (text === '') return null;
      return isId ? (sfId18(text) ?? text) : text.toLowerCase();
    }
    case 'number':
      return scaled(literal.text);
    case 'boolean':
      return literal.value;
    case 'date':
      return literal.text;
    case 'datetime':
      return literal.ms;
    case 'null':
      return null;
  }
}

function rangeMatcher(
  field: FieldDef,
  operator: Operator,
  { startMs, endMs }: { startMs: number; endMs: number },
): (value: FieldValue) => boolean {
  return (value) => {
    const ms = field.type === 'date' && typeof value === 'string' ? Date.parse(`${value}T00:00:00Z`) : value;
    if (typeof ms !== 'number') return operator === '!=';
    if (operator === '=') return ms >= startMs && ms < endMs;
    if (operator === '!=') return ms < startMs || ms >= endMs;
    if (operator === '<') return ms < startMs;
    if (operator === '>=') return ms >= startMs;
    return operator === '>' ? ms >= endMs : ms < endMs;
  };
}

function compare(left: Comparable, right: Comparable): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function ordered(operator: Operator, order: number): boolean {
  if (operator === '<') return order < 0;
  if (operator === '>') return order > 0;
  return operator === '<=' ? order <= 0 : order >= 0;
}

function compareForSort(a: Comparable | null, b: Comparable | null, descending: boolean, nullsLast: boolean): number {
  if (a === null || b === null) {
    if (a === b) return 0;
    return (a === null) === nullsLast ? 1 : -1;
  }
  return descending ? compare(b, a) : compare(a, b);
}

/** `%` is any text and `_` any one character, unless escaped (the lexer marks those with a private character). */
function likePattern(text: string): RegExp {
  const source = text.replace(
    /\uE000([%_])|([%_])|([\\^$.*+?()[\]{}|/-])/g,
    (_whole, literal?: string, wildcard?: string, special?: string) => {
      if (literal !== undefined) return literal;
      if (special !== undefined) return `\\${special}`;
      return wildcard === '%' ? '[^]*' : '[^]';
    },
  );
  return new RegExp(`^${source}$`, 'iu');
}
