import { queryInvalid, queryUnparsable } from '../quickbooks.errors';
import { tokenize, type Token } from './query-lexer';

export type Comparison = '=' | '<' | '>' | '<=' | '>=' | 'LIKE' | 'IN';

export interface Literal {
  readonly quoted: boolean;
  readonly text: string;
}

export interface Condition {
  readonly field: string;
  readonly comparison: Comparison;
  readonly values: readonly Literal[];
}

export interface Query {
  /** `undefined`: all of them. */
  readonly columns: readonly string[] | undefined;
  readonly isCount: boolean;
  readonly entity: string;
  readonly where: readonly Condition[];
  readonly orderBy: readonly { readonly field: string; readonly descending: boolean }[];
  readonly startPosition: number;
  readonly maxResults: number;
}

const DEFAULT_RESULTS = 100;
const MAX_RESULTS = 1000;
const COMPARISONS = new Set(['=', '<', '>', '<=', '>=']);

/**
 * The vendor's query language: much of SQL's look, little of its power. Keywords do not care about case.
 * @throws Fault 4000 when it cannot be parsed, 4001 when it can but is not allowed
 */
export function parseQuery(text: string): Query {
  if (text.trim() === '') queryUnparsable('The query provided was empty');
  return new Parser(tokenize(text)).query();
}

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  query(): Query {
    this.expectWord('select');
    const { columns, isCount } = this.selection();
    this.expectWord('from');
    const entity = this.word();
    const where = this.takeWord('where') ? this.conditions() : [];
    const orderBy = this.takeOrderBy() ? this.ordering() : [];
    const { startPosition, maxResults } = this.window();
    if (this.token.kind !== 'end') this.unexpected();
    return { columns, isCount, entity, where, orderBy, startPosition, maxResults };
  }

  private selection(): { columns: readonly string[] | undefined; isCount: boolean } {
    if (this.isWord('count') && this.tokens[this.at + 1]?.text === '(') {
      this.at += 2;
      this.expectSymbol('*');
      this.expectSymbol(')');
      return { columns: undefined, isCount: true };
    }
    const columns: string[] = [];
    let all = false;
    do {
      if (this.takeSymbol('*')) all = true;
      else columns.push(this.word());
    } while (this.takeSymbol(','));
    return { columns: all ? undefined : columns, isCount: false };
  }

  private conditions(): Condition[] {
    const conditions = [this.condition()];
    for (;;) {
      if (this.takeWord('and')) conditions.push(this.condition());
      else if (this.isWord('or')) queryInvalid('OR is not a supported operator');
      else return conditions;
    }
  }

  private condition(): Condition {
    const field = this.word();
    if (this.takeWord('like')) return { field, comparison: 'LIKE', values: [this.literal()] };
    if (this.takeWord('in')) {
      this.expectSymbol('(');
      const values: Literal[] = [];
      do values.push(this.literal());
      while (this.takeSymbol(','));
      this.expectSymbol(')');
      return { field, comparison: 'IN', values };
    }
    if (this.token.kind !== 'symbol' || !COMPARISONS.has(this.token.text)) this.unexpected();
    return { field, comparison: this.next().text as Comparison, values: [this.literal()] };
  }

  private literal(): Literal {
    const { kind, text } = this.token;
    const isBoolean = kind === 'word' && /^(true|false)$/i.test(text);
    if (kind !== 'string' && kind !== 'number' && !isBoolean) this.unexpected();
    this.at++;
    return { quoted: kind === 'string', text };
  }

  private takeOrderBy(): boolean {
    if (this.takeWord('orderby')) return true;
    if (!this.takeWord('order')) return false;
    this.expectWord('by');
    return true;
  }

  private ordering(): { field: string; descending: boolean }[] {
    const order: { field: string; descending: boolean }[] = [];
    do {
      const field = this.word();
      const descending = this.takeWord('desc');
      if (!descending) this.takeWord('asc');
      order.push({ field, descending });
    } while (this.takeSymbol(','));
    return order;
  }

  private window(): { startPosition: number; maxResults: number } {
    let startPosition: number | undefined;
    let maxResults: number | undefined;
    for (;;) {
      if (startPosition === undefined && this.takeWord('startposition')) startPosition = this.positive();
      else if (maxResults === undefined && this.takeWord('maxresults')) {
        maxResults = this.positive();
        if (maxResults > MAX_RESULTS) {
          queryInvalid(`value ${maxResults} is too large. Max allowed value is ${MAX_RESULTS}`);
        }
      } else return { startPosition: startPosition ?? 1, maxResults: maxResults ?? DEFAULT_RESULTS };
    }
  }

  private positive(): number {
    if (this.token.kind !== 'number' || !/^-?\d+$/.test(this.token.text)) this.unexpected();
    const value = Number(this.next().text);
    if (value < 1) queryInvalid(`value ${value} is too small. Min allowed value is 1`);
    return value;
  }

  private get token(): Token {
    return this.tokens[this.at] ?? this.unexpected();
  }

  private next(): Token {
    const token = this.token;
    this.at++;
    return token;
  }

  private word(): string {
    return this.token.kind === 'word' ? this.next().text : this.unexpected();
  }

  private isWord(word: string): boolean {
    return this.token.kind === 'word' && this.token.text.toLowerCase() === word;
  }

  private takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.at++;
    return true;
  }

  private expectWord(word: string): void {
    if (!this.takeWord(word)) this.unexpected();
  }

  private takeSymbol(symbol: string): boolean {
    if (this.token.kind !== 'symbol' || this.token.text !== symbol) return false;
    this.at++;
    return true;
  }

  private expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) this.unexpected();
  }

  private unexpected(): never {
    const token = this.tokens[this.at] ?? this.tokens.at(-1);
    const { kind = 'end', text = '', line = 1, column = 1 } = token ?? {};
    const where = `at line ${line}, column ${column}.`;
    if (kind === 'end') queryUnparsable(`Encountered "<EOF>" ${where}`);
    const name = { word: '<IDENTIFIER> ', string: '<STRING> ', number: '<INTEGER> ', symbol: '' }[kind];
    queryUnparsable(`Encountered " ${name}"${kind === 'string' ? `'${text}'` : text} "" ${where}`);
  }
}
