import type { Attempt } from '@hub/api-client';

/** Attempts that are not counted, for different reasons: a system that is still down has not asked for anything. */
export function attemptStatus({ outcome, category }: Pick<Attempt, 'outcome' | 'category'>): string {
  if (outcome !== 'deferred') return outcome;
  if (category === 'transient' || category === 'unknown_outcome') return 'probe_failed';
  return category === 'rate_limited' || category === 'concurrency' ? 'asked_to_wait' : outcome;
}
