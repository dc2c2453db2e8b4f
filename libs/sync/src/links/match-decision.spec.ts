import { type ExistingRecord, type MatchFacts } from '@hub/connector-sdk';
import { decideMatch, DEFAULT_MATCH_KEYS } from './match-decision';

const facts = (keys: MatchFacts['keys'], postalCode: string | null = null): MatchFacts => ({ keys, postalCode });
const record = (id: string, keys: MatchFacts['keys'], rest: Partial<ExistingRecord> = {}): ExistingRecord => ({
  id,
  name: id,
  active: true,
  ...facts(keys),
  ...rest,
});
const decided = (wanted: MatchFacts, existing: ExistingRecord[], keys = DEFAULT_MATCH_KEYS): string => {
  const decision = decideMatch(wanted, existing, keys);
  if (decision.kind === 'one') return `${decision.record.id} by ${decision.by}`;
  if (decision.kind === 'none') return 'none';
  const by = decision.kind === 'several' ? ` by ${decision.by}` : '';
  return `${decision.kind}${by}: ${decision.records.map(({ id }) => id).join(' ')}`;
};

describe('the record that is the same', () => {
  it.each<[string, MatchFacts, ExistingRecord[], string]>([
    ['is none where nothing is shared', facts({ email: ['a@x'] }), [record('1', { email: ['b@x'] })], 'none'],
    ['is none where nothing is known', facts({ email: [''] }), [record('1', { email: [' '] })], 'none'],
    [
      'is found whatever case and blanks',
      facts({ email: [' A@X.example'] }),
      [record('1', { email: ['a@x.EXAMPLE '] })],
      '1 by email',
    ],
    [
      'is found by the surest key',
      facts({ tax_id: ['DE 123.456'], email: ['a@x'] }),
      [record('1', { email: ['a@x'] }), record('2', { tax_id: ['de123456'], email: ['b@x'] })],
      '2 by tax_id',
    ],
    [
      'is not the one with another number',
      facts({ account_number: ['C-1'], email: ['a@x'] }),
      [record('1', { account_number: ['C-2'], email: ['a@x'] })],
      'none',
    ],
    [
      'may be one of several',
      facts({ email: ['a@x'] }),
      [record('1', { email: ['a@x', 'b@x'] }), record('2', { email: ['a@x'] })],
      'several by email: 1 2',
    ],
    [
      'is rather one that is active',
      facts({ email: ['a@x'] }),
      [record('1', { email: ['a@x'] }, { active: false }), record('2', { email: ['a@x'] })],
      '2 by email',
    ],
    [
      'may be one that is not',
      facts({ email: ['a@x'] }),
      [record('1', { email: ['a@x'] }, { active: false })],
      '1 by email',
    ],
    [
      'is likely, and no more, by name and postal code',
      facts({ name: ['Zoë & Sons'] }, 'SW1A 1AA'),
      [record('1', { name: ['ZOË  SONS'] }, { postalCode: 'sw1a1aa' }), record('2', { name: ['Zoë & Sons'] })],
      'alike: 1',
    ],
    ['is not found by name alone', facts({ name: ['Acme'] }), [record('1', { name: ['Acme'] })], 'none'],
  ])('%s', (_what, wanted, existing, expected) => {
    expect(decided(wanted, existing)).toBe(expected);
  });

  it('is found by name where a mapping says so', () => {
    expect(decided(facts({ name: ['Acme'] }), [record('1', { name: ['ACME'] })], ['name'])).toBe('1 by name');
  });
});
