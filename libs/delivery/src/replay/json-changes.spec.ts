import { jsonChanges, MOST_CHANGES } from './json-changes';

const changes = (before: string | null, after: string): unknown => jsonChanges(before, after).changes;

describe('where two payloads differ', () => {
  it('is told by place, with what was there and what would be', () => {
    expect(changes('{"a":1,"b":{"c":[1,2]},"gone":null}', '{"b":{"c":[1,3,4]},"a":"1","new":true}')).toEqual([
      { pointer: '/a', before: 1, after: '1' },
      { pointer: '/b/c/1', before: 2, after: 3 },
      { pointer: '/b/c/2', after: 4 },
      { pointer: '/gone', before: null },
      { pointer: '/new', after: true },
    ]);
  });

  it('is nowhere when only the order of members or the writing of numbers is another', () => {
    expect(changes('{"a":1.0,"b":2}', '{ "b": 2, "a": 1 }')).toEqual([]);
  });

  it('sees a difference that no double can hold', () => {
    expect(changes('{"id":12345678901234567890}', '{"id":12345678901234567891}')).toEqual([
      { pointer: '/id', before: '12345678901234567890', after: '12345678901234567891' },
    ]);
  });

  it('is all of it when nothing was sent, or when it is of another kind', () => {
    expect(changes(null, '{"a":1}')).toEqual([{ pointer: '', after: { a: 1 } }]);
    expect(changes('[1]', '{"0":1}')).toEqual([{ pointer: '', before: [1], after: { '0': 1 } }]);
  });

  it('escapes names as JSON pointers do, and takes any name', () => {
    expect(changes('{"a/b":1,"c~d":1}', '{"a/b":2,"c~d":2}')).toEqual([
      { pointer: '/a~1b', before: 1, after: 2 },
      { pointer: '/c~0d', before: 1, after: 2 },
    ]);
    expect(changes('{"toString":1}', '{}')).toEqual([{ pointer: '/toString', before: 1 }]);
  });

  it('stops at what nobody reads, and says so', () => {
    const list = (value: number): string => JSON.stringify(Array.from({ length: MOST_CHANGES + 5 }, () => value));
    const found = jsonChanges(list(1), list(2));
    expect(found.changes).toHaveLength(MOST_CHANGES);
    expect(found.more).toBe(true);
  });
});
