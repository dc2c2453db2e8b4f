import { reject, type SfErrorItem } from '../salesforce.errors';
import { sfId18 } from '../salesforce.ids';
import { Decimal, tokenName, tokenText, type JsonNode } from '../salesforce.json';
import { type FieldDef } from '../schema/schema.types';

/** Numbers are decimals, dates are text, datetimes are milliseconds since the epoch. */
export type FieldValue = string | boolean | number | Decimal | null;
export type FieldValues = Readonly<Record<string, FieldValue>>;

const EMAIL =
  /^[^\s@,;:<>()[\]\\"]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
const DATETIME = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const JAVA_INT_MAX = 2_147_483_647n;

export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** @returns milliseconds, or `undefined` when the text is no datetime with a zone */
export function parseDateTime(text: string): number | undefined {
  const day = DATETIME.exec(text)?.[1];
  if (day === undefined || !isCalendarDate(day)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The vendor's own notation: milliseconds, and a zone without a colon. */
export function formatDateTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}

/**
 * Reads a JSON value as the field's type. Empty text becomes null and trailing white space goes, as the vendor stores it.
 * @throws Rejection JSON_PARSER_ERROR or MALFORMED_ID
 */
export function readField(field: FieldDef, node: JsonNode): FieldValue {
  if (node.kind === 'null') return null;
  switch (field.type) {
    case 'boolean':
      return readBoolean(field, node);
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return readNumber(field, node);
    case 'date':
      return readText(field, node, (text) => (isCalendarDate(text) ? text : undefined));
    case 'datetime':
      return readText(field, node, parseDateTime);
    case 'id':
    case 'reference':
      return readReference(field, node);
    case 'address':
      return cannotRead(field, node);
    default: {
      const text = readText(field, node, (given) => given);
      return typeof text === 'string' ? normaliseText(field, text) : text;
    }
  }
}

function normaliseText(field: FieldDef, text: string): string | null {
  const lines = field.type === 'textarea' ? text.replace(/\r\n?/g, '\n') : text;
  const trimmed = lines.trimEnd();
  const stored = field.type === 'textarea' ? trimmed : trimmed.trimStart();
  return stored === '' ? null : stored;
}

function readText<T extends FieldValue>(
  field: FieldDef,
  node: JsonNode,
  parse: (text: string) => T | undefined,
): T | null {
  if (node.kind !== 'string') cannotRead(field, node);
  if (node.text === '') return null;
  return parse(node.text) ?? cannotRead(field, node);
}

function readBoolean(field: FieldDef, node: JsonNode): boolean {
  if (node.kind === 'boolean') return node.value;
  if (node.kind === 'string' && /^(true|false)$/.test(node.text)) return node.text === 'true';
  cannotRead(field, node);
}

function readNumber(field: FieldDef, node: JsonNode): FieldValue {
  if (node.kind !== 'number' && node.kind !== 'string') cannotRead(field, node);
  if (node.text === '') return null;
  const decimal = parseDecimal(node.text);
  if (!decimal) cannotRead(field, node);
  if (field.type === 'int') {
    const isWhole = decimal.scale === 0;
    const magnitude = decimal.digits < 0n ? -decimal.digits : decimal.digits;
    if (!isWhole || magnitude > JAVA_INT_MAX) cannotRead(field, node);
    return new Decimal(decimal.digits.toString());
  }
  return formatDecimal(round(decimal, field.scale));
}

function readReference(field: FieldDef, node: JsonNode): FieldValue {
  const text = readText(field, node, (given) => given);
  if (text === null) return null;
  return (
    sfId18(text) ?? reject(400, 'MALFORMED_ID', `${field.label}: id value of incorrect type: ${text}`, [field.name])
  );
}

function cannotRead(field: FieldDef, node: JsonNode): never {
  const type =
    field.type === 'phone' || field.type === 'url' || field.type === 'textarea' || field.type === 'picklist'
      ? 'string'
      : field.type;
  reject(
    400,
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${type} from ${tokenName(node)} value ${tokenText(node)} or request may be missing a required field at [line:${node.line}, column:${node.column}]`,
  );
}

interface ScaledInteger {
  readonly digits: bigint;
  readonly scale: number;
}

/** @returns the number with trailing zeros of its fraction removed, or `undefined` when it is none */
export function parseDecimal(text: string): ScaledInteger | undefined {
  const match = DECIMAL.exec(text.trim());
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || whole + fraction === '') return undefined;
  let scale = fraction.length - Number(exponent);
  let digits = BigInt(`${whole}${fraction}`);
  if (scale < 0) {
    digits *= 10n ** BigInt(-scale);
    scale = 0;
  }
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale--;
  }
  return { digits: sign === '-' ? -digits : digits, scale };
}

/** Half up, away from zero. */
function round({ digits, scale }: ScaledInteger, to: number): ScaledInteger {
  if (scale <= to) return { digits, scale };
  const unit = 10n ** BigInt(scale - to);
  const magnitude = digits < 0n ? -digits : digits;
  const rounded = (magnitude + unit / 2n) / unit;
  return { digits: digits < 0n ? -rounded : rounded, scale: to };
}

function formatDecimal({ digits, scale }: ScaledInteger): Decimal {
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  return new Decimal(`${sign}${whole}.${scale === 0 ? '0' : text.slice(-scale)}`);
}

/** `quantity × price` and sums of such, exact; the result has the scale of the currency field it is meant for. */
export function multiply(left: Decimal, right: Decimal, scale: number): Decimal {
  const a = parseDecimal(left.text);
  const b = parseDecimal(right.text);
  if (!a || !b) throw new Error('a stored decimal is not a number');
  return formatDecimal(round({ digits: a.digits * b.digits, scale: a.scale + b.scale }, scale));
}

export function divide(left: Decimal, right: Decimal, scale: number): Decimal | undefined {
  const a = parseDecimal(left.text);
  const b = parseDecimal(right.text);
  if (!a || !b || b.digits === 0n) return undefined;
  const shift = scale + 2 + b.scale;
  return formatDecimal(
    round({ digits: (a.digits * 10n ** BigInt(shift)) / b.digits, scale: a.scale + shift - b.scale }, scale),
  );
}

export function sum(amounts: readonly Decimal[]): Decimal {
  let total: ScaledInteger = { digits: 0n, scale: 0 };
  for (const { text } of amounts) {
    const next = parseDecimal(text);
    if (!next) throw new Error('a stored decimal is not a number');
    const scale = Math.max(total.scale, next.scale);
    const lift = (value: ScaledInteger): bigint => value.digits * 10n ** BigInt(scale - value.scale);
    total = { digits: lift(total) + lift(next), scale };
  }
  return formatDecimal(total);
}

/** The vendor's complaint about a value of the right type, or nothing. */
export function checkField(field: FieldDef, value: FieldValue): SfErrorItem | undefined {
  if (value === null) return undefined;
  if (value instanceof Decimal) return checkRange(field, value);
  if (typeof value !== 'string') return undefined;
  if (
    field.restrictedPicklist &&
    !field.picklist.some((option) => option.value.toLowerCase() === value.toLowerCase())
  ) {
    return {
      errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      message: `${field.label}: bad value for restricted picklist field: ${value}`,
      fields: [field.name],
    };
  }
  if (field.type !== 'reference' && field.length > 0 && [...value].length > field.length) {
    return {
      errorCode: 'STRING_TOO_LONG',
      message: `${field.label}: data value too large: ${value.slice(0, 255)} (max length=${field.length})`,
      fields: [field.name],
    };
  }
  if (field.type === 'email' && !EMAIL.test(value)) {
    return {
      errorCode: 'INVALID_EMAIL_ADDRESS',
      message: `${field.label}: invalid email address: ${value}`,
      fields: [field.name],
    };
  }
  return undefined;
}

function checkRange(field: FieldDef, value: Decimal): SfErrorItem | undefined {
  const whole = (value.text.split('.')[0] ?? '').replace('-', '').replace(/^0+/, '');
  if (whole.length <= field.precision - field.scale) return undefined;
  return {
    errorCode: 'NUMBER_OUTSIDE_VALID_RANGE',
    message: `${field.label}: value outside of valid range on numeric field: ${value.text}`,
    fields: [field.name],
  };
}
