import { type VendorField } from '@hub/api-client';
import { type Schema } from './schema-check';

/** A field that a mapping can fill. */
export interface TargetField {
  readonly path: readonly string[];
  readonly label: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly hint: string;
}

/** What a mapping is to make: its fields, and a schema to hold the output against. */
export interface Target {
  readonly name: string;
  readonly fields: readonly TargetField[];
  readonly schema: Schema;
}

/** Of the hub's own model. */
export function targetOfSchema(name: string, schema: Schema): Target {
  return { name, fields: fieldsOf(schema, [], true), schema };
}

function fieldsOf(schema: Schema, above: readonly string[], isNeeded: boolean): TargetField[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]): TargetField[] => {
    const path = [...above, name];
    const isRequired = isNeeded && required.has(name);
    if (property.properties !== undefined) return fieldsOf(property, path, isRequired);
    const type = [property.type].flat().filter((one) => one !== 'null' && one !== undefined);
    const hint = property.enum?.join(', ') ?? property.description ?? '';
    return [{ path, label: name, type: type.join(', '), isRequired, hint }];
  });
}

const JSON_TYPES: Readonly<Record<string, readonly string[]>> = {
  // Vendors take figures as text, too, and the hub writes amounts so.
  number: ['number', 'string'],
  integer: ['integer', 'string'],
  boolean: ['boolean'],
  string: ['string', 'number'],
  date: ['string'],
  datetime: ['string'],
  reference: ['string', 'number', 'object'],
  picklist: ['string'],
  object: ['object', 'array'],
};

/** Of a vendor's object, as its description says. A dot in a name leads into an object, as QuickBooks has them. */
export function targetOfFields(name: string, described: readonly VendorField[]): Target {
  const writable = described.filter(
    (field) => field.writable || field.external_id || field.name.toLowerCase() === 'id',
  );
  const fields = writable.map((field): TargetField => {
    const most = field.max_length === null ? '' : ` ≤ ${field.max_length}`;
    return {
      path: field.name.split('.'),
      label: field.label,
      type: `${field.type}${most}`,
      isRequired: field.required_on_create,
      hint: field.values?.slice(0, 12).join(', ') ?? field.vendor_type,
    };
  });
  return { name, fields, schema: schemaOf(writable) };
}

/** Needed fields are not asked for: a record that is there already can do without. */
function schemaOf(fields: readonly VendorField[]): Schema {
  const root: MutableSchema = { type: 'object', additionalProperties: false, properties: {} };
  for (const field of fields) {
    const path = field.name.split('.');
    const parent = path.slice(0, -1).reduce((above, step) => objectBelow(above, step), root);
    const leaf = path.at(-1) ?? field.name;
    parent.properties[leaf] = {
      type: [...(JSON_TYPES[field.type] ?? ['string']), 'null'],
      ...(field.max_length === null ? {} : { maxLength: field.max_length }),
    };
  }
  // Said to the hub, not to the vendor.
  root.properties['_link'] = {};
  return root;
}

interface MutableSchema extends Schema {
  readonly properties: Record<string, Schema>;
}

function objectBelow(parent: MutableSchema, name: string): MutableSchema {
  const there = parent.properties[name];
  if (there?.properties !== undefined) return there as MutableSchema;
  const made: MutableSchema = { type: ['object', 'null'], properties: {} };
  parent.properties[name] = made;
  return made;
}

/** Fields that a record needs when it is created and that the output does not have. */
export function missingFields(target: Target, output: unknown): TargetField[] {
  return target.fields.filter(({ path, isRequired }) => isRequired && valueAt(output, path) === undefined);
}

export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<string, unknown>>)[name] : undefined,
    value,
  );
}
