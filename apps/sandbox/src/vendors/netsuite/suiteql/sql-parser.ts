import { ExpressionParser } from './expression-parser';
import { tokenizeSql } from './sql-lexer';
import { rejectUnsupported, type OrderItem, type SelectItem, type SelectQuery, type TableSource } from './sql.types';

/**
 * Reads one SELECT.
 * @throws Rejection 400 for anything else, and for what this subset leaves out
 */
export function parseSelect(text: string): SelectQuery {
  return new SelectParser(tokenizeSql(text)).select();
}

const CLAUSE_WORDS = new Set([
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'ORDER',
  'FETCH',
  'OFFSET',
  'ON',
  'INNER',
  'LEFT',
  'RIGHT',
  'FULL',
  'CROSS',
  'OUTER',
  'JOIN',
  'UNION',
]);

class SelectParser extends ExpressionParser {
  select(): SelectQuery {
    this.expect('SELECT');
    const distinct = this.take('DISTINCT');
    const top = this.take('TOP') ? this.count() : undefined;
    const items = this.list(() => this.selectItem());
    this.expect('FROM');
    const sources = this.sources();
    const where = this.take('WHERE') ? this.expression() : undefined;
    const groupBy = this.takeBoth('GROUP', 'BY') ? this.list(() => this.expression()) : [];
    const having = this.take('HAVING') ? this.expression() : undefined;
    const orderBy = this.takeBoth('ORDER', 'BY') ? this.list(() => this.orderItem()) : [];
    const { offset, fetch } = this.range();
    if (this.peek().kind !== 'end') rejectUnsupported();
    return { distinct, items, sources, where, groupBy, having, orderBy, offset, fetch: fetch ?? top };
  }

  private selectItem(): SelectItem {
    const expression = this.expression(true);
    if (this.take('AS')) return { expression, alias: this.name() };
    return { expression, alias: this.optionalAlias() };
  }

  private optionalAlias(): string | undefined {
    const token = this.peek();
    const isName = token.kind === 'quoted' || (token.kind === 'word' && !CLAUSE_WORDS.has(token.text));
    return isName ? this.name() : undefined;
  }

  private sources(): TableSource[] {
    const sources = [this.source('from')];
    for (;;) {
      if (this.takeMark(',')) {
        sources.push(this.source('cross'));
        continue;
      }
      const isLeft = this.take('LEFT');
      if (isLeft) this.take('OUTER');
      const isInner = !isLeft && this.take('INNER');
      if (!this.take('JOIN')) {
        if (isLeft || isInner) rejectUnsupported();
        return sources;
      }
      const source = this.source(isLeft ? 'left' : 'inner');
      this.expect('ON');
      sources.push({ ...source, on: this.expression() });
    }
  }

  private source(join: TableSource['join']): TableSource {
    const table = this.name();
    this.take('AS');
    return { table, alias: this.optionalAlias() ?? table, join, on: undefined };
  }

  private orderItem(): OrderItem {
    const expression = this.expression();
    const descending = this.take('DESC');
    if (!descending) this.take('ASC');
    if (!this.take('NULLS')) return { expression, descending, nullsFirst: descending };
    const nullsFirst = this.take('FIRST');
    if (!nullsFirst) this.expect('LAST');
    return { expression, descending, nullsFirst };
  }

  /** `OFFSET n ROWS FETCH NEXT m ROWS ONLY`, in this order alone. */
  private range(): { offset: number; fetch: number | undefined } {
    let offset = 0;
    if (this.take('OFFSET')) {
      offset = this.count();
      if (!this.take('ROWS')) this.expect('ROW');
    }
    if (!this.take('FETCH')) return { offset, fetch: undefined };
    if (!this.take('FIRST')) this.expect('NEXT');
    const fetch = this.count();
    if (!this.take('ROWS')) this.expect('ROW');
    this.expect('ONLY');
    return { offset, fetch };
  }

  private count(): number {
    const token = this.next();
    return token.kind === 'number' && /^\d{1,9}$/.test(token.text) ? Number(token.text) : rejectUnsupported();
  }

  private takeBoth(first: string, second: string): boolean {
    if (!this.take(first)) return false;
    this.expect(second);
    return true;
  }
}
