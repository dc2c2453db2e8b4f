import { parseCsv, printCsv } from './csv';

describe('CSV', () => {
  it('reads quotes, doubled quotes, line breaks inside cells and empty cells', () => {
    expect(parseCsv('a,b\n"x ""y""\nz",\n,1\r\n', ',')).toEqual([
      ['a', 'b'],
      ['x "y"\nz', ''],
      ['', '1'],
    ]);
    expect(parseCsv('a;b', ';')).toEqual([['a', 'b']]);
    expect(parseCsv('a,', ',')).toEqual([['a', '']]);
  });

  it('refuses open and stray quotes', () => {
    expect(parseCsv('"open', ',')).toBeUndefined();
    expect(parseCsv('a"b', ',')).toBeUndefined();
    expect(parseCsv('"a"b', ',')).toBeUndefined();
  });

  it('reads back what it prints', () => {
    const rows = [
      ['id', 'note'],
      ['1', 'a,"b"\nc'],
      ['', ' '],
    ];
    expect(parseCsv(printCsv(rows, ',', '\n'), ',')).toEqual(rows);
  });
});
