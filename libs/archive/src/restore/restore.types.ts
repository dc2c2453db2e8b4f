import { type Day } from '../archive.types';

/** What is to come back: events by their tracking ids, or those of a time that fit. */
export type RestoreSelection =
  | { readonly trackingIds: readonly string[] }
  | {
      /** RFC 3339, of acceptance. */
      readonly from: string;
      readonly to: string;
      readonly type?: string | undefined;
      readonly source?: string | undefined;
      readonly subject?: string | undefined;
      readonly status?: 'succeeded' | 'failed' | 'unrouted' | undefined;
    };

export const RESTORE_STATUSES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const;
export type RestoreStatus = (typeof RESTORE_STATUSES)[number];

export interface RestoreRow {
  id: string;
  status: RestoreStatus;
  selection: RestoreSelection;
  reason: string;
  keep_days: number;
  requested_by: { readonly type: string; readonly id: string };
  done_day: Day | null;
  done_object: string | null;
  objects_done: number;
  objects_total: number | null;
  matched: number;
  restored: number;
  already_there: number;
  missing: number;
  failures: number;
  error_code: string | null;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

/** Events of one restore: they lie in the default partition, which stays small. */
export const MOST_RESTORED = 100_000;
export const MOST_TRACKING_IDS = 1_000;
