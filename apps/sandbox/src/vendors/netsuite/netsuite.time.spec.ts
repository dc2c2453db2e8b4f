import { addDays, isIsoDate, UserTime } from './netsuite.time';

describe('the time of a user', () => {
  const berlin = new UserTime('Europe/Berlin', 'DD.MM.YYYY');

  it('shows and reads the user’s own format', () => {
    const ms = Date.parse('2026-07-01T22:30:00Z');
    expect(berlin.formatDate(ms)).toBe('02.07.2026');
    expect(new UserTime('America/Los_Angeles', 'M/D/YYYY').formatDate(ms)).toBe('7/1/2026');
    expect(new UserTime('UTC', 'D-Mon-YYYY').formatDate(ms)).toBe('1-Jul-2026');
    expect(berlin.parse('02.07.2026 00:30')).toEqual({ ms, hasTime: true });
    expect(new UserTime('UTC', 'M/D/YYYY').parse('2/14/23')).toEqual({
      ms: Date.parse('2023-02-14T00:00:00Z'),
      hasTime: false,
    });
    expect(new UserTime('UTC', 'M/D/YYYY').parse('11/19/26 10:00 pm')?.ms).toBe(Date.parse('2026-11-19T22:00:00Z'));
  });

  it('refuses what is no date of that format', () => {
    for (const text of ['2026-07-01', '7/1/2026', '31.02.2026', '01.07.2026 24:00', '01.07.2026 13:00 pm', '']) {
      expect(berlin.parse(text)).toBeUndefined();
    }
  });

  it('survives the nights when clocks change', () => {
    const wall = { year: 2026, month: 3, day: 29, hour: 2, minute: 30, second: 0 };
    expect(new Date(berlin.instant(wall)).toISOString()).toBe('2026-03-29T01:30:00.000Z');
    const twice = { year: 2026, month: 10, day: 25, hour: 2, minute: 30, second: 0 };
    expect(new Date(berlin.instant(twice)).toISOString()).toBe('2026-10-25T00:30:00.000Z');
    expect(new Date(berlin.startOfDay('2026-10-25')).toISOString()).toBe('2026-10-24T22:00:00.000Z');
  });

  it('knows real days', () => {
    expect(isIsoDate('2028-02-29')).toBe(true);
    expect(isIsoDate('2026-02-29')).toBe(false);
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  });
});
