import { beginAt, withMark, type Mark } from './erp.cursor';

const ZONE = 'Europe/Berlin';
const TEN_MINUTES = 600_000;

function clock(ms: number): string {
  return new Date(Date.parse('2026-07-01T10:00:00Z') + ms).toISOString().slice(0, 19);
}

describe('marks', () => {
  it('always hold one that is older than the overlap, and few', () => {
    let marks: readonly Mark[] = [];
    for (let ms = 0; ms < 4 * 3_600_000; ms += 15_000) {
      marks = withMark(marks, { time: clock(ms), cursor: `c${ms}` }, ZONE, TEN_MINUTES);
      const oldest = Number(marks[0]?.cursor?.slice(1));
      const newest = Number(marks.at(-1)?.cursor?.slice(1));
      expect(newest).toBe(ms);
      expect(marks.length).toBeLessThanOrEqual(8);
      expect(ms - oldest).toBeGreaterThanOrEqual(Math.min(ms, TEN_MINUTES));
      expect(ms - oldest).toBeLessThan(TEN_MINUTES + 250_000);
    }
  });

  it('are one where nothing is to be looked back at, and where there is only a clock', () => {
    const first = { time: clock(0), cursor: 'a' };
    expect(withMark([first], { time: clock(1_000), cursor: 'b' }, ZONE, 0)).toEqual([
      { time: clock(1_000), cursor: 'b' },
    ]);
    expect(withMark([first], { time: clock(1_000), cursor: null }, ZONE, TEN_MINUTES)).toHaveLength(1);
  });

  it('keep the older one in doubt, in the hour that comes twice', () => {
    const before = { time: '2026-10-25T02:40:00', cursor: 'a' };
    // Perhaps an hour and fifteen minutes later, perhaps fifteen minutes.
    expect(withMark([before], { time: '2026-10-25T02:55:00', cursor: 'b' }, ZONE, TEN_MINUTES)[0]).toBe(before);
    // Perhaps 80 minutes later, perhaps 20.
    expect(withMark([before], { time: '2026-10-25T03:00:00', cursor: 'b' }, ZONE, TEN_MINUTES)[0]).toBe(before);
    const surely = { time: '2026-10-25T03:10:00', cursor: 'b' };
    expect(withMark([before], surely, ZONE, TEN_MINUTES)[0]).toBe(before);
    expect(withMark([before, surely], { time: '2026-10-25T03:25:00', cursor: 'c' }, ZONE, TEN_MINUTES)[0]).toBe(surely);
  });

  it('are begun at by cursor, else by clock, with the second that Since may leave out', () => {
    expect(beginAt({ time: clock(0), cursor: 'a' }, ZONE, TEN_MINUTES)).toEqual({ cursor: 'a', calls: 0 });
    expect(beginAt({ time: '2026-07-01T10:00:00', cursor: null }, ZONE, TEN_MINUTES)).toEqual({
      since: '2026-07-01T09:49:59',
      from: '2026-07-01T09:49:59',
      calls: 0,
    });
  });
});
