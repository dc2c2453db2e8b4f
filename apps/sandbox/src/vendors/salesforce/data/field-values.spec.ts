import { Decimal } from '../salesforce.json';
import { divide, formatDateTime, multiply, parseDateTime, parseDecimal, sum } from './field-values';

describe('decimals', () => {
  it('reads every notation of a number and no other text', () => {
    expect(parseDecimal('1.5e3')).toEqual({ digits: 1500n, scale: 0 });
    expect(parseDecimal('-0.0250')).toEqual({ digits: -25n, scale: 3 });
    expect(parseDecimal('.5')).toEqual({ digits: 5n, scale: 1 });
    for (const text of ['', '.', '-', '1,5', '0x1', 'NaN', '1e9999']) expect(parseDecimal(text)).toBeUndefined();
  });

  it('multiplies, divides and adds exactly, rounding half up', () => {
    expect(multiply(new Decimal('3'), new Decimal('19.99'), 2).text).toBe('59.97');
    expect(multiply(new Decimal('0.5'), new Decimal('0.01'), 2).text).toBe('0.01');
    expect(divide(new Decimal('100.00'), new Decimal('3'), 2)?.text).toBe('33.33');
    expect(divide(new Decimal('1'), new Decimal('0'), 2)).toBeUndefined();
    expect(sum(['0.1', '0.2', '1234567890123456.78'].map((text) => new Decimal(text))).text).toBe(
      '1234567890123457.08',
    );
  });
});

describe('datetimes', () => {
  it('demands a zone and a day that exists', () => {
    expect(parseDateTime('2026-11-20T10:00:00+0100')).toBe(Date.UTC(2026, 10, 20, 9));
    expect(parseDateTime('2026-11-20T10:00:00.5Z')).toBe(Date.UTC(2026, 10, 20, 10, 0, 0, 500));
    for (const text of ['2026-11-20', '2026-11-20T10:00:00', '2026-02-30T10:00:00Z', '2026-11-20T25:00:00Z']) {
      expect(parseDateTime(text)).toBeUndefined();
    }
    expect(formatDateTime(0)).toBe('1970-01-01T00:00:00.000+0000');
  });
});
