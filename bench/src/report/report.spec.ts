import { median, printSection, rowOf, type Section } from './report';

const section = (hub: number, wanted: number): Section => ({
  name: 'accept',
  rows: [rowOf('by hand', [{ 'events/s': 20_000 }]), rowOf('hub', [{ 'events/s': hub }])],
  baselines: ['by hand'],
  figure: 'events/s',
  targets: [{ row: 'hub', figure: 'events/s', relation: 'at least', value: wanted, of: 'by hand' }],
});

describe('report', () => {
  it('takes the median, not the mean and not the best', () => {
    expect(median([1, 100, 3])).toBe(3);
    expect(median([1, 2, 4, 100])).toBe(3);
    expect(rowOf('a', [{ x: 1 }, { x: 9 }, { x: 2 }]).figures).toEqual({ x: 2 });
  });

  it('gives the ratio to the baseline of the same run', () => {
    const hubLine = printSection(section(5_000, 0.25))
      .split('\n')
      .find((line) => line.startsWith('| hub'));
    expect(hubLine).toContain('0.25');
  });

  it('says whether a target was met', () => {
    expect(printSection(section(5_000, 0.25))).toContain('met     hub: events/s 5,000, wanted at least 5,000');
    expect(printSection(section(4_999, 0.25))).toContain('MISSED  hub');
  });

  it('shows what is far below one, rather than nought', () => {
    const rows = [rowOf('hub', [{ ms: 0.00042, share: 0.25, none: 0 }])];
    const printed = printSection({ name: 'x', rows, baselines: [], figure: 'ms', targets: [] });
    expect(printed).toContain('| 0.00042 |   0.3 |    0 |');
  });

  it('says nothing about a target whose row did not run', () => {
    const { rows, ...rest } = section(1, 0.25);
    expect(printSection({ ...rest, rows: rows.slice(0, 1) })).not.toMatch(/met|MISSED/);
  });
});
