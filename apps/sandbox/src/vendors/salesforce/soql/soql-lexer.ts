import { reject } from '../salesforce.errors';

export interface Token {
  readonly kind: 'word' | 'string' | 'number' | 'date' | 'datetime' | 'symbol' | 'end';
  /** For strings the value, escapes resolved; else as written. */
  readonly text: string;
  readonly at: number;
}

const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['datetime', /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})/y],
  ['date', /\d{4}-\d{2}-\d{2}(?![\dT])/y],
  ['number', /[+-]?\d+(?:\.\d+)?(?![\w.])/y],
  ['word', /[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*(?::\d+)?/y],
  ['symbol', /!=|<>|<=|>=|[=<>(),]/y],
];
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  N: '\n',
  r: '\r',
  R: '\r',
  t: '\t',
  T: '\t',
  b: '\b',
  B: '\b',
  f: '\f',
  F: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
  // In LIKE an escaped wildcard is an ordinary character; the marks below are resolved there.
  _: '\uE000_',
  '%': '\uE000%',
};

/** @throws Rejection 400 MALFORMED_QUERY */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at++;
      continue;
    }
    const { token, end } = text[at] === "'" ? readString(text, at) : readToken(text, at);
    tokens.push(token);
    at = end;
  }
  tokens.push({ kind: 'end', text: '<EOF>', at });
  return tokens;
}

function readToken(text: string, at: number): { token: Token; end: number } {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return { token: { kind, text: found, at }, end: at + found.length };
  }
  return malformed(text, at, `unexpected token: '${text.charAt(at)}'`);
}

function readString(text: string, start: number): { token: Token; end: number } {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'") return { token: { kind: 'string', text: value, at: start }, end: at + 1 };
    if (character !== '\\') {
      value += character;
      continue;
    }
    const escaped = text.charAt(++at);
    const hex = escaped === 'u' ? /^[0-9a-fA-F]{4}/.exec(text.slice(at + 1))?.[0] : undefined;
    const resolved = hex === undefined ? ESCAPES[escaped] : String.fromCharCode(parseInt(hex, 16));
    if (resolved === undefined) return malformed(text, at, `Illegal string literal: invalid escape '\\${escaped}'`);
    if (hex !== undefined) at += 4;
    value += resolved;
  }
  return malformed(text, start, 'unterminated string literal');
}

/** The vendor quotes the text around the error and points at it. */
export function malformed(text: string, at: number, message: string): never {
  reject(400, 'MALFORMED_QUERY', `${pointer(text, at)}${message}`);
}

export function pointer(text: string, at: number): string {
  const from = Math.max(0, at - 40);
  const shown = text.slice(from, at + 40).replace(/\s/g, ' ');
  const row = text.slice(0, at).split('\n').length;
  const column = at - (text.lastIndexOf('\n', at - 1) + 1) + 1;
  return `\n${shown}\n${' '.repeat(at - from)}^\nERROR at Row:${row}:Column:${column}\n`;
}
