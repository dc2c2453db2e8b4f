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

  it('agrees with counting the failures since the last healthy call', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<CallHealth>('failure', 'healthy', 'neutral'), { maxLength: 60 }),
        (calls) => {
          const told = calls.filter((call) => call !== 'neutral');
          const since = told.length - (told.lastIndexOf('healthy') + 1);
          expect(run(calls).state).toBe(since >= FAILURES_TO_OPEN ? 'open' : 'closed');
        },
      ),
    );
  });
});
