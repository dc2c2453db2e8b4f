import { readCsv } from './salesforce.csv';

describe('the results of a bulk job', () => {
  const read = (text: string) => readCsv(text, ['id', 'told', 'key']);

  it.each<[string, string, readonly string[][]]>([
    ['in quotes', '"id","told","key"\n"1","x","k"\n"2","y","l"\n', [['1', 'x', 'k'], ['2', 'y', 'l']]], // prettier-ignore
    ['without them, and without an end of line', 'told,key,id\nx,k,1\n,l,2', [['1', 'x', 'k'], ['2', '', 'l']]], // prettier-ignore
    ['of two characters an end of line', '"id","told","key"\r\n"1","x","k"\r\n', [['1', 'x', 'k']]],
    ['with quotes, commas and lines in a cell', '"id","told","key"\n"1","a ""b"", c\nd","k"\n', [['1', 'a "b", c\nd', 'k']]], // prettier-ignore
    ['with cells of other separators', 'id,told,key\n1,a;b|c\td`e^f,k\n', [['1', 'a;b|c\td`e^f', 'k']]],
    ['among other columns', 'a,id,b,told,key\n,1,,x,k\n', [['1', 'x', 'k']]],
    ['less rows that are too short', 'id,told,key\n1,x\n2,y,l\n', [['2', 'y', 'l']]],
  ])('are read %s', (_what, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['a column is missing', '"id","told"\n"1","x"\n'],
    ['a quote is left open', '"id","told","key"\n"1","x","k\n'],
    ['something follows a quote', '"id","told","key"\n"1"x,"x","k"\n'],
  ])('are none where %s', (_what, text) => {
    expect(read(text)).toBeNull();
  });

  it('may have cells of any length', () => {
    const long = `""${'x'.repeat(200_000)}`.repeat(5);
    expect(read(`"id","told","key"\n"1","${long}","k"\n`)?.[0]?.[1]).toHaveLength(long.length - 5);
  });
});
