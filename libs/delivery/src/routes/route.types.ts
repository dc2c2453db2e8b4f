export const ORDERING_KEYS = ['subject', 'type', 'connection', 'none'] as const;
export type OrderingKey = (typeof ORDERING_KEYS)[number];

export const ORDERING_MODES = ['strict', 'latest'] as const;
export type OrderingMode = (typeof ORDERING_MODES)[number];

export interface RouteRow {
  id: string;
  name: string;
  event_type: string;
  /** JSONata that must be true for an event to pass; null lets all pass. */
  filter: string | null;
  connection_id: string;
  operation: string;
  mapping_id: string | null;
  ordering_key: OrderingKey;
  ordering_mode: OrderingMode;
  /** Null: the hub's schedule. */
  retry_delays_seconds: number[] | null;
  enabled: boolean;
  /** Counts up with every change: a filter's verdict counts for the revision that it was made for. */
  revision: number;
  created_at: Date;
  updated_at: Date;
}

export interface NewRoute {
  readonly name: string;
  readonly eventType: string;
  readonly filter: string | null;
  readonly connectionId: string;
  readonly operation: string;
  readonly mappingId: string | null;
  readonly orderingKey: OrderingKey;
  readonly orderingMode: OrderingMode;
  readonly retryDelaysSeconds: readonly number[] | null;
  readonly enabled: boolean;
}

/** What is absent stays as it is; null where a route allows it. */
export type RouteChange = Partial<NewRoute>;

export interface RouteFilter {
  readonly connectionId?: string;
  readonly mappingId?: string;
  readonly enabled?: boolean;
}
