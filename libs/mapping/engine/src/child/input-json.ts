import { parse as parseLossless } from 'lossless-json';

/** Sixteen digits or an exponent: only then can a number of the text be more than a double holds. Texts may match too, which costs time alone. */
const SUSPICIOUS = /\d[\d.]{15}|\d[eE]/;

/** Digits without sign, leading and trailing zeros, and the power of ten of the first digit: equal for equal values. */
function significant(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().replace(/^-/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  const stripped = digits.replace(/^0+/, '');
  if (stripped === '') return '0';
  const power = Number(exponent) + whole.length - (digits.length - stripped.length);
  return `${stripped.replace(/0+$/, '')}e${power}`;
}

/** The number, or its text when a double would change it or cannot count beyond it. */
function exactNumber(text: string): number | string {
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(value) ? value : text;
  return significant(text) === significant(String(value)) ? value : text;
}

/**
 * Parses an event's JSON text. A number that a double cannot hold exactly stays text instead of changing silently.
 * @throws SyntaxError when the text is no JSON, RangeError when it is nested beyond the stack.
 */
export function parseInput(text: string): unknown {
  if (!SUSPICIOUS.test(text)) return JSON.parse(text) as unknown;
  // The last of equal member names wins, as in JSON.parse.
  return parseLossless(text, null, { parseNumber: exactNumber, onDuplicateKey: ({ newValue }) => newValue });
}
