import { type CanonicalType, type PulledRecord } from '@hub/connector-sdk';

/** Whose records, and of which kind: what the hub remembers about records is kept by this. */
export interface RecordScope {
  /** UUIDs inside, never TypeIDs. */
  readonly tenantId: string;
  readonly connectionId: string;
  readonly connectorId: string;
  /** The vendor's own name of the object: `Account`. */
  readonly object: string;
  readonly canonicalType: CanonicalType | null;
  /** Members that change by themselves; they never make a record different. */
  readonly volatileFields: readonly string[];
  /** When the call that read these records began: what the hub had written before must show in them. Left out: now. */
  readonly readAt?: Date;
}

/**
 * `new`: something that the hub has not seen and has not written itself. `echo`: our own write coming back.
 * `unchanged`: equal to what was last seen, volatile members aside. Only `new` becomes an event.
 */
export type RecordVerdict = 'new' | 'echo' | 'unchanged';

export interface Observation {
  readonly record: PulledRecord;
  readonly verdict: RecordVerdict;
}

/** A record that the hub remembers of this scope. */
export interface KnownRecord {
  readonly id: string;
  readonly version: string | null;
}

export interface UnseenCount {
  readonly known: number;
  readonly unseen: number;
}

/**
 * What is remembered of the records of other systems: which of them we wrote, what was last seen of each.
 *
 * Order of calls for a page: `classify`, then the events are committed, then `observe`. Asked again for a page that was
 * classified but never observed (the process died), `classify` must answer the same: it changes nothing.
 */
export interface EchoGuard {
  /** One verdict for each record, in order. The same id twice in one page: the later is judged against the earlier. */
  classify(scope: RecordScope, records: readonly PulledRecord[]): Promise<readonly RecordVerdict[]>;

  /** Takes these as last seen, each stamped with the database's clock; repeating it does no harm. Deleted ones are remembered as gone. */
  observe(scope: RecordScope, observations: readonly Observation[]): Promise<void>;

  /**
   * Records remembered as existing that were neither observed nor written by the hub since `since`: after a whole listing
   * that began then, these are gone. By id, at most `limit` after `afterId`.
   */
  notSeenSince(scope: RecordScope, since: Date, afterId: string | null, limit: number): Promise<readonly KnownRecord[]>;

  /** How many records are remembered as existing, and how many of them `notSeenSince` would tell. */
  countUnseen(scope: RecordScope, since: Date): Promise<UnseenCount>;
}
