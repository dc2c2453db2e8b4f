import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { readServices } from '@hub/testing';
import { TAKE } from './redis-rate-limiter';
import { newBucket, takeTokens, WINDOW_SECONDS } from './token-bucket';

const CLOCK = `local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)`;
/** The script as it is, but for its clock, which is the last argument. */
const SCRIPT = TAKE.replace(CLOCK, `local now = tonumber(table.remove(ARGV))`);

const traffic = fc.array(
  fc.record({
    wait: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9_000 })),
    cost: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })),
  }),
  { minLength: 50, maxLength: 250, size: 'max' },
);
const START_MS = 1_800_000_000_000;

describe('the shared bucket in Redis, under any traffic', () => {
  let redis: Redis;
  beforeAll(() => {
    expect(SCRIPT).not.toBe(TAKE);
    redis = new Redis(readServices().redisUrl);
  });
  afterAll(() => redis?.disconnect());

  it('keeps both promises, and decides as the bucket in the process does', async () => {
    await fc.assert(
      fc.asyncProperty(traffic, fc.integer({ min: 10, max: 200 }), async (requests, limit) => {
        const key = `property:{${randomUUID()}}`;
        const own = newBucket(limit, START_MS);
        let now = START_MS;
        const asked = redis.pipeline();
        const expected = requests.map(({ wait, cost }) => {
          now += wait;
          asked.eval(SCRIPT, 1, key, limit, cost, now);
          return { at: now, cost, decision: takeTokens(own, limit, cost, now) };
        });
        const answers = (await asked.exec()) ?? [];
        const told = answers.map(([error, rows]) => {
          if (error !== null) throw error;
          const [allowed, remaining, waitMs, burst] = (rows as [number, number, number, number][])[0] ?? [];
          return { allowed: allowed === 1, remaining, waitMs, binding: burst === 1 ? 'burst' : 'sustained' };
        });
        expect(told).toEqual(expected.map(({ decision }) => decision));
        expectPromises(
          expected.filter((_request, index) => told[index]?.allowed === true),
          limit,
          now,
        );
        await redis.del(key);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});

/** Never more than 2L in any 60 s, and L a minute in the long run. */
function expectPromises(admitted: readonly { at: number; cost: number }[], limit: number, endMs: number): void {
  for (const { at: start } of admitted) {
    const window = admitted.filter(({ at }) => at >= start && at < start + WINDOW_SECONDS * 1_000);
    expect(window.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(2 * limit);
  }
  const total = admitted.reduce((sum, { cost }) => sum + cost, 0);
  expect(total).toBeLessThanOrEqual(2 * limit + ((endMs - START_MS) * limit) / 60_000 + 1e-6);
}
