import { isCalendarDate, parseDateTime } from '../data/field-values';
import { reject } from '../salesforce.errors';
import { malformed, tokenize, type Token } from './soql-lexer';
import { type Condition, type Literal, type Operator, type Ordering, type Path, type SoqlQuery } from './soql.types';

const MAX_OFFSET = 2_000;
const MAX_SOQL_CHARS = 100_000;
const MAX_NESTING = 100;
const FIXED_RANGES = new Set([
  'TODAY',
  'YESTERDAY',
  'TOMORROW',
  'THIS_MONTH',
  'LAST_MONTH',
  'NEXT_MONTH',
  'THIS_YEAR',
  'LAST_YEAR',
  'NEXT_YEAR',
]);
const COUNTED_RANGES = new Set(['LAST_N_DAYS', 'NEXT_N_DAYS']);
const RESERVED = new Set([
  'SELECT',
  'FROM',
  'WHERE',
  'AND',
  'OR',
  'NOT',
  'ORDER',
  'LIMIT',
  'OFFSET',
  'IN',
  'LIKE',
  'GROUP',
  'HAVING',
  'NULLS',
  'USING',
  'FOR',
  'WITH',
]);

/** @throws Rejection 400 MALFORMED_QUERY; what the subset leaves out (sub-queries, GROUP BY, TYPEOF) is refused too */
export function parseSoql(text: string): SoqlQuery {
  if (text.length > MAX_SOQL_CHARS)
    reject(400, 'QUERY_TOO_COMPLICATED', `SOQL statements cannot be longer than ${MAX_SOQL_CHARS} characters.`);
  return new Parser(text).query();
}

class Parser {
  private readonly tokens: readonly Token[];
  private index = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  query(): SoqlQuery {
    this.expectWord('SELECT');
    const isCount = this.takeCount();
    const select = isCount ? [] : this.list(() => this.path());
    this.expectWord('FROM');
    const from = this.expect('word').text;
    if (RESERVED.has(from.toUpperCase()) || from.includes('.')) this.unexpected(this.tokens[this.index - 1]);
    const where = this.takeWord('WHERE') ? this.condition() : undefined;
    const orderBy = this.takeWord('ORDER') ? this.orderings() : [];
    const limit = this.takeWord('LIMIT') ? this.count() : undefined;
    const offset = this.takeWord('OFFSET') ? this.count() : 0;
    if (this.peek().kind !== 'end') this.unexpected();
    if (offset > MAX_OFFSET) reject(400, 'NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${MAX_OFFSET}`);
    return { text: this.text, select, isCount, from, where, orderBy, limit, offset };
  }

  private takeCount(): boolean {
    const [word, open, close] = this.tokens.slice(this.index, this.index + 3);
    if (word?.text.toUpperCase() !== 'COUNT' || open?.text !== '(' || close?.text !== ')') return false;
    this.index += 3;
    return true;
  }

  private orderings(): Ordering[] {
    this.expectWord('BY');
    return this.list(() => {
      const path = this.path();
      const descending = this.takeWord('DESC');
      if (!descending) this.takeWord('ASC');
      let nullsLast = false;
      if (this.takeWord('NULLS')) {
        nullsLast = this.takeWord('LAST');
        if (!nullsLast) this.expectWord('FIRST');
      }
      return { path, descending, nullsLast };
    });
  }

  /** AND and OR on one level need parentheses in SOQL: the other word is left standing, and refused by what comes next. */
  private condition(): Condition {
    if (++this.depth > MAX_NESTING) this.unexpected();
    const parts = [this.term()];
    const joiner = this.peekWord();
    if (joiner === 'AND' || joiner === 'OR') {
      while (this.takeWord(joiner)) parts.push(this.term());
    }
    this.depth--;
    const [only] = parts;
    return parts.length === 1 && only ? only : { kind: joiner === 'OR' ? 'or' : 'and', parts };
  }

  private term(): Condition {
    if (this.takeWord('NOT')) return { kind: 'not', part: this.term() };
    if (this.takeSymbol('(')) {
      const inner = this.condition();
      this.expectSymbol(')');
      return inner;
    }
    const path = this.path();
    const operator = this.operator();
    if (operator !== 'IN' && operator !== 'NOT IN')
      return { kind: 'compare', path, operator, values: [this.literal()] };
    this.expectSymbol('(');
    const values = this.list(() => this.literal());
    this.expectSymbol(')');
    return { kind: 'compare', path, operator, values };
  }

  private operator(): Operator {
    if (this.takeWord('LIKE')) return 'LIKE';
    if (this.takeWord('IN')) return 'IN';
    if (this.takeWord('NOT')) {
      this.expectWord('IN');
      return 'NOT IN';
    }
    const { text } = this.peek();
    const operator =
      text === '<>' ? '!=' : (['=', '!=', '<', '>', '<=', '>='] as const).find((known) => known === text);
    if (this.peek().kind !== 'symbol' || !operator) this.unexpected();
    this.index++;
    return operator;
  }

  private literal(): Literal {
    const token = this.next();
    switch (token.kind) {
      case 'string':
        return { kind: 'string', text: token.text };
      case 'number':
        return { kind: 'number', text: token.text };
      case 'date':
        return isCalendarDate(token.text) ? { kind: 'date', text: token.text } : this.unexpected(token);
      case 'datetime': {
        const ms = parseDateTime(token.text);
        return ms === undefined ? this.unexpected(token) : { kind: 'datetime', ms };
      }
      case 'word':
        return this.wordLiteral(token);
      default:
        return this.unexpected(token);
    }
  }

  private wordLiteral(token: Token): Literal {
    const [name = '', days] = token.text.toUpperCase().split(':');
    if (name === 'NULL') return { kind: 'null' };
    if (name === 'TRUE' || name === 'FALSE') return { kind: 'boolean', value: name === 'TRUE' };
    if (days === undefined && FIXED_RANGES.has(name)) return { kind: 'range', name, days: 0 };
    if (days !== undefined && COUNTED_RANGES.has(name)) return { kind: 'range', name, days: Number(days) };
    return this.unexpected(token);
  }

  private path(): Path {
    const token = this.expect('word');
    if (token.text.includes(':') || RESERVED.has(token.text.toUpperCase())) this.unexpected(token);
    return { names: token.text.split('.'), at: token.at };
  }

  private count(): number {
    const token = this.expect('number');
    if (!/^\d{1,9}$/.test(token.text)) this.unexpected(token);
    return Number(token.text);
  }

  private list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.takeSymbol(',')) items.push(read());
    return items;
  }

  private peek(): Token {
    return this.tokens[this.index] ?? { kind: 'end', text: '<EOF>', at: this.text.length };
  }

  private next(): Token {
    const token = this.peek();
    this.index++;
    return token;
  }

  private peekWord(): string | undefined {
    const token = this.peek();
    return token.kind === 'word' ? token.text.toUpperCase() : undefined;
  }

  private takeWord(word: string): boolean {
    if (this.peekWord() !== word) return false;
    this.index++;
    return true;
  }

  private takeSymbol(symbol: string): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    this.index++;
    return true;
  }

  private expect(kind: Token['kind']): Token {
    if (this.peek().kind !== kind) this.unexpected();
    return this.next();
  }

  private expectWord(word: string): void {
    if (!this.takeWord(word)) this.unexpected();
  }

  private expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) this.unexpected();
  }

  private unexpected(token = this.peek()): never {
    malformed(this.text, token.at, `unexpected token: '${token.text}'`);
  }
}
