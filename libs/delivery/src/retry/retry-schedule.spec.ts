import fc from 'fast-check';
import { nextRetryDelayMs } from './retry-schedule';

describe('retry schedule', () => {
  it('is 60 s, then 300 s, then over', () => {
    const middle = (): number => 0.5;
    expect([1, 2, 3].map((failed) => nextRetryDelayMs(failed, null, null, middle))).toEqual([60_000, 300_000, null]);
  });

  it('stays within 10 % of the schedule and never below the vendor wait', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 86_400 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 25 }),
        fc.option(fc.integer({ min: 0, max: 3_600_000 })),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (delays, failed, wait, random) => {
          const next = nextRetryDelayMs(failed, delays, wait, () => random);
          const stated = delays[failed - 1];
          if (stated === undefined) return expect(next).toBeNull();
          expect(next).toBeGreaterThanOrEqual(Math.max(Math.floor(stated * 900), wait ?? 0));
          expect(next).toBeLessThanOrEqual(Math.max(Math.ceil(stated * 1100), wait ?? 0));
        },
      ),
    );
  });
});
