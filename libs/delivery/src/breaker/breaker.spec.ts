import fc from 'fast-check';
import { CLOSED, FAILURES_TO_OPEN, probe, recordCall, type Breaker, type CallHealth } from './breaker';

const run = (calls: CallHealth[], from: Breaker = CLOSED): Breaker => calls.reduce(recordCall, from);

describe('breaker', () => {
  it('opens on the fifth consecutive failure', () => {
    expect(run(['failure', 'failure', 'failure', 'failure']).state).toBe('closed');
    expect(run(['failure', 'failure', 'failure', 'failure', 'failure']).state).toBe('open');
  });

  it('does not open on four, a success and four', () => {
    const four: CallHealth[] = ['failure', 'failure', 'failure', 'failure'];
    expect(run([...four, 'healthy', ...four]).state).toBe('closed');
  });

  it('is neither tripped nor closed by a neutral answer', () => {
    expect(run(['failure', 'failure', 'failure', 'failure', 'neutral', 'failure']).state).toBe('open');
    const halfOpen = probe(run(Array<CallHealth>(5).fill('failure')));
    expect(recordCall(halfOpen, 'neutral').state).toBe('half_open');
  });

  it('re-opens when the probe fails and closes when it succeeds', () => {
    const halfOpen = probe(run(Array<CallHealth>(5).fill('failure')));
    expect(halfOpen.state).toBe('half_open');
    expect(recordCall(halfOpen, 'failure').state).toBe('open');
    expect(recordCall(halfOpen, 'healthy')).toEqual(CLOSED);
  });

  it('stays open whatever calls say that began before it opened', () => {
    const open = run(Array<CallHealth>(5).fill('failure'));
    expect(run(['healthy', 'failure', 'neutral', 'healthy'], open)).toBe(open);
  });

  it('is open exactly when five failures have come with no healthy call between', () => {
    const call = fc.oneof(
      { weight: 3, arbitrary: fc.constant<CallHealth>('failure') },
      { weight: 1, arbitrary: fc.constantFrom<CallHealth>('healthy', 'neutral') },
    );
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60, size: 'max' }), (calls) => {
        const told = calls.filter((health) => health !== 'neutral');
        const opens = told.some((_health, at) => {
          const last = told.slice(Math.max(0, at + 1 - FAILURES_TO_OPEN), at + 1);
          return last.length === FAILURES_TO_OPEN && !last.includes('healthy');
        });
        expect(run(calls).state).toBe(opens ? 'open' : 'closed');
      }),
    );
  });
});
