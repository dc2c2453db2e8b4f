import { isObject, type ApiContext, type JsonObject } from '../netsuite.context';
import { reject, rejectRecord, rejectValue } from '../netsuite.errors';
import { isIsoDate } from '../netsuite.time';
import { type RecordType } from '../schema/account-schema';
import { type FieldDef } from '../schema/schema.types';
import { findReference, isExternalId } from './record-lookup';
import { type Fields, type FieldValue, type Ref } from './values';

const MAX_MONEY = 1e16;

/**
 * Reads the fields of a record from a request, each checked against its type. Order is kept: of an amount and a rate
 * the one that was written last wins.
 * @throws Rejection 400 naming the field
 */
export function readRecord(context: ApiContext, type: RecordType, body: JsonObject): Fields {
  const values: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'links' || name === 'id') continue;
    const field = type.byName.get(name);
    if (!field) rejectUnknown(name, name);
    // The form of the caller's role lacks the field: the vendor takes the value, says nothing, and loses it.
    if (type.offForm.has(name)) continue;
    if (value !== undefined) values[name] = readField(context, field, value, name);
  }
  return values;
}

function rejectUnknown(name: string, path: string): never {
  reject(400, 'NONEXISTENT_FIELD', `Unknown field '${name}'. Provide a field that exists on the record.`, { path });
}

function readField(context: ApiContext, field: FieldDef, value: unknown, path: string): FieldValue {
  if (field.readOnly) {
    rejectRecord(
      'INSUFFICIENT_PERMISSION',
      `You do not have permissions to set a value for element ${field.name} due to one of the following reasons: 1) The field is read-only; 2) An associated feature is disabled; 3) The field is available either when a record is created or updated, but not in both cases.`,
      { path },
    );
  }
  switch (field.type) {
    case 'sublist':
      return itemsOf(value, field, path).map((line, index) =>
        readFields(context, field.fields ?? [], line, `${path}.items[${index}]`),
      );
    case 'multiselect':
      return itemsOf(value, field, path).map((item, index) =>
        readReference(context, field, item, `${path}.items[${index}]`),
      );
    case 'subrecord':
      if (!isObject(value)) return rejectValue(value, field.name, path);
      return readFields(context, field.fields ?? [], value, path);
    default:
      return value === null ? null : readScalar(context, field, value, path);
  }
}

function itemsOf(value: unknown, field: FieldDef, path: string): readonly JsonObject[] {
  const items = isObject(value) ? value.items : undefined;
  if (!Array.isArray(items)) return rejectValue(value, field.name, path);
  return items.map((item, index) => (isObject(item) ? item : rejectValue(item, field.name, `${path}.items[${index}]`)));
}

function readFields(context: ApiContext, fields: readonly FieldDef[], body: JsonObject, path: string): Fields {
  const values: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'links') continue;
    const field = fields.find((candidate) => candidate.name === name);
    if (!field) return rejectUnknown(name, `${path}.${name}`);
    // A line's own key comes back from a read and says which line is meant, read-only or not.
    const isKey = name === 'id' && (typeof value === 'string' || typeof value === 'number');
    if (isKey) values[name] = Number(value);
    else if (value !== undefined) values[name] = readField(context, field, value, `${path}.${name}`);
  }
  return values;
}

function readScalar(context: ApiContext, field: FieldDef, value: unknown, path: string): FieldValue {
  const refuse = (): never => rejectValue(value, field.name, path);
  switch (field.type) {
    case 'string':
    case 'email':
    case 'phone':
    case 'url':
      return typeof value === 'string' ? readText(field, value, path) : refuse();
    case 'integer':
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : refuse();
    case 'number':
    case 'currency':
      return typeof value === 'number' && Math.abs(value) < MAX_MONEY ? value : refuse();
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse();
    case 'date':
      return typeof value === 'string' && isIsoDate(value) ? value : refuse();
    case 'reference':
      return readReference(context, field, value, path);
    case 'enum':
      return readEnum(field, value, path);
    case 'dateTime':
    case 'multiselect':
    case 'subrecord':
    case 'sublist':
      throw new Error(`${field.type} is not read here`);
  }
}

function readText(field: FieldDef, value: string, path: string): string | null {
  // Empty text is the vendor's null.
  if (value === '') return null;
  const { name, maxLength = Infinity } = field;
  if ([...value].length > maxLength) {
    rejectRecord(
      'EXCEEDED_MAX_FIELD_LENGTH',
      `The field ${name} contained more than the maximum number ( ${maxLength} ) of characters allowed.`,
      { path },
    );
  }
  if (field.type === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) rejectValue(value, name, path);
  if (field.type === 'phone' && value.replace(/\D/g, '').length < 7) {
    rejectRecord('INVALID_PHONE_NUMBER', 'Phone number should have seven digits or more.', { path });
  }
  if (field.type === 'url' && !/^(https?|ftp|file):\/\/\S+$/.test(value)) {
    rejectRecord('INVALID_URL', 'Invalid URL. Url must start with http://, https://, ftp://, or file://', { path });
  }
  if (name === 'externalId' && !isExternalId(value)) {
    reject(400, 'INVALID_KEY_OR_REF', `Invalid external ID '${value}'.`, { path });
  }
  return value;
}

function readEnum({ name, options = [] }: FieldDef, value: unknown, path: string): string {
  const id = isObject(value) ? value.id : value;
  const refName = isObject(value) ? value.refName : undefined;
  const found = options.find((option) => (id === undefined ? option.refName === refName : option.id === id));
  return found ? found.id : rejectValue(id ?? refName ?? value, name, path);
}

/** `{"id": …}`, `{"externalId": …}`, `{"refName": …}`, or the bare id, all of which the vendor was seen to take. */
function readReference(context: ApiContext, { name, targets = [] }: FieldDef, value: unknown, path: string): Ref {
  const given = isObject(value) ? value : { id: value };
  const found = findReference(context.account, targets, given);
  if (found) return found;
  if (given.id === undefined && typeof given.externalId === 'string') {
    reject(
      400,
      'INVALID_CONTENT',
      `The record instance for external ID '${given.externalId}' does not exist. Provide a valid record instance ID.`,
      { path },
    );
  }
  return rejectValue(given.id ?? given.refName ?? value, name, path);
}
