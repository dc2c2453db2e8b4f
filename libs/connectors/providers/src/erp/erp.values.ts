import Big from 'big.js';
import { type SimpleType } from './erp.contract';

/** How the system prints numbers: its columns are text, whatever the contract says. */
export const NUMBER_FORMATS = ['plain', 'english', 'german', 'spaced'] as const;
export type NumberFormat = (typeof NUMBER_FORMATS)[number];

const NUMBERS: Readonly<
  Record<NumberFormat, { readonly form: RegExp; readonly group: RegExp; readonly point: string }>
> = {
  plain: { form: /^[+-]?(\d+(\.\d*)?|\.\d+)$/, group: /(?!)/g, point: '.' },
  english: { form: /^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?$/, group: /,/g, point: '.' },
  german: { form: /^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d*)?$/, group: /\./g, point: ',' },
  spaced: { form: /^[+-]?(\d+|\d{1,3}([ \u00a0\u202f]\d{3})+)(,\d*)?$/, group: /[ \u00a0\u202f]/g, point: ',' },
};

/** A minus behind the number is how old reports print it. */
const TRAILING_MINUS = /^(.*\d)\s*-$/;
const YES = new Set(['Y', 'J', 'T', '1', '-1', 'YES', 'JA', 'TRUE']);
const NO = new Set(['N', 'F', '0', 'NO', 'NEIN', 'FALSE', '']);
/** How systems without null say that there is no date. */
const NO_DATE = new Set(['', '0', '00000000', '0000-00-00', '0001-01-01', '00010101', '9999-12-31', '99991231']);
/** `2026-11-20`, perhaps with a zone, or a time that says nothing. */
const DATE = /^(\d{4})-?(\d\d)-?(\d\d)(T00:00:00(\.0+)?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * A value as the contract promises it: plain decimals, `Y` and `N`, days. What fits nothing stays as it is: a guess at an
 * amount is worse than an amount that the mapping refuses.
 */
export function readValue(type: SimpleType, text: string, format: NumberFormat): string | null {
  const trimmed = text.trim();
  switch (type.base) {
    case 'decimal':
      return trimmed === '' ? null : (readDecimal(trimmed, format) ?? text);
    case 'int':
    case 'long':
      return trimmed === '' ? null : readWhole(trimmed, format);
    case 'date':
      return readDate(trimmed);
    case 'dateTime':
      return trimmed === '' ? null : trimmed;
    case 'boolean':
      return readFlag(trimmed, 'true', 'false') ?? text;
    case 'string':
      return type.values?.join() === 'Y,N' ? (readFlag(trimmed, 'Y', 'N') ?? text) : text;
  }
}

/** Digit for digit, zeros at the end too; null for what is no number in that format. */
export function readDecimal(text: string, format: NumberFormat): string | null {
  const turned = TRAILING_MINUS.exec(text)?.[1];
  const signed = turned === undefined ? text : `-${turned}`;
  const { form, group, point } = NUMBERS[format];
  if (!form.test(signed)) return null;
  const plain = signed.replace(group, '').replace(point, '.').replace(/^\+/, '').replace(/\.$/, '');
  return plain.replace(/^(-?)\./, '$10.');
}

/** Row versions go beyond 2^53: they are text from end to end. */
function readWhole(text: string, format: NumberFormat): string {
  const read = readDecimal(text, format);
  return read !== null && /^-?\d+$/.test(read) ? read : text;
}

function readFlag(text: string, yes: string, no: string): string | null {
  const upper = text.toUpperCase();
  return YES.has(upper) ? yes : NO.has(upper) ? no : null;
}

function readDate(text: string): string | null {
  const bare = text.replace(/T.*$|Z$/, '');
  if (NO_DATE.has(bare)) return null;
  const [, year, month, day] = DATE.exec(text) ?? [];
  return year === undefined ? text : `${year}-${month}-${day}`;
}

/** A number of a payload as XML Schema takes it: no exponent, no zeros that would only seem to be too many digits. */
export function writeDecimal(text: string, fractionDigits: number | null): string | null {
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?$/.test(text)) return null;
  const plain = new Big(text.replace(/\.(?=$|e)/i, '')).toFixed();
  const digits = plain.split('.')[1]?.length ?? 0;
  if (fractionDigits !== null && digits > fractionDigits) return null;
  // As it was written, where that is good already: `12.50` is what the mapping meant to say.
  const asWritten = /^-?\d+(\.\d+)?$/.test(text) && (text.split('.')[1]?.length ?? 0) <= (fractionDigits ?? Infinity);
  return asWritten ? text : plain;
}
