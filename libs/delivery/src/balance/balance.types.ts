/** What the hub's tables say of the events that were accepted in one hour, and of all that came of them. */
export interface HourFacts {
  /** Events that are there. */
  readonly events: number;
  /** Of those: the ones for which no route called for a delivery, by the event's own word. */
  readonly eventsUnrouted: number;
  /** Events whose idempotency key is there and points at them; null when that was not looked at. */
  readonly eventsKeyed: number | null;
  /** Events that a delivery points at, replays aside. */
  readonly eventsDelivered: number;
  /** Deliveries that the events say were made: when they were accepted, or later for a route that had missed them. */
  readonly promised: number;
  /** Deliveries that are not settled, by the events' counters. */
  readonly promisedOpen: number;
  /** Most events sent through the API within one minute. */
  readonly busiestMinute: number;
  /** Deliveries that are there: those that were promised, and replays. */
  readonly made: number;
  readonly replays: number;
  readonly open: number;
  readonly succeeded: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly superseded: number;
  /** Deliveries whose last told transition is an end. */
  readonly told: number;
}

/** The most that was ever seen of an hour. */
export interface HourMost {
  readonly events: number;
  readonly deliveries: number;
}

/** Which equation does not hold. */
export const BALANCE_CHECKS = [
  'events_kept',
  'keys_kept',
  'events_routed',
  'deliveries_made',
  'deliveries_kept',
  'deliveries_settled',
  'deliveries_open',
] as const;
export type BalanceCheck = (typeof BALANCE_CHECKS)[number];

/** Who says so. `ledger` is what was counted of the hour before. */
export const BALANCE_SIDES = ['events', 'event_keys', 'deliveries', 'hub_events', 'ledger'] as const;
export type BalanceSide = (typeof BALANCE_SIDES)[number];

/** Two witnesses of one fact who do not agree. */
export interface BalanceDifference {
  readonly check: BalanceCheck;
  readonly left: { readonly side: BalanceSide; readonly count: number };
  readonly right: { readonly side: BalanceSide; readonly count: number };
  /** The side that has fewer: most often the one where something is missing. */
  readonly short: BalanceSide;
}

/** The books of an hour as they are kept. */
export interface HourBooks extends HourFacts {
  readonly hour: Date;
  readonly balanced: boolean;
  readonly differences: readonly BalanceDifference[];
  readonly countedAt: Date;
}
