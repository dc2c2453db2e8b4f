import Big from 'big.js';
import {
  Fault,
  invalidDecimal,
  invalidNumber,
  invalidString,
  unsupportedProperty,
  wrongLength,
  type FaultItem,
} from '../quickbooks.errors';
import { isDate } from '../quickbooks.time';
import { isJsonObject, type Json, type JsonObject, type Value, type ValueObject } from '../quickbooks.values';
import { type FieldMap, type FieldSpec } from '../schema/schema.types';

const MAX_NUMBER = new Big('99999999999');
const DECIMAL = /^-?\d+(\.\d+)?$/;
/** Colons separate the levels of a full name; names are one line; four-byte characters are refused. */
const NOT_PLAIN = /[:\t\n\r]|[\u{10000}-\u{10ffff}]/u;
const EMAIL = /^[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+$/;
const WEB_ADDRESS = /^(https?:\/\/)?[^\s/.]+(\.[^\s/.]+)+(\/\S*)?$/i;

/**
 * Reads a request body against an entity's schema, as strictly as the vendor: an unknown member or a wrong type ends
 * the reading at once (2010); what is merely too long or out of range is collected and reported together.
 * `null` is no value; an empty string stands in the result and clears the field later.
 * @throws Fault 2010, 2040, 2050, 2090, 2110, 2200, 2210
 */
export function readFields(fields: FieldMap, json: JsonObject): ValueObject {
  const problems: FaultItem[] = [];
  const values = readObject(fields, json, '', problems);
  if (problems.length > 0) throw new Fault(problems);
  return values;
}

function readObject(fields: FieldMap, json: JsonObject, path: string, problems: FaultItem[]): ValueObject {
  const values: Record<string, Value> = {};
  for (const [name, item] of Object.entries(json)) {
    const spec = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!spec) unsupportedProperty();
    if (item === null || spec.kind === 'computed') continue;
    const value = readValue(spec, item, path === '' ? name : `${path}.${name}`, problems);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

function readValue(spec: FieldSpec, json: Json, path: string, problems: FaultItem[]): Value | undefined {
  switch (spec.kind) {
    case 'text':
      return readText(spec, scalarText(json), path, problems);
    case 'number':
      return readNumber(spec.scale, json, path, problems);
    case 'boolean':
      if (json === 'true' || json === 'false') return json === 'true';
      return typeof json === 'boolean' ? json : unsupportedProperty();
    case 'date':
      if (json === '') return '';
      return typeof json === 'string' && isDate(json) ? json : unsupportedProperty();
    case 'choice':
      return typeof json === 'string' && spec.values.includes(json) ? json : unsupportedProperty();
    case 'reference':
      return readReference(json);
    case 'object':
      return isJsonObject(json) ? readObject(spec.fields, json, path, problems) : unsupportedProperty();
    case 'list':
      if (!Array.isArray(json)) unsupportedProperty();
      return (json as readonly Json[]).map((item) =>
        isJsonObject(item) ? withoutBlanks(readObject(spec.of, item, path, problems)) : unsupportedProperty(),
      );
    case 'computed':
      return undefined;
  }
}

/** What is empty is not there; at the top level the caller still needs to see it, to clear the field. */
export function withoutBlanks(values: ValueObject): ValueObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

/** The vendor's reader takes a bare number for a string, never an object or a list. */
function scalarText(json: Json): string {
  if (typeof json === 'string') return json;
  if (json instanceof Big) return json.toFixed();
  return typeof json === 'boolean' ? String(json) : unsupportedProperty();
}

function readText(
  { max, plain, format }: Extract<FieldSpec, { kind: 'text' }>,
  text: string,
  path: string,
  problems: FaultItem[],
): string {
  const value = plain === true ? text.trim() : text;
  if ([...value].length > max) problems.push(wrongLength(path, max, [...value].length));
  else if (plain === true && NOT_PLAIN.test(value)) problems.push(invalidString(path, value));
  else if (format === 'email' && value !== '' && !value.split(',').every((part) => EMAIL.test(part.trim()))) {
    problems.push({
      Message: 'Invalid Email Address format',
      Detail: `Invalid Email Address format : Email Address does not conform to RFC 822 syntax rules. Supplied value:${value}`,
      code: '2210',
      element: path,
    });
  } else if (format === 'uri' && value !== '' && !WEB_ADDRESS.test(value)) {
    problems.push({
      Message: 'Malformed Website Address format',
      Detail: `Malformed Website Address format : Supplied value:${value}`,
      code: '2200',
      element: path,
    });
  }
  return value;
}

function readNumber(scale: number, json: Json, path: string, problems: FaultItem[]): Value | undefined {
  if (json === '') return undefined;
  const value =
    json instanceof Big ? json : typeof json === 'string' && DECIMAL.test(json) ? new Big(json) : unsupportedProperty();
  if (value.abs().gt(MAX_NUMBER)) problems.push(invalidNumber(path, value.toFixed()));
  else if (!value.round(scale).eq(value)) problems.push(invalidDecimal(path, value.toFixed()));
  return value;
}

function readReference(json: Json): ValueObject | undefined {
  if (!isJsonObject(json)) unsupportedProperty();
  const { value, ...rest } = json;
  if (Object.keys(rest).some((key) => key !== 'name' && key !== 'type')) unsupportedProperty();
  if (value === undefined || value === null || value === '') return undefined;
  return { value: scalarText(value) };
}
