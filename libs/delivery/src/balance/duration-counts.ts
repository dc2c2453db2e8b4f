/** Steps in which a time doubles: what is told from the counts is right within a fifth. */
const STEPS = 2;
/** A little more than 18 hours; whatever takes longer counts there. */
const MOST = 52;

/** How often something took how long: at each step those that took no longer than it and longer than the one before. */
export type DurationCounts = number[];

/** @param ms what cannot be, because clocks differ, counts as nothing */
export function countDuration(counts: DurationCounts, ms: number): void {
  const step = Math.min(MOST, Math.max(0, Math.ceil(Math.log2(Math.max(1, ms)) * STEPS)));
  while (counts.length <= step) counts.push(0);
  counts[step] = (counts[step] ?? 0) + 1;
}

/** @returns what `share` of them did not exceed, in ms; null of none */
export function percentileOf(counts: Readonly<DurationCounts>, share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = share * total;
  let below = 0;
  for (const [step, count] of counts.entries()) {
    if (count > 0 && below + count >= wanted) {
      // Taken to be spread evenly over the step.
      const part = Math.max(0, (wanted - below) / count);
      return Math.round(step === 0 ? 1 : 2 ** ((step - 1 + part) / STEPS));
    }
    below += count;
  }
  return null;
}
