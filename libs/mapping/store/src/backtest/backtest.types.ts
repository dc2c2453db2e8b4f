import { type LookupTables } from '../mapping.types';
import { type Publisher } from '../publish/publication.types';
import { type BacktestOutcome, type RunError, type SentOutcome } from './compare-item';
import { type JsonDifference } from '../changes/json-differences';

/** Events that a back-test is run over unless it says otherwise, and at most. */
export const BACKTEST_EVENTS = { usual: 200, most: 1_000 } as const;

export const BACKTEST_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type BacktestStatus = (typeof BACKTEST_STATUSES)[number];

/**
 * Why fewer events were compared than were asked for, though there may be more. `deadline`: its time was up.
 * `draft_too_slow`: runs of the draft were cut again and again. `few_matches`: the routes' filters let hardly any pass.
 */
export type StoppedBecause = 'deadline' | 'draft_too_slow' | 'few_matches';

/** How many comparisons ended how; what is absent is none. `sent_…`: beside what was sent. */
export type BacktestTotals = { readonly [Outcome in BacktestOutcome | `sent_${SentOutcome}`]?: number };

/** What publishing shows of a back-test, and keeps. */
export interface BacktestSummary {
  readonly id: string;
  readonly status: BacktestStatus;
  /** The version that was published, and compared with, at the time. */
  readonly baseVersion: number;
  readonly tested: number;
  readonly totals: BacktestTotals;
  readonly stoppedBecause: StoppedBecause | null;
  /** RFC 3339. */
  readonly endedAt: string | null;
}

export interface NewBacktest {
  readonly mappingId: string;
  /** Null for a draft that is not saved. */
  readonly version: number | null;
  readonly expression: string;
  /** Undefined: those of the published version. */
  readonly tables?: LookupTables;
  /** Comparisons at most. */
  readonly wanted: number;
  /** Routes to take, disabled ones too; null for those that are enabled. */
  readonly routeIds: readonly string[] | null;
  readonly by: Publisher;
}

export interface BacktestRow {
  id: string;
  mapping_id: string;
  version: number | null;
  base_version: number;
  expression: string;
  /** As `contentHash` makes it. */
  content_hash: Buffer;
  wanted: number;
  status: BacktestStatus;
  stopped_because: StoppedBecause | null;
  error: { code: string; message: string } | null;
  examined: number;
  tested: number;
  totals: BacktestTotals;
  interruptions: number;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
  requested_by: Publisher | null;
}

/** Where an event met the mapping: a route to a connection, or the sync that pulled it from one. */
export interface BacktestPlace {
  readonly connectionId: string;
  readonly routeId: string | null;
  readonly syncId: string | null;
}

/** One comparison. Its details hold parts of the event's payload. */
export interface NewBacktestItem extends BacktestPlace {
  readonly trackingId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly deliveryId: string | null;
  readonly outcome: BacktestOutcome;
  readonly wasSent: SentOutcome;
  readonly detail: BacktestDetail;
}

export interface BacktestItem extends NewBacktestItem {
  readonly number: number;
}

export interface BacktestDetail {
  readonly differences: readonly ShownDifference[];
  /** All of them: a report holds the first hundred. */
  readonly differenceCount: number;
  readonly base: ShownRun;
  readonly draft: ShownRun;
  /** Pointers that vary from run to run and were left out. */
  readonly varying: readonly string[];
  /** Which version made what was sent; null when nothing was, or it is not known. */
  readonly sentVersion: number | null;
  readonly sentDifferences: readonly ShownDifference[];
  readonly sentDifferenceCount: number;
  /** Why something could not be compared. */
  readonly reason: string | null;
}

/** A long value becomes the beginning of its JSON text, and `cut` says so. */
export interface ShownDifference extends JsonDifference {
  readonly cut?: true;
}

export type ShownRun =
  | { readonly kind: 'output' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: RunError };
