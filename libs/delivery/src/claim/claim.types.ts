/** Which delivery, of which event, and in which queue. */
export interface DeliveryIdentity {
  readonly id: string;
  readonly trackingId: string;
  readonly orderingKey: string | null;
}

/** A delivery in the hands of one drain, with everything needed to map and send it. */
export interface ClaimedDelivery extends DeliveryIdentity {
  readonly routeId: string;
  readonly operation: string;
  /** This attempt's number as shown to people; claims that ended in a crash are counted too. */
  readonly attemptNumber: number;
  /** Attempts that count against the retry schedule: crashes do not. */
  readonly countedAttempts: number;
  /** An earlier claim, of this delivery or of the one that it repeats, may have reached the system. */
  readonly mayHaveBeenSent: boolean;
  /** It repeats another delivery. */
  readonly isReplay: boolean;
  /** Overtaken by a newer event of its key on a `latest` route: to be settled without being sent. */
  readonly superseded: boolean;
  readonly filterPending: boolean;
  readonly filter: string | null;
  readonly retryDelaysSeconds: readonly number[] | null;
  readonly mappingId: string | null;
  /** The version that made `mappedPayload` on an earlier attempt, else the published one. */
  readonly mappingVersion: number | null;
  readonly mappedPayload: string | null;
  /** How long its claims have been given back without an attempt while the connection was active, in ms; 0 when the last claim made one. */
  readonly deferredMs: number;
  readonly event: ClaimedEvent;
}

export interface ClaimedEvent {
  readonly eventId: string;
  readonly type: string;
  readonly source: string | null;
  readonly subject: string | null;
  readonly occurredAt: Date | null;
  readonly receivedAt: Date;
  readonly payload: string;
  readonly metadata: string | null;
  readonly traceparent: string | null;
}
