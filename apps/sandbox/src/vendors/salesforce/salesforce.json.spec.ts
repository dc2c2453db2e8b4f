import { Rejection } from './salesforce.errors';
import { Decimal, parseJson, printJson, printNode } from './salesforce.json';

describe('the vendor’s JSON', () => {
  it('keeps order, digits and positions', () => {
    const node = parseJson('{"b": 1.10,\n "a": [true, null, "\\u00e4\\n"]}');
    expect(node.kind === 'object' && node.members.map(([name, { line, column }]) => [name, line, column])).toEqual([
      ['b', 1, 7],
      ['a', 2, 7],
    ]);
    expect(printNode(node)).toBe('{"b":1.10,"a":[true,null,"ä\\n"]}');
  });

  it('agrees with JSON.parse on what is JSON', () => {
    const good = ['1', '-0.5e+10', '"\\ud83d\\ude00"', '[]', ' {} ', '[[[1]]]', '{"a":{"b":[]}}'];
    for (const text of good) expect(JSON.parse(printNode(parseJson(text)))).toEqual(JSON.parse(text));
    const bad = [
      '',
      '01',
      '+1',
      '.5',
      '[1,]',
      '{"a":1,}',
      "{'a':1}",
      '{"a" 1}',
      'nul',
      '"\\x"',
      '"a\nb"',
      '"open',
      '1 2',
      '[1',
      '{"a":',
    ];
    for (const text of bad) expect(() => parseJson(text)).toThrow(Rejection);
  });

  it('refuses to nest without end', () => {
    expect(() => parseJson('['.repeat(100_000))).toThrow(Rejection);
  });

  it('prints decimals digit for digit and leaves undefined out', () => {
    expect(printJson({ a: new Decimal('1234567890123456.780'), b: undefined, c: [null, 'x'] })).toBe(
      '{"a":1234567890123456.780,"c":[null,"x"]}',
    );
  });
});
