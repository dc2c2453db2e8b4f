import { QuickBooksFixture, type Answer, type Body } from './fixtures/quickbooks-fixture';

describe('queries, change data capture and batches of the QuickBooks sandbox', () => {
  let fixture: QuickBooksFixture;

  beforeAll(async () => {
    fixture = await QuickBooksFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.reset({ empty: true }));

  const make = (DisplayName: string, more: object = {}): Promise<Body> =>
    fixture.create('Customer', { DisplayName, ...more });
  const names = async (statement: string): Promise<string[]> => {
    const { status, body } = await fixture.query(statement);
    if (status !== 200) throw new Error(JSON.stringify(body));
    return (body.QueryResponse.Customer ?? []).map(({ DisplayName }: Body) => DisplayName);
  };
  const refused = (statement: string): ReturnType<QuickBooksFixture['fault']> =>
    fixture.fault(fixture.query(statement));

  describe('query', () => {
    it('nothing found is an empty object; a count is a number', async () => {
      expect((await fixture.query('select * from Customer')).body).toEqual({
        QueryResponse: {},
        time: expect.any(String),
      });
      await make('A');
      expect((await fixture.query('select count(*) from customer')).body.QueryResponse).toEqual({ totalCount: 1 });
    });

    it('does not care about case, of keywords, entities, fields and text', async () => {
      await make('Alpha');
      expect(
        await names("SELECT * FROM customer WHERE displayname = 'ALPHA' ORDER BY Id StartPosition 1 MaxResults 5"),
      ).toEqual(['Alpha']);
      expect(
        await names("select * from CUSTOMER where DisplayName like 'al%' orderby Metadata.LastUpdatedTime desc"),
      ).toEqual(['Alpha']);
    });

    it('escapes quotes and backslashes', async () => {
      for (const name of ["O'Brien", 'ends in \\', '100% sure', 'a.b']) await make(name);
      expect(await names("select * from Customer where DisplayName = 'O\\'Brien'")).toEqual(["O'Brien"]);
      expect(await names("select * from Customer where DisplayName = 'ends in \\\\'")).toEqual(['ends in \\']);
      expect(await names("select * from Customer where DisplayName like 'a_b'")).toEqual([]);
      expect(await names("select * from Customer where DisplayName like '%.b'")).toEqual(['a.b']);
      expect((await refused("select * from Customer where DisplayName = 'O'Brien'")).code).toBe('4000');
      // A value that ends in a backslash breaks out of its quotes when only quotes were escaped.
      expect((await refused("select * from Customer where DisplayName = 'ends in \\'")).code).toBe('4000');
    });

    it('compares, combines with AND, and picks from lists', async () => {
      for (const name of ['A', 'B', 'C']) await make(name, { CompanyName: `Co ${name}` });
      expect(await names("select * from Customer where DisplayName in ('A','c') orderby DisplayName desc")).toEqual([
        'C',
        'A',
      ]);
      expect(await names("select * from Customer where DisplayName > 'A' and CompanyName = 'Co B'")).toEqual(['B']);
      expect(await names("select * from Customer where Id >= '2' orderby Id")).toEqual(['B', 'C']);
    });

    it('pages from 1, a hundred at a time unless told otherwise', async () => {
      for (let number = 1; number <= 105; number++) await make(`N${String(number).padStart(3, '0')}`);
      const { QueryResponse: first } = (await fixture.query('select Id from Customer orderby Id')).body;
      expect([first.startPosition, first.maxResults, first.Customer.length]).toEqual([1, 100, 100]);
      expect(Object.keys(first.Customer[0]).sort()).toEqual(['Id', 'domain', 'sparse']);
      const { QueryResponse: rest } = (
        await fixture.query('select * from Customer orderby Id startposition 101 maxresults 1000')
      ).body;
      expect([rest.startPosition, rest.maxResults]).toEqual([101, 5]);
      expect((await fixture.query('select * from Customer startposition 500')).body.QueryResponse).toEqual({});
    });

    it('leaves inactive records out unless asked for', async () => {
      const made = await make('Old');
      await make('New');
      await fixture.create('Customer', { Id: made.Id, SyncToken: '0', sparse: true, Active: false });
      expect(await names('select * from Customer')).toEqual(['New']);
      expect(await names('select * from Customer where Active = false')).toEqual(['Old (deleted)']);
      expect(await names('select * from Customer where Active in (true, false)')).toHaveLength(2);
    });

    it('filters by time as an instant, whatever the offset', async () => {
      await fixture.admin('POST', '/clock', { freeze: '2026-11-01T08:30:00Z' });
      fixture.forgetTokens();
      await make('Before the hour is set back');
      await fixture.admin('POST', '/clock', { freeze: '2026-11-01T09:30:00Z' });
      fixture.forgetTokens();
      const second = await make('After');
      // The same wall time, an hour apart.
      expect(second.MetaData.CreateTime).toBe('2026-11-01T01:30:00-08:00');
      expect(
        await names("select * from Customer where MetaData.LastUpdatedTime > '2026-11-01T01:30:00-07:00'"),
      ).toEqual(['After']);
      expect(
        await names("select * from Customer where MetaData.LastUpdatedTime >= '2026-11-01T08:30:00Z'"),
      ).toHaveLength(2);
    });

    it.each([
      ['or', "select * from Customer where Id = '1' or Id = '2'", '4001'],
      ['an unknown entity', 'select * from TaxService', '4001'],
      ['an unknown field', "select * from Customer where NoSuchField = '1'", '4001'],
      ['an unknown column', 'select Nothing from Customer', '4001'],
      ['a field that cannot be searched', "select * from Customer where Notes = 'x'", '4001'],
      ['position 0', 'select * from Customer startposition 0', '4001'],
      ['more than a thousand', 'select * from Customer maxresults 1001', '4001'],
      ['a date that is none', "select * from Invoice where TxnDate > 'yesterday'", '4001'],
      ['double quotes', 'select * from Customer where Id = "1"', '4000'],
      ['!=', "select * from Customer where Id != '1'", '4000'],
      ['not', "select * from Customer where not Id = '1'", '4000'],
      ['parentheses', "select * from Customer where (Id = '1')", '4000'],
      ['group by', 'select * from Customer group by Id', '4000'],
      ['nothing', '', '4000'],
      ['no entity', 'select *', '4000'],
    ])('refuses %s', async (_name, statement, code) => {
      expect((await refused(statement)).code).toBe(code);
    });

    it('words its refusals as recorded', async () => {
      expect((await refused('select * from TaxService')).detail).toBe(
        'QueryValidationError: Metadata not found for Entity: TaxService',
      );
      expect((await refused("select * from Customer where NoSuchField = '1'")).detail).toBe(
        'QueryValidationError: Property NoSuchField not found for Entity Customer',
      );
      expect((await refused('select * from Customer startposition 0')).detail).toBe(
        'QueryValidationError: value 0 is too small. Min allowed value is 1',
      );
      expect((await refused("select * from Customer where Id = '1' R")).detail).toBe(
        'QueryParserError: Encountered " <IDENTIFIER> "R "" at line 1, column 39.',
      );
    });

    it('takes a statement as a plain body', async () => {
      await make("Zoë's");
      const post = (type: string): Promise<Answer> =>
        fixture.call('POST', '/query', "select * from Customer where DisplayName = 'Zoë\\'s'", {
          headers: { 'content-type': type },
        });
      expect((await post('application/text')).body.QueryResponse.maxResults).toBe(1);
      expect((await fixture.fault(post('application/json'))).code).toBe('1050');
    });

    it('may lag behind writes while a read by id does not', async () => {
      const old = await make('Known');
      await fixture.admin('POST', '/settings', { realm: 'acme', visibility_lag_ms: 60_000 });
      const made = await make('Fresh');
      await fixture.create('Customer', { Id: old.Id, SyncToken: '0', sparse: true, Notes: 'changed' });
      expect(await names('select * from Customer')).toEqual(['Known']);
      const { QueryResponse } = (await fixture.query("select * from Customer where DisplayName = 'Known'")).body;
      expect(QueryResponse.Customer[0].SyncToken).toBe('0');
      expect((await fixture.get(`/customer/${made.Id}`)).status).toBe(200);
      await fixture.admin('POST', '/clock', { advance_ms: 60_000 });
      expect(await names('select * from Customer')).toEqual(['Known', 'Fresh']);
    });
  });

  describe('change data capture', () => {
    const cdc = (entities: string, since: string): Promise<Answer> =>
      fixture.get(`/cdc?entities=${entities}&changedSince=${since}`);
    const ago = (ms: number): string => encodeURIComponent(new Date(Date.now() - ms).toISOString());

    it('gives whole records, stubs of what was deleted, and an empty place for what did not change', async () => {
      const customer = await make('Changed');
      const line = { DetailType: 'SalesItemLineDetail', Amount: 5, SalesItemLineDetail: { ItemRef: { value: '1' } } };
      const made = await fixture.create('Invoice', { CustomerRef: { value: customer.Id }, Line: [line] });
      await fixture.post('/invoice?operation=delete', { Id: made.Id, SyncToken: '0' });
      const { body } = await cdc('Customer,Item,Invoice', ago(60_000));
      const [customers, items, invoices] = body.CDCResponse[0].QueryResponse;
      expect(customers).toMatchObject({
        Customer: [{ DisplayName: 'Changed', Balance: 0 }],
        maxResults: 1,
        totalCount: 1,
      });
      expect(items).toEqual({});
      expect(invoices.Invoice).toEqual([
        { domain: 'QBO', status: 'Deleted', Id: made.Id, MetaData: { LastUpdatedTime: expect.any(String) } },
      ]);
    });

    it('shows retired records, and invoices that a payment touched', async () => {
      const customer = await make('Echo');
      await fixture.create('Customer', { Id: customer.Id, SyncToken: '0', sparse: true, Active: false });
      const { body } = await cdc('customer', ago(60_000));
      expect(body.CDCResponse[0].QueryResponse[0].Customer).toMatchObject([{ Active: false }]);
    });

    it.each([
      ['an instant older than thirty days', 'Customer', ago(31 * 24 * 3_600_000), '2190'],
      ['an offset whose plus was not encoded', 'Customer', '2026-11-19T00:00:00+01:00', '2060'],
      ['an entity that is excluded', 'Customer,TaxCode', ago(1_000), '2000'],
      ['no entities', '', ago(1_000), '2020'],
      ['no instant', 'Customer', '', '2020'],
    ])('refuses %s', async (_name, entities, since, code) => {
      expect((await fixture.fault(cdc(entities, since))).code).toBe(code);
    });

    it('stops at a thousand objects of all entities together, and says nothing', async () => {
      const records = (prefix: string): object[] =>
        Array.from({ length: 600 }, (_unused, index) => ({ DisplayName: `${prefix}${index}` }));
      await fixture.admin('POST', '/seed', { entity: 'Customer', records: records('c') });
      await fixture.admin('POST', '/seed', { entity: 'Vendor', records: records('v') });
      const [customers, vendors] = (await cdc('Customer,Vendor', ago(60_000))).body.CDCResponse[0].QueryResponse;
      expect([customers.Customer.length, vendors.Vendor.length]).toEqual([600, 400]);
    });
  });

  describe('batch', () => {
    const batch = async (items: object[], query = ''): Promise<Body[]> =>
      (await fixture.post(`/batch${query}`, { BatchItemRequest: items })).body.BatchItemResponse;

    it('answers each item for itself, in its place', async () => {
      const responses = await batch([
        { bId: '1', operation: 'create', Customer: { DisplayName: 'One' } },
        { bId: '2', operation: 'create', Customer: { DisplayName: 'one' } },
        { bId: '3', operation: 'update', Customer: { Id: '1', SyncToken: '9', sparse: true } },
        { bId: '4', Query: 'select * from Customer' },
        { bId: '5', operation: 'create', Vendor: { DisplayName: 'Two' } },
      ]);
      expect(responses).toMatchObject([
        { bId: '1', Customer: { DisplayName: 'One' } },
        { bId: '2', Fault: { type: 'ValidationFault', Error: [{ code: '6240' }] } },
        { bId: '3', Fault: { Error: [{ code: '5010' }] } },
        { bId: '4', QueryResponse: {} },
        { bId: '5', Vendor: { DisplayName: 'Two' } },
      ]);
    });

    it('updates, voids and deletes too', async () => {
      const customer = await make('Batch');
      const line = { DetailType: 'SalesItemLineDetail', Amount: 5, SalesItemLineDetail: { ItemRef: { value: '1' } } };
      const invoice = async (): Promise<string> =>
        (await fixture.create('Invoice', { CustomerRef: { value: customer.Id }, Line: [line] })).Id;
      const [one, two] = [await invoice(), await invoice()];
      const responses = await batch([
        { bId: 'a', operation: 'update', Customer: { Id: customer.Id, SyncToken: '0', sparse: true, Notes: 'n' } },
        { bId: 'b', operation: 'void', Invoice: { Id: one, SyncToken: '0' } },
        { bId: 'c', operation: 'delete', Invoice: { Id: two, SyncToken: '0' } },
      ]);
      expect(responses).toMatchObject([
        { Customer: { SyncToken: '1' } },
        { Invoice: { TotalAmt: 0 } },
        { Invoice: { status: 'Deleted' } },
      ]);
    });

    it('takes thirty items and no more, each with its own id', async () => {
      const items = (count: number): object[] =>
        Array.from({ length: count }, (_unused, index) => ({
          bId: String(index),
          operation: 'create',
          Customer: { DisplayName: `B${index}` },
        }));
      expect(await batch(items(30))).toHaveLength(30);
      const refusedBatch = (list: object[]): ReturnType<QuickBooksFixture['fault']> =>
        fixture.fault(fixture.post('/batch', { BatchItemRequest: list }));
      expect((await refusedBatch(items(31))).code).toBe('1040');
      expect((await refusedBatch([...items(1), ...items(1)])).code).toBe('630');
      expect((await refusedBatch([{ operation: 'create', Customer: {} }])).code).toBe('2020');
      const lower = await batch([{ bId: '1', operation: 'create', customer: { DisplayName: 'x' } }]);
      expect(lower[0].Fault.Error[0].code).toBe('2010');
    });

    it('replays a whole batch under its request id', async () => {
      const items = [{ bId: '1', operation: 'create', Customer: { DisplayName: 'Once' } }];
      const first = await batch(items, '?requestid=batch-1');
      expect(await batch(items, '?requestid=batch-1')).toEqual(first);
      expect(await names('select * from Customer')).toEqual(['Once']);
      const long = fixture.post(`/batch?requestid=${'x'.repeat(37)}`, { BatchItemRequest: items });
      expect((await fixture.fault(long)).code).toBe('2130');
      const longItem = fixture.post('/batch?requestid=b2', { BatchItemRequest: [{ ...items[0], bId: '12345678901' }] });
      expect((await fixture.fault(longItem)).code).toBe('2130');
    });
  });
});
