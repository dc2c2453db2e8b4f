export const UNDER_WAY: ReadonlySet<string> = new Set(['queued', 'running', 'cancelling']);

/** Of items, in the order of their figures. */
export const ITEM_OUTCOMES = [
  'queued',
  'succeeded',
  'failed',
  'would_send',
  'would_fail',
  'skipped',
  'waiting',
  'cancelled',
] as const;
export type ItemOutcome = (typeof ITEM_OUTCOMES)[number];

/** Those that items of such a replay can have. */
export function outcomesOf(isDryRun: boolean): readonly ItemOutcome[] {
  const others = isDryRun ? ['succeeded', 'failed', 'queued'] : ['would_send', 'would_fail'];
  return ITEM_OUTCOMES.filter((outcome) => !others.includes(outcome));
}
