import { countDuration, percentileOf, type DurationCounts } from './duration-counts';

const countsOf = (durations: readonly number[]): DurationCounts => {
  const counts: DurationCounts = [];
  for (const ms of durations) countDuration(counts, ms);
  return counts;
};

describe('counts of durations', () => {
  it('tell percentiles within a fifth, from a millisecond to hours', () => {
    const durations = Array.from({ length: 2_000 }, (_none, n) => 1 + (n * n * n) / 500);
    const counts = countsOf(durations);
    for (const share of [0.1, 0.5, 0.9, 0.95, 0.99]) {
      const real = durations[Math.ceil(share * durations.length) - 1] ?? 0;
      const told = percentileOf(counts, share) ?? 0;
      expect(told).toBeGreaterThan(real * 0.8 - 1);
      expect(told).toBeLessThan(real * 1.2 + 1);
    }
  });

  it('tell of one what it was', () => {
    for (const ms of [3, 48, 250, 61_000, 3_600_000]) {
      const told = percentileOf(countsOf([ms]), 0.95) ?? 0;
      expect(told / ms).toBeGreaterThan(0.7);
      expect(told / ms).toBeLessThan(1.42);
    }
  });

  it('tell nothing of none', () => {
    expect(percentileOf([], 0.5)).toBeNull();
    expect(percentileOf([0, 0, 0], 0.5)).toBeNull();
  });

  it('take what cannot be for nothing, and what lasts for days for the most', () => {
    expect(countsOf([-400_000, 0, 1])).toEqual([3]);
    const counts = countsOf([10 * 86_400_000, 20 * 86_400_000]);
    expect(counts).toHaveLength(53);
    expect(percentileOf(counts, 1)).toBe(2 ** 26);
  });
});
