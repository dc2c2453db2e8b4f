export type TokenKind = 'string' | 'word' | 'number' | 'regex' | 'mark';

/** A token of a JSONata expression by its place; comments and blanks are none. */
export interface Token {
  readonly kind: TokenKind;
  readonly from: number;
  readonly to: number;
}

const BLANK = /\s/;
const WORD = /[\p{L}\p{N}_$]/u;
const LONG_MARKS = [':=', '!=', '>=', '<=', '~>', '**', '..', '?:', '??'];
/** Words after which a value is still to come. */
const OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'in']);
const CLOSING: ReadonlySet<string> = new Set([')', ']', '}', '*', '%']);

/** @param source an expression that parses: of any other the tokens are guesses */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const letter = source.charAt(at);
    if (BLANK.test(letter)) at++;
    else if (source.startsWith('/*', at)) at = endAfter(source, '*/', at + 2);
    else {
      const token = tokenAt(source, at, tokens.at(-1));
      tokens.push(token);
      at = token.to;
    }
  }
  return tokens;
}

function tokenAt(source: string, from: number, before: Token | undefined): Token {
  const letter = source.charAt(from);
  if (letter === '"' || letter === "'") return { kind: 'string', from, to: endOfQuoted(source, from, letter) };
  if (letter === '`') return { kind: 'word', from, to: endAfter(source, '`', from + 1) };
  if (letter === '/' && !isValue(source, before)) return { kind: 'regex', from, to: endOfRegex(source, from) };
  const number = /^\d+(\.\d+)?([eE][+-]?\d+)?/.exec(source.slice(from, from + 400));
  if (number !== null) return { kind: 'number', from, to: from + number[0].length };
  if (WORD.test(letter)) return { kind: 'word', from, to: endOfWord(source, from) };
  const long = LONG_MARKS.find((mark) => source.startsWith(mark, from));
  return { kind: 'mark', from, to: from + (long?.length ?? 1) };
}

/** A slash after a value divides; anywhere else it begins a regular expression. */
function isValue(source: string, token: Token | undefined): boolean {
  if (token === undefined) return false;
  const text = source.slice(token.from, token.to);
  return token.kind === 'mark' ? CLOSING.has(text) : !OPERATORS.has(text);
}

function endOfQuoted(source: string, from: number, quote: string): number {
  let at = from + 1;
  while (at < source.length && source.charAt(at) !== quote) at += source.charAt(at) === '\\' ? 2 : 1;
  return Math.min(at + 1, source.length);
}

/** As JSONata finds it: behind brackets that are still open a slash is part of the expression. */
function endOfRegex(source: string, from: number): number {
  let at = from + 1;
  let depth = 0;
  while (at < source.length) {
    const letter = source.charAt(at);
    if (letter === '\\') at++;
    else if ('([{'.includes(letter)) depth++;
    else if (')]}'.includes(letter)) depth--;
    else if (letter === '/' && depth === 0) break;
    at++;
  }
  at++;
  while (/[im]/.test(source.charAt(at))) at++;
  return Math.min(at, source.length);
}

function endOfWord(source: string, from: number): number {
  let at = from + 1;
  while (at < source.length && WORD.test(source.charAt(at))) at++;
  return at;
}

function endAfter(source: string, mark: string, from: number): number {
  const found = source.indexOf(mark, from);
  return found < 0 ? source.length : found + mark.length;
}
