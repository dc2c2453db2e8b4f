import { faultsOf } from './zod-faults';
import { day, nameText, plainText, searchedMoment, timestamp } from './fields';

describe('a moment', () => {
  it.each([
    ['2026-11-20T10:00:00.000Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T10:00:00.123456789+02:00', '2026-11-20T08:00:00.123Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['0000-12-31T23:00:00-01:00', '0001-01-01T00:00:00.000Z'],
  ])('%s is handed on as %s', (given, normalised) => {
    expect(timestamp.parse(given)).toBe(normalised);
  });

  it.each([
    ['', 'invalid_format'],
    ['yesterday', 'invalid_format'],
    ['2026-11-20T10:00:00', 'invalid_format'],
    ['2026-02-30T10:00:00Z', 'invalid_format'],
    ['0000-00-00T00:00:00Z', 'invalid_format'],
    ['+010000-01-01T00:00:00Z', 'invalid_format'],
    ['0000-12-31T23:59:59Z', 'custom'],
    ['0001-01-01T00:00:00+00:01', 'custom'],
    ['9999-12-31T23:59:59-00:01', 'custom'],
  ])('%p is refused, with one fault', (given, code) => {
    const { error } = timestamp.safeParse(given);
    expect(faultsOf(error, given).map((fault) => fault.code)).toEqual([code]);
    expect(faultsOf(searchedMoment.safeParse(given).error, given)).toHaveLength(1);
  });

  it.each([
    ['2026-11-22T20:00:00 02:00', true],
    ['2026-11-22T20:00:00.000 02:00', true],
    ['2026-11-22 20:00:00', false],
    ['2026-11-22T20:00:00', false],
  ])('%p, as a query hands it on, is told of its plus: %p', (given, isTold) => {
    const [fault] = faultsOf(timestamp.safeParse(given).error, given);
    expect(fault?.message.includes('%2B')).toBe(isTold);
  });

  it('to search by is never before the first that an id can hold', () => {
    expect(searchedMoment.parse('1969-12-31T23:59:59.999Z')).toBe('1970-01-01T00:00:00.000Z');
    expect(searchedMoment.parse('0001-01-01T00:00:00Z')).toBe('1970-01-01T00:00:00.000Z');
    expect(searchedMoment.parse('1970-01-01T01:00:00+00:30')).toBe('1970-01-01T00:30:00.000Z');
  });
});

describe('a day', () => {
  it.each(['0001-01-01', '2028-02-29', '9999-12-31'])('may be %s', (text) => {
    expect(day.parse(text)).toBe(text);
  });

  // PostgreSQL has no year 0.
  it.each(['0000-02-29', '2026-02-29', '2026-11-20T10:00:00Z', ''])('%p is refused, with one fault', (text) => {
    expect(faultsOf(day.safeParse(text).error, text)).toHaveLength(1);
  });
});

it.each([
  ['', ['too_small']],
  [' ', ['custom']],
  ['a\u0000', ['custom']],
  ['a\u007f', ['custom']],
  ['\ud800', ['custom']],
  ['x'.repeat(6), ['too_big']],
])('plain text is not %p', (text, codes) => {
  for (const field of [plainText(5), nameText(5)])
    expect(faultsOf(field.safeParse(text).error, text).map((fault) => fault.code)).toEqual(codes);
});

it.each(['a\u0080', 'a\u009f', 'a\u202a', 'a\u202e', 'a\u2066', 'a\u2069'])(
  'a name is not %p, which a record’s id may be',
  (text) => {
    expect(nameText(5).safeParse(text).success).toBe(false);
    expect(plainText(5).parse(text)).toBe(text);
  },
);

it.each(['a b', '\u00a0x', 'שלום', '\u200fمرحبا', 'a\u2029b', '😀'])('plain text may be %p', (text) => {
  expect(plainText(10).parse(text)).toBe(text);
  expect(nameText(10).parse(text)).toBe(text);
});
