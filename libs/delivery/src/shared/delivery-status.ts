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

/** Still to be done. The indexes of the claim cover exactly these. */
export const OPEN_STATUSES = ['pending', 'delivering', 'retrying', 'held'] as const satisfies readonly DeliveryStatus[];

export const EVENT_STATUSES = ['pending', 'processing', 'succeeded', 'failed', 'unrouted'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/**
 * Every way a delivery may go; the database functions here make no other. `delivering → pending` gives a claim back
 * unspent; `dead → pending` is a person's retry.
 */
export const TRANSITIONS: Readonly<Record<DeliveryStatus, readonly DeliveryStatus[]>> = {
  pending: ['delivering', 'held', 'cancelled'],
  retrying: ['delivering', 'held', 'pending', 'cancelled'],
  held: ['pending', 'delivering', 'cancelled'],
  delivering: ['succeeded', 'retrying', 'dead', 'pending', 'cancelled', 'superseded'],
  succeeded: [],
  dead: ['pending'],
  cancelled: [],
  superseded: [],
};

/** Why a delivery is held, cancelled or dead, beyond what the vendor said. */
export type DeliveryReason =
  | 'order'
  | 'filtered'
  | 'cancelled_by_user'
  | 'retries_exhausted'
  | 'permanent_failure'
  | 'poison'
  | 'deferred_too_long'
  | 'superseded';

/** What a failure looks like once stored: shown to support, so free of secrets. */
export interface DeliveryError {
  readonly category: string;
  readonly code: string;
  readonly message: string;
  readonly fields?: readonly string[];
  readonly position?: { readonly line: number; readonly column: number };
}
