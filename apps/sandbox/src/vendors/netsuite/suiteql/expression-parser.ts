import { type SqlToken } from './sql-lexer';
import { rejectUnsupported, type Expression } from './sql.types';

const COMPARISONS = ['=', '<>', '!=', '<', '>', '<=', '>='];
const RESERVED = new Set([
  'SELECT',
  'FROM',
  'WHERE',
  'AND',
  'OR',
  'ORDER',
  'GROUP',
  'BY',
  'IN',
  'LIKE',
  'BETWEEN',
  'IS',
]);
/** Functions that are called without parentheses. */
const BARE_CALLS = new Set(['SYSDATE', 'CURRENT_DATE', 'CURRENT_TIMESTAMP', 'ROWNUM']);

/** Expressions of SuiteQL, by falling precedence. */
export class ExpressionParser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly SqlToken[]) {}

  expression(allowStar = false): Expression {
    if (++this.depth > 60) rejectUnsupported();
    let left = this.conjunction(allowStar);
    while (this.take('OR')) left = { kind: 'binary', operator: 'OR', left, right: this.conjunction(false) };
    this.depth--;
    return left;
  }

  protected peek(): SqlToken {
    return this.tokens[this.at] ?? { kind: 'end', text: '' };
  }

  protected next(): SqlToken {
    const token = this.peek();
    this.at++;
    return token;
  }

  protected take(word: string): boolean {
    const token = this.peek();
    const found = token.kind === 'word' && token.text === word;
    if (found) this.at++;
    return found;
  }

  protected takeMark(mark: string): boolean {
    const token = this.peek();
    const found = token.kind === 'mark' && token.text === mark;
    if (found) this.at++;
    return found;
  }

  protected expect(word: string): void {
    if (!this.take(word) && !this.takeMark(word)) rejectUnsupported();
  }

  /** A name, in lower case: the names of SuiteQL have none. */
  protected name(): string {
    const token = this.next();
    const isName = token.kind === 'quoted' || (token.kind === 'word' && !RESERVED.has(token.text));
    return isName ? token.text.toLowerCase() : rejectUnsupported();
  }

  protected list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.takeMark(',')) items.push(read());
    return items;
  }

  private conjunction(allowStar: boolean): Expression {
    let left = this.negation(allowStar);
    while (this.take('AND')) left = { kind: 'binary', operator: 'AND', left, right: this.negation(false) };
    return left;
  }

  private negation(allowStar: boolean): Expression {
    if (this.take('NOT')) return { kind: 'not', operand: this.negation(false) };
    return this.comparison(allowStar);
  }

  private comparison(allowStar: boolean): Expression {
    const left = this.sum(allowStar);
    const token = this.peek();
    if (token.kind === 'mark' && COMPARISONS.includes(token.text)) {
      this.at++;
      return { kind: 'binary', operator: token.text === '!=' ? '<>' : token.text, left, right: this.sum(false) };
    }
    if (this.take('IS')) {
      const isNot = this.take('NOT');
      this.expect('NULL');
      return inverted(isNot, { kind: 'isNull', operand: left });
    }
    const isNot = this.take('NOT');
    if (this.take('LIKE')) {
      return inverted(isNot, { kind: 'binary', operator: 'LIKE', left, right: this.sum(false) });
    }
    if (this.take('IN')) {
      this.expect('(');
      const list = this.list(() => this.expression());
      this.expect(')');
      return inverted(isNot, { kind: 'in', operand: left, list });
    }
    if (this.take('BETWEEN')) {
      const low = this.sum(false);
      this.expect('AND');
      return inverted(isNot, { kind: 'between', operand: left, low, high: this.sum(false) });
    }
    return isNot ? rejectUnsupported() : left;
  }

  private sum(allowStar: boolean): Expression {
    let left = this.product(allowStar);
    for (;;) {
      const operator = ['+', '-', '||'].find((mark) => this.takeMark(mark));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: this.product(false) };
    }
  }

  private product(allowStar: boolean): Expression {
    let left = this.primary(allowStar);
    for (;;) {
      const operator = ['*', '/'].find((mark) => this.takeMark(mark));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: this.primary(false) };
    }
  }

  private primary(allowStar: boolean): Expression {
    const token = this.next();
    if (token.kind === 'string') return { kind: 'literal', value: token.text };
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'quoted') return this.column(token.text.toLowerCase(), allowStar);
    if (token.kind === 'mark') return this.marked(token.text, allowStar);
    if (token.kind === 'end') return rejectUnsupported();
    if (token.text === 'NULL') return { kind: 'literal', value: null };
    if (token.text === 'CASE') return this.caseExpression();
    if (BARE_CALLS.has(token.text)) return { kind: 'call', name: token.text, args: [], distinct: false };
    if (RESERVED.has(token.text)) return rejectUnsupported();
    if (token.text === 'BUILTIN' && this.takeMark('.')) return this.call(`BUILTIN.${this.name().toUpperCase()}`);
    const isCall = this.peek().kind === 'mark' && this.peek().text === '(';
    return isCall ? this.call(token.text) : this.column(token.text.toLowerCase(), allowStar);
  }

  private marked(mark: string, allowStar: boolean): Expression {
    if (mark === '*' && allowStar) return { kind: 'star', table: undefined };
    if (mark === '-') return { kind: 'negate', operand: this.primary(false) };
    if (mark !== '(') return rejectUnsupported();
    const inner = this.expression();
    this.expect(')');
    return inner;
  }

  private column(first: string, allowStar: boolean): Expression {
    if (!this.takeMark('.')) return { kind: 'column', table: undefined, name: first };
    if (allowStar && this.takeMark('*')) return { kind: 'star', table: first };
    return { kind: 'column', table: first, name: this.name() };
  }

  private call(name: string): Expression {
    this.expect('(');
    if (this.takeMark(')')) return { kind: 'call', name, args: [], distinct: false };
    const distinct = this.take('DISTINCT');
    const args = this.list(() => this.expression(name === 'COUNT'));
    this.expect(')');
    return { kind: 'call', name, args, distinct };
  }

  private caseExpression(): Expression {
    const branches: { when: Expression; then: Expression }[] = [];
    while (this.take('WHEN')) {
      const when = this.expression();
      this.expect('THEN');
      branches.push({ when, then: this.expression() });
    }
    if (branches.length === 0) rejectUnsupported();
    const otherwise = this.take('ELSE') ? this.expression() : undefined;
    this.expect('END');
    return { kind: 'case', branches, otherwise };
  }
}

function inverted(isNot: boolean, expression: Expression): Expression {
  return isNot ? { kind: 'not', operand: expression } : expression;
}
