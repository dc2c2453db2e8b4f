import Big from 'big.js';
import { type SimpleType } from './contract.types';

const INT = [-2_147_483_648n, 2_147_483_647n] as const;
const LONG = [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n] as const;
const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)T(?:([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/;

/**
 * The value in its one stored form: money with all its digits, whole numbers without a plus sign or leading zeros.
 * @returns the violation, in the words of the server's XML library, when the text is no such value
 */
export function readSimple(type: SimpleType, raw: string): { readonly value: string } | { readonly violation: string } {
  const text = type.base === 'string' ? raw : raw.trim();
  const value = canonical(type, text);
  if (value === undefined) {
    return { violation: `cvc-datatype-valid.1.2.1: '${text}' is not a valid value for '${type.base}'.` };
  }
  if (type.enumeration && !type.enumeration.includes(text)) {
    return {
      violation: `cvc-enumeration-valid: Value '${text}' is not facet-valid with respect to enumeration '[${type.enumeration.join(', ')}]'. It must be a value from the enumeration.`,
    };
  }
  const digits = /\.(\d*?)0*$/.exec(text)?.[1]?.length ?? 0;
  if (type.fractionDigits !== undefined && digits > type.fractionDigits) {
    return {
      violation: `cvc-fractionDigits-valid: Value '${text}' has ${digits} fraction digits, but the number of fraction digits has been limited to ${type.fractionDigits}.`,
    };
  }
  return { value };
}

function canonical(type: SimpleType, text: string): string | undefined {
  switch (type.base) {
    case 'string':
      return text;
    case 'decimal':
      return decimal(text, type.fractionDigits);
    case 'int':
      return integer(text, INT);
    case 'long':
      return integer(text, LONG);
    case 'boolean':
      return text === 'true' || text === '1' ? 'true' : text === 'false' || text === '0' ? 'false' : undefined;
    case 'date':
      return isDate(DATE.exec(text)) ? text.slice(0, 10) : undefined;
    case 'dateTime':
      return isDate(DATE_TIME.exec(text)) ? text : undefined;
  }
}

function decimal(text: string, fractionDigits: number | undefined): string | undefined {
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text)) return undefined;
  const unsigned = text.replace(/^[+-]/, '').replace(/^\./, '0.').replace(/\.$/, '');
  const value = new Big(text.startsWith('-') ? `-${unsigned}` : unsigned);
  return (value.eq(0) ? new Big(0) : value).toFixed(fractionDigits);
}

function integer(text: string, [least, most]: readonly [bigint, bigint]): string | undefined {
  if (!/^[+-]?\d{1,30}$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value < least || value > most ? undefined : value.toString();
}

function isDate(found: RegExpExecArray | null): boolean {
  if (!found) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  if (year === 0 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= ([31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0);
}
