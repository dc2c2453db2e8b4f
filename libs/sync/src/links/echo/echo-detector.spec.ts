import { type PulledRecord } from '@hub/connector-sdk';
import { judge, NOTHING_REMEMBERED, readingOf, remember, type RecordMemory } from './echo-detector';
import { at, pulled, wrote } from './echo-memory.helper-spec';

const VOLATILE = ['SyncToken', 'MetaData.LastUpdatedTime'];
const reading = (data: unknown, more: Partial<PulledRecord> = {}, readAt = at(2)): ReturnType<typeof readingOf> =>
  readingOf(pulled(data, more), VOLATILE, readAt);
const saw = (data: unknown, more: Partial<PulledRecord> = {}): RecordMemory =>
  remember(NOTHING_REMEMBERED, reading(data, more, at(0)));

describe('a record that was never seen', () => {
  const made = wrote(NOTHING_REMEMBERED, { companyName: 'A', currency: { symbol: 'EUR' } }, { created: true });
  const read = { id: '7', companyName: 'A', currency: { id: '4' }, entityId: 'CUST7' };
  const untouched = { change: 'created', isUntouched: true } as const;

  it('is our own work while the vendor says that nobody has touched it since we made it', () => {
    expect(judge(made, reading(read, untouched))).toBe('echo');
    expect(judge(made, reading(read, { change: 'created' }))).toBe('new');
  });

  it('is not when somebody else made it, we have changed it since, or it shows another value than ours', () => {
    expect(judge(NOTHING_REMEMBERED, reading(read, untouched))).toBe('new');
    expect(judge(made, reading(read, { ...untouched, modifiedByUs: false }))).toBe('new');
    expect(judge(wrote(NOTHING_REMEMBERED, { companyName: 'A' }), reading(read, untouched))).toBe('new');
    expect(judge(wrote(made, { phone: '1' }), reading(read, untouched))).toBe('new');
    expect(judge(made, reading({ ...read, companyName: 'B' }, untouched))).toBe('new');
  });

  it('is not what somebody has made of it in the second in which we made it', () => {
    const versioned = wrote(NOTHING_REMEMBERED, { Name: 'A' }, { created: true, version: '0' });
    expect(judge(versioned, reading({ Name: 'A', Balance: 1 }, { change: 'created', version: '1' }))).toBe('new');
    expect(judge(versioned, reading({ Name: 'A', Balance: 1 }, { change: 'created', version: '0' }))).toBe('echo');
  });
});

