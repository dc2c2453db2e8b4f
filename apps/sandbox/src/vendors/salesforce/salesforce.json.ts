import { reject } from './salesforce.errors';

/**
 * The vendor's parser shows through its API: it reports line and column, insists on the order of members
 * (`attributes` first) and keeps 18-digit numbers exact. `JSON.parse` loses all three, hence this one.
 */
export type JsonNode = { readonly line: number; readonly column: number } & (
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, JsonNode])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly text: string }
  /** `text` is the number as it was written. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
);
export type JsonObjectNode = Extract<JsonNode, { kind: 'object' }>;

/** A decimal number on its way out, printed digit for digit. */
export class Decimal {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING_CHUNK = /[^"\\]+/y;
const MAX_DEPTH = 100;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** @throws Rejection 400 JSON_PARSER_ERROR */
export function parseJson(text: string): JsonNode {
  return new Parser(text).document();
}

class Parser {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): JsonNode {
    const node = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.unexpected('expected end of input');
    return node;
  }

  private value(): JsonNode {
    this.skipSpace();
    const position = { line: this.line, column: this.at - this.lineStart + 1 };
    const character = this.text[this.at];
    if (character === '{') return { ...position, kind: 'object', members: this.nested(() => this.members()) };
    if (character === '[') return { ...position, kind: 'array', items: this.nested(() => this.items()) };
    if (character === '"') return { ...position, kind: 'string', text: this.string() };
    if (this.literal('true')) return { ...position, kind: 'boolean', value: true };
    if (this.literal('false')) return { ...position, kind: 'boolean', value: false };
    if (this.literal('null')) return { ...position, kind: 'null' };
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text)?.[0];
    if (number === undefined) {
      this.unexpected("expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')");
    }
    this.at += number.length;
    return { ...position, kind: 'number', text: number };
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) this.unexpected('nested too deeply');
    const result = read();
    this.depth--;
    return result;
  }

  private members(): (readonly [string, JsonNode])[] {
    const members: (readonly [string, JsonNode])[] = [];
    this.at++;
    this.skipSpace();
    if (this.take('}')) return members;
    for (;;) {
      this.skipSpace();
      if (this.text[this.at] !== '"') this.unexpected('was expecting double-quote to start field name');
      const name = this.string();
      this.skipSpace();
      if (!this.take(':')) this.unexpected('was expecting a colon to separate field name and value');
      members.push([name, this.value()]);
      this.skipSpace();
      if (this.take('}')) return members;
      if (!this.take(',')) this.unexpected('was expecting comma to separate Object entries');
    }
  }

  private items(): JsonNode[] {
    const items: JsonNode[] = [];
    this.at++;
    this.skipSpace();
    if (this.take(']')) return items;
    for (;;) {
      items.push(this.value());
      this.skipSpace();
      if (this.take(']')) return items;
      if (!this.take(',')) this.unexpected('was expecting comma to separate Array entries');
    }
  }

  private string(): string {
    let result = '';
    this.at++;
    for (;;) {
      STRING_CHUNK.lastIndex = this.at;
      const chunk = STRING_CHUNK.exec(this.text)?.[0] ?? '';
      for (let end = this.at + chunk.length; this.at < end; this.at++) {
        if (this.text.charCodeAt(this.at) < 32) this.unexpected('control characters must be escaped in a string');
      }
      result += chunk;
      if (this.take('"')) return result;
      if (!this.take('\\')) this.unexpected('a string must end with a double-quote');
      result += this.escape();
    }
  }

  private escape(): string {
    const character = this.text[this.at] ?? '';
    const simple = SIMPLE_ESCAPES[character];
    if (simple !== undefined) {
      this.at++;
      return simple;
    }
    const hex = this.text.slice(this.at + 1, this.at + 5);
    if (character !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex)) this.unexpected('unrecognized character escape');
    this.at += 5;
    return String.fromCharCode(parseInt(hex, 16));
  }

  private literal(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code === 10) {
        this.line++;
        this.lineStart = this.at + 1;
      } else if (code !== 32 && code !== 9 && code !== 13) return;
    }
  }

  private unexpected(expected: string): never {
    const where = `[line:${this.line}, column:${this.at - this.lineStart + 1}]`;
    const character = this.text[this.at];
    const found =
      character === undefined
        ? 'Unexpected end-of-input'
        : `Unexpected character ('${character}' (code ${character.charCodeAt(0)}))`;
    reject(400, 'JSON_PARSER_ERROR', `${found}: ${expected} at ${where}`);
  }
}

/** Jackson's names for what stands in the text; they appear in the vendor's messages. */
export function tokenName(node: JsonNode): string {
  switch (node.kind) {
    case 'object':
      return 'START_OBJECT';
    case 'array':
      return 'START_ARRAY';
    case 'string':
      return 'VALUE_STRING';
    case 'number':
      return /^-?\d+$/.test(node.text) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT';
    case 'boolean':
      return node.value ? 'VALUE_TRUE' : 'VALUE_FALSE';
    case 'null':
      return 'VALUE_NULL';
  }
}

export function tokenText(node: JsonNode): string {
  if (node.kind === 'string' || node.kind === 'number') return node.text;
  if (node.kind === 'boolean') return String(node.value);
  return node.kind === 'object' ? '{' : node.kind === 'array' ? '[' : 'null';
}

/** The last of repeated members counts, as for most parsers. */
export function member(node: JsonObjectNode, name: string): JsonNode | undefined {
  return node.members.findLast(([key]) => key === name)?.[1];
}

/** Prints plain data plus {@link Decimal}; members that are `undefined` are left out. */
export function printJson(value: unknown): string {
  if (value instanceof Decimal) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => printJson(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members: string[] = [];
    for (const [name, item] of Object.entries(value)) {
      if (item !== undefined) members.push(`${JSON.stringify(name)}:${printJson(item)}`);
    }
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

/** Back to text, digit for digit: composite sub-requests are rewritten and then read again. */
export function printNode(node: JsonNode): string {
  switch (node.kind) {
    case 'object':
      return `{${node.members.map(([name, item]) => `${JSON.stringify(name)}:${printNode(item)}`).join(',')}}`;
    case 'array':
      return `[${node.items.map(printNode).join(',')}]`;
    case 'string':
      return JSON.stringify(node.text);
    case 'number':
      return node.text;
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
  }
}
