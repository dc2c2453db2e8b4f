import { displayWidth, renderTable } from './table';

describe('table', () => {
  it('counts what a person sees', () => {
    expect(['abc', 'Zoë', '🚀', '👩‍🚀', '東京'].map(displayWidth)).toEqual([3, 3, 2, 2, 4]);
  });

  it('aligns columns, also with several lines in a cell', () => {
    const text = renderTable(
      [{ title: 'event' }, { title: 'ms', align: 'right' }, { title: 'where' }],
      [
        ['tea 🍵', '3.1', 'one\ntwo'],
        ['x', '12.0', ''],
      ],
    );
    expect(text.split('\n')).toEqual([
      'event     ms  where',
      '──────  ────  ─────',
      'tea 🍵   3.1  one',
      '              two',
      'x       12.0',
    ]);
  });
});
