import { type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { type ClaimedDelivery } from '../claim/claim.types';
import { type DeliveryError } from '../shared/delivery-status';

/** What mapping made of a delivery. */
export type MapOutcome =
  | {
      readonly kind: 'mapped';
      readonly payloadText: string;
      readonly mapping: { readonly id: string; readonly version: number } | null;
    }
  /** The route's filter says no. */
  | { readonly kind: 'filtered' }
  /** The mapping says that there is nothing to deliver; `error.message` is its reason. */
  | { readonly kind: 'skipped'; readonly error: DeliveryError }
  | {
      readonly kind: 'failed';
      readonly error: DeliveryError;
      /** Not the expression's fault: try again soon. */ readonly transient: boolean;
    }
  /** A record that the mapping points at is not known in the other system yet: `error.link` says which. */
  | { readonly kind: 'waiting'; readonly error: DeliveryError };

/**
 * Port to the mapping engine and store. One outcome each, in order; never rejects for what a tenant can cause. When it
 * rejects, or answers fewer, the deliveries concerned wait and are mapped again.
 */
export interface DeliveryMapper {
  map(tenantId: string, deliveries: readonly ClaimedDelivery[], connectionId: string): Promise<readonly MapOutcome[]>;
}

export interface SendItem {
  readonly delivery: ClaimedDelivery;
  readonly payloadText: string;
  readonly idempotencyKey: string;
}

/** A failure as the connector put it. `category` is one of the connector SDK's; the policy here decides what follows. */
export interface SendError {
  readonly category: string;
  readonly code: string;
  readonly message: string;
  readonly httpStatus?: number;
  readonly retryAfterMs?: number;
  readonly fields?: readonly string[];
  /** No record of the connection could have been sent, whatever is in it: its settings or the hub's keep it from that. */
  readonly wholeConnection?: boolean;
  /** For refused credentials: which revision of the connection they were of. */
  readonly revision?: number;
}

/** JSON texts, redacted by the connector. */
export interface SendExchange {
  readonly request: string;
  readonly response: string | null;
}

export type SendResult =
  | {
      readonly ok: true;
      readonly externalId: string | null;
      readonly exchange: SendExchange | null;
      readonly traceId: string | null;
      /** What the write has made of the record, for the book of writes. */
      readonly record?: {
        /** Kind of record that the operation writes; null where none is known. */
        readonly type: string | null;
        readonly version: string | null;
        readonly created: boolean;
      };
    }
  | {
      readonly ok: false;
      readonly error: SendError;
      /** Nothing was written, and what the mapping depends on has just changed: it is mapped anew, and no attempt is used up. */
      readonly mapAgain?: boolean;
      readonly exchange: SendExchange | null;
      readonly traceId: string | null;
      /** Kind of record that the operation writes; null or left out where none is known. */
      readonly recordType?: string | null;
    };

export interface OpenConnection {
  readonly connectorId: string;
  /** Calls that may be under way at once. */
  readonly concurrency: number;
  /** Most records that one call of any operation takes. */
  readonly largestBatch: number;
  /** Records that one call of this operation takes. */
  batchSize(operation: string): number;
  /**
   * Names the record that a delivery writes, the same for any two that write the same one; null where nobody can tell.
   * Left out: nobody can tell of any.
   */
  recordOf?(item: Pick<SendItem, 'delivery' | 'payloadText'>): string | null;
  /** One result for each item, in order. Never rejects for what a vendor can cause. */
  send(operation: string, items: readonly SendItem[], signal: AbortSignal): Promise<readonly SendResult[]>;
}

/** A connection of which it is known how much it takes at once, not yet whether it can be called. */
export interface FoundConnection extends Pick<OpenConnection, 'concurrency' | 'largestBatch'> {
  /** Outside of the transaction that found it. An error is that of each delivery; when it rejects, none is to blame. */
  open(): Promise<Result<OpenConnection, SendError>>;
}

/** Port to connections and connectors. */
export interface ConnectionPort {
  /** Called in the transaction that takes the slot. Whatever needs a network or another transaction is left to `open`. */
  find(tx: TenantTx, connectionId: string): Promise<FoundConnection>;
  /**
   * The vendor has withdrawn our access: hold everything until a person reconnects, unless the connection has moved on
   * from `error.revision`, by a person's hand or a refresh.
   */
  needsReauth(tenantId: string, connectionId: string, error: SendError): Promise<void>;
}

/** A record that a delivery has just written. */
export interface WrittenRecord {
  readonly delivery: ClaimedDelivery;
  /** As it was mapped, with what the connector did not get to see. */
  readonly payloadText: string;
  readonly externalId: string;
  readonly type: string | null;
  readonly version: string | null;
  readonly created: boolean;
  readonly startedAt: Date;
}

/** A delivery that was refused because its record is there already. */
export interface RefusedDuplicate {
  readonly delivery: ClaimedDelivery;
  readonly payloadText: string;
  readonly type: string | null;
}

/** Port to whoever remembers what was written. */
export interface WriteBook {
  /**
   * Called in the transaction that settles the deliveries, so that no crash can part the two. It must not fail for what
   * a record holds: the settlement would fail with it, and the record be written again.
   * @returns connections of the tenant of which it has made deliveries due.
   */
  record(tx: TenantTx, connectionId: string, records: readonly WrittenRecord[]): Promise<readonly string[]>;
  /**
   * Whether the record of each is known in the connection's system by now: `linked`, `unlinked`, or null where nobody can
   * tell which record it is.
   */
  findDuplicates(
    tx: TenantTx,
    connectionId: string,
    refused: readonly RefusedDuplicate[],
  ): Promise<readonly ('linked' | 'unlinked' | null)[]>;
}

export interface AttemptSeen {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly connectorId: string;
  readonly delivery: ClaimedDelivery;
  readonly outcome: 'succeeded' | 'failed' | 'deferred';
  readonly error: SendError | null;
  readonly durationMs: number;
}

/** For metrics and the one wide log line of an attempt. */
export interface DrainObserver {
  attempted(attempt: AttemptSeen): void;
  settled(count: number): void;
  /** A drain found that another process has taken its slot: whatever it was about to write was dropped. */
  fenced(connectionId: string): void;
}
