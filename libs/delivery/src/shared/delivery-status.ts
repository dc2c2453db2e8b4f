/** Open until settled: `pending`, `delivering`, `retrying` and `held`. A person may take up a `dead` one again. */
export const DELIVERY_STATUSES = [
  'pending',
  'delivering',
  'retrying',
  'succeeded',
  'dead',
  'cancelled',
  'held',
  'superseded',
] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export const EVENT_STATUSES = ['pending', 'processing', 'succeeded', 'failed', 'unrouted'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** Why a delivery is held, waits, is cancelled or dead, beyond what the vendor said: all that is ever stored with one. */
export const DELIVERY_REASONS = [
  'order',
  'filtered',
  'skipped_by_mapping',
  'cancelled_by_user',
  'retries_exhausted',
  'permanent_failure',
  'poison',
  'deferred_too_long',
  'superseded',
  'waiting_for_link',
  'replay_cancelled',
] as const;
export type DeliveryReason = (typeof DELIVERY_REASONS)[number];

/** Why a connection holds its deliveries back: shown as their reason, and stored with none of them. */
export const HOLD_REASONS = [
  'connection_paused',
  'connection_needs_reauth',
  'connection_disabled',
  'breaker_open',
  'rate_limited',
  'misconfigured',
] as const;

/** Ends after which there is nothing left to be delivered: neither a failure nor anybody's decision. */
const TURNED_AWAY: ReadonlySet<string> = new Set<DeliveryReason>(['filtered', 'skipped_by_mapping']);

export function isTurnedAway(reason: string | null): boolean {
  return reason !== null && TURNED_AWAY.has(reason);
}

/** The same in SQL, of a delivery's reason that may be null. */
export const turnedAway = (reason: string): string =>
  `coalesce(${reason} in ('${[...TURNED_AWAY].join("', '")}'), false)`;

/** What a failure looks like once stored: shown to support, so free of secrets. */
export interface DeliveryError {
  readonly category: string;
  readonly code: string;
  readonly message: string;
  readonly fields?: readonly string[];
  readonly position?: { readonly line: number; readonly column: number };
  /** The link that a mapping needs: whoever makes it wakes the delivery. */
  readonly link?: { readonly type: string; readonly id: string; readonly system: string };
}
