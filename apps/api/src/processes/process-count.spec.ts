import { processCount } from './process-count';

describe('processCount', () => {
  it('is one for each core but one, up to four', () => {
    expect(processCount(undefined, true, 1)).toBe(1);
    expect(processCount(undefined, true, 2)).toBe(1);
    expect(processCount(undefined, true, 4)).toBe(3);
    expect(processCount(undefined, true, 64)).toBe(4);
  });

  it('is what was asked for', () => {
    expect(processCount(9, true, 2)).toBe(9);
    expect(processCount(1, false, 8)).toBe(1);
  });

  it('is one where rate limits are counted in each process', () => {
    expect(processCount(undefined, false, 8)).toBe(1);
  });
});
