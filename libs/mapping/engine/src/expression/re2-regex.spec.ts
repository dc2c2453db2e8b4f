import jsonata from 'jsonata';
import { Re2Regex } from './re2-regex';

/** All matches with index and groups, driven as JSONata drives a RegExp. */
function all(
  engine: { lastIndex: number; exec(text: string): (ArrayLike<string | undefined> & { index: number }) | null },
  text: string,
): unknown[] {
  const found: unknown[] = [];
  for (let match = engine.exec(text); match !== null; match = engine.exec(text)) {
    found.push([match.index, Array.from(match), engine.lastIndex]);
    if (match[0] === '') break;
  }
  return [...found, engine.lastIndex];
}

const TEXT = 'Ada 👋 Lovelace, ada@example.com; Zoë\nline two a1b22 aaa É é';

describe('RE2 in the place of RegExp', () => {
  it.each([
    /a/g,
    /A/gi,
    /^l/gim,
    /^l/gm,
    /(\w+)@(\w+)\.com/g,
    /(a)|(b)/g,
    /(a)(x)?/g,
    /[^,;\s]+/g,
    /\d+/g,
    /a{2,3}/g,
    /a+?/g,
    /(?:ab|a)(1)?/g,
    /\bada\b/gi,
    /$/gm,
    /x*/g,
    /\//g,
    /[\]\-.]/g,
    /é/g,
    /(?<name>two)/g,
    /\u0041/g,
    /./g,
    /zzz/g,
  ])('finds with %s what RegExp finds', (pattern) => {
    const native = new RegExp(pattern.source, pattern.flags);
    const text = pattern.source === '.' ? TEXT.replace('👋', '') : TEXT;
    expect(all(new Re2Regex(pattern), text)).toEqual(all(native, text));
  });

  it('starts at lastIndex, looks at what lies before it, and resets after a miss', () => {
    const engine = new Re2Regex(/^a|a/g);
    engine.lastIndex = 2;
    expect(engine.exec('aba')?.index).toBe(2);
    const anchored = new Re2Regex(/^a/g);
    anchored.lastIndex = 2;
    expect(anchored.exec('aba')).toBeNull();
    expect(anchored.lastIndex).toBe(0);
    engine.lastIndex = 99;
    expect(engine.exec('a')).toBeNull();
  });

  it('takes an emoji as one character and counts in UTF-16 units', () => {
    const match = new Re2Regex(/^(.)b/g).exec('👋b');
    expect([match?.[1], match?.index]).toEqual(['👋', 0]);
  });

  it.each([/(a)\1/g, /a(?=b)/g, /a(?!b)/g, /((a{1000}){1000}){1000}/g, /(\w{900}x){900}/gi])(
    'refuses %s with a code, not a crash',
    (pattern) => {
      expect(() => new Re2Regex(pattern)).toThrow(expect.objectContaining({ code: 'HUB_REGEX' }));
    },
  );

  it.each([
    [
      '$match("ab12cd3", /([a-z]+)(\\d+)/)',
      [
        { match: 'ab12', index: 0, groups: ['ab', '12'] },
        { match: 'cd3', index: 4, groups: ['cd', '3'] },
      ],
    ],
    ['$match("aXbx", /x/i, 1)', { match: 'X', index: 1, groups: [] }],
    ['$replace("John Smith", /(\\w+)\\s(\\w+)/, "$2, $1")', 'Smith, John'],
    ['$replace("a1b2", /\\d/, function($m) { "<" & $m.match & ">" })', 'a<1>b<2>'],
    ['$split("a1b22c", /\\d+/)', ['a', 'b', 'c']],
    ['$contains("Hello", /^h/i)', true],
    ['$contains("b\\na", /^a/m)', true],
    ['["ab", "cd"][$contains(/c/)]', 'cd'],
  ])('serves JSONata: %s', async (expression, expected) => {
    const engine = Re2Regex as unknown as RegExpConstructor;
    const value: unknown = await jsonata(expression, { RegexEngine: engine }).evaluate(null);
    expect(JSON.parse(JSON.stringify(value))).toEqual(expected);
    const native: unknown = await jsonata(expression).evaluate(null);
    expect(JSON.parse(JSON.stringify(native))).toEqual(expected);
  });
});
