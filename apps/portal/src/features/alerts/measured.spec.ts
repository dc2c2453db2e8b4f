import { measured } from './measured';

describe('what an alert has measured', () => {
  it.each([
    [28, 'percent', '28 %'],
    [1_680, 'seconds', '28 min 0 s'],
    [1_200, 'count', '1,200'],
    [3.5, 'factor', '3.5 times'],
    [2, null, '2'],
    [null, 'percent', null],
  ] as const)('%s as %s is told as %s', (value, value_unit, told) =>
    expect(measured({ value, value_unit })).toBe(told),
  );
});
