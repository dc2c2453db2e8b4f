import fc from 'fast-check';
import { parseInput } from './input-json';

describe('parseInput', () => {
  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['12345678901234567890', '12345678901234567890'],
    ['-12345678901234567890', '-12345678901234567890'],
    ['0.1', 0.1],
    ['1.10', 1.1],
    ['0.30000000000000004', 0.30000000000000004],
    ['0.300000000000000041', '0.300000000000000041'],
    ['1234567890123.4567', '1234567890123.4567'],
    ['1234567890123.456', 1234567890123.456],
    ['12345678901234.56789', '12345678901234.56789'],
    ['1e400', '1e400'],
    ['1e-400', '1e-400'],
    ['1e21', 1e21],
    ['1.50E+2', 150],
    ['0.000', 0],
    ['-0.0000000000000000', -0],
    ['100000000000000000000', '100000000000000000000'],
  ])('%s', (text, expected) => {
    expect(parseInput(`{"a":[${text}]}`)).toEqual({ a: [expected] });
  });

  it('reads any JSON as JSON.parse does when doubles hold its numbers', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, slow) => {
        const text = JSON.stringify(slow ? { text: '1234567890123456789 1e5', value } : value);
        const safe = (number: unknown): boolean =>
          typeof number !== 'number' ||
          !Number.isInteger(number) ||
          Number.isSafeInteger(number) ||
          /e/.test(String(number));
        fc.pre(
          JSON.stringify(value, (_, member: unknown) => (safe(member) ? member : undefined)) === JSON.stringify(value),
        );
        expect(parseInput(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('lets the last of equal names win and keeps a member named __proto__ a member', () => {
    expect(parseInput('{"a":1,"a":12345678901234567890}')).toEqual({ a: '12345678901234567890' });
    const parsed = parseInput('{"__proto__":{"polluted":1}}') as object;
    expect(Object.keys(parsed)).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each(['', '{', '{"a":}', '{"a":12345678901234567890', 'NaN'])('throws on %j', (text) =>
    expect(() => parseInput(text)).toThrow(SyntaxError),
  );
});
