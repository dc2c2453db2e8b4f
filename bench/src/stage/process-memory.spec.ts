import { memoryOf, parseMemoryMb, slopeAnHour, watchMemory } from './process-memory';

describe('process memory', () => {
  it('reads the proportional set, and the resident one of kernels that tell no other', () => {
    const rollup = '55d0-7ffd ---p 00000000 00:00 0 [rollup]\nRss:   204800 kB\nPss:   102400 kB\nPss_Dirty: 7 kB\n';
    expect(parseMemoryMb(rollup)).toBe(100);
    expect(parseMemoryMb('Name:\tnode\nVmHWM:\t  9 kB\nVmRSS:\t  51200 kB\n')).toBe(50);
    expect(parseMemoryMb('')).toBeNull();
  });

  it('tells how fast memory grows, whatever it jumps', () => {
    const minute = 60_000;
    const grown = Array.from({ length: 60 }, (_none, at) => ({ atMs: at * minute, mb: 200 + at / 2 }));
    expect(slopeAnHour(grown)).toBeCloseTo(30);
    const jumping = Array.from({ length: 60 }, (_none, at) => ({ atMs: at * minute, mb: 200 + (at % 2) }));
    expect(Math.abs(slopeAnHour(jumping))).toBeLessThan(0.2);
    expect(slopeAnHour([{ atMs: 0, mb: 1 }])).toBeNaN();
  });

  it('knows this very process', () => {
    const [own] = memoryOf(process.pid);
    expect(own).toMatchObject({ pid: process.pid, isMappingChild: false });
    expect(own?.mb).toBeGreaterThan(10);
  });

  it('looks until the work has ended, and at its end, even when it fails', async () => {
    let looks = 0;
    const watched = watchMemory(
      60_000,
      () => looks++,
      () => Promise.reject(new Error('lost')),
    );
    await expect(watched).rejects.toThrow('lost');
    expect(looks).toBe(2);
  });
});
