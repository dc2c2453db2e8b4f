import { duration, fromNow } from './time';

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
});
