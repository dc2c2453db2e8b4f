import { tightestOf } from './tightest-limit';

const limit = (name: string, left: number, max: number) => ({
  ...{ limit: name, left, max, used: max - left },
  ...{ resets_at: null, observed_at: '2026-11-21T10:00:00.000Z' },
});

describe('the limit that is shown', () => {
  it('is the one of which least is left', () => {
    const limits = [limit('daily_calls', 9_000, 10_000), limit('calls_per_minute', 3, 500)];
    expect(tightestOf(limits)?.limit).toBe('calls_per_minute');
    expect(tightestOf([])).toBeNull();
  });

  it('is the one that lasts longest where all is left', () => {
    const limits = [limit('concurrent_calls', 10, 10), limit('batches_per_minute', 40, 40), limit('daily_calls', 5, 5)];
    expect(tightestOf(limits)?.limit).toBe('daily_calls');
    expect(tightestOf(limits.slice(0, 2))?.limit).toBe('batches_per_minute');
  });
});
