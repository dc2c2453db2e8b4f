/** One event, checked, on its way into the database. Times are RFC 3339 texts or dates of the API's clock. */
export interface AcceptInput {
  readonly tenantId: string;
  /** UUIDv7 chosen by the API: the tracking id. */
  readonly trackingId: string;
  readonly eventId: string;
  readonly type: string;
  readonly source: string | null;
  readonly subject: string | null;
  readonly occurredAt: string | null;
  readonly receivedAt: Date;
  /** `data` byte for byte as received. */
  readonly payload: string;
  readonly metadata: string | null;
  /** SHA-256 of the canonical JSON of `type` and `data`, in hex; see `eventFingerprint`. */
  readonly fingerprint: string;
  readonly apiKeyId: string | null;
  readonly requestId: string | null;
  readonly traceparent: string | null;
}

/** A decision about a route's filter, made before the commit; valid only for that revision of the route. */
export interface FilterVerdict {
  readonly trackingId: string;
  readonly routeId: string;
  readonly revision: number;
  readonly passes: boolean;
}

export interface MatchedRoute {
  readonly routeId: string;
  readonly connectionId: string;
}

export type AcceptOutcome =
  | { readonly kind: 'accepted'; readonly trackingId: string; readonly routes: readonly MatchedRoute[] }
  | { readonly kind: 'duplicate'; readonly trackingId: string; readonly receivedAt: Date }
  /** Same id, other content. `trackingId` is the first event's. */
  | { readonly kind: 'reused'; readonly trackingId: string }
  /** The database refused this one row. */
  | { readonly kind: 'refused' };

/** What would become of an event. `trackingId` is the first event's, when that is stored and not just one of the same batch. */
export type CheckOutcome =
  | { readonly kind: 'accepted' | 'duplicate'; readonly trackingId: string | null }
  | { readonly kind: 'reused'; readonly trackingId: string | null };
