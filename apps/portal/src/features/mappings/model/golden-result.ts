import { type GoldenCase } from '@hub/api-client';
import { jsonDifferences, type JsonDifference } from './json-differences';

export type CameOutAs = GoldenCase['outcome'] | 'cut_off';

/** What came of a golden case: it holds, its result differs, or its outcome is another one. */
export type GoldenResult =
  | { readonly holds: true }
  | { readonly holds: false; readonly differences: readonly JsonDifference[] }
  | { readonly holds: false; readonly cameOutAs: CameOutAs; readonly message: string };

interface Outcome {
  readonly kind: string;
  readonly output?: unknown;
  readonly message?: string;
}

/** As the hub judges it before it publishes a version: what was cut off is none of the outcomes that a case may have. */
export function goldenResult(golden: GoldenCase, outcome: Outcome): GoldenResult {
  const came = cameOutAs(outcome);
  if (came !== golden.outcome) return { holds: false, cameOutAs: came, message: outcome.message ?? '' };
  if (came !== 'output') return { holds: true };
  const differences = jsonDifferences(golden.output, outcome.output, golden.ignore);
  return differences.length === 0 ? { holds: true } : { holds: false, differences };
}

function cameOutAs({ kind }: Outcome): CameOutAs {
  return kind === 'output' || kind === 'skipped' || kind === 'cut_off' ? kind : 'failed';
}
