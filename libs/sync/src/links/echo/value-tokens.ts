import { hash } from 'node:crypto';

/** A leaf of a record. Numbers are their digits, because a double would make two amounts one. */
export type Leaf =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'empty object' }
  | { readonly kind: 'length'; readonly items: number };

const PLAIN_DECIMAL = /^-?\d+(\.\d+)?$/;
/** Finer than a millisecond is left alone: two such instants would become one. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)$/;
const BOOLEAN_WORDS: Readonly<Record<string, boolean>> = { true: true, false: false, T: true, F: false };
const HASH_CHARACTERS = 16;

/** 96 bits: enough that two different values never meet, and small in a row. */
export function hashOf(token: string): string {
  return hash('sha256', token, 'base64url').slice(0, HASH_CHARACTERS);
}

/** Equal for equal decimals, however they are written: `12.50` and `1.25e1`. */
function decimalToken(digits: string): string {
  const [mantissa = '', exponent = '0'] = digits.toLowerCase().replace(/^[+-]/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  const stripped = all.replace(/^0+/, '');
  if (stripped === '') return '0';
  const power = Number(exponent) + whole.length - (all.length - stripped.length);
  return `${digits.startsWith('-') ? '-' : ''}${stripped.replace(/0+$/, '')}e${power}`;
}

/** What tells one value from another: two leaves have the same token only when nothing has changed. */
export function exactToken(leaf: Leaf): string {
  switch (leaf.kind) {
    case 'text':
      return `s${leaf.text}`;
    case 'number':
      return `n${decimalToken(leaf.digits)}`;
    case 'boolean':
      return `b${leaf.value}`;
    case 'nothing':
      return 'z';
    case 'empty object':
      return 'o';
    case 'length':
      return `#${leaf.items}`;
  }
}

/** Under which tokens a value read at a vendor may be what we wrote. */
export function readTokens(leaf: Leaf): string[] {
  const tokens = [exactToken(leaf)];
  if (leaf.kind !== 'text') return tokens;
  const { text } = leaf;
  if (text === '') tokens.push('z');
  if (PLAIN_DECIMAL.test(text)) tokens.push(`d${decimalToken(text)}`);
  if (Object.hasOwn(BOOLEAN_WORDS, text)) tokens.push(`l${BOOLEAN_WORDS[text]}`);
  return [...tokens, ...instantTokens(text)];
}

/**
 * Under which tokens a vendor may give back a value that we wrote. One way only: vendors trim and re-format what they are
 * given, so `"Acme "` may come back as `"Acme"`; but `"Acme "` is not what we wrote when we wrote `"Acme"`. Two texts
 * that differ as texts are never one, even if both read as the same number: `1.10` and `1.1` may be two article numbers.
 */
export function writtenTokens(leaf: Leaf): string[] {
  switch (leaf.kind) {
    case 'text': {
      const { text } = leaf;
      const unix = text.replace(/\r\n?/g, '\n');
      const tokens = [text, text.trim(), unix, unix.trim()].map((variant) => `s${variant}`);
      if (text.trim() === '') tokens.push('z');
      if (PLAIN_DECIMAL.test(text)) tokens.push(`n${decimalToken(text)}`);
      if (text === 'true' || text === 'false') tokens.push(`b${text}`);
      return [...new Set([...tokens, ...instantTokens(text)])];
    }
    case 'number':
      return [exactToken(leaf), `d${decimalToken(leaf.digits)}`];
    case 'boolean':
      return [exactToken(leaf), `l${leaf.value}`];
    case 'nothing':
      return ['z', 's'];
    case 'empty object':
    case 'length':
      return [exactToken(leaf)];
  }
}

function instantTokens(text: string): string[] {
  if (!INSTANT.test(text)) return [];
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(at) ? [] : [`i${at}`];
}
