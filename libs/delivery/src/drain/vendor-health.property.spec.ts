import fc from 'fast-check';
import { CLOSED, FAILURES_TO_OPEN, OPEN_FOR_MS, probe, type Breaker, type CallHealth } from '../breaker/breaker';
import { type SendResult } from './drain.ports';
import { VendorHealth } from './vendor-health';

const CONCURRENCY = 8;
const CATEGORIES: Readonly<Record<CallHealth, readonly [string, ...string[]] | null>> = {
  healthy: null,
  failure: ['transient', 'unknown_outcome'],
  neutral: ['concurrency', 'rate_limited'],
};

type Step =
  | { readonly kind: 'call' }
  /** One of the calls under way ends, not in the order in which they began. */
  | { readonly kind: 'end'; readonly which: number; readonly health: CallHealth }
  /** What was learned so far is written. */
  | { readonly kind: 'write' }
  /** The breaker's waiting time is over, and the next drain takes the slot. */
  | { readonly kind: 'drain' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step>({ kind: 'call' }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(CONCURRENCY),
      health: fc.oneof(
        { weight: 5, arbitrary: fc.constant<CallHealth>('failure') },
        { weight: 1, arbitrary: fc.constantFrom<CallHealth>('healthy', 'neutral') },
      ),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'write' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'drain' }) },
);

function resultOf(health: CallHealth, which: number): SendResult {
  const categories = CATEGORIES[health];
  if (categories === null) return { ok: true, externalId: null, exchange: null, traceId: null };
  const category = categories[which % categories.length] ?? categories[0];
  const error = { category, code: 'c', message: 'm', retryAfterMs: 1_000 };
  return { ok: false, error, exchange: null, traceId: null };
}

/** Drains of one connection as they follow each other, with as many calls at once as they allow. */
class Drains {
  health = new VendorHealth(CLOSED);
  underWay = 0;
  /** Failures since the last healthy answer, while the breaker was closed. */
  streak = 0;
  /** The longest wait that was written by this drain. */
  waitMs = 0;

  get mayCall(): boolean {
    return !this.health.mustPause && this.underWay < Math.min(CONCURRENCY, this.health.allowance);
  }

  end(health: CallHealth, which: number): { before: Breaker; after: Breaker } {
    const before = this.health.breaker;
    this.underWay--;
    if (health === 'failure') this.streak++;
    if (health === 'healthy') this.streak = 0;
    this.health.record([resultOf(health, which)]);
    return { before, after: this.health.breaker };
  }

  write(): void {
    this.waitMs = Math.max(this.waitMs, this.health.takeChange()?.wait?.waitMs ?? 0);
  }

  /** A drain ends once its calls have; what it learned goes on to the next. */
  next(): void {
    this.write();
    if (this.health.breaker.state === 'open') expect(this.waitMs).toBeGreaterThanOrEqual(OPEN_FOR_MS);
    this.waitMs = 0;
    this.health = new VendorHealth(probe(this.health.breaker));
  }
}

describe('the breaker under calls that end in any order', () => {
  it('keeps its promises', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
        const drains = new Drains();
        for (const one of steps) {
          if (one.kind === 'call') {
            if (drains.mayCall) drains.underWay++;
          } else if (one.kind === 'drain') {
            if (drains.underWay === 0) drains.next();
          } else if (one.kind === 'write') {
            drains.write();
          } else if (drains.underWay > 0) {
            const { before, after } = drains.end(one.health, one.which);
            // An answer to a call that began before the opening says nothing of how things are now.
            if (before.state === 'open') expect(after.state).toBe('open');
            // Opened by five failures with no healthy answer between, or by a failed probe, and by nothing else.
            if (before.state === 'closed')
              expect(after.state).toBe(drains.streak >= FAILURES_TO_OPEN ? 'open' : 'closed');
            if (before.state === 'half_open')
              expect(after.state).toBe({ healthy: 'closed', failure: 'open', neutral: 'half_open' }[one.health]);
          }
          if (drains.health.breaker.state === 'open') expect(drains.mayCall).toBe(false);
          if (drains.health.breaker.state === 'half_open') expect(drains.underWay).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 500 },
    );
  });
});
