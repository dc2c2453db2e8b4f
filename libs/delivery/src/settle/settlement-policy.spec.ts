import { type ClaimedDelivery } from '../claim/claim.types';
import { type SendError, type SendResult } from '../drain/drain.ports';
import { claimedDelivery } from '../testing/claimed-delivery';
import { connectionWait, settleSent, settleUnmapped } from './settlement-policy';
import { type Settlement } from './settle.types';

const DAY_MS = 24 * 3_600_000;
const timing = { startedAt: new Date(0), durationMs: 1 };

const refused = (error: Partial<SendError> & { category: string }): SendResult => ({
  ok: false,
  error: { code: 'code', message: 'as the test wants', ...error },
  exchange: null,
  traceId: null,
});

const settled = (error: Partial<SendError> & { category: string }, of: Partial<ClaimedDelivery> = {}): Settlement =>
  settleSent(claimedDelivery(of), { payloadText: '{}', mapping: null }, refused(error), timing);

describe('settlement policy', () => {
  it.each([
    ['rate_limited', 0, 1_000],
    ['rate_limited', -5, 1_000],
    ['rate_limited', 999, 1_000],
    ['rate_limited', 90_000, 90_000],
    ['rate_limited', 1e15, 3_600_000],
    ['rate_limited', Number.NaN, 30_000],
    ['rate_limited', undefined, 30_000],
    ['concurrency', 0, 1_000],
    ['concurrency', undefined, 2_000],
    ['concurrency', 1e15, 3_600_000],
    ['auth_revoked', undefined, 1_000],
  ])('%s that asks for %s ms waits for %s ms, unspent', (category, retryAfterMs, delayMs) => {
    const error = retryAfterMs === undefined ? { category } : { category, retryAfterMs };
    expect(settled(error)).toMatchObject({ status: 'pending', unspent: true, delayMs });
  });

  it('makes the whole connection wait at least as long as one of its deliveries', () => {
    const zero: SendError = { category: 'rate_limited', code: '429', message: '', retryAfterMs: 0 };
    expect(connectionWait(zero)).toEqual({ reason: 'rate_limited', waitMs: 1_000 });
  });

  it('does not let a vendor put a retry off for more than an hour', () => {
    expect(settled({ category: 'transient', retryAfterMs: 1e15 })).toMatchObject({
      status: 'retrying',
      delayMs: 3_600_000,
    });
  });

  it('ends a wait by how long it has lasted, whatever the age of the delivery', () => {
    const limited = { category: 'rate_limited' };
    expect(settled(limited, { deferredMs: DAY_MS - 1 })).toMatchObject({ status: 'pending', unspent: true });
    const over = { status: 'dead', reason: 'deferred_too_long', unspent: false };
    expect(settled(limited, { deferredMs: DAY_MS + 1 })).toMatchObject(over);
    const busy = { category: 'transient', code: 'busy', message: '' };
    const unmapped = (deferredMs: number): Settlement =>
      settleUnmapped(claimedDelivery({ deferredMs }), busy, true, timing);
    expect(unmapped(DAY_MS - 1)).toMatchObject({ status: 'pending', unspent: true });
    expect(unmapped(DAY_MS + 1)).toMatchObject(over);
  });

  it('stores what a vendor says in a form that PostgreSQL takes', () => {
    const wild = `a\u0000b\ud800c\udc00d😀`;
    const tame = 'a\ufffdb\ufffdc\ufffdd😀';
    const settlement = settled({ category: 'validation', code: wild, message: wild, fields: [wild] });
    expect(settlement.error).toEqual({ category: 'validation', code: tame, message: tame, fields: [tame] });
    expect(settlement.attempt).toMatchObject({ code: tame, message: tame });
  });

  it('stores what is no text at all as text', () => {
    const nothing = { category: 'validation', code: 404 as unknown as string, message: undefined as unknown as string };
    expect(settled(nothing).error).toMatchObject({ code: '404', message: 'undefined' });
  });
});
