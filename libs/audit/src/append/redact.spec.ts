import fc from 'fast-check';
import { canonicalJson } from '@hub/platform';
import { redacted } from './redact';

describe('what a record keeps of a state', () => {
  it('is canonical JSON that reads back as itself, whatever it is given', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withSparseArray: true,
      withUnicodeString: true,
    } as fc.ObjectConstraints);
    fc.assert(
      fc.property(fc.oneof(anything, fc.jsonValue({ stringUnit: 'binary' })), (value) => {
        const text = canonicalJson(redacted(value));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(text).not.toContain('\\u0000');
        expect(text).not.toMatch(/\\ud[89a-f]/i);
      }),
      { numRuns: 500 },
    );
  });

  it('is bounded, however large or deep it was', () => {
    const large = Object.fromEntries(Array.from({ length: 5_000 }, (_none, n) => [`member ${n}`, 'x'.repeat(100)]));
    expect(redacted(large)).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: expect.any(Number) });
    let deep: unknown = 'bottom';
    for (let level = 0; level < 5_000; level++) deep = { deep };
    expect(canonicalJson(redacted(deep)).length).toBeLessThan(1_000);
  });

  it.each([
    ['password', 'hunter2-hunter2', '[redacted]'],
    ['client_secret', { nested: 1 }, '[redacted]'],
    ['api_key', 'hub_live_x', '[redacted]'],
    ['Authorization', 'Basic eDp5', '[redacted]'],
    ['token_expires_at', '2026-01-01', '2026-01-01'],
    ['first_api_key_prefix', 'abcd1234', 'abcd1234'],
    ['has_credentials', true, true],
    ['ordering_key', 'subject', 'subject'],
    ['note', 'Bearer abcdefgh12345678', 'Bearer [redacted]'],
  ])('tells secrets from what is about them: %s', (name, value, kept) => {
    expect(redacted({ [name]: value })).toEqual({ [name]: kept });
  });
});
