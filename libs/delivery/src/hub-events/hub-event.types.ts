import { type JsonObject } from '@hub/platform';

/** Something that happened in the hub, as the bus holds it. */
export interface HubEvent {
  readonly id: string;
  /** Dotted: `delivery.dead`. */
  readonly type: string;
  readonly trackingId: string | null;
  readonly deliveryId: string | null;
  readonly connectionId: string | null;
  readonly data: JsonObject;
  readonly createdAt: Date;
}

/**
 * How far a reader has got: everything up to here, in the order of (transaction, id), has been read. Of one database
 * cluster: transactions are numbered anew when a dump is restored into another.
 */
export interface HubEventPosition {
  readonly txId: number;
  readonly id: string;
  /** When the reader got there, by the database's clock: nothing that is older can be news to it. */
  readonly movedAt?: Date;
}

export interface HubEventPage {
  readonly events: readonly HubEvent[];
  /** Where the next page begins. */
  readonly position: HubEventPosition;
  /** The page is full: there may be more right now. */
  readonly more: boolean;
  /** `after` lies beyond what this cluster can have: it is of another one, and nothing can be read from there. */
  readonly ahead: boolean;
}
