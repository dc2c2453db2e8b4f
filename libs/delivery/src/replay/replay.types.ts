import { type DeadLetterFilter } from '../read/delivery-filter';
import { type DeliveryError } from '../shared/delivery-status';

/** `replay` makes new deliveries; `retry` takes dead ones up again as they were; `cancel` gives them up. */
export const REPLAY_ACTIONS = ['replay', 'retry', 'cancel'] as const;
export type ReplayAction = (typeof REPLAY_ACTIONS)[number];

/** Open: `queued`, `running`, `cancelling`. */
export const REPLAY_STATUSES = ['queued', 'running', 'cancelling', 'completed', 'cancelled', 'failed'] as const;
export type ReplayStatus = (typeof REPLAY_STATUSES)[number];

/** `collecting`: what it is about; `working`: through that, in order of acceptance; `delivering`: until the last has ended. */
export type ReplayPhase = 'collecting' | 'working' | 'delivering';

export const REPLAY_OUTCOMES = [
  'waiting',
  'queued',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'would_send',
  'would_fail',
] as const;
export type ReplayOutcome = (typeof REPLAY_OUTCOMES)[number];

/** `original`: what was sent, or by the version that failed. `current`: the route as it is now. A number: that version. */
export type ReplayMapping = 'original' | 'current' | number;

export type ReplaySelection =
  | { readonly kind: 'filter'; readonly filter: DeadLetterFilter }
  | { readonly kind: 'events'; readonly trackingIds: readonly string[] }
  | { readonly kind: 'deliveries'; readonly deliveryIds: readonly string[] }
  | MissingSelection;

/** Events of the route's types, accepted in `[from, to)`, of which it has no delivery. Times are RFC 3339. */
export interface MissingSelection {
  readonly kind: 'missing';
  readonly routeId: string;
  readonly from: string;
  readonly to: string;
}

export interface NewReplay {
  readonly action: ReplayAction;
  readonly selection: ReplaySelection;
  readonly mapping: ReplayMapping;
  readonly includeSucceeded: boolean;
  /** Also what a person has cancelled and, unless it is repeated as it was, what filter or mapping turned away. */
  readonly includeCancelled: boolean;
  /** Also what a newer change of the same record has overtaken. */
  readonly includeSuperseded: boolean;
  readonly dryRun: boolean;
  readonly ratePerSecond: number | null;
  readonly reason: string | null;
  /** Refused when another number matches. */
  readonly expectedCount: number | null;
}

/** Items by outcome, and of the dry run's those whose payload would be another. */
export type ReplayCounts = Readonly<Record<ReplayOutcome | 'changed', number>>;

export interface ReplayRow {
  id: string;
  action: ReplayAction;
  status: ReplayStatus;
  phase: ReplayPhase;
  selection: ReplaySelection;
  mapping: 'original' | 'current' | 'version';
  mapping_version: number | null;
  include_succeeded: boolean;
  include_cancelled: boolean;
  include_superseded: boolean;
  dry_run: boolean;
  rate_per_second: number | null;
  reason: string | null;
  requested_by: { readonly type: string; readonly id: string; readonly label: string | null };
  matched: number;
  collected_to: string | null;
  failures: number;
  error: { readonly code: string; readonly message: string } | null;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

export interface ReplayView extends ReplayRow {
  counts: ReplayCounts;
  read_at: Date;
}

export interface ReplayItemRow {
  /** The delivery that is replayed; of one that was missing, the one that is made. */
  id: string;
  tracking_id: string;
  event_id: string | null;
  event_type: string | null;
  connection_id: string;
  connector_id: string;
  route_id: string;
  outcome: ReplayOutcome;
  reason: string | null;
  new_delivery_id: string | null;
  mapping_id: string | null;
  mapping_version: number | null;
  was_sent: string | null;
  would_send: string | null;
  /** JSON of `JsonChange[]`. */
  changes: string | null;
  changed: boolean | null;
  /** Of a dry run's mapping, or what the delivery that was made died of. */
  error: DeliveryError | null;
  settled_at: Date | null;
}

/** Why an item was skipped, in words. */
export const SKIP_WORDS: Readonly<Record<string, string>> = {
  already_replayed: 'Another replay has taken it up meanwhile.',
  open: 'It is not settled: a delivery of it is still under way or waiting.',
  succeeded: 'It has succeeded; `include_succeeded` repeats it all the same.',
  cancelled: 'It was cancelled; `include_cancelled` repeats it all the same.',
  turned_away:
    'Filter or mapping turned it away: there is nothing to repeat as it was. `include_cancelled` asks them again as they are now.',
  withdrawn: 'A replay that was cancelled had made it: what is repeated is what that replay was about.',
  superseded: 'It was skipped in favour of a newer event of its record.',
  superseded_by_newer:
    'A newer change of the same record has been delivered, or its delivery was made before: to send this one now would bring old values back. `include_superseded` sends it all the same.',
  not_dead: 'It is no longer dead.',
  not_missing: 'Its route has a delivery of it by now.',
  route_off: 'Its route has been deleted or switched off meanwhile.',
  gone: 'The delivery is no longer in the database.',
  event_archived: 'Its event is in the archive: restore it from there first.',
  connection_deleted: 'Its connection has been deleted.',
  route_deleted: 'Its route has been deleted, so there is no mapping of now; mapping "original" repeats it.',
  route_moved: 'Its route leads to another connection by now; mapping "original" repeats it where it was to go.',
  no_mapping: 'Its route has no mapping, so there is no such version.',
  no_such_version: 'The mapping of its route has no such version.',
  filtered: 'The route’s filter says no.',
  skipped_by_mapping: 'The mapping says that there is nothing to deliver.',
};
