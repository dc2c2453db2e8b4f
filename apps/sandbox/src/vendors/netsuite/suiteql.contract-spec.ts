import { type Answer, NetSuiteFixture, type Problem, type Rows } from './fixtures/netsuite-fixture';

const PREFIX = 'Invalid search query. Detailed unprocessed description follows. ';

describe('NetSuite SuiteQL', () => {
  let fixture: NetSuiteFixture;

  beforeAll(async () => {
    fixture = await NetSuiteFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
  });

  const detailOf = async (answer: Promise<Answer<unknown>>, status = 400): Promise<Record<string, string>> => {
    const { status: actual, body } = await answer;
    expect(actual).toBe(status);
    return (body as Problem)['o:errorDetails'][0] ?? {};
  };
  const refusedQuery = async (q: string): Promise<string> => {
    const detail = await detailOf(fixture.suiteql<unknown>(q));
    expect(detail).toMatchObject({ 'o:errorCode': 'INVALID_PARAMETER', 'o:errorQueryParam': 'q' });
    return detail.detail?.slice(PREFIX.length) ?? '';
  };

  it('wants Prefer: transient, a permission, and pages it can serve', async () => {
    const q = 'SELECT id FROM customer ORDER BY id';
    expect(await detailOf(fixture.call('POST', '/query/v1/suiteql', { body: { q } }))).toMatchObject({
      'o:errorHeader': 'Prefer',
    });
    await detailOf(fixture.suiteql(q, { page: '?limit=1001' }));
    await detailOf(fixture.suiteql(q, { page: '?limit=10&offset=5' }));
    await detailOf(fixture.suiteql(q, { page: '?limit=1000&offset=100000' }));
    await detailOf(fixture.call('POST', '/query/v1/suiteql', { body: { q, p: [] }, headers: { prefer: 'transient' } }));
    const { body } = await fixture.suiteql<Rows & { links: object[] }>(q, { page: '?limit=3' });
    expect(body).toMatchObject({ count: 3, hasMore: true, totalResults: 4, offset: 0 });
    expect(body.links).toContainEqual({
      rel: 'next',
      href: `${fixture.url}/services/rest/query/v1/suiteql?limit=3&offset=3`,
    });
    await fixture.settings({ suiteql_permission: false });
    expect(await detailOf(fixture.suiteql(q), 403)).toMatchObject({ 'o:errorCode': 'INSUFFICIENT_PERMISSION' });
  });

  it('answers text in lower-case columns, T and F, and leaves out what is empty', async () => {
    const { body } = await fixture.suiteql(
      "SELECT ID, companyName AS Name, isInactive, creditLimit, fax, BUILTIN.DF(terms), 1 + 2 FROM Customer WHERE companyname = 'Bay Hardware Co.'",
    );
    expect(body.items).toEqual([
      {
        links: [],
        id: '101',
        name: 'Bay Hardware Co.',
        isinactive: 'F',
        creditlimit: '10000',
        expr1: 'Net 30',
        expr2: '3',
      },
    ]);
  });

  it('names what it does not know', async () => {
    expect(await refusedQuery('SELECT id FROM customers')).toBe('Invalid search type: customers.');
    expect(await refusedQuery('SELECT not_existing_field FROM customer')).toBe(
      "Search error occurred: Unknown identifier 'not_existing_field'. Available identifiers are: {customer=customer}.",
    );
    // In a OneWorld account the subsidiary of a customer is a relationship, that of a transaction stands on its lines.
    expect(await refusedQuery('SELECT c.subsidiary FROM customer c')).toContain("'c.subsidiary'");
    expect(await refusedQuery('SELECT subsidiary FROM transaction')).toContain("'subsidiary'");
    const unsupported = 'Search error occurred: Invalid or unsupported search.';
    for (const q of [
      'SELECT id FROM customer WHERE',
      'SELECT id FROM customer LIMIT 5',
      'UPDATE customer SET email = NULL',
      "SELECT id FROM customer WHERE email = 'x",
      'SELECT id FROM customer; SELECT id FROM vendor',
      'SELECT id FROM customer FETCH FIRST 2 ROWS ONLY OFFSET 1 ROWS',
      "SELECT TO_CHAR(lastmodifieddate, 'YYYY-MM-DDTHH24') FROM customer",
      "SELECT id FROM customer WHERE lastmodifieddate >= '2026-01-01'",
      'SELECT NOTHING(id) FROM customer',
    ]) {
      expect(await refusedQuery(q)).toBe(unsupported);
    }
    await fixture.settings({ denied_record_types: ['vendor'] });
    expect(await refusedQuery('SELECT id FROM vendor')).toContain("Record 'vendor' was not found");
  });

  it('filters with everything the subset has', async () => {
    const names = async (where: string): Promise<string[]> =>
      (await fixture.rows(`SELECT entityid FROM customer WHERE ${where} ORDER BY entityid`)).map(
        ({ entityid }) => entityid ?? '',
      );
    expect(await names("companyname = 'O''Brien Builders'")).toEqual(["O'Brien Builders"]);
    expect(await names("email LIKE 'accounts@%' AND NOT (companyname LIKE '%&%')")).toHaveLength(2);
    expect(await names("isperson = 'T' OR vatregnumber IS NOT NULL")).toHaveLength(2);
    expect(await names('id IN (101, 102) AND id BETWEEN 100 AND 101')).toEqual(['Bay Hardware Co.']);
    expect(await names("UPPER(entityid) = 'MAYA LINDQVIST'")).toEqual(['Maya Lindqvist']);
    expect(await names('creditlimit <> 5')).toEqual(['Bay Hardware Co.']);
    expect(await names('ROWNUM <= 2')).toHaveLength(2);
    expect(
      await fixture.rows(
        "SELECT CASE WHEN isperson = 'T' THEN 'p' ELSE 'c' END AS k, COUNT(*) AS n FROM customer GROUP BY CASE WHEN isperson = 'T' THEN 'p' ELSE 'c' END ORDER BY k",
      ),
    ).toEqual([
      { k: 'c', n: '3' },
      { k: 'p', n: '1' },
    ]);
    expect(await fixture.rows('SELECT COUNT(*) AS n, MAX(creditlimit) AS m FROM customer WHERE id = 1')).toEqual([
      { n: '0' },
    ]);
    expect(await fixture.rows('SELECT id FROM customer ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY')).toEqual([
      { id: '102' },
      { id: '103' },
    ]);
    expect(await fixture.rows('SELECT TOP 1 id FROM customer ORDER BY id DESC')).toEqual([{ id: '104' }]);
  });

  it('shows a moment as a date in the user’s format, and by TO_CHAR in the user’s zone', async () => {
    await fixture.admin('POST', '/clock', { freeze: '2026-11-21T02:03:04Z' });
    // By a colleague: a call signed with the real time comes too late for that clock.
    await fixture.admin('POST', '/seed', {
      records: [{ type: 'customer', companyName: 'Ace', subsidiary: { id: '1' } }],
    });
    await fixture.admin('POST', '/clock', { reset: true });
    const q =
      "SELECT lastmodifieddate AS raw, TO_CHAR(lastmodifieddate,'YYYY-MM-DD HH24:MI:SS') AS lm, TO_CHAR(lastmodifieddate,'YYYY-MM-DD\"T\"HH:MI PM') AS h FROM customer WHERE companyname = 'Ace'";
    expect(await fixture.rows(q)).toEqual([{ raw: '11/21/2026', lm: '2026-11-21 02:03:04', h: '2026-11-21T02:03 AM' }]);
    await fixture.settings({ time_zone: 'America/Los_Angeles', date_format: 'D-Mon-YYYY' });
    expect(await fixture.rows(q)).toEqual([
      { raw: '20-Nov-2026', lm: '2026-11-20 18:03:04', h: '2026-11-20T06:03 PM' },
    ]);
    const since = (text: string): Promise<Record<string, string>[]> =>
      fixture.rows(
        `SELECT id FROM customer WHERE companyname = 'Ace' AND lastmodifieddate >= TO_TIMESTAMP('${text}','YYYY-MM-DD HH24:MI:SS')`,
      );
    expect(await since('2026-11-20 18:03:04')).toHaveLength(1);
    expect(await since('2026-11-20 18:03:05')).toHaveLength(0);
    expect(
      await fixture.rows("SELECT id FROM customer WHERE companyname = 'Ace' AND lastmodifieddate > '20-Nov-2026'"),
    ).toHaveLength(1);
    await fixture.settings({ suiteql_minute_precision: true });
    expect((await fixture.rows(q))[0]?.lm).toBe('2026-11-20 18:03:00');
    const [clock] = await fixture.rows("SELECT TO_CHAR(SYSDATE - 1/24, 'YYYY-MM-DD HH24:MI') AS t FROM DUAL");
    expect(clock?.t).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/);
  });

  it('joins transactions with their customers, lines and payments', async () => {
    const rows = await fixture.rows(`
      SELECT t.tranid, t.status, BUILTIN.DF(t.status) AS state, c.entityid, tl.quantity, tl.foreignamount, i.itemid
      FROM transaction t
      INNER JOIN customer c ON c.id = t.entity
      JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = 'F' AND tl.iscogs = 'F'
      LEFT OUTER JOIN item i ON i.id = tl.item
      WHERE t.type = 'CustInvc' AND t.externalid = 'INV-ACME-1' ORDER BY tl.linesequencenumber`);
    // As the ledger has it: what is sold stands with a minus.
    expect(rows).toEqual([
      {
        tranid: 'INV1001',
        status: 'B',
        state: 'Invoice : Paid In Full',
        entityid: 'Bay Hardware Co.',
        quantity: '-20',
        foreignamount: '-490',
        itemid: 'HAMMER-16',
      },
      {
        tranid: 'INV1001',
        status: 'B',
        state: 'Invoice : Paid In Full',
        entityid: 'Bay Hardware Co.',
        quantity: '-1',
        foreignamount: '-15',
        itemid: 'SHIP-GROUND',
      },
    ]);
    // What left the stock is moved by two lines more, which look as if they had been sold.
    const moved = await fixture.rows(`
      SELECT tl.foreignamount, i.itemid FROM transactionline tl
      JOIN transaction t ON t.id = tl.transaction JOIN item i ON i.id = tl.item
      WHERE t.externalid = 'INV-ACME-1' AND tl.iscogs = 'T' ORDER BY tl.id`);
    expect(moved).toEqual([
      { foreignamount: '224', itemid: 'HAMMER-16' },
      { foreignamount: '-224', itemid: 'HAMMER-16' },
    ]);
    const paid = await fixture.rows(
      "SELECT l.foreignamount, p.externalid FROM nexttransactionlink l, transaction p WHERE l.nextdoc = p.id AND l.linktype = 'Payment'",
    );
    expect(paid).toEqual([{ foreignamount: '505', externalid: 'PAY-ACME-1' }]);
    const [address] = await fixture.rows(
      "SELECT a.city FROM customer c JOIN customeraddressbook b ON b.entity = c.id JOIN customeraddressbookentityaddress a ON a.nkey = b.addressbookaddress WHERE c.entityid = 'Bay Hardware Co.' AND b.defaultbilling = 'T'",
    );
    expect(address).toEqual({ city: 'Oakland' });
    const open = await fixture.rows(
      'SELECT c.entityid FROM customer c LEFT JOIN transaction t ON t.entity = c.id WHERE t.id IS NULL ORDER BY 1',
    );
    expect(open.map(({ entityid }) => entityid)).toEqual(['Kraus & Söhne GmbH', 'Maya Lindqvist']);
  });

  it('promises no order that was not asked for', async () => {
    const records = Array.from({ length: 30 }, (_, index) => ({
      type: 'contact',
      lastName: `N${index}`,
      subsidiary: { id: '1' },
    }));
    await fixture.admin('POST', '/seed', { records });
    const ids = async (order: string): Promise<string> => {
      const rows = await fixture.rows(`SELECT id FROM contact${order}`);
      return rows.map(({ id }) => id).join(' ');
    };
    expect(await ids('')).not.toBe(await ids(''));
    expect(await ids(' ORDER BY isinactive')).not.toBe(await ids(' ORDER BY isinactive'));
    expect(await ids(' ORDER BY isinactive, id')).toBe(await ids(' ORDER BY isinactive, id'));
  });

  it('lags behind the record API, and lists what was deleted', async () => {
    await fixture.settings({ visibility_lag_ms: 60_000 });
    const id = await fixture.created('customer', { companyName: 'Late', subsidiary: { id: '1' } });
    expect((await fixture.record('GET', `/customer/${id}`)).status).toBe(200);
    const find = (): Promise<Record<string, string>[]> =>
      fixture.rows(`SELECT companyname FROM customer WHERE id = ${id}`);
    expect(await find()).toEqual([]);
    await fixture.admin('POST', '/clock', { advance_ms: 61_000 });
    expect(await find()).toEqual([{ companyname: 'Late' }]);
    await fixture.record('PATCH', `/customer/${id}`, { companyName: 'Later' });
    expect(await find()).toEqual([{ companyname: 'Late' }]);
    await fixture.settings({ visibility_lag_ms: 0 });
    await fixture.record('DELETE', `/customer/${id}`);
    expect(await find()).toEqual([]);
    expect(
      await fixture.rows(
        "SELECT recordid, type, name, TO_CHAR(deleteddate, 'YYYY') AS y FROM deletedrecord WHERE type = 'customer'",
      ),
    ).toEqual([{ recordid: id, type: 'customer', name: 'Late Later', y: String(new Date().getUTCFullYear()) }]);
    expect(await fixture.rows('SELECT recordid FROM deletedrecord', 1)).toEqual([]);
  });
});
