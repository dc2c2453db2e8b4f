import { Gathered } from './gathered';

describe('gathered questions', () => {
  let calls: { readonly keys: readonly string[]; readonly answer: () => void; readonly fail: () => void }[];
  let gathered: Gathered<string>;
  beforeEach(() => {
    calls = [];
    gathered = new Gathered(
      (keys) =>
        new Promise((resolve, reject) =>
          calls.push({
            keys,
            answer: () => resolve(keys.map((key) => `${key}!`)),
            fail: () => reject(new Error('away')),
          }),
        ),
      { most: 3, callsAtOnce: 1 },
    );
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const asked = (): string[] => calls.map(({ keys }) => keys.join(''));

  it('are one call when they come together, and each has its own answer', async () => {
    const answers = Promise.all(['a', 'b', 'a'].map((key) => gathered.get(key)));
    await turn();
    expect(asked()).toEqual(['ab']);
    calls[0]?.answer();
    expect(await answers).toEqual(['a!', 'b!', 'a!']);
  });

  it('wait for the call under way, share it when it is theirs, and are asked anew after it', async () => {
    const first = gathered.get('a');
    await turn();
    const later = ['a', 'b', 'c', 'd', 'e'].map((key) => gathered.get(key));
    await turn();
    expect(asked()).toEqual(['a']);
    calls[0]?.answer();
    expect(await Promise.all([first, later[0]])).toEqual(['a!', 'a!']);
    await turn();
    expect(asked()).toEqual(['a', 'bcd']);
    calls[1]?.answer();
    await turn();
    expect(asked()).toEqual(['a', 'bcd', 'e']);
    calls[2]?.answer();
    expect(await Promise.all(later)).toEqual(['a!', 'b!', 'c!', 'd!', 'e!']);
    const again = gathered.get('a');
    await turn();
    calls[3]?.answer();
    expect(await again).toBe('a!');
  });

  it('fail with the call that asked them, and no others do', async () => {
    const first = gathered.get('a');
    await turn();
    const second = gathered.get('b');
    calls[0]?.fail();
    await expect(first).rejects.toThrow('away');
    await turn();
    calls[1]?.answer();
    expect(await second).toBe('b!');
  });

  it('fail when there are not as many answers', async () => {
    const short = new Gathered<string>(() => Promise.resolve([]));
    await expect(short.get('a')).rejects.toThrow('another number');
  });
});
