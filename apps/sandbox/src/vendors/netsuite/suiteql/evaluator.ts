import { type NetSuiteAccount } from '../netsuite.account';
import { callFunction, isAggregate } from './functions';
import {
  rejectSearch,
  rejectUnsupported,
  SqlTime,
  type Cell,
  type Expression,
  type SqlRow,
  type SqlTable,
  type SqlValue,
} from './sql.types';

export interface Source {
  readonly alias: string;
  readonly table: SqlTable;
}

/** One combination of rows; a table of an outer join may have none. */
export interface Combination {
  readonly rows: ReadonlyMap<string, SqlRow | undefined>;
  rowNumber: number;
}

const NULL_CELL: Cell = { value: null };

/** Computes expressions over a combination of rows, or over a group of them. */
export class Evaluator {
  constructor(
    private readonly account: NetSuiteAccount,
    private readonly sources: readonly Source[],
  ) {}

  value(expression: Expression, group: readonly Combination[]): SqlValue {
    return this.cell(expression, group).value;
  }

  isTrue(expression: Expression, group: readonly Combination[]): boolean {
    return this.value(expression, group) === true;
  }

  /**
   * Finds which table a column belongs to.
   * @throws Rejection 400 for a name that no table has, in the vendor's words
   */
  resolve(table: string | undefined, name: string): Source {
    const candidates = this.sources.filter(
      (source) => (table === undefined || source.alias === table) && source.table.columns.includes(name),
    );
    const [found, ...more] = candidates;
    if (found && more.length === 0) return found;
    if (found) return rejectUnsupported();
    const available = this.sources.map((source) => `${source.alias}=${source.table.name}`).join(', ');
    const shown = table === undefined ? name : `${table}.${name}`;
    return rejectSearch(
      `Search error occurred: Unknown identifier '${shown}'. Available identifiers are: {${available}}.`,
    );
  }

  private cell(expression: Expression, group: readonly Combination[]): Cell {
    switch (expression.kind) {
      case 'literal':
        return { value: expression.value };
      case 'column': {
        const { alias } = this.resolve(expression.table, expression.name);
        return group[0]?.rows.get(alias)?.(expression.name) ?? NULL_CELL;
      }
      case 'call':
        return this.call(expression, group);
      case 'binary':
        return { value: this.binary(expression, group) };
      case 'negate':
        return { value: -requireNumber(this.value(expression.operand, group)) };
      case 'case': {
        const branch = expression.branches.find(({ when }) => this.isTrue(when, group));
        const chosen = branch ? branch.then : expression.otherwise;
        return chosen ? this.cell(chosen, group) : NULL_CELL;
      }
      case 'star':
        return rejectUnsupported();
      default:
        return { value: this.condition(expression, group) };
    }
  }

  private condition(
    expression: Extract<Expression, { kind: 'not' | 'isNull' | 'in' | 'between' }>,
    group: readonly Combination[],
  ): boolean | null {
    const value = this.value(expression.operand, group);
    switch (expression.kind) {
      case 'not':
        return value === null ? null : value !== true;
      case 'isNull':
        return value === null;
      case 'in':
        if (value === null) return null;
        return expression.list.some((item) => this.compare(value, this.value(item, group)) === 0);
      case 'between': {
        const low = this.compare(value, this.value(expression.low, group));
        const high = this.compare(value, this.value(expression.high, group));
        return low === undefined || high === undefined ? null : low >= 0 && high <= 0;
      }
    }
  }

  private call(expression: Extract<Expression, { kind: 'call' }>, group: readonly Combination[]): Cell {
    const { name, args, distinct } = expression;
    if (isAggregate(name)) return { value: this.aggregate(name, args[0], group, distinct) };
    if (name === 'ROWNUM') return { value: group[0]?.rowNumber ?? 0 };
    const [first] = args;
    if (name === 'BUILTIN.DF') {
      if (first?.kind !== 'column' || args.length !== 1) return rejectUnsupported();
      const { value, display } = this.cell(first, group);
      return { value: display ?? value };
    }
    if (distinct) return rejectUnsupported();
    return {
      value: callFunction(
        this.account,
        name,
        args.map((argument) => this.value(argument, group)),
      ),
    };
  }

