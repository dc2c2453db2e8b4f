import { Lanes } from './lanes';
import { LineReader } from './line-reader';
import { type PoolItem } from './pool.types';

let now = 0;
const item = (lane: string, name: string, inputText = ''): PoolItem => ({
  expression: name,
  inputText,
  links: null,
  bindingsText: undefined,
  timeoutMs: 250,
  lane,
  deaths: 0,
  settle: () => undefined,
});
const fill = (lanes: Lanes, lane: string, count: number): void => {
  for (let index = 0; index < count; index++) lanes.add(item(lane, `${lane}${index}`));
};
const names = (slice: readonly PoolItem[]): string[] => slice.map((entry) => entry.expression);

describe('lanes', () => {
  beforeEach(() => (now = 0));

  it('takes turns, whatever the backlog', () => {
    const lanes = new Lanes(() => now);
    fill(lanes, 'a', 500);
    fill(lanes, 'b', 1);
    expect(lanes.takeSlice(true, 1)).toHaveLength(64);
    expect(names(lanes.takeSlice(true, 1))).toEqual(['b0']);
    expect(names(lanes.takeSlice(true, 1))[0]).toBe('a64');
    expect(lanes.size).toBe(500 - 128);
  });

  it('spreads a small batch over the pool', () => {
    const lanes = new Lanes(() => now);
    fill(lanes, 'a', 10);
    expect(lanes.takeSlice(true, 2)).toHaveLength(5);
  });

  it('keeps small batches whole while there is one for each child', () => {
    const lanes = new Lanes(() => now);
    fill(lanes, 'a', 4);
    fill(lanes, 'b', 4);
    expect(lanes.takeSlice(true, 2)).toHaveLength(4);
    expect(lanes.takeSlice(true, 2)).toHaveLength(2);
  });

  it('bounds a slice by its text too, but never to nothing', () => {
    const lanes = new Lanes(() => now);
    for (let index = 0; index < 3; index++) lanes.add(item('a', `${index}`, 'x'.repeat(400_000)));
    expect(names(lanes.takeSlice(true, 1))).toEqual(['0']);
    expect(names(lanes.takeSlice(true, 1))).toEqual(['1']);
  });

  it('puts items back before those that still wait, in their order', () => {
    const lanes = new Lanes(() => now);
    fill(lanes, 'a', 130);
    const slice = lanes.takeSlice(true, 1);
    lanes.putBack(slice.slice(10));
    expect(names(lanes.takeSlice(true, 1)).slice(0, 2)).toEqual(['a10', 'a11']);
    expect(lanes.size).toBe(130 - 10 - 64);
  });

  it('gives a suspect one item at a time, passes over it on demand, and forgets after ten seconds', () => {
    const lanes = new Lanes(() => now);
    fill(lanes, 'bad', 100);
    fill(lanes, 'good', 2);
    lanes.suspect('bad');
    expect(names(lanes.takeSlice(false, 1))).toEqual(['good0', 'good1']);
    expect(lanes.takeSlice(false, 1)).toEqual([]);
    expect(names(lanes.takeSlice(true, 1))).toEqual(['bad0']);
    now = 10_001;
    expect(lanes.takeSlice(false, 1)).toHaveLength(64);
  });

  it('drains everything once', () => {
    const lanes = new Lanes(() => now);
    fill(lanes, 'a', 3);
    fill(lanes, 'b', 2);
    expect(lanes.drain()).toHaveLength(5);
    expect([lanes.size, lanes.drain()]).toEqual([0, []]);
  });
});

describe('LineReader', () => {
  it('joins what arrives in pieces', () => {
    const reader = new LineReader(100);
    expect(reader.read('["rea')).toEqual([]);
    expect(reader.read('dy"]\n["output",1,0,"1"]\n["en')).toEqual([['ready'], ['output', 1, 0, '1']]);
    expect(reader.read('d",1,1,0]\n')).toEqual([['end', 1, 1, 0]]);
  });

  it.each(['nonsense\n', '{"a":1}\n', '["exec","rm"]\n', 'x'.repeat(101)])('refuses %.20j', (text) => {
    expect(() => new LineReader(100).read(text)).toThrow();
  });
});
