import { type LinkQuestion } from '@hub/mapping-engine';
import { type Json } from '@hub/platform';
import { differencesOf, withoutPointers, type JsonDifference } from '../changes/json-differences';

export const BACKTEST_OUTCOMES = [
  'unchanged',
  'changed',
  'now_failing',
  'now_fixed',
  'still_failing',
  'now_skipped',
  'no_longer_skipped',
  'skipped_both',
  'not_comparable',
] as const;
/** What publishing the draft would do to one event, against the version that is published. */
export type BacktestOutcome = (typeof BACKTEST_OUTCOMES)[number];

export const SENT_OUTCOMES = ['same', 'different', 'not_kept', 'not_comparable'] as const;
/** The draft's output against what the delivery really sent. `not_kept`: nothing was sent, or it is kept no more. */
export type SentOutcome = (typeof SENT_OUTCOMES)[number];

export interface RunError {
  readonly code: string;
  readonly message: string;
  /** Where in the expression; lines and columns from 1. */
  readonly line?: number;
  readonly column?: number;
  readonly link?: LinkQuestion;
}

/** What a version made of an event. */
export type RunResult =
  | { readonly kind: 'output'; readonly output: Json }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: RunError };

/** What was sent for the event when it was delivered. */
export interface SentPayload {
  readonly output: Json;
  /** Made by the version that the draft is compared with. */
  readonly madeByBase: boolean;
}

export interface ComparedRuns {
  /** The published version. */
  readonly base: RunResult;
  readonly draft: RunResult;
  readonly sent: SentPayload | null;
  /** Pointers of the output that differ from run to run of one version: the clock, or chance. They are left out. */
  readonly varying: readonly string[];
}

/** Why `not_comparable`: the hub knows other links than when the event was delivered. */
const LINKS_CHANGED = 'links_changed';

export interface Comparison {
  readonly outcome: BacktestOutcome;
  readonly differences: readonly JsonDifference[];
  readonly wasSent: SentOutcome;
  /** From what was sent to what the draft makes. */
  readonly sentDifferences: readonly JsonDifference[];
  readonly reason: typeof LINKS_CHANGED | null;
}

/**
 * Compares what two versions make of one event, both with the links of today. Where the published version no longer makes
 * what it once sent for this event, what it rested on has changed since (links, the clock aside), so nothing can be said
 * of what was sent; and where it cannot even run for want of a link that was there, nothing can be said at all.
 */
export function compareRuns({ base, draft, sent, varying }: ComparedRuns): Comparison {
  const differences =
    base.kind === 'output' && draft.kind === 'output'
      ? withoutPointers(differencesOf(base.output, draft.output), varying)
      : [];
  const stale = sent?.madeByBase === true && !makes(base, sent.output, varying);
  if (stale && base.kind === 'failed' && base.error.link !== undefined) {
    return { outcome: 'not_comparable', differences: [], ...notComparable };
  }
  const outcome = outcomeOf(base, draft, differences.length);
  if (sent === null) return { outcome, differences, wasSent: 'not_kept', sentDifferences: [], reason: null };
  if (stale) return { outcome, differences, ...notComparable };
  const sentDifferences: readonly JsonDifference[] =
    draft.kind === 'output'
      ? withoutPointers(differencesOf(sent.output, draft.output), varying)
      : [{ pointer: '', kind: 'removed', before: sent.output }];
  const wasSent = sentDifferences.length === 0 ? 'same' : 'different';
  return { outcome, differences, wasSent, sentDifferences, reason: null };
}

/** Pointers at which two runs of the same version on the same event are not the same. */
export function varyingPointers(first: RunResult, second: RunResult): string[] {
  if (first.kind !== 'output' || second.kind !== 'output') return [];
  return differencesOf(first.output, second.output).map(({ pointer }) => pointer);
}

const notComparable = { wasSent: 'not_comparable', sentDifferences: [], reason: LINKS_CHANGED } as const;

function makes(run: RunResult, output: Json, varying: readonly string[]): boolean {
  return run.kind === 'output' && withoutPointers(differencesOf(output, run.output), varying).length === 0;
}

function outcomeOf(base: RunResult, draft: RunResult, differences: number): BacktestOutcome {
  switch (draft.kind) {
    case 'failed':
      return base.kind === 'failed' ? 'still_failing' : 'now_failing';
    case 'skipped':
      return base.kind === 'skipped' ? 'skipped_both' : 'now_skipped';
    case 'output':
      if (base.kind === 'failed') return 'now_fixed';
      if (base.kind === 'skipped') return 'no_longer_skipped';
      return differences === 0 ? 'unchanged' : 'changed';
  }
}
