import fc from 'fast-check';
import { canonicalJson } from './canonical-json';
import { isExact, mayHaveInexact, parseExactly } from './exact-numbers';

const INEXACT = [
  '9007199254740993',
  '-12345678901234567',
  '9223372036854775807',
  '0.10000000000000000001',
  '123456789012345678901234567890',
  '1e400',
  '-1E+400',
  '1e309',
  '1e-400',
  '5e-325',
  '0.00000000000000000000000000000000000000000000000000000000000000000000000000000001234567890123456789',
];
const EXACT = ['0', '-0', '1.50', '0.1', '1e21', '9007199254740992', '0.30000000000000004', '5e-324', '1.7e308'];

describe('exact numbers', () => {
  it.each(INEXACT)('%s is more than a double holds', (written) => {
    expect(isExact(written)).toBe(false);
    expect(mayHaveInexact(`{"a":${written}}`)).toBe(true);
    expect(mayHaveInexact(`[1,\n ${written}]`)).toBe(true);
  });

  it.each(EXACT)('%s is not', (written) => {
    expect(isExact(written)).toBe(true);
    expect(canonicalJson(parseExactly(`[${written}]`))).toBe(canonicalJson(JSON.parse(`[${written}]`)));
  });

  it('are never missed by the quick look', () => {
    const number = fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,20})?([eE][+-]?\d{1,4})?$/);
    fc.assert(
      fc.property(number, (written) => isExact(written) || mayHaveInexact(`{"a": ${written}}`)),
      {
        numRuns: 2_000,
      },
    );
  });

  it('are not looked for in texts', () => {
    const text = '{"id":"7e1234567-12345678901234567","at":"2026-11-22T10:00:00.000000000Z","n":12.5}';
    expect(mayHaveInexact(text)).toBe(false);
  });

  it('have one canonical form for each value, which is no other value and no double', () => {
    const forms = INEXACT.map((written) => canonicalJson(parseExactly(written)));
    expect(new Set([...forms, ...EXACT.map((written) => String(Number(written)))]).size).toBe(
      INEXACT.length + EXACT.length - 1,
    );
    const same = ['1e400', '1E+400', '10.0e399', '0.01e402'].map((written) => canonicalJson(parseExactly(written)));
    expect(new Set(same).size).toBe(1);
  });
});
