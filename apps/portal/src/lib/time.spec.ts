import { duration } from './time';

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
