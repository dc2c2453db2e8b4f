import { type Stored } from '../data/entity-store';
import { type ApiContext } from '../quickbooks.api.types';
import { type ValueObject } from '../quickbooks.values';
import { type EntityType } from '../schema/schema.types';

export interface WriteContext extends ApiContext {
  /** `?include=`: `allowduplicatedocnum`, `void`. */
  readonly include: ReadonlySet<string>;
}

export interface WriteInput {
  readonly type: EntityType;
  /** What the record shall hold: the input alone, or laid over the present record for a sparse update. */
  readonly desired: ValueObject;
  readonly current: Stored | undefined;
}

/**
 * The vendor's business rules for one entity: checks and completes what the record shall hold.
 * @throws Fault with the vendor's code
 */
export type Prepare = (context: WriteContext, input: WriteInput) => ValueObject;
