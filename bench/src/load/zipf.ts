/** The part of 1 that is left by the golden ratio: its multiples fill an interval evenly, and never come in clusters. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * `count` numbers from 0 to `ranks` − 1, the one at place k as often as 1 / (k + 1) of the first: as customers of a
 * service are, a few of them large and most of them small. Always the same, and spread evenly over the whole.
 */
export function zipfOrder(ranks: number, count: number): number[] {
  const shares = Array.from({ length: ranks }, (_none, k) => 1 / (k + 1));
  const total = shares.reduce((sum, share) => sum + share, 0);
  let sum = 0;
  const upTo = shares.map((share) => (sum += share / total));
  return Array.from({ length: count }, (_none, n) => {
    const drawn = ((n + 1) * GOLDEN) % 1;
    const rank = upTo.findIndex((bound) => drawn < bound);
    // The shares add up to 1 but for the last bits of it.
    return rank === -1 ? ranks - 1 : rank;
  });
}
