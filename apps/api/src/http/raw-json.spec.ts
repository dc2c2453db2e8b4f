import fc from 'fast-check';
import { brokenBound, listElements, memberText } from './raw-json';

const spaced = fc.constantFrom(0, 1, 2, '\t');

function dataOf(element: unknown): unknown {
  const isObject = typeof element === 'object' && element !== null && !Array.isArray(element);
  return isObject && 'data' in element ? element.data : 'none';
}

describe('raw JSON', () => {
  it('keeps numbers, escapes and spaces as they were written', () => {
    const text = ' { "type":"a", "data" : { "n": 1.50e+2, "big":12345678901234567890, "s":"\\u0041 } ]" } , "x":[1] }';
    expect(memberText(text, 'data')).toBe('{ "n": 1.50e+2, "big":12345678901234567890, "s":"\\u0041 } ]" }');
    expect(memberText(text, 'absent')).toBeNull();
  });

  it('takes the last of repeated members, as JSON.parse does, and finds escaped names', () => {
    expect(memberText('{"data":1,"d\\u0061ta":{"a":2}}', 'data')).toBe('{"a":2}');
  });

  it('finds for any object what JSON.parse finds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), spaced, (object, space) => {
        const text = JSON.stringify(object, null, space);
        for (const [name, value] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
          expect(JSON.parse(memberText(text, name) ?? 'null')).toEqual(value);
        }
      }),
    );
  });

  it('finds in any list what JSON.parse finds', () => {
    const element = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom('data', 'd', 'dat\\', 'x"data'), fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.array(element), fc.dictionary(fc.string(), fc.jsonValue()), spaced, (list, others, space) => {
        const text = JSON.stringify({ ...others, events: list, z: 1 }, null, space);
        const found = listElements(text, 'events', 'data');
        expect(found.map(({ start, end }) => JSON.parse(text.slice(start, end)) as unknown)).toEqual(
          (JSON.parse(text) as { events: unknown[] }).events,
        );
        expect(found.map(({ memberText: data }) => JSON.parse(data ?? '"none"') as unknown)).toEqual(
          (JSON.parse(text) as { events: unknown[] }).events.map(dataOf),
        );
      }),
    );
  });

  it('takes the last of repeated lists and members, under whatever spelling of their names', () => {
    const text =
      '{"events":[{"data":0}], "ev\\u0065nts" : [ {"data":1,"d\\u0061ta": 2.0 } ,{"x":"\\\\\\"","data" :{"data":3}},4, [5,{"data":6}] ] }';
    expect(listElements(text, 'events', 'data').map(({ memberText: data }) => data)).toEqual([
      '2.0',
      '{"data":3}',
      null,
      null,
    ]);
    expect(listElements('{"events":[1],"events":7}', 'events', 'data')).toEqual([]);
    expect(listElements('{"e":[1]}', 'events', 'data')).toEqual([]);
  });

  it('counts backslashes before a quote', () => {
    expect(memberText('{"a":"\\\\","b":"\\\\\\"","c":"\\"\\\\"}', 'b')).toBe('"\\\\\\""');
    expect(memberText('{"a":"\\\\","b":"\\\\\\"","c":"\\"\\\\"}', 'c')).toBe('"\\"\\\\"');
  });

  it('notices depth and members, but not inside strings', () => {
    const bounds = { maxDepth: 2, maxMembers: 1, maxEntries: 100, maxOuterEntries: 100 };
    expect(brokenBound('['.repeat(33), { ...bounds, maxDepth: 32 })).toBe('too_deep');
    expect(brokenBound(JSON.stringify({ a: '[[[[{{{{,,,,' }), { ...bounds, maxEntries: 1 })).toBeNull();
    expect(brokenBound('{"a', bounds)).toBeNull();
    expect(brokenBound('{"a":1,"b":2}', bounds)).toBe('too_many_members');
  });

  it('notices elements too, and those of the two outermost levels by themselves', () => {
    const bounds = { maxDepth: 4, maxMembers: 10, maxEntries: 6, maxOuterEntries: 2 };
    expect(brokenBound('[[[1,2,3,4]]]', bounds)).toBeNull();
    expect(brokenBound('[[[1,2,3,4,5]]]', bounds)).toBe('too_many_members');
    expect(brokenBound('[[[{},[],{}]]]', bounds)).toBe('too_many_members');
    expect(brokenBound('{"a":[1,2,3]}', bounds)).toBeNull();
    expect(brokenBound('{"a":[1,2,3],"b":1}', bounds)).toBe('too_many_members');
  });
});
