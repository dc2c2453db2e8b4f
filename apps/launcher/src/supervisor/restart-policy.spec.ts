import { RestartPolicy } from './restart-policy';

const LIMITS = { firstDelayMs: 1_000, maxDelayMs: 8_000, maxCrashes: 5, windowMs: 60_000 };
const delays = (policy: RestartPolicy, times: readonly number[]) =>
  times.map((at) => {
    const decision = policy.afterCrash(at);
    return decision.kind === 'restart' ? decision.delayMs : decision.kind;
  });

describe('RestartPolicy', () => {
  it('waits longer each time and gives up at the sixth crash within the window', () => {
    expect(delays(new RestartPolicy(LIMITS), [0, 1, 2, 3, 4, 5])).toEqual([
      1_000,
      2_000,
      4_000,
      8_000,
      8_000,
      'give_up',
    ]);
  });

  it('forgives what lies outside the window', () => {
    expect(delays(new RestartPolicy(LIMITS), [0, 1, 2, 3, 4, 60_002])).toEqual([
      1_000, 2_000, 4_000, 8_000, 8_000, 4_000,
    ]);
    expect(delays(new RestartPolicy(LIMITS), [0, 60_000, 120_000])).toEqual([1_000, 1_000, 1_000]);
  });
});
