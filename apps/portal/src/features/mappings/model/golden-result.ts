import { type GoldenCase } from '@hub/api-client';
import { jsonDifferences, type JsonDifference } from './json-differences';

/** What came of a golden case: it holds, its result differs, or its outcome is another one. */
export type GoldenResult =
  | { readonly holds: true }
  | { readonly holds: false; readonly differences: readonly JsonDifference[] }
  | { readonly holds: false; readonly cameOutAs: string; readonly message: string };

interface Outcome {
  readonly kind: string;
  readonly output?: unknown;
  readonly message?: string;
}

/** As the hub judges it before it publishes a version. */
export function goldenResult(golden: GoldenCase, outcome: Outcome): GoldenResult {
  const came = outcome.kind === 'output' || outcome.kind === 'skipped' ? outcome.kind : 'failed';
  if (came !== golden.outcome) return { holds: false, cameOutAs: came, message: outcome.message ?? '' };
  if (came !== 'output') return { holds: true };
  const differences = jsonDifferences(golden.output, outcome.output, golden.ignore);
  return differences.length === 0 ? { holds: true } : { holds: false, differences };
}
