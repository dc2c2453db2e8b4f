import { type Base, type SimpleType } from './erp.contract';
import { readDecimal, readValue, writeDecimal } from './erp.values';

const type = (base: Base, values: readonly string[] | null = null): SimpleType => ({
  kind: 'simple',
  base,
  values,
  fractionDigits: null,
});

describe('printed numbers', () => {
  it.each([
    ['plain', '12345678901234.5670', '12345678901234.5670'],
    ['plain', '-.5', '-0.5'],
    ['plain', '+7.', '7'],
    ['plain', '12,50-', null],
    ['plain', '12.50-', '-12.50'],
    ['plain', '1.234,50', null],
    ['plain', '1 234', null],
    ['english', '1,234,567.50', '1234567.50'],
    ['english', '1,23', null],
    ['german', '1.234,50', '1234.50'],
    ['german', '1.234', '1234'],
    ['german', '1234,5', '1234.5'],
    ['german', '12.34', null],
    ['german', '-0,10', '-0.10'],
    ['spaced', '1 234 567,50', '1234567.50'],
    ['spaced', '1\u00a0234,5', '1234.5'],
    ['spaced', '1.5', null],
  ] as const)('%s %s', (format, text, read) => {
    expect(readDecimal(text, format)).toBe(read);
  });

  it('stay what they are when they fit nothing: an amount is not guessed', () => {
    expect(readValue(type('decimal'), '1.234,50', 'plain')).toBe('1.234,50');
    expect(readValue(type('decimal'), ' ', 'plain')).toBeNull();
    expect(readValue(type('long'), '9007199254740993', 'german')).toBe('9007199254740993');
  });
});

describe('other habits', () => {
  it.each(['Y', 'y', 'J', '1', '-1', 'true'])('%s says yes', (text) => {
    expect(readValue(type('string', ['Y', 'N']), text, 'plain')).toBe('Y');
    expect(readValue(type('boolean'), text, 'plain')).toBe('true');
  });

  it.each(['N', '0', 'false', ''])('"%s" says no', (text) => {
    expect(readValue(type('string', ['Y', 'N']), text, 'plain')).toBe('N');
  });

  it('leaves alone what says neither', () => {
    expect(readValue(type('string', ['Y', 'N']), 'P', 'plain')).toBe('P');
  });

  it.each([
    ['00000000', null],
    ['0001-01-01', null],
    ['0001-01-01T00:00:00', null],
    ['9999-12-31', null],
    ['', null],
    ['20280229', '2028-02-29'],
    ['2028-02-29', '2028-02-29'],
    ['2028-02-29+01:00', '2028-02-29'],
    ['29.02.2028', '29.02.2028'],
  ])('reads the day "%s" as %s', (text, day) => {
    expect(readValue(type('date'), text, 'plain')).toBe(day);
  });
});

describe('numbers that are sent', () => {
  it.each([
    ['12.50', 4, '12.50'],
    ['0.1', 4, '0.1'],
    ['1e-1', 4, '0.1'],
    ['1.5E3', null, '1500'],
    ['12345678901234.5600000', 4, '12345678901234.56'],
    ['.5', 4, '0.5'],
    ['1.00001', 4, null],
    ['12,5', 4, null],
    ['', 4, null],
    ['NaN', 4, null],
    ['0x10', null, null],
  ] as const)('%s with %s decimals as %s', (text, digits, written) => {
    expect(writeDecimal(text, digits)).toBe(written);
  });
});