describe('what was last seen', () => {
  it('is news once, and then unchanged, whatever its volatile members say', () => {
    const record = { Id: '58', SyncToken: '1', MetaData: { LastUpdatedTime: 'a', By: 'x' }, Name: 'Acme' };
    expect(judge(NOTHING_REMEMBERED, reading(record))).toBe('new');
    const memory = saw(record);
    expect(judge(memory, reading({ ...record, SyncToken: '2', MetaData: { LastUpdatedTime: 'b', By: 'x' } }))).toBe(
      'unchanged',
    );
    expect(judge(memory, reading({ ...record, MetaData: { LastUpdatedTime: 'a', By: 'y' } }))).toBe('new');
  });

  it.each([
    ['white space', { Name: 'Acme' }, { Name: 'Acme ' }],
    ['empty text for nothing', { Name: null }, { Name: '' }],
    ['a value that goes', { Name: 'Acme', Phone: '1' }, { Name: 'Acme' }],
    ['text for a number', '{"N":12.5}', '{"N":"12.5"}'],
    ['a digit that a double drops', '{"N":12345678901234567890.01}', '{"N":12345678901234567890.02}'],
    ['an item fewer', { L: [{ A: 1 }, { A: 2 }] }, { L: [{ A: 1 }] }],
    ['items in another order', { L: [1, 2] }, { L: [2, 1] }],
    ['a list for nothing', { L: [] }, {}],
    ['an object for nothing', { L: {} }, {}],
    ['names that read alike', { 'a/b': 1, a: { b: 2 } }, { 'a/b': 2, a: { b: 1 } }],
    ['a member named like an index', { a: { '0': 1 } }, { a: [1] }],
  ])('differs by %s', (_, before, after) => {
    expect(judge(saw(before), reading(after))).toBe('new');
  });

  it.each([
    ['zeros behind the point', '{"N":12.50}', '{"N":12.5}'],
    ['an exponent', '{"N":1200}', '{"N":1.2e3}'],
    ['a null for a member that is not sent', '{"A":1,"B":null}', '{"A":1}'],
    ['the order of members', '{"A":1,"B":2}', '{"B":2,"A":1}'],
  ])('does not differ by %s', (_, before, after) => {
    expect(judge(saw(before), reading(after))).toBe('unchanged');
  });

  it('notices one digit in a record of very many fields', () => {
    const lines = Array.from({ length: 3_000 }, (_item, index) => ({ No: index, Amount: `${index}.00` }));
    const memory = saw({ Name: 'Acme', Line: lines });
    expect(JSON.stringify(memory.seen).length).toBeLessThan(1_000);
    expect(judge(memory, reading({ Name: 'Acme', Line: lines }))).toBe('unchanged');
    const changed = lines.map((line, index) => (index === 2_345 ? { ...line, Amount: '1.01' } : line));
    expect(judge(memory, reading({ Name: 'Acme', Line: changed }))).toBe('new');
    expect(judge(memory, reading({ Name: 'Acme' }))).toBe('new');
    const wide = Object.fromEntries(lines.map((line) => [`f${line.No}`, line.Amount]));
    expect(judge(saw(wide), reading(wide))).toBe('unchanged');
    expect(judge(saw(wide), reading({ ...wide, f7: '0' }))).toBe('new');
  });

  it('takes deletions and returns as news, once', () => {
    const memory = remember(saw({ Name: 'Acme' }), reading({}, { change: 'deleted' }));
    expect(judge(saw({ Name: 'Acme' }), reading({}, { change: 'deleted' }))).toBe('new');
    expect(judge(memory, reading({}, { change: 'deleted' }))).toBe('unchanged');
    expect(judge(memory, reading({ Name: 'Acme' }))).toBe('new');
  });

  it('tells records apart that are no JSON', () => {
    expect(judge(saw('<a/>'), reading('<a/>'))).toBe('unchanged');
    expect(judge(saw('<a/>'), reading('<b/>'))).toBe('new');
  });
});

