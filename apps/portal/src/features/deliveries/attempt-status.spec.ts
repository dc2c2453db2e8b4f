import { attemptStatus } from './attempt-status';

describe('what an attempt is called', () => {
  it.each([
    ['failed', 'transient', 'failed'],
    ['succeeded', null, 'succeeded'],
    ['deferred', 'transient', 'probe_failed'],
    ['deferred', 'unknown_outcome', 'probe_failed'],
    ['deferred', 'rate_limited', 'asked_to_wait'],
    ['deferred', 'concurrency', 'asked_to_wait'],
    ['deferred', 'auth_expired', 'deferred'],
  ] as const)('%s for %s: %s', (outcome, category, status) => {
    expect(attemptStatus({ outcome, category })).toBe(status);
  });
});
