import { setHubClock } from './hub-clock';
import { duration, fromNow, localTime, sinceTime, zoneName } from './time';

describe('a duration', () => {
  it.each([
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [119_600, '2 min 0 s'],
    [3_599_700, '1 h 0 min'],
    [5_400_000, '1 h 30 min'],
  ])('of %d ms is %s', (ms, words) => expect(duration(ms)).toBe(words));
});

describe('how long from now', () => {
  beforeAll(() => jest.useFakeTimers({ now: Date.parse('2026-11-20T10:00:00.000Z') }));
  afterAll(() => jest.useRealTimers());

  it.each([
    ['2026-11-20T09:57:00.000Z', false, '3 min. ago'],
    ['2026-11-20T10:00:06.000Z', false, 'now'],
    ['2026-11-20T10:00:06.000Z', true, 'in 6 sec.'],
  ])('%s is (ahead: %s) %s', (at, ahead, words) => expect(fromNow(at, { ahead })).toBe(words));

  it('goes by the hub on a computer that is wrong by an hour', () => {
    setHubClock(new Response(null, { headers: { date: 'Fri, 20 Nov 2026 11:00:00 GMT' } }));
    expect(fromNow('2026-11-20T10:57:00.000Z', { ahead: false })).toBe('3 min. ago');
    setHubClock(new Response(null, { headers: { date: 'Fri, 20 Nov 2026 10:00:00 GMT' } }));
  });
});

describe('since when', () => {
  beforeAll(() => jest.useFakeTimers({ now: new Date(2026, 10, 20, 12) }));
  afterAll(() => jest.useRealTimers());

  it('is a time alone today, and with its day before', () => {
    expect(sinceTime(new Date(2026, 10, 20, 10, 4).toISOString())).toBe('10:04');
    expect(sinceTime(new Date(2026, 10, 19, 23, 59).toISOString())).toBe('19 Nov 2026, 23:59');
  });
});

describe('the zone', () => {
  it('is the one that times are written in, also where none is entered yet', () => {
    const entered = '2026-01-15T12:00';
    const written = new Date(entered).toLocaleString('en-GB', { timeZoneName: 'short' });
    expect(written).toContain(zoneName(entered));
    expect(localTime(entered)).toContain('12:00:00');
    expect(zoneName('')).toBe(zoneName());
    expect(zoneName()).not.toBe('');
  });

  it('is there while a time is still being typed', () => {
    expect(zoneName('202610-11-20T10:30')).toBe(zoneName());
  });
});
