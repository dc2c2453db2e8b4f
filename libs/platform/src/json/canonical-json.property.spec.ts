import fc from 'fast-check';
import { canonicalJson } from './canonical-json';

const value = fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 });

/** The same value with the members of each object in another order. */
function shuffled(of: unknown, draw: (below: number) => number): unknown {
  if (Array.isArray(of)) return of.map((item) => shuffled(item, draw));
  if (typeof of !== 'object' || of === null) return of;
  const members = Object.entries(of).map(([name, member]) => [name, shuffled(member, draw)] as const);
  for (let at = members.length - 1; at > 0; at--) {
    const other = draw(at + 1);
    [members[at], members[other]] = [members[other]!, members[at]!];
  }
  return Object.fromEntries(members);
}

describe('canonical JSON of any value', () => {
  it('can be read back as the same value, and is its own canonical form', () => {
    fc.assert(
      fc.property(value, (given) => {
        const text = canonicalJson(given);
        const back: unknown = JSON.parse(text);
        // By way of JSON, which knows no `-0`.
        expect(back).toEqual(JSON.parse(JSON.stringify(given)));
        expect(canonicalJson(back)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(value, fc.infiniteStream(fc.nat()), (given, numbers) => {
        const draw = (below: number): number => Number(numbers.next().value) % below;
        expect(canonicalJson(shuffled(given, draw))).toBe(canonicalJson(given));
      }),
      { numRuns: 300 },
    );
  });

  it('tells different values apart', () => {
    fc.assert(
      fc.property(value, value, (left, right) => {
        const same = canonicalJson(left) === canonicalJson(right);
        // By way of JSON, which knows no `-0`.
        const [first, second] = [left, right].map((one) => JSON.parse(JSON.stringify(one)) as unknown);
        if (same) expect(first).toEqual(second);
        else expect(first).not.toEqual(second);
      }),
      { numRuns: 300 },
    );
  });
});
