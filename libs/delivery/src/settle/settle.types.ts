import { type RefusedDuplicate, type WrittenRecord } from '../drain/drain.ports';
import { type DeliveryError, type DeliveryReason, type DeliveryStatus } from '../shared/delivery-status';

/** What was sent and answered, as JSON texts that are already redacted. */
export interface AttemptRecord {
  readonly number: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly outcome: 'succeeded' | 'failed' | 'deferred';
  readonly category: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly httpStatus: number | null;
  readonly request: string | null;
  readonly response: string | null;
  readonly traceId: string | null;
}

/** The end of one claim. */
export interface Settlement {
  readonly deliveryId: string;
  readonly trackingId: string;
  /** As the delivery has it: whoever waits behind this one is let go with its end. */
  readonly orderingKey: string | null;
  readonly status: Extract<DeliveryStatus, 'succeeded' | 'retrying' | 'pending' | 'dead' | 'cancelled' | 'superseded'>;
  readonly reason: DeliveryReason | null;
  /** True when the claim is given back: the attempt does not count. */
  readonly unspent: boolean;
  /** Until the next attempt, by the database's clock; only for `retrying` and `pending`. */
  readonly delayMs: number | null;
  readonly externalId: string | null;
  readonly error: DeliveryError | null;
  readonly filterDecided: boolean;
  readonly mapping: { readonly id: string; readonly version: number } | null;
  readonly mappedPayload: string | null;
  /** What it was mapped to before is forgotten: the next attempt maps it anew. */
  readonly mapAgain: boolean;
  readonly attempt: AttemptRecord | null;
  /** For the book of writes, when this is a success that has written a record. */
  readonly written: WrittenRecord | null;
  /** For the book of writes, when this is a refusal because the record is there already. */
  readonly refused: (RefusedDuplicate & { readonly retryDelayMs: number | null }) | null;
}
