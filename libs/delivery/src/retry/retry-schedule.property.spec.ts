import fc from 'fast-check';
import { DEFAULT_RETRY_DELAYS_SECONDS, LONGEST_SCHEDULE_SECONDS, nextRetryDelayMs } from './retry-schedule';

const random = fc.double({ min: 0, max: 0.999999, noNaN: true });
/** Each at least a quarter longer than the one before: more than jitter can make up for. */
const growing = fc
  .tuple(fc.integer({ min: 1, max: 600 }), fc.array(fc.double({ min: 1.25, max: 4, noNaN: true }), { maxLength: 8 }))
  .map(([first, factors]) =>
    factors.reduce((delays, factor) => [...delays, Math.ceil((delays.at(-1) ?? 1) * factor)], [first]),
  );

/** The waits of a delivery that fails each time, under the given jitter. */
function waits(delays: readonly number[] | null, jitter: readonly number[]): number[] {
  const found: number[] = [];
  for (let failed = 1; ; failed++) {
    const wait = nextRetryDelayMs(failed, delays, null, () => jitter[failed % jitter.length] ?? 0.5);
    if (wait === null) return found;
    found.push(wait);
  }
}

describe('the schedule of retries, whatever the jitter', () => {
  const jitter = fc.array(random, { minLength: 1, maxLength: 10 });

  it('has as many waits as it states, each within 10 %, and then ends', () => {
    fc.assert(
      fc.property(fc.option(growing), jitter, (delays, values) => {
        const stated = delays ?? DEFAULT_RETRY_DELAYS_SECONDS;
        const found = waits(delays, values);
        expect(found).toHaveLength(stated.length);
        found.forEach((wait, index) => {
          const seconds = stated[index] ?? 0;
          expect(wait).toBeGreaterThanOrEqual(Math.floor(seconds * 900));
          expect(wait).toBeLessThanOrEqual(Math.ceil(seconds * 1_100));
        });
      }),
    );
  });

  it('never comes back sooner after a later failure than after an earlier one', () => {
    fc.assert(
      fc.property(fc.option(growing), jitter, (delays, values) => {
        const found = waits(delays, values);
        expect([...found].sort((left, right) => left - right)).toEqual(found);
      }),
    );
  });

  it('ends within the longest schedule and its jitter', () => {
    fc.assert(
      fc.property(growing, jitter, (delays, values) => {
        fc.pre(delays.reduce((sum, delay) => sum + delay, 0) <= LONGEST_SCHEDULE_SECONDS);
        const total = waits(delays, values).reduce((sum, wait) => sum + wait, 0);
        expect(total).toBeLessThanOrEqual(LONGEST_SCHEDULE_SECONDS * 1_100 + delays.length);
      }),
    );
  });
});
