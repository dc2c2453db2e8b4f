import { sectionOf } from './memory';

const looks = (from: number, mb: (minute: number) => number): { atMs: number; look: Map<string, number> }[] =>
  Array.from({ length: 31 }, (_none, minute) => ({
    atMs: (from + minute) * 60_000,
    look: new Map([['worker', mb(minute)]]),
  }));

describe('memory report', () => {
  const section = (mb: (minute: number) => number): ReturnType<typeof sectionOf> =>
    sectionOf('memory', new Map([['worker', 100]]), looks(0, () => 280).slice(0, 1), looks(1, mb));

  it('tells rest, peak over load and soak, and what the second half of the soak added', () => {
    const [row] = section((minute) => 200 + minute).rows;
    expect(row?.figures).toMatchObject({ 'rest MB': 100, 'peak MB': 280, 'soaked MB': 230 });
    expect(row?.figures['slope MB/h']).toBeCloseTo(60);
    expect(row?.figures['2nd half MB']).toBeCloseTo(15);
  });

  it('does not take the first half for growth', () => {
    const [row] = section((minute) => Math.min(150 + minute * 10, 250)).rows;
    expect(row?.figures['2nd half MB']).toBeCloseTo(0);
  });
});
