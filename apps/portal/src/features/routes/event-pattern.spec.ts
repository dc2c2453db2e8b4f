import { matchesPattern } from './event-pattern';

it.each([
  ['invoice.*', 'invoice.created', true],
  ['invoice.*', 'invoices.created', false],
  ['*.created', 'a.b.created', true],
  ['*', 'anything', true],
  ['a.b', 'aXb', false],
])('%s and %s: %s', (pattern, type, expected) => expect(matchesPattern(pattern, type)).toBe(expected));