describe('our own write', () => {
  const before = { Id: '58', Name: 'Acme', Phone: '1', Balance: 0 };

  it('goes no further, and is then unchanged', () => {
    const memory = wrote(saw(before), { Id: '58', Name: 'Acme Ltd' });
    const echo = reading({ ...before, Name: 'Acme Ltd' });
    expect(judge(memory, echo)).toBe('echo');
    expect(judge(remember(memory, echo), echo)).toBe('unchanged');
  });

  it.each([
    ['trimmed', '"old"', '" Acme "', '{"F":"Acme"}'],
    ['with other line ends', '"old"', '"a\\r\\nb"', '{"F":"a\\nb"}'],
    ['text as a number', '1', '"12.50"', '{"F":12.5}'],
    ['a number as text', '"1"', '12.50', '{"F":"12.5"}'],
    ['empty and not sent', '"old"', '""', '{}'],
    ['empty and null', '"old"', '" "', '{"F":null}'],
    ['null and empty', '"old"', 'null', '{"F":""}'],
    ['a boolean as T', '"F"', 'true', '{"F":"T"}'],
    ['true as a boolean', 'false', '"true"', '{"F":true}'],
    ['an instant in another form', '"x"', '"2026-11-20T10:00:00.000Z"', '{"F":"2026-11-20T11:00:00.000+0100"}'],
  ])('is recognised when the vendor gives it back %s', (_, seen, written, back) => {
    expect(judge(wrote(saw(`{"F":${seen}}`), `{"F":${written}}`), reading(back))).toBe('echo');
    expect(judge(saw(`{"F":${seen}}`), reading(back))).toBe('new');
  });

  it.each([
    ['white space', { Name: 'Acme' }, { Name: 'Acme ' }],
    ['a text that reads as the same number', { Sku: '1.10' }, { Sku: '1.1' }],
    ['a leading zero', { No: '0012' }, { No: '12' }],
    ['case', { Name: 'ACME' }, { Name: 'Acme' }],
  ])('is not what differs by %s', (_, payload, back) => {
    expect(
      judge(
        wrote(saw({ Name: 'old', Sku: 'x', No: 'x' }), payload),
        reading({ Name: 'old', Sku: 'x', No: 'x', ...back }),
      ),
    ).toBe('new');
  });

  it('clears the parts of what it clears, and shortens lists', () => {
    const seen = saw({ A: { L1: 'x', L2: 'y' }, Line: [{ N: 1 }, { N: 2 }, { N: 3 }] });
    expect(judge(wrote(seen, { A: null }), reading({ Line: [{ N: 1 }, { N: 2 }, { N: 3 }] }))).toBe('echo');
    const shorter = wrote(seen, { Line: [{ N: 1 }, { N: 2 }] });
    expect(judge(shorter, reading({ A: { L1: 'x', L2: 'y' }, Line: [{ N: 1 }, { N: 2 }] }))).toBe('echo');
    expect(judge(shorter, reading({ A: { L1: 'x', L2: 'y' }, Line: [{ N: 1 }] }))).toBe('new');
  });

  it('does not cover a change beside it, nor one of somebody else', () => {
    const memory = wrote(saw(before), { Name: 'Acme Ltd' });
    expect(judge(memory, reading({ ...before, Name: 'Acme Ltd', Phone: '2' }))).toBe('new');
    expect(judge(memory, reading({ ...before, Name: 'Acme Ltd' }, { modifiedByUs: false }))).toBe('new');
  });

  it('does not cover the same value set by hand later', () => {
    const memory = remember(wrote(saw(before), { Name: 'A' }), reading({ ...before, Name: 'A' }));
    const changed = remember(memory, reading({ ...before, Name: 'B' }, {}, at(3)));
    expect(judge(changed, reading({ ...before, Name: 'A' }, {}, at(4)))).toBe('new');
  });

  it('does not cover an earlier value of ours that somebody has put back', () => {
    const memory = wrote(wrote(saw(before), { Name: 'A' }, { at: at(1) }), { Name: 'B' }, { at: at(1) + 1 });
    expect(judge(memory, reading({ ...before, Name: 'A' }))).toBe('new');
    // Read before the second write was there: then it is the first one's echo.
    expect(judge(memory, reading({ ...before, Name: 'A' }, {}, at(1)))).toBe('echo');
  });

  it('is waited for when a reading is older than it', () => {
    const memory = wrote(saw(before), { Name: 'A' }, { at: at(2) + 1 });
    const stale = remember(memory, reading({ ...before, Phone: '2' }, {}, at(2)));
    expect(judge(stale, reading({ ...before, Phone: '2', Name: 'A' }, {}, at(3)))).toBe('echo');
  });

  it('is done with once a later one shows', () => {
    const memory = wrote(wrote(saw(before), { Name: 'A' }, { at: at(3) }), { Name: 'B' }, { at: at(3) + 1 });
    const second = remember(memory, reading({ ...before, Name: 'B' }, {}, at(2)));
    expect(judge(second, reading({ ...before, Name: 'A' }, {}, at(4)))).toBe('new');
  });

  it('is news when somebody has put back what it changed, where the vendor says that another came last', () => {
    const own = wrote(saw(before), { Name: 'A' });
    expect(judge(own, reading(before))).toBe('unchanged');
    expect(judge(own, reading(before, { modifiedByUs: true }))).toBe('unchanged');
    expect(judge(own, reading(before, { modifiedByUs: false }))).toBe('new');
    expect(judge(own, reading({ ...before, Name: 'A' }, { modifiedByUs: false }))).toBe('new');
    const numbered = wrote(saw(before, { version: '3' }), { Name: 'A' }, { version: '4' });
    expect(judge(numbered, reading(before, { version: '4' }))).toBe('unchanged');
    expect(judge(numbered, reading(before, { version: '5' }))).toBe('new');
    const known = remember(numbered, reading(before, { version: '5' }));
    expect(judge(known, reading(before, { version: '5' }))).toBe('unchanged');
    const two = wrote(saw(before, { version: '3' }), { Name: 'A', Phone: '9' }, { version: '4' });
    expect(judge(two, reading({ ...before, Name: 'A' }, { version: '4' }))).toBe('echo');
    expect(judge(two, reading({ ...before, Name: 'A' }, { version: '5' }))).toBe('new');
  });

  it('that was not settled when the record was read is done with once a part of it shows', () => {
    const begun = wrote(saw(before), { Name: 'A', Phone: '9' }, { from: at(1), at: at(3) });
    const putBack = remember(begun, reading({ ...before, Name: 'A' }, {}, at(2)));
    expect(judge(putBack, reading({ ...before, Name: 'A', Phone: '9' }, {}, at(4)))).toBe('new');
    const earlier = wrote(saw(before), { Name: 'A' });
    const second = wrote(earlier, { Name: 'A', Phone: '9' }, { from: at(2) - 1, at: at(3) });
    const between = remember(second, reading({ ...before, Name: 'A' }, {}, at(2)));
    expect(judge(between, reading({ ...before, Name: 'A', Phone: '9' }, {}, at(4)))).toBe('echo');
  });

  it('is let go as a whole when somebody else has changed a field of it', () => {
    const begun = wrote(saw(before), { Name: 'A', Phone: '9' }, { from: at(1), at: at(3) });
    const theirs = remember(begun, reading({ ...before, Name: 'T' }, {}, at(2)));
    expect(judge(theirs, reading({ ...before, Name: 'T', Phone: '9' }, {}, at(4)))).toBe('new');
  });

  it('covers in its own version what the vendor made of it, and nothing that was done before it', () => {
    const seen = saw({ ...before, SyncToken: '3' }, { version: '3' });
    const own = wrote(seen, { Name: 'A:B' }, { version: '4' });
    const back = { ...before, Name: 'A-B', Balance: 9 };
    expect(judge(own, reading(back, { version: '4' }))).toBe('echo');
    const later = wrote(seen, { Name: 'A:B' }, { version: '5' });
    expect(judge(later, reading({ ...before, Name: 'A-B' }, { version: '5' }))).toBe('echo');
    expect(judge(later, reading({ ...before, Name: 'A-B', Phone: '2' }, { version: '5' }))).toBe('new');
    const both = wrote(wrote(seen, { Phone: '2' }, { version: '4' }), { Name: 'A' }, { version: '5' });
    expect(judge(both, reading({ ...before, Name: 'A', Phone: '+2', Balance: 9 }, { version: '5' }))).toBe('echo');
  });

  it('that made a record covers the vendor’s defaults when the vendor says that it was the last', () => {
    const made = wrote(NOTHING_REMEMBERED, { Name: 'A' }, { created: true, version: '0' });
    const back = { Id: '58', Name: 'A', Active: true };
    expect(judge(made, reading(back, { version: '0' }))).toBe('echo');
    expect(judge(made, reading(back, { version: '1' }))).toBe('new');
    expect(judge(made, reading(back, { modifiedByUs: true }))).toBe('echo');
    expect(judge(made, reading(back))).toBe('new');
    expect(judge(made, reading({ Id: '58', Name: 'A' }))).toBe('echo');
    const again = wrote(made, { Name: 'B' }, { version: '9' });
    expect(judge(again, reading({ ...back, Name: 'B' }, { modifiedByUs: true }))).toBe('new');
  });
});
