import fc from 'fast-check';
import { jsonFault } from './json-fault';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON with a few characters put in, taken out or replaced. */
const nearlyJson = fc
  .tuple(
    fc.json({ maxDepth: 3 }),
    fc.array(
      fc.record({
        at: fc.nat(),
        cut: fc.nat(1),
        put: fc.constantFrom('', ...'{}[]:,"\\/*-+.01eEtnfu \n\r\t\u0000\u00a0\u2028\ufeff'),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([json, edits]) =>
    edits.reduce((text, { at, cut, put }) => {
      const index = at % (text.length + 1);
      return text.slice(0, index) + put + text.slice(index + cut);
    }, json),
  );

describe('where text ceases to be JSON', () => {
  it.each([
    ['{"event_id":"a"', 1, 16],
    ['{\n  "a": 1,\r\n  "b": nonsense\n}', 3, 8],
    ['{"a":1,}', 1, 8],
    ['{"a":1 "b":2}', 1, 8],
    ['{} {}', 1, 4],
    ['// words\n{}', 1, 1],
    ['event_id=a', 1, 1],
    ['', 1, 1],
  ])('%j: line %i, column %i', (text, line, column) => {
    expect(jsonFault(text)).toEqual({ line, column });
  });

  it('is nowhere exactly where JSON.parse takes it', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => {
        expect(jsonFault(text) === null).toBe(isJson(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('is found before whatever would nest too deep behind it', () => {
    expect(jsonFault(`{"a":"\n${'['.repeat(1_000_000)}`)).toEqual({ line: 1, column: 6 });
  });
});
