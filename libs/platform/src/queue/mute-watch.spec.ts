import { MuteWatch } from './mute-watch';

describe('a watch over a worker that may go mute', () => {
  const watch = (): MuteWatch => new MuteWatch({ concurrency: 2, muteAfterMs: 30 });
  const rings = (over: MuteWatch, from: number, to: number, keysAt: (ms: number) => string[]): number[] => {
    const mute: number[] = [];
    for (let ms = from; ms <= to; ms += 5) if (over.isMuteAt(ms, keysAt(ms))) mute.push(ms);
    return mute;
  };

  it('sees what is rung for again and again and not begun, once for each term', () => {
    expect(rings(watch(), 0, 65, () => ['a', 'b'])).toEqual([30, 65]);
  });

  it('sees nothing while others take what is rung for', () => {
    expect(rings(watch(), 0, 100, (ms) => [String(ms)])).toEqual([]);
  });

  it('counts from the last job that was begun', () => {
    const over = watch();
    expect(rings(over, 0, 25, () => ['a'])).toEqual([]);
    over.began();
    expect(rings(over, 30, 70, () => ['a'])).toEqual([60]);
  });

  it('leaves one alone that has as much to do as it may', () => {
    const over = watch();
    over.began();
    over.began();
    expect(rings(over, 0, 100, () => ['a'])).toEqual([]);
    over.ended();
    expect(rings(over, 105, 140, () => ['a'])).toEqual([135]);
  });

  it('does not take a ring of long ago for the beginning of this wait', () => {
    const over = watch();
    expect(rings(over, 0, 25, () => ['a'])).toEqual([]);
    expect(rings(over, 1_000, 1_025, () => ['a'])).toEqual([]);
  });
});
