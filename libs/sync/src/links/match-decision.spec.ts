import { type ExistingRecord, type MatchFacts, type UnreadValue } from '@hub/connector-sdk';
import { decideMatch, DEFAULT_MATCH_KEYS } from './match-decision';

const facts = (keys: MatchFacts['keys'], postalCode: string | null = null): MatchFacts => ({ keys, postalCode });
const record = (id: string, keys: MatchFacts['keys'], rest: Partial<ExistingRecord> = {}): ExistingRecord => ({
  id,
  name: id,
  active: true,
  ...facts(keys),
  ...rest,
});
const decided = (
  wanted: MatchFacts,
  existing: ExistingRecord[],
  keys = DEFAULT_MATCH_KEYS,
  unread: UnreadValue[] = [],
): string => {
  const decision = decideMatch(wanted, { records: existing, unread }, keys);
  if (decision.kind === 'one') return `${decision.record.id} by ${decision.by}`;
  if (decision.kind === 'none') return 'none';
  const by = decision.kind === 'several' ? `${decision.allRead ? '' : ' and more'} by ${decision.by}` : '';
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

describe('a value of which not all records were read', () => {
  const unread: UnreadValue[] = [{ key: 'email', value: ' Info@X' }];
  const wanted = facts({ account_number: ['C-1'], email: ['a@x', 'info@x'], name: ['Acme'] }, '94601');

  it.each<[string, ExistingRecord[], string]>([
    ['is not that of none', [], 'several and more by email: '],
    ['is not that of one', [record('1', { email: ['info@x'] })], 'several and more by email: 1'],
    ['does not give way to another of the same key', [record('1', { email: ['a@x'] })], 'several and more by email: 1'],
    [
      'does not name who is known to be another',
      [record('1', { email: ['info@x'], account_number: ['C-2'] })],
      'several and more by email: ',
    ],
    [
      'does not give way to what is alike',
      [record('1', { name: ['Acme'] }, { postalCode: '94601' })],
      'several and more by email: ',
    ],
    [
      'is not asked where a surer key decides',
      [record('1', { email: ['info@x'] }), record('2', { account_number: ['c1'] })],
      '2 by account_number',
    ],
  ])('%s', (_what, existing, expected) => {
    expect(decided(wanted, existing, DEFAULT_MATCH_KEYS, unread)).toBe(expected);
  });

  it('decides nothing for whom it is not the value, or by a key that the mapping leaves out', () => {
    expect(decided(facts({ email: ['b@x'] }), [], DEFAULT_MATCH_KEYS, unread)).toBe('none');
    expect(decided(wanted, [record('1', { account_number: ['C-1'] })], ['account_number'], unread)).toBe(
      '1 by account_number',
    );
    expect(decided(wanted, [], ['account_number'], unread)).toBe('none');
  });

  it('is a name that decides, where a mapping says so, and else shows what was read', () => {
    const names: UnreadValue[] = [{ key: 'name', value: 'ACME' }];
    const existing = [record('1', { name: ['Acme'] }, { postalCode: '94 601' })];
    expect(decided(wanted, existing, ['name'], names)).toBe('several and more by name: 1');
    expect(decided(wanted, existing, DEFAULT_MATCH_KEYS, names)).toBe('alike: 1');
    expect(decided(wanted, [], DEFAULT_MATCH_KEYS, names)).toBe('none');
  });
});
