import { type JsonObject } from '@hub/platform';
import { type DailyWindow } from '../schedule/daily-window';

export const SYNC_STATUSES = ['active', 'paused', 'failing'] as const;
/** `failing`: a person is needed; it goes on trying, and becomes active with the first success. */
export type SyncStatus = (typeof SYNC_STATUSES)[number];

export const RUN_KINDS = ['scheduled', 'manual', 'hook', 'backfill', 'full'] as const;
/**
 * `scheduled` and `manual` move the sync's own cursor. `hook` reads what a vendor announced. `backfill` reads changes since
 * an instant and `full` reads every record, each with a cursor of its own beside the sync's.
 */
export type RunKind = (typeof RUN_KINDS)[number];

export const RUN_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** `missing`: the listing is complete, and records that were not in it are looked for. */
export type RunPhase = 'listing' | 'missing';

/** Fit to be stored and shown: no secret, no whole upstream body. */
export interface SyncError {
  readonly category: string;
  readonly code: string;
  readonly message: string;
}

export interface SyncRow {
  id: string;
  name: string;
  connection_id: string;
  object: string;
  mapping_id: string | null;
  status: SyncStatus;
  interval_seconds: number;
  daily_window: DailyWindow | null;
  freshness_seconds: number | null;
  full_every_hours: number | null;
  next_full_at: Date | null;
  start_from: Date | null;
  next_run_at: Date;
  /** Failures in a row. */
  failures: number;
  last_run_at: Date | null;
  last_success_at: Date | null;
  last_error: SyncError | null;
  created_at: Date;
  updated_at: Date;
  /** Changes that hooks have announced and that are not read yet. */
  pending_notices: number;
  /** Whether there is an address for its connection's vendor to call. */
  has_hook: boolean;
  /** The database's clock when the row was read: ages are told by it. */
  read_at: Date;
}

export interface SyncRunRow {
  id: string;
  sync_id: string;
  kind: RunKind;
  status: RunStatus;
  phase: RunPhase;
  from_at: Date | null;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  next_attempt_at: Date;
  failures: number;
  pages: number;
  records_seen: number;
  events_made: number;
  duplicates: number;
  echoes: number;
  unchanged: number;
  unmapped: number;
  failed: number;
  error: SyncError | null;
  cursor_before: JsonObject | null;
  cursor_after: JsonObject | null;
  /** The database's clock when the row was read. */
  read_at: Date;
}

export interface NewSync {
  readonly name: string;
  readonly connectionId: string;
  readonly object: string;
  /** The tenant's own inbound mapping; null for the connector's template. */
  readonly mappingId: string | null;
  readonly intervalSeconds: number;
  readonly dailyWindow: DailyWindow | null;
  /** Age of the last success, in seconds, beyond which the sync is late; null for the hub's own measure. */
  readonly freshnessSeconds: number | null;
  /** How often every record is listed, beside the changes; null for never. */
  readonly fullEveryHours: number | null;
  /** Changes since then are pulled first; null for those from now on. */
  readonly startFrom: Date | null;
}

/** What is absent stays as it is. Connection and object are what a sync is: they do not change. */
export type SyncChange = Partial<Omit<NewSync, 'connectionId' | 'object' | 'startFrom'>>;

export interface SyncFilter {
  readonly connectionId?: string;
  readonly object?: string;
  readonly status?: SyncStatus;
}

export interface RunFilter {
  readonly kind?: RunKind;
  readonly status?: RunStatus;
}

/** What a person asks for. */
export type RunRequest =
  | { readonly kind: 'manual' }
  | { readonly kind: 'backfill'; readonly from: Date }
  | { readonly kind: 'full'; readonly allowDeletions?: boolean };
