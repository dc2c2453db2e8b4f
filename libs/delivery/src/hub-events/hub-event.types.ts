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
  /**
   * What happened up to then is no news, wherever its transaction comes. It stays as it was when the reader began, however far
   * it moves on: else it would pass over what it has yet to read. As the database writes it, to the microsecond. Null: all is news.
   */
  readonly heardUntil: string | null;
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
