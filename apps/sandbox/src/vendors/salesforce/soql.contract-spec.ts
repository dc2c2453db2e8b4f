import { SandboxFixture, type Answer } from '../../fixtures/sandbox-fixture';

interface Page {
  readonly totalSize: number;
  readonly done: boolean;
  readonly nextRecordsUrl?: string;
  readonly records: readonly Record<string, unknown>[];
}

describe('SOQL', () => {
  let fixture: SandboxFixture;
  let session: string;

  beforeAll(async () => {
    fixture = await SandboxFixture.start();
    session = await fixture.session();
    await fixture.admin('POST', '/seed', {
      records: [
        { attributes: { type: 'Account' }, Name: "O'Neil", ERP_Id__c: 'A-1', AnnualRevenue: 100, Industry: 'Retail' },
        { attributes: { type: 'Account' }, Name: 'beta_x', ERP_Id__c: 'A-2', AnnualRevenue: 20 },
        { attributes: { type: 'Account' }, Name: 'Back\\slash', ERP_Id__c: 'A-3' },
        { attributes: { type: 'Contact' }, LastName: 'Zed', Account: { ERP_Id__c: 'A-1' } },
        { attributes: { type: 'Contact' }, LastName: 'Alone' },
        {
          attributes: { type: 'Opportunity' },
          Name: 'Deal',
          StageName: 'Prospecting',
          CloseDate: new Date().toISOString().slice(0, 10),
        },
      ],
    });
  });
  afterAll(() => fixture.close());

  const query = (soql: string): Promise<Answer<Page>> => fixture.query<Page>(session, soql);
  const names = async (where: string): Promise<unknown[]> => {
    const answer = await query(`SELECT Name FROM Account ${where}`);
    expect([where, answer.status]).toEqual([where, 200]);
    return answer.body.records.map(({ Name }) => Name);
  };

  it('filters, orders and limits', async () => {
    expect(await names("WHERE Name = 'BETA_X'")).toEqual(['beta_x']);
    expect(await names("WHERE Name = 'O\\'Neil'")).toEqual(["O'Neil"]);
    expect(await names("WHERE Name = 'Back\\\\slash'")).toEqual(['Back\\slash']);
    expect(await names("WHERE Name LIKE 'b%' ORDER BY Name")).toEqual(['Back\\slash', 'beta_x']);
    expect(await names("WHERE Name LIKE 'beta\\_x'")).toEqual(['beta_x']);
    expect(await names("WHERE Name LIKE 'beta\\_'")).toEqual([]);
    expect(await names('WHERE AnnualRevenue >= 20 ORDER BY AnnualRevenue')).toEqual(['beta_x', "O'Neil"]);
    expect(await names('ORDER BY AnnualRevenue')).toEqual(['Back\\slash', 'beta_x', "O'Neil"]);
    expect(await names('ORDER BY AnnualRevenue DESC NULLS LAST')).toEqual(["O'Neil", 'beta_x', 'Back\\slash']);
    expect(await names("WHERE Industry != 'Retail' ORDER BY Name")).toEqual(['Back\\slash', 'beta_x']);
    expect(await names("WHERE ERP_Id__c IN ('A-1', 'a-3') ORDER BY ERP_Id__c")).toEqual(["O'Neil", 'Back\\slash']);
    expect(await names("WHERE ERP_Id__c NOT IN ('A-1', 'A-3')")).toEqual(['beta_x']);
    expect(await names("WHERE (Name = 'beta_x' OR Industry = 'Retail') AND NOT AnnualRevenue > 50")).toEqual([
      'beta_x',
    ]);
    expect(await names('ORDER BY ERP_Id__c LIMIT 1 OFFSET 1')).toEqual(['beta_x']);
    expect(
      await names(
        'WHERE CreatedDate = TODAY AND SystemModstamp > 2020-01-01T00:00:00Z AND CreatedDate = LAST_N_DAYS:3 LIMIT 1',
      ),
    ).toHaveLength(1);
    expect(await names('WHERE CreatedDate < YESTERDAY')).toEqual([]);
  });

  it('walks to parents, and counts', async () => {
    const { body } = await query(
      'SELECT LastName, Account.Name, Account.Owner.Username FROM Contact ORDER BY LastName',
    );
    expect(body.records).toEqual([
      { attributes: expect.anything(), LastName: 'Alone', Account: null },
      {
        attributes: expect.objectContaining({ type: 'Contact' }),
        LastName: 'Zed',
        Account: {
          attributes: expect.objectContaining({ type: 'Account' }),
          Name: "O'Neil",
          Owner: { attributes: expect.anything(), Username: 'sam@acme.example.com' },
        },
      },
    ]);
    expect((await query("SELECT Id FROM Contact WHERE Account.Name = 'O\\'Neil'")).body.totalSize).toBe(1);
    expect((await query('SELECT COUNT() FROM Contact')).body).toEqual({ totalSize: 2, done: true, records: [] });
    expect((await query('SELECT Id FROM Opportunity WHERE CloseDate = TODAY')).body.totalSize).toBe(1);
  });

  it.each([
    ['SELECT Id FROM Account WHERE', 'MALFORMED_QUERY'],
    ['SELECT FROM Account', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Name = 'x' AND Phone = 'y' OR Fax = 'z'", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Name = 'x", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Name = 'bad \\x escape'", 'MALFORMED_QUERY'],
    ['SELECT * FROM Account', 'MALFORMED_QUERY'],
    ['SELECT Nope FROM Account', 'INVALID_FIELD'],
    ['SELECT Id FROM Account WHERE Nope__c = 1', 'INVALID_FIELD'],
    ['SELECT Id FROM Account ORDER BY Description', 'INVALID_FIELD'],
    ["SELECT Id FROM Account WHERE Description = 'x'", 'INVALID_FIELD'],
    ['SELECT Id FROM Account WHERE Name = 5', 'INVALID_FIELD'],
    ["SELECT Id FROM Account WHERE CreatedDate > '2026-01-01T00:00:00Z'", 'INVALID_FIELD'],
    ['SELECT Id, Id FROM Account', 'INVALID_FIELD'],
    ['SELECT Owner.Nope FROM Account', 'INVALID_FIELD'],
    ['SELECT Id FROM Nope', 'INVALID_TYPE'],
    ["SELECT Id FROM Account WHERE Id = 'abc'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ["SELECT Id FROM Account WHERE AnnualRevenue LIKE 'x%'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ['SELECT Id FROM Account OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE'],
  ])('refuses %s', async (soql, errorCode) => {
    expect(await query(soql)).toMatchObject({ status: 400, body: [{ errorCode }] });
  });

  it('sees deleted rows with queryAll alone', async () => {
    await fixture.admin('POST', '/touch', {
      object: 'Account',
      key: { field: 'ERP_Id__c', value: 'A-2' },
      delete: true,
    });
    const soql = encodeURIComponent("SELECT Name, IsDeleted FROM Account WHERE Name = 'beta_x'");
    expect((await fixture.call<Page>(session, 'GET', `/query?q=${soql}`)).body.totalSize).toBe(0);
    expect((await fixture.call<Page>(session, 'GET', `/queryAll?q=${soql}`)).body.records).toMatchObject([
      { IsDeleted: true },
    ]);
  });

  it('keeps locators for two days, for its own org, as a snapshot', async () => {
    await fixture.reset();
    session = await fixture.session();
    await fixture.admin('POST', '/settings', { query_page_size: 1 });
    await fixture.admin('POST', '/seed', {
      records: [1, 2].map((n) => ({ attributes: { type: 'Account' }, Name: `N${n}` })),
    });
    const { nextRecordsUrl = '' } = (await query('SELECT Name FROM Account ORDER BY Name')).body;
    expect(nextRecordsUrl).toMatch(/^\/services\/data\/v62\.0\/query\/01g\w{15}-1$/);
    expect((await fixture.call<Page>(session, 'GET', nextRecordsUrl)).body).toMatchObject({
      totalSize: 2,
      done: true,
      records: [{ Name: 'N2' }],
    });
    const foreign = await fixture.call(await fixture.session(1), 'GET', nextRecordsUrl);
    expect(foreign).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_QUERY_LOCATOR' }] });
    await fixture.admin('POST', '/settings', { session_lifetime_ms: 7 * 86_400_000 });
    const longSession = await fixture.session();
    await fixture.admin('POST', '/clock', { advance_ms: 2 * 86_400_000 + 1 });
    expect((await fixture.call(longSession, 'GET', nextRecordsUrl)).status).toBe(400);
  });
});
