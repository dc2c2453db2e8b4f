import { comparable, comparableOf, isWithin, lastTimeOfDay, printStamp } from './local-time';

const BERLIN = { time_zone: 'Europe/Berlin', time_format: 'local' } as const;
/** Clocks go back from 03:00 to 02:00 at 01:00 UTC. */
const FIRST_HALF_PAST_TWO = Date.UTC(2026, 9, 25, 0, 30);
const SECOND_TEN_PAST_TWO = Date.UTC(2026, 9, 25, 1, 10);

describe('local time', () => {
  it('goes backwards in the night that has an hour twice', () => {
    expect(printStamp(FIRST_HALF_PAST_TWO, BERLIN)).toBe('2026-10-25T02:30:00');
    expect(printStamp(SECOND_TEN_PAST_TWO, BERLIN)).toBe('2026-10-25T02:10:00');
    expect(comparable(SECOND_TEN_PAST_TWO, BERLIN)).toBeLessThan(comparable(FIRST_HALF_PAST_TWO, BERLIN));
    const honest = { ...BERLIN, time_format: 'offset' } as const;
    expect(printStamp(SECOND_TEN_PAST_TWO, honest)).toBe('2026-10-25T02:10:00+01:00');
    expect(comparable(SECOND_TEN_PAST_TWO, honest)).toBeGreaterThan(comparable(FIRST_HALF_PAST_TWO, honest));
  });

  it('takes a stamp without a zone for a wall clock, and one with a zone for a moment', () => {
    expect(comparableOf('2026-10-25T02:30:00', BERLIN)).toBe(comparable(FIRST_HALF_PAST_TWO, BERLIN));
    expect(comparableOf('2026-10-25T01:10:00Z', BERLIN)).toBe(comparable(SECOND_TEN_PAST_TWO, BERLIN));
    expect(comparableOf('2026-07-01T12:00:00', { ...BERLIN, time_format: 'offset' })).toBe(Date.UTC(2026, 6, 1, 10));
    expect(comparableOf('2026-07-01T12:00:00', { ...BERLIN, time_format: 'utc' })).toBe(Date.UTC(2026, 6, 1, 12));
  });

  it('knows the night window, also across midnight', () => {
    const noon = Date.UTC(2026, 6, 1, 10);
    expect(isWithin(noon, 'Europe/Berlin', { from: '12:00', to: '12:01' })).toBe(true);
    expect(isWithin(noon, 'Europe/Berlin', { from: '22:00', to: '12:00' })).toBe(false);
    expect(isWithin(noon, 'Europe/Berlin', { from: '22:00', to: '12:30' })).toBe(true);
    expect(lastTimeOfDay(noon, 'Europe/Berlin', '04:00')).toBe(Date.UTC(2026, 6, 1, 2));
    expect(lastTimeOfDay(noon, 'Europe/Berlin', '13:00')).toBe(Date.UTC(2026, 5, 30, 11));
  });
});
