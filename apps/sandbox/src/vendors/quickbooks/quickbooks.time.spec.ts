import { addDays, isDate, nextDayOfMonth, parseInstant, responseTime, stamp, webhookStamp } from './quickbooks.time';

describe('times of the QuickBooks sandbox', () => {
  it('prints the Pacific offset of the day', () => {
    expect(stamp(Date.parse('2026-05-05T09:05:12.987Z'))).toBe('2026-05-05T02:05:12-07:00');
    expect(responseTime(Date.parse('2026-11-20T10:00:00.123Z'))).toBe('2026-11-20T02:00:00.123-08:00');
    expect(webhookStamp(Date.parse('2026-10-05T21:42:19Z'))).toBe('2026-10-05T14:42:19-0700');
  });

  it.each([
    ['2026-11-19', '2026-11-19T08:00:00.000Z'],
    ['2026-11-19T00:00:00Z', '2026-11-19T00:00:00.000Z'],
    ['2026-07-01T00:00:00+0200', '2026-06-30T22:00:00.000Z'],
    ['2026-07-01T00:00:00', '2026-07-01T07:00:00.000Z'],
  ])('reads %s', (text, instant) => {
    expect(new Date(parseInstant(text) ?? NaN).toISOString()).toBe(instant);
  });

  it.each(['', 'now', '2026-02-30', '2026-11-19T00:00:00 01:00', '20261119', '2026-11-19T25:00:00Z'])(
    'does not read %j',
    (text) => expect(parseInstant(text)).toBeUndefined(),
  );

  it('counts days over the ends of months and leap days', () => {
    expect(isDate('2024-02-29') && !isDate('2023-02-29')).toBe(true);
    expect(addDays('2024-02-15', 30)).toBe('2024-03-16');
    expect(nextDayOfMonth('2026-02-10', 31)).toBe('2026-02-28');
    expect(nextDayOfMonth('2026-01-31', 15)).toBe('2026-02-15');
  });
});
