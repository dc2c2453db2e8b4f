import { HOLD_REASONS } from '../shared/delivery-status';
import { adviceFor, groupCause, groupTitle, holdAdvice } from './advice';
import { HOLD_ADVICE } from './advice-tables';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const VENDORS = { title: 'duplicate name', explanation: 'Taken.', action: 'Rename it.' };
const facts = { category: 'duplicate', code: '6240', reason: 'permanent_failure' };

describe('advice', () => {
  it('comes from the vendor’s code, else from the hub’s, else from the category', () => {
    expect(adviceFor(facts, VENDORS)).toEqual(VENDORS);
    expect(adviceFor(facts).title).toBe('duplicate record');
    expect(adviceFor({ ...facts, category: 'validation', code: 'mapping_runtime' }).title).toBe('mapping failed');
    expect(adviceFor({ category: 'something_new', code: null, reason: null }).title).toBe('failed');
    expect(adviceFor({ category: 'constructor', code: 'toString', reason: null }).title).toBe('failed');
  });

  it('says that the hub gave up waiting', () => {
    const limited = { category: 'rate_limited', code: 'http_429', reason: 'deferred_too_long' };
    expect(adviceFor(limited).explanation).toMatch(/^It had to wait for longer than the hub waits\./);
    expect(adviceFor({ ...limited, code: 'held_too_long' }).explanation).toMatch(/^The connection could not be called/);
  });

  it('says what a held delivery waits for', () => {
    expect(holdAdvice('breaker_open')?.title).toBe('system failing');
    expect(holdAdvice('misconfigured')?.action).toContain('resuming');
    expect(holdAdvice(null)).toBeNull();
    expect(holdAdvice('toString')).toBeNull();
    expect(Object.keys(HOLD_ADVICE).sort()).toEqual([...HOLD_REASONS, 'order', 'waiting_for_link'].sort());
  });

  it.each([
    ['412 failed since 10:04 UTC: QuickBooks 6240 duplicate name', facts, '2026-11-20T10:04:59Z', VENDORS],
    ['412 failed since 2026-11-19 23:59 UTC: QuickBooks 6240 duplicate name', facts, '2026-11-19T23:59:00Z', VENDORS],
    [
      '412 failed since 10:04 UTC: QuickBooks HTTP 422 record refused',
      { ...facts, category: 'validation', code: 'http_422' },
      '2026-11-20T10:04:00Z',
      undefined,
    ],
    [
      '412 failed since 10:04 UTC: QuickBooks mapping failed',
      { ...facts, category: 'validation', code: 'mapping_runtime' },
      '2026-11-20T10:04:00Z',
      undefined,
    ],
  ])('makes the title %s', (title, of, since, vendors) => {
    const group = { ...of, count: 412, firstAt: new Date(since), system: 'QuickBooks' };
    expect(groupTitle(group, adviceFor(of, vendors), NOW)).toBe(title);
  });

  it('says HTTP once', () => {
    const of = { ...facts, category: 'validation', code: 'http_422' };
    const group = { ...of, count: 5, firstAt: new Date('2026-11-20T10:04:00Z'), system: 'HTTP' };
    expect(groupTitle(group, adviceFor(of, undefined), NOW)).toBe('5 failed since 10:04 UTC: HTTP 422 record refused');
    expect(groupCause(group, adviceFor(of, undefined))).toBe('HTTP 422 record refused');
  });
});
