import { reject } from '../salesforce.errors';
import { sfId18 } from '../salesforce.ids';
import { type OrgSchema, type SchemaObject } from '../schema/org-schema';
import { type FieldDef } from '../schema/schema.types';
import { pointer } from './soql-lexer';
import { type Condition, type Literal, type Path, type SoqlQuery } from './soql.types';

/** A path whose steps are known: parents to walk, then a field. */
export interface BoundPath {
  readonly parents: readonly FieldDef[];
  readonly field: FieldDef;
}

/** Everything but the last name of a path may be at most five parents long, as the vendor allows. */
const MAX_PARENTS = 5;
const NUMBERS = new Set<FieldDef['type']>(['int', 'double', 'currency', 'percent']);

export class Binder {
  constructor(
    private readonly schema: OrgSchema,
    private readonly query: SoqlQuery,
  ) {}

  /** @throws Rejection 400 INVALID_TYPE */
  object(): SchemaObject {
    const { from, text } = this.query;
    return (
      this.schema.object(from) ??
      reject(
        400,
        'INVALID_TYPE',
        `${pointer(text, Math.max(0, text.search(/\bfrom\b/i) + 5))}sObject type '${from}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
      )
    );
  }

  /** @throws Rejection 400 INVALID_FIELD */
  path(object: SchemaObject, path: Path): BoundPath {
    // The object's own name may stand first, as an alias for itself.
    const names =
      path.names.length > 1 &&
      path.names[0]?.toLowerCase() === object.name.toLowerCase() &&
      !object.byRelationship.has(object.name.toLowerCase())
        ? path.names.slice(1)
        : path.names;
    const parents: FieldDef[] = [];
    let current = object;
    for (const name of names.slice(0, -1)) {
      const relation = current.byRelationship.get(name.toLowerCase());
      const parent = relation && this.schema.object(relation.referenceTo[0] ?? '');
      if (!relation || !parent || parents.length >= MAX_PARENTS) {
        this.invalidField(
          path,
          `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
        );
      }
      parents.push(relation);
      current = parent;
    }
    const last = names.at(-1) ?? '';
    const field = current.byName.get(last.toLowerCase());
    if (!field) {
      this.invalidField(
        path,
        `No such column '${last}' on entity '${current.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
      );
    }
    return { parents, field };
  }

  /** Checks every comparison against the type of its field, before a row is looked at. */
  check(object: SchemaObject, condition: Condition): void {
    if (condition.kind === 'not') this.check(object, condition.part);
    else if (condition.kind === 'compare') this.compare(object, condition);
    else for (const part of condition.parts) this.check(object, part);
  }

  private compare(object: SchemaObject, { path, operator, values }: Extract<Condition, { kind: 'compare' }>): void {
    const { field } = this.path(object, path);
    if (!field.filterable) this.invalidField(path, `field '${field.name}' can not be filtered in a query call`);
    if (operator === 'LIKE' && !isText(field)) this.invalidOperator(path, field);
    if (field.type === 'boolean' && operator !== '=' && operator !== '!=') this.invalidOperator(path, field);
    if (['id', 'reference'].includes(field.type) && operator === 'LIKE') this.invalidOperator(path, field);
    for (const value of values) {
      if (value.kind !== 'null') this.value(path, field, value);
      else if (operator === 'LIKE') this.invalidOperator(path, field);
    }
  }

  private value(path: Path, field: FieldDef, value: Literal): void {
    const expected = expectedKinds(field);
    if (!expected.includes(value.kind)) {
      const quoted = expected.includes('string') ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
      this.invalidField(
        path,
        `value of filter criterion for field '${field.name}' must be of type ${typeName(field)} and ${quoted}`,
      );
    }
    if (
      (field.type === 'id' || field.type === 'reference') &&
      value.kind === 'string' &&
      sfId18(value.text) === undefined
    ) {
      reject(
        400,
        'INVALID_QUERY_FILTER_OPERATOR',
        `${pointer(this.query.text, path.at)}invalid ID field: ${value.text}`,
      );
    }
  }

  private invalidField(path: Path, message: string): never {
    reject(400, 'INVALID_FIELD', `${pointer(this.query.text, path.at)}${message}`);
  }

  private invalidOperator(path: Path, field: FieldDef): never {
    reject(
      400,
      'INVALID_QUERY_FILTER_OPERATOR',
      `${pointer(this.query.text, path.at)}invalid operator on ${typeName(field)} field`,
    );
  }
}

function isText(field: FieldDef): boolean {
  return expectedKinds(field).includes('string');
}

function expectedKinds({ type }: FieldDef): readonly Literal['kind'][] {
  if (NUMBERS.has(type)) return ['number'];
  if (type === 'boolean') return ['boolean'];
  if (type === 'date') return ['date', 'range'];
  if (type === 'datetime') return ['datetime', 'range'];
  return ['string'];
}

function typeName({ type }: FieldDef): string {
  if (NUMBERS.has(type) || type === 'boolean' || type === 'date') return type;
  if (type === 'datetime') return 'dateTime';
  return type === 'id' || type === 'reference' ? 'ID' : 'string';
}
