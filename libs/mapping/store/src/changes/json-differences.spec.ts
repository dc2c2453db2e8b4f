import fc from 'fast-check';
import { type Json } from '@hub/platform';
import { differencesOf, withoutPointers, type JsonDifference } from './json-differences';

/** Member names that a careless differ trips over are as likely as all others together. */
const name = fc.oneof(fc.constantFrom('a', 'b', '', '/', '~', '~1', '0', '__proto__', 'constructor'), fc.string());
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.constantFrom<Json>(null, true, false, 0, 1, '', 'x'), fc.string(), fc.integer()),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((members) => ownMembers(members)),
  ),
})).value;

/** As `JSON.parse` makes it: `__proto__` is a member like any other. */
function ownMembers(members: readonly (readonly [string, Json])[]): Json {
  const object = {};
  for (const [key, value] of members) setOwn(object, key, value);
  return object;
}

function setOwn(object: object, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function copyOf(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** What anybody who reads a report may do with it. */
function apply(before: Json, differences: readonly JsonDifference[]): Json {
  const root = { whole: copyOf(before) };
  for (const { pointer, kind, after } of differences) {
    const path = `/whole${pointer}`
      .slice(1)
      .split('/')
      .map((segment) => segment.replace(/~1/g, '/').replace(/~0/g, '~'));
    const last = path.pop() ?? '';
    let at: object = root;
    for (const segment of path) at = Object.getOwnPropertyDescriptor(at, segment)?.value as object;
    if (kind !== 'removed') setOwn(at, last, copyOf(after as Json));
    else if (Array.isArray(at)) {
      // Only ever the last one: a differ that takes from the middle leaves a hole.
      expect(Number(last)).toBe(at.length - 1);
      at.pop();
    } else Reflect.deleteProperty(at, last);
  }
  return root.whole;
}

/** Equality that knows nothing of the differ: member order aside. */
function sorted(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${sorted(member)}`);
  return `{${members.sort().join()}}`;
}

describe('differences of JSON', () => {
  it('are none between a value and its copy', () => {
    fc.assert(fc.property(json, (value) => expect(differencesOf(value, copyOf(value))).toEqual([])));
  });

  it('applied to the one give the other, and are none only where both are the same', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const found = differencesOf(before, after);
        expect(sorted(apply(before, found))).toBe(sorted(after));
        expect(found.length === 0).toBe(sorted(before) === sorted(after));
      }),
      { numRuns: 400 },
    );
  });

  it('name the place, what was there and what is there', () => {
    const before: Json = { Id: '7', Lines: [{ 'a/b': 1, keep: null }, { x: 1 }], old: true };
    const after: Json = { Lines: [{ keep: null, 'a/b': 2 }], Id: '7', neu: [] };
    expect(differencesOf(before, after)).toEqual([
      { pointer: '/Lines/0/a~1b', kind: 'changed', before: 1, after: 2 },
      { pointer: '/Lines/1', kind: 'removed', before: { x: 1 } },
      { pointer: '/old', kind: 'removed', before: true },
      { pointer: '/neu', kind: 'added', after: [] },
    ]);
    expect(differencesOf({}, [])).toEqual([{ pointer: '', kind: 'changed', before: {}, after: [] }]);
  });

  it('can be left out by their place, with all that is below it and nothing beside it', () => {
    const found = differencesOf({ a: { b: 1, c: 1 }, ab: 1 }, { a: { b: 2, c: 2 }, ab: 2 });
    const left = (...pointers: string[]): string[] => withoutPointers(found, pointers).map(({ pointer }) => pointer);
    expect(left()).toEqual(['/a/b', '/a/c', '/ab']);
    expect(left('/a')).toEqual(['/ab']);
    expect(left('/a/b', '/ab')).toEqual(['/a/c']);
    expect(withoutPointers(differencesOf(1, 2), [''])).toEqual([]);
  });
});
