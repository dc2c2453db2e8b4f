import { linkWaitMs } from './settlement-policy';

const minute = 60_000;

describe('waiting for a link', () => {
  it('begins short, doubles, and never grows beyond five minutes', () => {
    expect([0, 250, 500, 8_000, 30_000].map(linkWaitMs)).toEqual([250, 250, 500, 8_000, 30_000]);
    expect([5 * minute, 10 * minute, 60 * minute, 24 * 60 * minute].map(linkWaitMs)).toEqual([
      30_000,
      30_000,
      3 * minute,
      5 * minute,
    ]);
  });

  it('never waits shorter for having waited longer', () => {
    const waits = Array.from({ length: 2_000 }, (_item, index) => linkWaitMs(index * 1_000));
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  });
});
