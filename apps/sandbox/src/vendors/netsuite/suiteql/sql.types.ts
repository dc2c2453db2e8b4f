import { reject } from '../netsuite.errors';

/** A moment; a date is the start of its day for the user. */
export class SqlTime {
  constructor(readonly ms: number) {}
}

export type SqlValue = string | number | boolean | SqlTime | null;

export interface Cell {
  readonly value: SqlValue;
  /** What `BUILTIN.DF` shows instead of the stored value. */
  readonly display?: string;
}

/** Columns by their lower-case name; the engine asks only for columns that the table has. */
export type SqlRow = (column: string) => Cell;

export interface SqlTable {
  readonly name: string;
  readonly columns: readonly string[];
  rows(): readonly SqlRow[];
}

export type Expression =
  | { readonly kind: 'literal'; readonly value: SqlValue }
  | { readonly kind: 'column'; readonly table: string | undefined; readonly name: string }
  | { readonly kind: 'star'; readonly table: string | undefined }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]; readonly distinct: boolean }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | { readonly kind: 'not' | 'isNull'; readonly operand: Expression }
  | { readonly kind: 'in'; readonly operand: Expression; readonly list: readonly Expression[] }
  | { readonly kind: 'between'; readonly operand: Expression; readonly low: Expression; readonly high: Expression }
  | {
      readonly kind: 'case';
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression | undefined;
    };

export interface SelectItem {
  readonly expression: Expression;
  readonly alias: string | undefined;
}

export interface TableSource {
  readonly table: string;
  readonly alias: string;
  readonly join: 'from' | 'cross' | 'inner' | 'left';
  readonly on: Expression | undefined;
}

export interface OrderItem {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface SelectQuery {
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly sources: readonly TableSource[];
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | undefined;
  readonly orderBy: readonly OrderItem[];
  readonly offset: number;
  readonly fetch: number | undefined;
}

/** @throws Rejection 400 INVALID_PARAMETER, as every complaint about a query is */
export function rejectSearch(detail: string): never {
  reject(400, 'INVALID_PARAMETER', `Invalid search query. Detailed unprocessed description follows. ${detail}`, {
    queryParam: 'q',
  });
}

/** The vendor's word for what it cannot parse or run. */
export function rejectUnsupported(): never {
  rejectSearch('Search error occurred: Invalid or unsupported search.');
}
