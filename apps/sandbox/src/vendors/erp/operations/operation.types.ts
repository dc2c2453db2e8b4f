import { type EntityType, type Change } from '../data/erp-store';
import { type ErpCompany } from '../erp.company';
import { type Fields } from '../schema/contract.types';

export interface OperationContext {
  readonly company: ErpCompany;
  readonly actor: string;
  /** Row stamp of seeded and backdated records. Default: now. */
  readonly modifiedMs?: number;
}

export interface Answer {
  readonly response: Fields;
  /** Rows that were read: the slow part. */
  readonly rows: number;
}

export type Action = 'Created' | 'Updated' | 'Unchanged' | 'Duplicate';

/** A write that passed every rule and is not done yet, so that nobody ever sees half of it. */
export interface Plan {
  readonly action: Action;
  readonly entity: EntityType;
  /** Known already when the record exists or nothing is to do; a new record has its number in the first change. */
  readonly key: string;
  /** The record first, then what changes with it. Empty when there is nothing to do. */
  readonly changes: readonly Change[];
}
