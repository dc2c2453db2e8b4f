import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json';

describe('canonical JSON', () => {
  it('is that of the reference implementation, for any JSON', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
        const value: unknown = JSON.parse(text);
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, unknown]>([
    [
      'numbers',
      [0, -0, 1, 1.5, 1e21, 1e-7, 123456789012345680000, 5e-324, 1.7976931348623157e308, Number('333333333.33333329')],
    ],
    ['names that look like numbers', { 10: 1, 9: 2, '-1': 3, '09': 4, 1e21: 5 }],
    [
      'names of every plane',
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
    ],
    [
      'texts that need escapes',
      ['"', '\\', '\b\f\n\r\t', '\u0000\u001f', '\u007f\u2028', '\ud800', 'a\udc00b', '\ud83d\ude00'],
    ],
    ['nothing', [{}, [], '', null, false, true]],
    ['many members', Object.fromEntries(Array.from({ length: 60 }, (_none, n) => [`m${(n * 37) % 60}`, n]))],
  ])('writes %s as the reference implementation does', (_what, value) => {
    expect(canonicalJson(value)).toBe(canonicalize(value));
  });

  it('sorts objects of every length', () => {
    for (let length = 0; length < 40; length++) {
      const members = Array.from({ length }, (_none, n) => [`k${(n * 7919) % 101}`, n] as const);
      expect(canonicalJson(Object.fromEntries(members))).toBe(canonicalize(Object.fromEntries(members)));
    }
  });

  it('has no form for what is not JSON', () => {
    for (const value of [undefined, NaN, Infinity, [undefined], 1n, () => 1])
      expect(() => canonicalJson(value)).toThrow();
  });

  it('stays right when more names have been seen than it remembers', () => {
    for (let n = 0; n < 10_050; n++) expect(canonicalJson({ [`name ${n}`]: n })).toBe(`{"name ${n}":${n}}`);
  });
});
