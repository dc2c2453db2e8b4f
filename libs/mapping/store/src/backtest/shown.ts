import { type Json } from '@hub/platform';
import { type JsonDifference } from '../changes/json-differences';
import { type Comparison, type ComparedRuns, type RunResult } from './compare-item';
import { type BacktestDetail, type ShownDifference, type ShownRun } from './backtest.types';

const MOST_DIFFERENCES = 100;
const LONGEST_VALUE = 2_000;
const LONGEST_CUT = 500;
/** A member's name can be as long as a payload. */
const LONGEST_POINTER = 1_000;
const MOST_VARYING = 50;

/** What is kept of a comparison, so that a thousand of them with large payloads stay a report and not an archive. */
export function toDetail(comparison: Comparison, runs: ComparedRuns, sentVersion: number | null): BacktestDetail {
  return {
    differences: shownDifferences(comparison.differences),
    differenceCount: comparison.differences.length,
    base: shownRun(runs.base),
    draft: shownRun(runs.draft),
    varying: runs.varying.slice(0, MOST_VARYING).map(shortPointer),
    sentVersion,
    sentDifferences: shownDifferences(comparison.sentDifferences),
    sentDifferenceCount: comparison.sentDifferences.length,
    reason: comparison.reason,
  };
}

function shownDifferences(differences: readonly JsonDifference[]): ShownDifference[] {
  return differences.slice(0, MOST_DIFFERENCES).map((difference) => {
    const pointer = shortPointer(difference.pointer);
    const [before, after] = [shortValue(difference.before), shortValue(difference.after)];
    const cut = before.cut || after.cut || pointer !== difference.pointer;
    return {
      pointer,
      kind: difference.kind,
      ...(before.value === undefined ? {} : { before: before.value }),
      ...(after.value === undefined ? {} : { after: after.value }),
      ...(cut ? { cut } : {}),
    };
  });
}

function shownRun(run: RunResult): ShownRun {
  return run.kind === 'output' ? { kind: 'output' } : run;
}

function shortPointer(pointer: string): string {
  return pointer.length > LONGEST_POINTER ? `${pointer.slice(0, LONGEST_POINTER)}…` : pointer;
}

function shortValue(value: Json | undefined): { readonly value: Json | undefined; readonly cut: boolean } {
  if (value === undefined) return { value, cut: false };
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? { value: `${text.slice(0, LONGEST_CUT)}…`, cut: true } : { value, cut: false };
}
