import { type JsonObject } from '@hub/platform';
import { type CanonicalType } from './canonical/canonical.types';

/** An object of the vendor whose changes can be pulled. */
export interface PullObjectManifest {
  /** The vendor's own name: `Account`. In event types it is lower-cased: `salesforce.account.updated`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Type of the hub's model that records of it become, if any. */
  readonly canonicalType: CanonicalType | null;
  /** Whether deletions are reported when only changes are pulled. */
  readonly reportsDeletions: boolean;
  /** Members that change by themselves (stamps, tokens, metadata): they never make a record different. */
  readonly volatileFields: readonly string[];
  /** Shortest time between two runs that the vendor bears, in seconds. */
  readonly minIntervalSeconds: number;
  readonly defaultIntervalSeconds: number;
}

export interface PullRequest {
  readonly object: string;
  /**
   * `changes`: everything changed since the cursor. `full`: every record that exists, for the first load and for
   * reconciliation; a record that is missing from a whole listing is gone.
   */
  readonly mode: 'changes' | 'full';
  /** Where the last page ended, as the connector wrote it; null at the start. */
  readonly cursor: JsonObject | null;
  /** With a null cursor: changes from this instant on (RFC 3339). Null: from now on. */
  readonly since: string | null;
}

export type PulledChange = 'created' | 'updated' | 'deleted';

export interface PulledRecord {
  readonly object: string;
  /** Normalised: equal exactly when the vendor means the same record (Salesforce: 18 characters). */
  readonly id: string;
  readonly change: PulledChange;
  /** The vendor's own version (`SyncToken`, `SystemModstamp`, `RowVersion`), where it has one. */
  readonly version: string | null;
  /** RFC 3339. Null where the vendor does not say. */
  readonly modifiedAt: string | null;
  /** True or false where the vendor says who changed it last; null where it does not. */
  readonly modifiedByUs: boolean | null;
  /** True where the vendor shows that nobody has changed it since it was made. */
  readonly isUntouched?: boolean;
  /** The vendor's record as JSON text with every digit kept; of a deleted one, what is still known. */
  readonly dataText: string;
}

export interface PullPage {
  readonly records: readonly PulledRecord[];
  /** Where to go on, whether now or at the next run. Small, and without secrets. */
  readonly cursor: JsonObject;
  /** False while more is waiting. */
  readonly done: boolean;
  /**
   * On the last page of `changes`: deletions may have gone unseen, because the vendor names no more than so many changes at
   * a time. The hub then lists every record, and what is missing from the listing is gone.
   */
  readonly needsListing?: boolean;
}
