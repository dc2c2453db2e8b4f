export type Operator = '=' | '!=' | '<' | '>' | '<=' | '>=' | 'LIKE' | 'IN' | 'NOT IN';

export type Literal =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'date'; readonly text: string }
  | { readonly kind: 'datetime'; readonly ms: number }
  /** `TODAY`, `LAST_N_DAYS:7`: a range of days that depends on when the query runs. */
  | { readonly kind: 'range'; readonly name: string; readonly days: number };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly path: Path; readonly operator: Operator; readonly values: readonly Literal[] };

/** `Name`, `Account.Owner.Name`, with where it stands for the vendor's error text. */
export interface Path {
  readonly names: readonly string[];
  readonly at: number;
}

export interface Ordering {
  readonly path: Path;
  readonly descending: boolean;
  readonly nullsLast: boolean;
}

export interface SoqlQuery {
  readonly text: string;
  /** Empty for `COUNT()`. */
  readonly select: readonly Path[];
  readonly isCount: boolean;
  readonly from: string;
  readonly where: Condition | undefined;
  readonly orderBy: readonly Ordering[];
  readonly limit: number | undefined;
  readonly offset: number;
}
