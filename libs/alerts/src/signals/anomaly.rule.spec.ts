import { judge, type Judged } from './anomaly.rule';

const SETTINGS = { threshold: 3, leastVolume: 100 };
const flat = (count: number): number[] => [count, count, count];

describe('what is unusual', () => {
  it.each<[string, number, number[][], Judged['unusual']]>([
    ['as ever', 1_000, [flat(1_000), flat(900)], null],
    ['just not so many', 3_000, [flat(1_000), flat(1_000)], null],
    ['too many', 3_001, [flat(1_000), flat(1_000)], 'more'],
    ['just not so few', 334, [flat(1_000), flat(1_000)], null],
    ['too few', 333, [flat(1_000), flat(1_000)], 'fewer'],
    ['nothing at all', 0, [flat(1_000), flat(1_000)], 'fewer'],
    ['too many after nothing', 100, [flat(0), flat(0)], 'more'],
    ['too few to tell that they are many', 99, [flat(0), flat(0)], null],
    ['so few before that nothing tells nothing', 0, [flat(99), flat(99)], null],
    ['just so many before that nothing tells something', 0, [flat(100), flat(100)], 'fewer'],
    ['one week that is known', 10, [flat(1_000)], 'fewer'],
    ['no week that is known', 5_000, [], null],
    ['one noisy hour a week ago', 1_000, [[1_000, 50_000, 1_000], flat(1_000)], null],
    ['one noisy hour a week ago, and hardly anything now', 100, [[1_000, 50_000, 1_000], flat(1_000)], 'fewer'],
    ['one quiet hour a week ago', 1_000, [[1_000, 0, 1_000]], null],
    ['an import a week ago', 1_000, [flat(50_000), flat(1_000)], null],
    ['a holiday a week ago', 1_000, [flat(20), flat(1_000)], null],
    ['a holiday two weeks ago', 1_000, [flat(1_000), flat(20)], null],
    ['more than the better of two weeks', 3_001, [flat(20), flat(1_000)], 'more'],
  ])('%s', (_, now, weeks, unusual) => {
    expect(judge(now, weeks, SETTINGS).unusual).toBe(unusual);
  });

  it('names the week that is most alike', () => {
    expect(judge(9_000, [flat(20), flat(1_000)], SETTINGS)).toEqual({ unusual: 'more', now: 9_000, usual: 1_000 });
    expect(judge(5, [flat(1_000), flat(50_000)], SETTINGS)).toEqual({ unusual: 'fewer', now: 5, usual: 1_000 });
  });
});
