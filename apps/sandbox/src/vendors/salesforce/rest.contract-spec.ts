import { SandboxFixture, type Answer } from '../../fixtures/sandbox-fixture';

interface Saved {
  readonly id: string;
  readonly success: boolean;
  readonly created?: boolean;
  readonly errors: readonly {
    readonly statusCode: string;
    readonly message: string;
    readonly fields: readonly string[];
  }[];
}
const errorOf = (answer: Answer): unknown => (answer.body as { errorCode: string }[])[0]?.errorCode;

describe('Salesforce REST API', () => {
  let fixture: SandboxFixture;
  let session: string;

  beforeAll(async () => {
    fixture = await SandboxFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    session = await fixture.session();
  });

  const call = <T = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>> => fixture.call<T>(session, method, path, body, headers);
  const create = async (object: string, fields: object): Promise<string> => {
    const { status, body } = await call<Saved>('POST', `/sobjects/${object}`, fields);
    expect([status, body]).toEqual([201, expect.objectContaining({ success: true })]);
    return body.id;
  };

  describe('versions', () => {
    it('lists the supported ones without authentication', async () => {
      const list = await (await fetch(`${fixture.url}/services/data/`)).json();
      expect(list).toContainEqual({ label: "Winter '26", url: '/services/data/v65.0', version: '65.0' });
      expect(list).toContainEqual({ label: "Summer '25", url: '/services/data/v64.0', version: '64.0' });
    });

    it('answers 410 for a retired version and 404 for one that is not', async () => {
      expect((await call('GET', '/services/data/v29.0/limits')).status).toBe(410);
      expect((await call('GET', '/services/data/v99.0/limits')).status).toBe(404);
      expect((await call('GET', '/services/data/62/limits')).status).toBe(404);
    });
  });

  describe('records', () => {
    it('creates, reads by 15 and 18 characters, updates, deletes', async () => {
      const made = await call<Saved>('POST', '/sobjects/Account', {
        Name: '  Ace \t',
        AnnualRevenue: 1250000,
        Description: 'a\r\nb',
      });
      expect(made.status).toBe(201);
      expect(made.headers.get('location')).toBe(`/services/data/v62.0/sobjects/Account/${made.body.id}`);
      const { id } = made.body;
      const read = await call<Record<string, unknown>>('GET', `/sobjects/Account/${id.slice(0, 15)}`);
      expect(read.body).toMatchObject({
        attributes: { type: 'Account', url: `/services/data/v62.0/sobjects/Account/${id}` },
        Id: id,
        Name: 'Ace',
        Phone: null,
        Description: 'a\nb',
        IsDeleted: false,
      });
      expect(read.body.CreatedDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
      const updated = await call('PATCH', `/sobjects/Account/${id}`, { Phone: '1', Name: 'B' });
      expect([updated.status, updated.body]).toEqual([204, '']);
      expect((await call<object>('GET', `/sobjects/Account/${id}?fields=Name,Phone`)).body).toEqual({
        attributes: expect.anything(),
        Name: 'B',
        Phone: '1',
      });
      expect((await call('DELETE', `/sobjects/Account/${id}`)).status).toBe(204);
      const again = await call('DELETE', `/sobjects/Account/${id}`);
      expect([again.status, errorOf(again)]).toEqual([404, 'ENTITY_IS_DELETED']);
    });

    it('keeps 18 digits exact', async () => {
      const made = await call<Saved>(
        'POST',
        '/sobjects/Opportunity',
        '{"Name":"Big","StageName":"Prospecting","CloseDate":"2026-12-31","Amount":1234567890123456.78}',
      );
      const response = await fetch(
        `${fixture.url}/services/data/v62.0/sobjects/Opportunity/${made.body.id}?fields=Amount`,
        {
          headers: { authorization: `Bearer ${session}` },
        },
      );
      expect(await response.text()).toContain('"Amount":1234567890123456.78');
    });

    it.each<[string, string, object | string, string, string, string[] | undefined]>([
      [
        'a missing required field',
        'Contact',
        {},
        'REQUIRED_FIELD_MISSING',
        'Required fields are missing: [LastName]',
        ['LastName'],
      ],
      [
        'white space only',
        'Account',
        { Name: '  ' },
        'REQUIRED_FIELD_MISSING',
        'Required fields are missing: [Name]',
        ['Name'],
      ],
      [
        'an unknown column',
        'Account',
        { Name: 'A', Nope: 1 },
        'INVALID_FIELD',
        "No such column 'Nope' on sobject of type Account",
        undefined,
      ],
      [
        'too long a text',
        'Account',
        { Name: 'A', TickerSymbol: 'x'.repeat(21) },
        'STRING_TOO_LONG',
        `Ticker Symbol: data value too large: ${'x'.repeat(21)} (max length=20)`,
        ['TickerSymbol'],
      ],
      [
        'a restricted picklist',
        'Account',
        { Name: 'A', Active__c: 'Perhaps' },
        'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
        'Active: bad value for restricted picklist field: Perhaps',
        ['Active__c'],
      ],
      [
        'an e-mail address',
        'Contact',
        { LastName: 'A', Email: 'not an address' },
        'INVALID_EMAIL_ADDRESS',
        'Email: invalid email address: not an address',
        ['Email'],
      ],
      [
        'a malformed reference',
        'Contact',
        { LastName: 'A', AccountId: 'abc' },
        'MALFORMED_ID',
        'Account ID: id value of incorrect type: abc',
        ['AccountId'],
      ],
      [
        'a reference of another type',
        'Contact',
        { LastName: 'A', AccountId: '003Hb0000004CEtIAM' },
        'MALFORMED_ID',
        'Account ID: id value of incorrect type: 003Hb0000004CEtIAM',
        ['AccountId'],
      ],
      [
        'a reference to nothing',
        'Contact',
        { LastName: 'A', AccountId: '001000000000001AAA' },
        'INVALID_CROSS_REFERENCE_KEY',
        'invalid cross reference id',
        [],
      ],
      [
        'a number for a text',
        'Account',
        '{"Name":\n 5}',
        'JSON_PARSER_ERROR',
        'Cannot deserialize instance of string from VALUE_NUMBER_INT value 5 or request may be missing a required field at [line:2, column:2]',
        undefined,
      ],
      [
        'a date that is none',
        'Opportunity',
        { Name: 'O', StageName: 'Prospecting', CloseDate: '2026-02-30' },
        'JSON_PARSER_ERROR',
        expect.stringContaining('Cannot deserialize instance of date from VALUE_STRING value 2026-02-30') as string,
        undefined,
      ],
      [
        'a fraction for an integer',
        'Account',
        { Name: 'A', NumberOfEmployees: 1.5 },
        'JSON_PARSER_ERROR',
        expect.stringContaining('Cannot deserialize instance of int') as string,
        undefined,
      ],
      [
        'a number out of range',
        'Account',
        { Name: 'A', Credit_Limit__c: 1e16 },
        'NUMBER_OUTSIDE_VALID_RANGE',
        'Credit Limit: value outside of valid range on numeric field: 10000000000000000.0',
        ['Credit_Limit__c'],
      ],
      [
        'a system field',
        'Account',
        { Name: 'A', CreatedDate: '2026-01-01T00:00:00Z' },
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        expect.stringContaining('Unable to create/update fields: CreatedDate.') as string,
        ['CreatedDate'],
      ],
      [
        'a compound field',
        'Account',
        { Name: 'A', BillingAddress: {} },
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        expect.stringContaining('BillingAddress') as string,
        ['BillingAddress'],
      ],
      [
        'broken JSON',
        'Account',
        '{"Name":}',
        'JSON_PARSER_ERROR',
        expect.stringContaining("Unexpected character ('}' (code 125))") as string,
        undefined,
      ],
      ['an array', 'Account', '[]', 'JSON_PARSER_ERROR', expect.stringContaining('JSON object') as string, undefined],
    ])('refuses %s', async (_what, object, body, errorCode, message, fields) => {
      const answer = await call('POST', `/sobjects/${object}`, body);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual([fields ? { errorCode, message, fields } : { errorCode, message }]);
    });

    it('refuses what is not JSON, unknown objects, methods and ids', async () => {
      expect((await call('POST', '/sobjects/Account', 'Name=A', { 'content-type': 'text/plain' })).status).toBe(415);
      expect((await call('POST', '/sobjects/Nope__c', { Name: 'A' })).status).toBe(404);
      expect((await call('PUT', '/sobjects/Account', { Name: 'A' })).status).toBe(405);
      expect(errorOf(await call('GET', '/sobjects/Account/abc'))).toBe('MALFORMED_ID');
      expect(errorOf(await call('GET', '/sobjects/Account/001000000000001AAA'))).toBe('NOT_FOUND');
      const id = await create('Account', { Name: 'A' });
      expect(await call('PATCH', `/sobjects/Account/${id}`, { Id: id })).toMatchObject({
        status: 400,
        body: [{ errorCode: 'INVALID_FIELD', message: 'The Id field should not be specified in the sobject data.' }],
      });
    });

    it('guards updates with If-Unmodified-Since', async () => {
      const id = await create('Account', { Name: 'A' });
      const past = { 'if-unmodified-since': 'Wed, 19 Nov 2025 10:00:00 GMT' };
      expect((await call('PATCH', `/sobjects/Account/${id}`, { Phone: '1' }, past)).status).toBe(412);
      expect(
        (await call('PATCH', `/sobjects/Account/${id}`, { Phone: '1' }, { 'if-unmodified-since': 'soon' })).status,
      ).toBe(400);
      const future = { 'if-unmodified-since': new Date(Date.now() + 60_000).toUTCString() };
      expect((await call('PATCH', `/sobjects/Account/${id}`, { Phone: '1' }, future)).status).toBe(204);
    });

    it('deletes what hangs on a record with it', async () => {
      const account = await create('Account', { Name: 'A' });
      const contact = await create('Contact', { LastName: 'C', AccountId: account });
      await call('DELETE', `/sobjects/Account/${account}`);
      expect((await call('GET', `/sobjects/Contact/${contact}`)).status).toBe(404);
      expect(await call('POST', '/sobjects/Contact', { LastName: 'D', AccountId: account })).toMatchObject({
        body: [{ errorCode: 'ENTITY_IS_DELETED' }],
      });
    });

    it('prices opportunities from their line items', async () => {
      const product = await create('Product2', { Name: 'Drill', ProductCode: 'D-1', IsActive: true });
      const book = await fixture.query<{ records: { Id: string }[] }>(
        session,
        'SELECT Id FROM Pricebook2 WHERE IsStandard = true',
      );
      const entry = await create('PricebookEntry', {
        Pricebook2Id: book.body.records[0]?.Id,
        Product2Id: product,
        UnitPrice: 19.99,
        IsActive: true,
      });
      const opportunity = await create('Opportunity', {
        Name: 'Deal',
        StageName: 'Closed Won',
        CloseDate: '2026-11-30',
        Amount: 1,
      });
      await create('OpportunityLineItem', {
        OpportunityId: opportunity,
        PricebookEntryId: entry,
        Quantity: 3,
        UnitPrice: 19.99,
      });
      await call('PATCH', `/sobjects/Opportunity/${opportunity}`, { Amount: 5 });
      const { body } = await call(
        'GET',
        `/sobjects/Opportunity/${opportunity}?fields=Amount,IsWon,IsClosed,Probability,HasOpportunityLineItem`,
      );
      expect(body).toMatchObject({
        Amount: 59.97,
        IsWon: true,
        IsClosed: true,
        Probability: 100,
        HasOpportunityLineItem: true,
      });
      const twice = await call('POST', '/sobjects/PricebookEntry', {
        Pricebook2Id: book.body.records[0]?.Id,
        Product2Id: product,
        UnitPrice: 1,
      });
      expect(errorOf(twice)).toBe('DUPLICATE_VALUE');
    });
  });

  describe('upsert by external id', () => {
    const path = (value: string): string => `/sobjects/Account/ERP_Id__c/${encodeURIComponent(value)}`;

    it('creates with 201, updates with 200, ignores case, decodes the key', async () => {
      const first = await call<Saved>('PATCH', path('A/B #1?x%'), { Name: 'A' });
      expect([first.status, first.body]).toEqual([
        201,
        { id: first.body.id, success: true, errors: [], created: true },
      ]);
      const second = await call<Saved>('PATCH', path('a/b #1?X%'), { Phone: '1' });
      expect([second.status, second.body]).toEqual([
        200,
        { id: first.body.id, success: true, errors: [], created: false },
      ]);
      expect((await call('GET', path('A/B #1?x%'))).body).toMatchObject({ ERP_Id__c: 'A/B #1?x%', Phone: '1' });
      const old = await call('PATCH', `/services/data/v45.0${path('A/B #1?x%')}`, { Phone: '2' });
      expect([old.status, old.body]).toEqual([204, '']);
    });

    it('refuses the key in the body, unknown keys, empty keys and keys that look like files', async () => {
      expect(await call('PATCH', path('A'), { Name: 'A', ERP_Id__c: 'A' })).toMatchObject({
        status: 400,
        body: [
          { errorCode: 'INVALID_FIELD', message: 'The ERP_Id__c field should not be specified in the sobject data.' },
        ],
      });
      expect((await call('PATCH', '/sobjects/Account/Phone/1', { Name: 'A' })).status).toBe(404);
      expect((await call('PATCH', '/sobjects/Account/ERP_Id__c/', { Name: 'A' })).status).toBe(400);
      expect((await call('PATCH', path('x.json'), { Name: 'A' })).status).toBe(404);
      expect((await call('PATCH', path('example@email.inc'), { Name: 'A' })).status).toBe(404);
    });

    it('only updates when told so', async () => {
      expect((await call('PATCH', `${path('A')}?updateOnly=true`, { Name: 'A' })).status).toBe(404);
      await call('PATCH', path('A'), { Name: 'A' });
      expect((await call('PATCH', `${path('A')}?updateOnly=true`, { Name: 'B' })).status).toBe(200);
    });

    it('takes e-mail addresses as contact keys, and answers 300 when several match', async () => {
      const key = '/sobjects/Contact/Email/jo%40example.com';
      expect((await call('PATCH', key, { LastName: 'A' })).status).toBe(201);
      const id = await create('Contact', { LastName: 'B', Email: 'JO@example.com' });
      const several = await call<string[]>('PATCH', key, { LastName: 'C' });
      expect(several.status).toBe(300);
      expect(several.body).toHaveLength(2);
      expect(several.body).toContain(`/services/data/v62.0/sobjects/Contact/${id}`);
    });

    it('names the record that has the key already, by its 15 characters', async () => {
      const id = await create('Account', { Name: 'A', ERP_Id__c: 'K' });
      const answer = await call('POST', '/sobjects/Account', { Name: 'B', ERP_Id__c: 'k' });
      expect(answer.body).toEqual([
        {
          errorCode: 'DUPLICATE_VALUE',
          message: `duplicate value found: ERP_Id__c duplicates value on record with id: ${id.slice(0, 15)}`,
          fields: [],
        },
      ]);
      await fixture.admin('POST', '/settings', { unique_external_ids: false });
      await create('Account', { Name: 'B', ERP_Id__c: 'k' });
      expect((await call('PATCH', path('K'), { Name: 'C' })).status).toBe(300);
    });

    it('finds parents by their external id', async () => {
      const account = await create('Account', { Name: 'A', ERP_Id__c: 'P-1' });
      const contact = await create('Contact', { LastName: 'C', Account: { ERP_Id__c: 'P-1' } });
      expect((await call('GET', `/sobjects/Contact/${contact}`)).body).toMatchObject({ AccountId: account });
      expect(await call('POST', '/sobjects/Contact', { LastName: 'C', Account: { ERP_Id__c: 'P-2' } })).toMatchObject({
        status: 400,
        body: [
          {
            errorCode: 'INVALID_FIELD',
            message: 'Foreign key external ID: P-2 not found for field ERP_Id__c in entity Account',
          },
        ],
      });
    });
  });

  describe('collections', () => {
    const item = (fields: object): object => ({ attributes: { type: 'Account' }, ...fields });
    const upsert = (records: unknown[], allOrNone = false): Promise<Answer<Saved[]>> =>
      call<Saved[]>('PATCH', '/composite/sobjects/Account/ERP_Id__c', { allOrNone, records });

    it('rolls everything back when all or none was asked for', async () => {
      const { status, body } = await upsert([item({ ERP_Id__c: '1', Name: 'A' }), item({ ERP_Id__c: '2' })], true);
      expect(status).toBe(200);
      expect(body.map(({ errors }) => errors[0]?.statusCode)).toEqual([
        'ALL_OR_NONE_OPERATION_ROLLED_BACK',
        'REQUIRED_FIELD_MISSING',
      ]);
      expect((await fixture.query(session, 'SELECT COUNT() FROM Account')).body).toMatchObject({ totalSize: 0 });
    });

    it('wants attributes first, inside a 200', async () => {
      const { status, body } = await upsert([
        { Name: 'A', ERP_Id__c: '1', attributes: { type: 'Account' } },
        { ERP_Id__c: '2', Name: 'B' },
      ]);
      expect(status).toBe(200);
      expect(body.map(({ errors }) => errors[0]?.statusCode)).toEqual(['JSON_PARSER_ERROR', 'JSON_PARSER_ERROR']);
    });

    it('refuses a key that occurs twice in one call, and inserts without a key every time', async () => {
      const { body } = await upsert([
        item({ ERP_Id__c: 'x', Name: 'A' }),
        item({ ERP_Id__c: 'X', Name: 'B' }),
        item({ ERP_Id__c: 'y', Name: 'C' }),
      ]);
      expect(body.map(({ success }) => success)).toEqual([false, false, true]);
      expect(body[0]?.errors[0]).toMatchObject({
        statusCode: 'DUPLICATE_VALUE',
        message: 'Duplicate external id specified: x',
      });
      await upsert([item({ Name: 'D' })]);
      const again = await upsert([item({ Name: 'D' })]);
      expect(again.body[0]).toMatchObject({ success: true, created: true });
    });

    it('takes at most 200 records', async () => {
      const records = Array.from({ length: 201 }, () => item({ Name: 'A' }));
      const answer = await call('POST', '/composite/sobjects', { records });
      expect([answer.status, errorOf(answer)]).toEqual([400, 'EXCEEDED_ID_LIMIT']);
    });

    it('creates, updates, retrieves and deletes lists', async () => {
      const made = await call<Saved[]>('POST', '/composite/sobjects', {
        records: [item({ Name: 'A' }), { attributes: { type: 'Contact' }, LastName: 'B' }],
      });
      const [account = '', contact = ''] = made.body.map(({ id }) => id);
      const updated = await call<Saved[]>('PATCH', '/composite/sobjects', {
        records: [
          item({ id: account, Name: 'A2' }),
          item({ Name: 'no id' }),
          item({ id: '001000000000001AAA', Name: 'x' }),
        ],
      });
      expect(updated.body.map(({ errors }) => errors[0]?.statusCode)).toEqual([
        undefined,
        'MISSING_ARGUMENT',
        'INVALID_CROSS_REFERENCE_KEY',
      ]);
      const read = await call('POST', '/composite/sobjects/Account', {
        ids: [account, '001000000000001AAA'],
        fields: ['Name'],
      });
      expect(read.body).toEqual([{ attributes: expect.anything(), Name: 'A2' }, null]);
      const gone = await call<Saved[]>('DELETE', `/composite/sobjects?ids=${account},${contact}&allOrNone=true`);
      expect(gone.body.map(({ success }) => success)).toEqual([true, true]);
    });
  });

  describe('composite and batch', () => {
    it('hands ids from one sub-request to the next, as one call', async () => {
      const before = (await call('GET', '/limits')).headers.get('sforce-limit-info');
      const { body, headers } = await call<{ compositeResponse: { httpStatusCode: number; body: Saved }[] }>(
        'POST',
        '/composite',
        {
          allOrNone: true,
          compositeRequest: [
            { method: 'POST', url: '/services/data/v62.0/sobjects/Account', referenceId: 'refA', body: { Name: 'A' } },
            {
              method: 'POST',
              url: '/services/data/v62.0/sobjects/Contact',
              referenceId: 'refB',
              body: { LastName: 'B', AccountId: '@{refA.id}' },
            },
            { method: 'GET', url: '/services/data/v62.0/sobjects/Account/@{refA.id}?fields=Name', referenceId: 'refC' },
          ],
        },
      );
      expect(body.compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([201, 201, 200]);
      expect(before).toBe('api-usage=1/15000');
      expect(headers.get('sforce-limit-info')).toBe('api-usage=2/15000');
    });

    it('halts and rolls back', async () => {
      const { body } = await call<{ compositeResponse: { httpStatusCode: number; body: { errorCode: string }[] }[] }>(
        'POST',
        '/composite',
        {
          allOrNone: true,
          compositeRequest: [
            { method: 'POST', url: '/services/data/v62.0/sobjects/Account', referenceId: 'refA', body: { Name: 'A' } },
            { method: 'POST', url: '/services/data/v62.0/sobjects/Contact', referenceId: 'refB', body: {} },
          ],
        },
      );
      expect(body.compositeResponse.map(({ body: [error] }) => error?.errorCode)).toEqual([
        'PROCESSING_HALTED',
        'REQUIRED_FIELD_MISSING',
      ]);
      expect((await fixture.query(session, 'SELECT COUNT() FROM Account')).body).toMatchObject({ totalSize: 0 });
    });

    it('runs batches of independent calls, counted one by one', async () => {
      const answer = await call('POST', '/composite/batch', {
        haltOnError: true,
        batchRequests: [
          { method: 'GET', url: 'v62.0/limits' },
          { method: 'GET', url: 'v62.0/sobjects/Nope' },
          { method: 'GET', url: 'v62.0/limits' },
        ],
      });
      expect(answer.body).toMatchObject({
        hasErrors: true,
        results: [
          { statusCode: 200 },
          { statusCode: 404 },
          { statusCode: 412, result: [{ errorCode: 'BATCH_PROCESSING_HALTED' }] },
        ],
      });
      expect(answer.headers.get('sforce-limit-info')).toBe('api-usage=3/15000');
    });
  });

  describe('changes', () => {
    it('lists updated and deleted ids of a window', async () => {
      const id = await create('Account', { Name: 'A' });
      const gone = await create('Account', { Name: 'B' });
      await call('DELETE', `/sobjects/Account/${gone}`);
      const window = `start=${new Date(Date.now() - 3_600_000).toISOString()}&end=${new Date(Date.now() + 60_000).toISOString()}`;
      expect((await call('GET', `/sobjects/Account/updated/?${window}`)).body).toMatchObject({ ids: [id] });
      expect((await call('GET', `/sobjects/Account/deleted/?${window}`)).body).toMatchObject({
        deletedRecords: [{ id: gone }],
      });
      const old = 'start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z';
      expect(errorOf(await call('GET', `/sobjects/Account/updated?${old}`))).toBe('INVALID_REPLICATION_DATE');
      expect((await call('GET', '/sobjects/Account/updated')).status).toBe(400);
    });
  });

  describe('isolation of orgs', () => {
    it('shows nothing of one org to the other', async () => {
      const other = await fixture.session(1);
      const id = await create('Account', { Name: 'Secret', ERP_Id__c: 'S-1' });
      expect((await fixture.call(other, 'GET', `/sobjects/Account/${id}`)).status).toBe(404);
      expect((await fixture.call(other, 'PATCH', `/sobjects/Account/${id}`, { Name: 'x' })).status).toBe(404);
      expect((await fixture.call(other, 'GET', '/sobjects/Account/ERP_Id__c/S-1')).status).toBe(404);
      expect((await fixture.query(other, 'SELECT COUNT() FROM Account')).body).toMatchObject({ totalSize: 0 });
      expect(errorOf(await fixture.call(other, 'POST', '/sobjects/Contact', { LastName: 'x', AccountId: id }))).toBe(
        'INVALID_CROSS_REFERENCE_KEY',
      );
      expect((await fixture.call(other, 'PATCH', '/sobjects/Account/ERP_Id__c/S-1', { Name: 'Own' })).status).toBe(201);
      expect((await call('GET', '/sobjects/Account/ERP_Id__c/S-1')).body).toMatchObject({ Name: 'Secret' });
    });
  });
});
