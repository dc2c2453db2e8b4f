import fc from 'fast-check';
import { isEventTypePattern, matchesEventType, toLikePattern } from './event-type-pattern';

describe('event type patterns', () => {
  it.each([
    ['invoice.created', 'invoice.created', true],
    ['invoice.created', 'invoice.created.v2', false],
    ['invoice.*', 'invoice.created', true],
    ['invoice.*', 'invoice.line.added', true],
    ['invoice.*', 'invoices.created', false],
    ['invoice.*', 'invoice', false],
    ['*.created', 'invoice.created', true],
    ['*.created', 'invoice.created.late', false],
    ['a.*.b.*.c', 'a.1.b.2.c', true],
    ['a.*.a', 'a.a', false],
    ['*', 'anything.at.all', true],
  ])('%s on %s is %s', (pattern, type, expected) => expect(matchesEventType(pattern, type)).toBe(expected));

  it.each(['', '.', 'a..b', 'a.', 'in*voice', 'a.%', 'a b', 'x'.repeat(101)])('refuses %p', (text) =>
    expect(isEventTypePattern(text)).toBe(false),
  );

  it('decides as SQL LIKE would', () => {
    const part = fc.constantFrom('a', 'b', 'a_b', 'ab', '*');
    const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
    const type = fc
      .array(fc.constantFrom('a', 'b', 'a_b', 'axb', 'ab'), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(pattern, type, (wanted, actual) => {
        const like = toLikePattern(wanted).replace(
          /\\(.)|%|([.])/g,
          (_all, escaped: string | undefined, dot: string | undefined) =>
            escaped !== undefined ? escaped : dot !== undefined ? '\\.' : '.*',
        );
        expect(matchesEventType(wanted, actual)).toBe(new RegExp(`^${like}$`, 's').test(actual));
      }),
    );
  });
});
