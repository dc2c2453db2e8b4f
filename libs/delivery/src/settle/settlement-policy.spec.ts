import { type ClaimedDelivery } from '../claim/claim.types';
import { type SendError, type SendResult } from '../drain/drain.ports';
import { claimedDelivery } from '../testing/claimed-delivery';
import { settleSent, settleUnmapped } from './settlement-policy';
import { type Settlement } from './settle.types';
import { connectionWait } from './verdicts';

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
    // For a person it waits as long as what is held may: see `LONGEST_HOLD_DAYS`.
    const signedOut = { category: 'auth_revoked' };
    expect(settled(signedOut, { deferredMs: DAY_MS + 1 })).toMatchObject({ status: 'pending', unspent: true });
    const busy = { category: 'transient', code: 'busy', message: '' };
    const unmapped = (deferredMs: number): Settlement =>
      settleUnmapped(claimedDelivery({ deferredMs }), busy, true, timing);
    expect(unmapped(DAY_MS - 1)).toMatchObject({ status: 'pending', unspent: true });
    expect(unmapped(DAY_MS + 1)).toMatchObject(over);
  });

  it('asks a system that is busy more and more rarely, and not before the time that it names', () => {
    const busy = (deferredMs: number, retryAfterMs?: number): number | null =>
      settled({ category: 'concurrency', retryAfterMs }, { deferredMs }).delayMs;
    expect([0, 20_000, 60_000, 3_600_000, DAY_MS].map((ms) => busy(ms))).toEqual([
      2_000, 2_000, 6_000, 300_000, 300_000,
    ]);
    expect(busy(60_000, 1_000)).toBe(6_000);
    expect(busy(60_000, 90_000)).toBe(90_000);
    let calls = 0;
    for (let waited = 0; waited < DAY_MS; waited += busy(waited) ?? DAY_MS) calls++;
    expect(calls).toBeLessThan(400);
    // The wait of a limit is the connection's, and as long as the vendor says.
    expect(settled({ category: 'rate_limited', retryAfterMs: 1_000 }, { deferredMs: 3_600_000 }).delayMs).toBe(1_000);
  });

  it('holds all of a connection that no record can pass, and the record alone otherwise', () => {
    const config = { category: 'config', code: 'oauth_app_missing' };
    expect(settled(config)).toMatchObject({ status: 'dead', reason: 'permanent_failure' });
    const whole = { ...config, wholeConnection: true };
    expect(settled(whole)).toMatchObject({ status: 'pending', unspent: true, delayMs: 60_000 });
    expect(connectionWait({ message: '', ...whole })).toEqual({ reason: 'misconfigured', waitMs: 60_000 });
    expect(settled(whole, { deferredMs: DAY_MS + 1 })).toMatchObject({ status: 'dead', reason: 'deferred_too_long' });
    // The record is refused, whoever else might be.
    expect(settled({ category: 'validation', wholeConnection: true })).toMatchObject({ status: 'dead' });
  });

  it('does not let an outage use up the attempts of those who probe it', () => {
    const probe = (category: string, of: Partial<ClaimedDelivery> = {}): Settlement =>
      settleSent(claimedDelivery(of), { payloadText: '{}', mapping: null }, refused({ category }), timing, true);
    expect(probe('transient', { countedAttempts: 9 })).toMatchObject({ unspent: true, delayMs: 30_000 });
    expect(probe('unknown_outcome')).toMatchObject({ unspent: true, attempt: { outcome: 'deferred' } });
    expect(probe('transient', { deferredMs: DAY_MS + 1 })).toMatchObject({ reason: 'deferred_too_long' });
    expect(probe('validation')).toMatchObject({ status: 'dead', reason: 'permanent_failure' });
  });

  it('keeps to a schedule that outlasts any outage, under a probe too', () => {
    const probe = (retryDelaysSeconds: number[]): Settlement =>
      settleSent(
        claimedDelivery({ retryDelaysSeconds, countedAttempts: 2 }),
        { payloadText: '{}', mapping: null },
        refused({ category: 'transient' }),
        timing,
        true,
      );
    expect(probe([5, 86_396])).toMatchObject({ unspent: false, status: 'retrying' });
    expect(probe([5, 86_395])).toMatchObject({ unspent: true, delayMs: 30_000 });
    expect(probe([90_000])).toMatchObject({ status: 'dead', reason: 'retries_exhausted' });
  });

  it('keeps which version of a mapping could make nothing of an event', () => {
    const error = { category: 'validation', code: 'mapping_runtime', message: '' };
    const delivery = claimedDelivery({ mappingId: 'm', mappingVersion: 4 });
    expect(settleUnmapped(delivery, error, false, timing)).toMatchObject({ mapping: { id: 'm', version: 4 } });
    expect(settleUnmapped(delivery, error, true, timing)).toMatchObject({ mapping: null });
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
