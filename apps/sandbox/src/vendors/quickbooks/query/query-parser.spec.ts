import { Fault } from '../quickbooks.errors';
import { parseQuery } from './query-parser';

const codeOf = (statement: string): string | undefined => {
  try {
    parseQuery(statement);
    return undefined;
  } catch (error) {
    return error instanceof Fault ? error.items[0]?.code : 'not a fault';
  }
};

describe('the query parser', () => {
  it('reads a statement with everything in it', () => {
    const statement =
      "SELECT Id, MetaData.CreateTime FROM customer WHERE DisplayName LIKE 'O\\'%' AND Id IN ('1', 2) ORDER BY Id DESC, DisplayName STARTPOSITION 3 MAXRESULTS 7";
    expect(parseQuery(statement)).toEqual({
      columns: ['Id', 'MetaData.CreateTime'],
      isCount: false,
      entity: 'customer',
      where: [
        { field: 'DisplayName', comparison: 'LIKE', values: [{ quoted: true, text: "O'%" }] },
        {
          field: 'Id',
          comparison: 'IN',
          values: [
            { quoted: true, text: '1' },
            { quoted: false, text: '2' },
          ],
        },
      ],
      orderBy: [
        { field: 'Id', descending: true },
        { field: 'DisplayName', descending: false },
      ],
      startPosition: 3,
      maxResults: 7,
    });
  });

  it('has the window of the vendor when none is given', () => {
    expect(parseQuery('select * from Item')).toMatchObject({ startPosition: 1, maxResults: 100, columns: undefined });
    expect(parseQuery('select count(*) from Item').isCount).toBe(true);
  });

  it.each([
    ["select * from Item where Name = 'a\\\\'", undefined],
    ["select * from Item where Name = 'a\\'", '4000'],
    ["select * from Item where Name = 'a' or Name = 'b'", '4001'],
    ['select * from Item where Name', '4000'],
    ["select * from Item where Name = 'a' and", '4000'],
    ['select * from Item maxresults 5 maxresults 6', '4000'],
    ['select * from Item startposition 1.5', '4000'],
    ['select * from Item where Name in ()', '4000'],
    ['select * from Item; delete from Item', '4000'],
  ])('%s → %s', (statement, code) => {
    expect(codeOf(statement)).toBe(code);
  });
});
