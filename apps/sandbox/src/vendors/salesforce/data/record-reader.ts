import { type ApiContext } from '../salesforce.context';
import { type SchemaObject } from '../schema/org-schema';
import { type FieldDef } from '../schema/schema.types';
import { formatDateTime, type FieldValue, type FieldValues } from './field-values';

/** A field as it is printed in an answer: explicit null for empty, compound fields put together. */
export function printField(field: FieldDef, values: FieldValues): unknown {
  if (field.type === 'address') return printCompound(field, values);
  const value: FieldValue = values[field.name] ?? null;
  return field.type === 'datetime' && typeof value === 'number' ? formatDateTime(value) : value;
}

function printCompound(field: FieldDef, values: FieldValues): unknown {
  const parts = field.components.map(([member, name]) => [member, values[name] ?? null] as const);
  if (parts.every(([, value]) => value === null)) return null;
  return Object.fromEntries([...parts, ['geocodeAccuracy', null], ['latitude', null], ['longitude', null]]);
}

export function attributesOf(context: ApiContext, object: SchemaObject, values: FieldValues): object {
  return { type: object.name, url: `${context.base}/sobjects/${object.name}/${String(values.Id)}` };
}

export function printRecord(
  context: ApiContext,
  object: SchemaObject,
  values: FieldValues,
  fields: readonly FieldDef[] = object.fields,
): object {
  const printed: Record<string, unknown> = { attributes: attributesOf(context, object, values) };
  for (const field of fields) printed[field.name] = printField(field, values);
  return printed;
}
