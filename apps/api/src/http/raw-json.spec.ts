import fc from 'fast-check';
import { brokenBound, elementTexts, memberText } from './raw-json';

const spaced = fc.constantFrom(0, 1, 2, '\t');

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

  it('cuts any array into its elements', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), spaced, (array, space) => {
        const text = JSON.stringify(array, null, space);
        expect(elementTexts(text).map((element) => JSON.parse(element) as unknown)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('notices depth and members, but not inside strings', () => {
    expect(brokenBound('['.repeat(33), { maxDepth: 32, maxMembers: 10 })).toBe('too_deep');
    expect(brokenBound(JSON.stringify({ a: '[[[[{{{{' }), { maxDepth: 2, maxMembers: 1 })).toBeNull();
    expect(brokenBound('{"a":1,"b":2}', { maxDepth: 2, maxMembers: 1 })).toBe('too_many_members');
  });
});