  private aggregate(
    name: string,
    argument: Expression | undefined,
    group: readonly Combination[],
    distinct: boolean,
  ): SqlValue {
    if (!argument) return rejectUnsupported();
    if (argument.kind === 'star') return name === 'COUNT' ? group.length : rejectUnsupported();
    const all = group.map((one) => this.value(argument, [one])).filter((value) => value !== null);
    const values = distinct ? [...new Map(all.map((value) => [keyText(value), value])).values()] : all;
    if (name === 'COUNT') return values.length;
    const [first = null, ...rest] = values;
    if (name === 'MIN') return rest.reduce((low, value) => ((this.compare(value, low) ?? 0) < 0 ? value : low), first);
    if (name === 'MAX')
      return rest.reduce((high, value) => ((this.compare(value, high) ?? 0) > 0 ? value : high), first);
    if (first === null) return null;
    const sum = values.reduce<number>((total, value) => total + requireNumber(value), 0);
    return name === 'SUM' ? sum : sum / values.length;
  }

  private binary(expression: Extract<Expression, { kind: 'binary' }>, group: readonly Combination[]): SqlValue {
    const { operator } = expression;
    const left = this.value(expression.left, group);
    if (operator === 'AND' && left === false) return false;
    if (operator === 'OR' && left === true) return true;
    const right = this.value(expression.right, group);
    switch (operator) {
      case 'AND':
        return right === false ? false : left === true && right === true ? true : null;
      case 'OR':
        return right === true ? true : left === false && right === false ? false : null;
      case 'LIKE':
        return left === null || right === null ? null : likePattern(textOf(right)).test(textOf(left));
      case '||':
        return `${left === null ? '' : textOf(left)}${right === null ? '' : textOf(right)}`;
      case '+':
      case '-':
      case '*':
      case '/':
        return arithmetic(operator, left, right);
      default:
        return comparison(operator, this.compare(left, right));
    }
  }

  /** Negative, zero or positive; `undefined` when one side is nothing. Text meets a date in the user's format. */
  compare(left: SqlValue, right: SqlValue): number | undefined {
    if (left === null || right === null) return undefined;
    if (left instanceof SqlTime || right instanceof SqlTime) return this.moment(left) - this.moment(right);
    if (typeof left === 'number' || typeof right === 'number') return requireNumber(left) - requireNumber(right);
    const [one, other] = [textOf(left), textOf(right)];
    return one < other ? -1 : one > other ? 1 : 0;
  }

  private moment(value: SqlValue): number {
    if (value instanceof SqlTime) return value.ms;
    const parsed = typeof value === 'string' ? this.account.time.parse(value) : undefined;
    return parsed ? parsed.ms : rejectUnsupported();
  }
}

/** As SuiteQL shows a value that is no date. */
export function textOf(value: SqlValue): string {
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  return value instanceof SqlTime ? String(value.ms) : String(value);
}

export function keyText(value: SqlValue): string {
  return value instanceof SqlTime ? `time ${value.ms}` : `${String(value)}`;
}

function requireNumber(value: SqlValue): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : rejectUnsupported();
}

/** A date plus or minus days, or plain numbers. */
function arithmetic(operator: '+' | '-' | '*' | '/', left: SqlValue, right: SqlValue): SqlValue {
  if (left === null || right === null) return null;
  const DAY_MS = 86_400_000;
  if (left instanceof SqlTime) {
    if (right instanceof SqlTime) return operator === '-' ? (left.ms - right.ms) / DAY_MS : rejectUnsupported();
    const days = requireNumber(right);
    if (operator !== '+' && operator !== '-') return rejectUnsupported();
    return new SqlTime(left.ms + Math.round((operator === '+' ? days : -days) * DAY_MS));
  }
  const [one, other] = [requireNumber(left), requireNumber(right)];
  switch (operator) {
    case '+':
      return one + other;
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      return other === 0 ? rejectUnsupported() : one / other;
  }
}

function comparison(operator: string, order: number | undefined): boolean | null {
  if (order === undefined) return null;
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
    default:
      return rejectUnsupported();
  }
}

function likePattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[\\s\\S]*')
    .replaceAll('_', '[\\s\\S]');
  return new RegExp(`^${source}$`);
}
