import { type Result } from '@hub/platform';
import { type ConnectorContext } from './connector';
import { type ConnectorError } from './connector-error';

/** What one record is known by in several systems, the surest first. */
export const MATCH_KEYS = ['tax_id', 'account_number', 'email', 'name'] as const;
export type MatchKey = (typeof MATCH_KEYS)[number];

/** As the vendor writes it; the hub compares without case, blanks and what else people write differently. */
export interface MatchFacts {
  readonly keys: Readonly<Partial<Record<MatchKey, readonly string[]>>>;
  readonly postalCode: string | null;
}

/** What a vendor is asked by. */
export interface WantedFacts extends MatchFacts {
  /** False: the name is asked for only to show what is alike, and may be left out where that would cost many calls. */
  readonly nameDecides: boolean;
}

/** A record that the vendor has, by whomever it was made. */
export interface ExistingRecord extends MatchFacts {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly active: boolean;
}

/** More records have it than were read. */
export interface UnreadValue {
  readonly key: MatchKey;
  /** As it was wanted. */
  readonly value: string;
}

export interface FoundRecords {
  readonly records: readonly ExistingRecord[];
  /**
   * Whoever has one of these may be the same as a record that was not read: it is neither new nor surely the one that was
   * found. The records of every other value are all there.
   */
  readonly unread: readonly UnreadValue[];
}

/**
 * Finds records that are there before the hub has written any: both systems of a new sync mostly hold the same customers
 * already. Which of them is the same one is decided by the hub.
 */
export interface RecordMatcher {
  /** Whether it is worth asking for a record of the same name at the same postal code: not where the vendor refuses such a name itself, or cannot tell the code. */
  readonly looksForAlike: boolean;
  /**
   * By what an existing record would be known to be the one that the payload describes. Null: the payload changes a record
   * that it names, or is of a kind that nobody looks for. Makes no call and never throws.
   */
  factsOf(operation: string, payloadText: string): MatchFacts | null;
  /**
   * All records that have one of these values, inactive ones too. As few calls as the vendor allows: a value that thousands of
   * records have is not read to its end, and named in `unread`; it never hides the records of another.
   */
  find(
    context: ConnectorContext,
    operation: string,
    wanted: readonly WantedFacts[],
  ): Promise<Result<FoundRecords, ConnectorError>>;
}
