import { queryUnparsable } from '../quickbooks.errors';

export type TokenKind = 'word' | 'string' | 'number' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** For a string its value, without quotes and escapes. */
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

const WORD = /[A-Za-z_][A-Za-z0-9_.]*/y;
const NUMBER = /-?\d+(\.\d+)?/y;
const SYMBOL = /<=|>=|[=<>(),*]/y;
const SPACE = /\s+/y;

/** @throws Fault 4000 for what is no token of the query language, such as a double quote or an open string */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const space = match(SPACE, query, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const { line, column } = position(query, at);
    if (query[at] === "'") {
      const { text, length } = readString(query, at);
      tokens.push({ kind: 'string', text, line, column });
      at += length;
      continue;
    }
    const [kind, text] = nextToken(query, at);
    tokens.push({ kind, text, line, column });
    at += text.length;
  }
  tokens.push({ kind: 'end', text: '', ...position(query, query.length) });
  return tokens;
}

function nextToken(query: string, at: number): ['word' | 'number' | 'symbol', string] {
  const word = match(WORD, query, at);
  if (word !== undefined) return ['word', word];
  const number = match(NUMBER, query, at);
  if (number !== undefined) return ['number', number];
  return ['symbol', match(SYMBOL, query, at) ?? lexicalError(query, at)];
}

/** A backslash escapes a quote or itself; before anything else it stands for itself. */
function readString(query: string, start: number): { text: string; length: number } {
  let text = '';
  for (let at = start + 1; at < query.length; at++) {
    const character = query[at];
    if (character === "'") return { text, length: at - start + 1 };
    const next = query[at + 1];
    if (character === '\\' && (next === "'" || next === '\\')) {
      text += next;
      at++;
    } else text += character;
  }
  return lexicalError(query, start);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function position(query: string, at: number): { line: number; column: number } {
  const before = query.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function lexicalError(query: string, at: number): never {
  const { line, column } = position(query, at);
  const character = query.charAt(at);
  queryUnparsable(
    `Invalid content. Lexical error at line ${line}, column ${column}.  Encountered: "${character}" (${character.charCodeAt(0)}), after : ""`,
  );
}
