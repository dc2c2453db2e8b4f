import fc from 'fast-check';
import { newBucket, takeTokens, WINDOW_SECONDS } from './token-bucket';

describe('token bucket', () => {
  it('admits twice the limit at once and refuses the next', () => {
    const bucket = newBucket(100, 0);
    for (let index = 0; index < 200; index++) expect(takeTokens(bucket, 100, 1, 0).allowed).toBe(true);
    const refused = takeTokens(bucket, 100, 1, 0);
    expect(refused).toMatchObject({ allowed: false, remaining: 0, binding: 'burst' });
    expect(refused.waitMs).toBeGreaterThan(0);
  });

  it('refuses a batch larger than what is left, whole', () => {
    const bucket = newBucket(100, 0);
    takeTokens(bucket, 100, 180, 0);
    expect(takeTokens(bucket, 100, 30, 0)).toMatchObject({ allowed: false, remaining: 20 });
    expect(takeTokens(bucket, 100, 20, 0).allowed).toBe(true);
  });

  it('keeps both promises for any traffic: no 60 s window above 2L, no long run above L a minute', () => {
    const traffic = fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 9_000 }), cost: fc.integer({ min: 1, max: 40 }) }),
      // Without the size the arrays would stay short, and never fill a window.
      { maxLength: 400, size: 'max' },
    );
    fc.assert(
      fc.property(traffic, fc.integer({ min: 10, max: 200 }), (requests, limit) => {
        let now = 1_000_000;
        const bucket = newBucket(limit, now);
        const admitted: { at: number; cost: number }[] = [];
        for (const request of requests) {
          now += request.wait;
          if (takeTokens(bucket, limit, request.cost, now).allowed) admitted.push({ at: now, cost: request.cost });
        }
        for (const start of admitted) {
          const window = admitted.filter(
            (entry) => entry.at >= start.at && entry.at < start.at + WINDOW_SECONDS * 1000,
          );
          expect(window.reduce((sum, entry) => sum + entry.cost, 0)).toBeLessThanOrEqual(2 * limit);
        }
        const total = admitted.reduce((sum, entry) => sum + entry.cost, 0);
        expect(total).toBeLessThanOrEqual(2 * limit + ((now - 1_000_000) * limit) / 60_000 + 1e-6);
      }),
    );
  });

  it('says a wait that fractions cannot make too short', () => {
    const bucket = newBucket(16, 0);
    let now = 0;
    for (const cost of [10, 16, 16, 16]) {
      const decision = takeTokens(bucket, 16, cost, now);
      if (decision.allowed) continue;
      now += decision.waitMs;
      expect(takeTokens(bucket, 16, cost, now).allowed).toBe(true);
    }
  });

  it('says a wait after which the same request is admitted', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 500 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60, size: 'max' }),
        (limit, costs) => {
          const bucket = newBucket(limit, 0);
          let now = 0;
          for (const cost of costs.filter((value) => value <= limit * 2)) {
            const decision = takeTokens(bucket, limit, cost, now);
            if (decision.allowed) continue;
            now += decision.waitMs;
            expect(takeTokens(bucket, limit, cost, now).allowed).toBe(true);
          }
        },
      ),
    );
  });

  it('says with what it admits when there is more than what remains, neither sooner nor later, and why', () => {
    const traffic = fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 9_000 }), cost: fc.integer({ min: 1, max: 40 }) }),
      { minLength: 1, maxLength: 200, size: 'max' },
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(traffic, fc.integer({ min: 10, max: 200 }), (requests, limit) => {
        let now = 1_000_000;
        const bucket = newBucket(limit, now);
        for (const { wait, cost } of requests) {
          now += wait;
          const decision = takeTokens(bucket, limit, cost, now);
          if (!decision.allowed) continue;
          seen.add(decision.binding);
          const more = (afterMs: number): boolean =>
            takeTokens(structuredClone(bucket), limit, decision.remaining + 1, now + afterMs).allowed;
          expect(more(decision.waitMs)).toBe(true);
          // The wait for a token is rounded up by as much as two.
          if (decision.waitMs > 2) expect(more(decision.waitMs - 2)).toBe(false);
        }
      }),
    );
    expect([...seen].toSorted()).toEqual(['burst', 'sustained']);
  });
});
