import { roundTo } from './values';

describe('rounding money', () => {
  it.each([
    [1.005, 2, 1.01],
    [-1.005, 2, -1.01],
    [0.1 + 0.2, 2, 0.3],
    [12345678901234.56, 2, 12345678901234.56],
    [1234.5, 0, 1235],
    [1.2345, 3, 1.235],
    [1e-7, 2, 0],
  ])('%d to %d digits is %d', (value, digits, expected) => {
    expect(roundTo(value, digits)).toBeCloseTo(expected, 10);
    expect(String(Math.abs(roundTo(value, digits)))).toBe(String(Math.abs(expected)));
  });
});
