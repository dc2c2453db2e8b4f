import { QuickBooksFixture, type Body } from './fixtures/quickbooks-fixture';

describe('names and lists of the QuickBooks sandbox', () => {
  let fixture: QuickBooksFixture;

  beforeAll(async () => {
    fixture = await QuickBooksFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.reset());

  const customer = (fields: object): Promise<Body> => fixture.create('Customer', fields);
  const refused = (entity: string, fields: unknown): ReturnType<QuickBooksFixture['fault']> =>
    fixture.fault(fixture.post(`/${entity}`, fields));

  it('answers a creation with the recorded shape, and 200', async () => {
    const { status, body } = await fixture.post('/customer', {
      GivenName: 'Test',
      FamilyName: 'Customer',
      Notes: 'n',
      PrimaryPhone: { FreeFormNumber: '(555) 555-1234' },
      PrimaryEmailAddr: { Address: 'testcustomer@example.com' },
      BillAddr: { Line1: '123 Test Street', City: 'Mountain View', Country: 'USA', PostalCode: '94042' },
    });
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['Customer', 'time']);
    // CurrencyRef is missing from none of the recordings; the company here has one currency.
    expect(Object.keys(body.Customer).sort()).toEqual(
      [
        ...['Taxable', 'BillAddr', 'Notes', 'Job', 'BillWithParent', 'Balance', 'BalanceWithJobs', 'CurrencyRef'],
        ...['PreferredDeliveryMethod', 'IsProject', 'domain', 'sparse', 'Id', 'SyncToken', 'MetaData', 'GivenName'],
        ...['FamilyName', 'FullyQualifiedName', 'DisplayName', 'PrintOnCheckName', 'Active', 'PrimaryPhone'],
        ...['PrimaryEmailAddr', 'DefaultTaxCodeRef'],
      ].sort(),
    );
    expect(body.Customer).toMatchObject({
      SyncToken: '0',
      DisplayName: 'Test Customer',
      PrintOnCheckName: 'Test Customer',
      Balance: 0,
      sparse: false,
      BillAddr: { Id: expect.any(String) },
    });
    expect(body.Customer.MetaData.CreateTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00$/);
    expect(body.time).toMatch(/\.\d{3}-0[78]:00$/);
  });

  it.each([
    ['an unknown field', { DisplayName: 'A', Segment: 'x' }],
    ['an unknown nested field', { DisplayName: 'A', BillAddr: { Street: 'x' } }],
    ['a wrapped entity', { Customer: { DisplayName: 'A' } }],
    ['an object for a text', { DisplayName: { value: 'A' } }],
    ['a text for an object', { DisplayName: 'A', PrimaryEmailAddr: 'a@b.example' }],
    ['a bare id for a reference', { DisplayName: 'A', SalesTermRef: '3' }],
    ['a word for a boolean', { DisplayName: 'A', Taxable: 'yes' }],
    ['an unknown choice', { DisplayName: 'A', PreferredDeliveryMethod: 'Pigeon' }],
  ])('refuses %s without naming it (2010)', async (_name, fields) => {
    expect(await refused('customer', fields)).toEqual({
      code: '2010',
      element: undefined,
      detail: 'Property Name:failed to parse json object; a property specified is unsupported or invalid',
    });
  });

  it('refuses what is no JSON, another content type and bytes that are no UTF-8', async () => {
    expect((await refused('customer', '{"DisplayName":')).code).toBe('2010');
    const typed = (type: string, body: string): ReturnType<QuickBooksFixture['call']> =>
      fixture.call('POST', '/customer', body, { headers: { 'content-type': type } });
    expect((await fixture.fault(typed('text/plain', '{}'))).code).toBe('1050');
    const response = await fetch(`${fixture.url}/v3/company/${fixture.account().realmId}/customer`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await fixture.accessToken()}`,
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: Buffer.from('{"DisplayName":"M\xfcller"}', 'latin1'),
    });
    expect(((await response.json()) as Body).Fault.Error[0].code).toBe('500');
  });

  it('takes scalars as the vendor’s reader does', async () => {
    expect(await customer({ DisplayName: 4711, Taxable: 'false' })).toMatchObject({
      DisplayName: '4711',
      Taxable: false,
    });
  });

  it('one DisplayName for customers, vendors and employees, whatever case and blanks', async () => {
    await customer({ DisplayName: 'Twin' });
    for (const entity of ['customer', 'vendor', 'employee']) {
      const { code, detail } = await refused(entity, { DisplayName: ' tWIN ' });
      expect([entity, code]).toEqual([entity, '6240']);
      expect(detail).toMatch(/^The name supplied already exists\. : Another customer, vendor or employee/);
    }
    // The other company is another world.
    expect(await fixture.create('Customer', { DisplayName: 'Twin' }, 1)).toMatchObject({ DisplayName: 'Twin' });
  });

  it.each([
    ['a colon', 'A:B'],
    ['a tab', 'A\tB'],
    ['a line break', 'A\nB'],
    ['a four-byte character', 'Happy 😀 Ltd'],
  ])('refuses %s in a name and names the field (2040)', async (_name, DisplayName) => {
    expect(await refused('customer', { DisplayName })).toMatchObject({ code: '2040', element: 'DisplayName' });
  });

  it('keeps quotes, ampersands, accents and right-to-left text as they are', async () => {
    for (const DisplayName of ['O\'Brien "& Sons" <GmbH>', 'Ünïcödé Œuvre', 'شركة', 'back\\slash']) {
      const { Id } = await customer({ DisplayName });
      expect((await fixture.get(`/customer/${Id}`)).body.Customer.DisplayName).toBe(DisplayName);
    }
  });

  it('measures lengths, and reports several at once (2050)', async () => {
    expect((await customer({ DisplayName: 'x'.repeat(100) })).DisplayName).toHaveLength(100);
    expect(await refused('customer', { DisplayName: 'x'.repeat(101) })).toEqual({
      code: '2050',
      element: 'DisplayName',
      detail:
        'String length specified does not match the supported length. Min:0 Max:100 supported. Supplied length:101',
    });
    const { body } = await fixture.post('/customer', {
      GivenName: 'g'.repeat(101),
      PrimaryPhone: { FreeFormNumber: '1'.repeat(31) },
    });
    expect(body.Fault.Error.map(({ element }: Body) => element)).toEqual(['GivenName', 'PrimaryPhone.FreeFormNumber']);
  });

  it('wants a name, a plausible address and a currency of its own', async () => {
    expect(await refused('customer', { CompanyName: 'No name' })).toMatchObject({
      code: '2020',
      element: 'DisplayName',
    });
    expect(await refused('customer', { DisplayName: 'M', PrimaryEmailAddr: { Address: 'nobody' } })).toMatchObject({
      code: '2210',
      element: 'PrimaryEmailAddr.Address',
    });
    expect(
      (await customer({ DisplayName: 'M', PrimaryEmailAddr: { Address: 'a@x.example, b@x.example' } })).Id,
    ).toBeDefined();
    expect((await refused('customer', { DisplayName: 'W', WebAddr: { URI: 'http://' } })).code).toBe('2200');
    expect((await refused('customer', { DisplayName: 'E', CurrencyRef: { value: 'EUR' } })).code).toBe('6000');
    expect((await refused('customer', { DisplayName: 'X', CurrencyRef: { value: 'XXX' } })).code).toBe('2220');
  });

  it('never changes the currency of a name', async () => {
    const made = await fixture.create('Customer', { DisplayName: 'Euro', CurrencyRef: { value: 'EUR' } }, 1);
    expect(made.CurrencyRef).toEqual({ value: 'EUR', name: 'Euro' });
    const change = { Id: made.Id, SyncToken: '0', sparse: true, CurrencyRef: { value: 'USD' } };
    expect((await fixture.fault(fixture.post('/customer', change, 1))).code).toBe('6000');
  });

  it('references must exist (2500) and be active (610)', async () => {
    expect(await refused('customer', { DisplayName: 'R', SalesTermRef: { value: '99' } })).toMatchObject({
      code: '2500',
      detail: 'Invalid Reference Id : SalesTerms element id 99 not found',
    });
    const term = await fixture.create('Term', { Name: 'Net 7', DueDays: 7 });
    await fixture.post('/term', { Id: term.Id, SyncToken: '0', sparse: true, Active: false });
    expect((await refused('customer', { DisplayName: 'R', SalesTermRef: { value: term.Id } })).code).toBe('610');
  });

  it('sparse changes what it names; full clears what it does not; null clears nothing; "" clears', async () => {
    const made = await customer({
      DisplayName: 'S',
      Notes: 'old',
      CompanyName: 'Co',
      PrimaryPhone: { FreeFormNumber: '1' },
    });
    const update = (fields: object, SyncToken: string): Promise<Body> =>
      customer({ Id: made.Id, SyncToken, ...fields });
    const sparse = await update({ sparse: true, Notes: 'new', CompanyName: null }, '0');
    expect(sparse).toMatchObject({ SyncToken: '1', Notes: 'new', CompanyName: 'Co', DisplayName: 'S' });
    const cleared = await update({ sparse: true, Notes: '', PrimaryPhone: { FreeFormNumber: '' } }, '1');
    expect(cleared).not.toHaveProperty('Notes');
    expect(cleared).not.toHaveProperty('PrimaryPhone');
    const full = await update({ DisplayName: 'S2' }, '2');
    expect(full).not.toHaveProperty('CompanyName');
    expect(full).toMatchObject({ DisplayName: 'S2', Active: true, SyncToken: '3' });
  });

  it('what was read can be sent back, for every entity', async () => {
    const entities = [
      'Customer',
      'Vendor',
      'Employee',
      'Item',
      'Account',
      'Term',
      'PaymentMethod',
      'Invoice',
      'Payment',
    ];
    for (const index of [0, 1] as const) {
      for (const entity of entities) {
        const { body } = await fixture.query(`select * from ${entity} orderby Id desc`, index);
        const [record] = body.QueryResponse[entity];
        const saved = await fixture.create(entity, record, index);
        const { SyncToken, MetaData, Line, ...rest } = saved;
        expect(SyncToken).toBe(String(Number(record.SyncToken) + 1));
        expect(MetaData.CreateTime).toBe(record.MetaData.CreateTime);
        const { SyncToken: _token, MetaData: _meta, Line: _line, ...before } = record;
        expect(rest).toEqual(before);
        expect(Line).toEqual(record.Line);
      }
    }
  });

  it('an older SyncToken is stale and names who was faster (5010)', async () => {
    const made = await customer({ DisplayName: 'Stale' });
    await fixture.admin('POST', '/touch', { entity: 'Customer', id: made.Id, fields: { Notes: 'by a person' } });
    const late = await refused('customer', { Id: made.Id, SyncToken: '0', sparse: true, Notes: 'late' });
    expect(late.code).toBe('5010');
    expect(late.detail).toBe(
      'Stale Object Error : You and Robin Ledger were working on this at the same time. Robin Ledger finished before you did, so your work was not saved.',
    );
    expect((await fixture.get(`/customer/${made.Id}`)).body.Customer).toMatchObject({
      SyncToken: '1',
      Notes: 'by a person',
    });
  });

  it('asks for Id and SyncToken, and knows when they mean nothing', async () => {
    expect(await refused('customer', { Id: '1', sparse: true })).toMatchObject({ code: '2020', element: 'SyncToken' });
    expect((await refused('customer', { Id: 'abc', SyncToken: '0' })).code).toBe('2030');
    expect((await refused('customer', { Id: '99999', SyncToken: '0' })).code).toBe('610');
    expect((await fixture.fault(fixture.get('/customer/99999'))).code).toBe('610');
    expect((await fixture.fault(fixture.get('/customer/abc'))).code).toBe('2030');
  });

  it('retiring a name sets it free and marks it; coming back keeps the mark', async () => {
    const retire = async (id: string, token: string): Promise<Body> =>
      customer({ Id: id, SyncToken: token, sparse: true, Active: false });
    const first = await customer({ DisplayName: 'Gone' });
    expect((await retire(first.Id, '0')).DisplayName).toBe('Gone (deleted)');
    const second = await customer({ DisplayName: 'Gone' });
    expect((await retire(second.Id, '0')).DisplayName).toBe('Gone (deleted 1)');
    const back = await customer({ Id: first.Id, SyncToken: '1', sparse: true, Active: true });
    expect(back).toMatchObject({ Active: true, DisplayName: 'Gone (deleted)' });
  });

  it('cannot delete names', async () => {
    const made = await customer({ DisplayName: 'Stay' });
    const attempt = fixture.post('/customer?operation=delete', { Id: made.Id, SyncToken: '0' });
    expect((await fixture.fault(attempt)).code).toBe('500');
  });

  it('sub-customers carry their parents in the full name', async () => {
    const parent = await customer({ DisplayName: 'Freeman Sporting Goods' });
    const child = await customer({ DisplayName: '0969 Ocean View Road', Job: true, ParentRef: { value: parent.Id } });
    expect(child).toMatchObject({
      FullyQualifiedName: 'Freeman Sporting Goods:0969 Ocean View Road',
      ParentRef: { value: parent.Id, name: 'Freeman Sporting Goods' },
    });
    expect((await refused('customer', { DisplayName: 'Orphan', Job: true })).code).toBe('6150');
    const loop = { Id: parent.Id, SyncToken: '0', sparse: true, ParentRef: { value: child.Id } };
    expect((await refused('customer', loop)).code).toBe('900');
  });

  it('masks tax numbers on the way out', async () => {
    expect((await customer({ DisplayName: 'Tax', PrimaryTaxIdentifier: '123456789' })).PrimaryTaxIdentifier).toBe(
      'XXXXX6789',
    );
  });

  it('items: account rules, one name each, prices to seven places and not one more', async () => {
    const base = { Name: 'Widget', Type: 'Service', IncomeAccountRef: { value: '5' } };
    const made = await fixture.create('Item', { ...base, UnitPrice: 0.1234567, Sku: 'W-1' });
    expect(made).toMatchObject({ UnitPrice: 0.1234567, FullyQualifiedName: 'Widget', Taxable: false });
    expect(await refused('item', base)).toMatchObject({
      code: '6240',
      detail: 'The name supplied already exists. : null',
    });
    expect((await refused('item', { Name: 'B', Type: 'Service' })).code).toBe('2020');
    expect((await refused('item', { ...base, Name: 'C', UnitPrice: 0.12345678 })).code).toBe('2110');
    expect((await refused('item', { ...base, Name: 'D:E' })).code).toBe('2040');
    expect((await refused('item', { ...base, Name: 'F', IncomeAccountRef: { value: '1' } })).code).toBe('6000');
    expect((await refused('item', { ...base, Name: 'G', Type: 'Bundle' })).code).toBe('2010');
    const inventory = {
      ...base,
      Name: 'H',
      Type: 'Inventory',
      TrackQtyOnHand: true,
      QtyOnHand: 3,
      InvStartDate: '2026-01-01',
    };
    expect((await refused('item', inventory)).detail).toContain('An inventory assetaccount is required');
    const accounts = {
      IncomeAccountRef: { value: '6' },
      ExpenseAccountRef: { value: '8' },
      AssetAccountRef: { value: '3' },
    };
    expect(await fixture.create('Item', { ...inventory, ...accounts })).toMatchObject({
      TrackQtyOnHand: true,
      QtyOnHand: 3,
    });
  });

  it('vendors, accounts, terms and payment methods come and go by their own rules', async () => {
    expect(await fixture.create('Vendor', { DisplayName: 'V', AcctNum: '12' })).toMatchObject({
      Vendor1099: false,
      Balance: 0,
    });
    expect((await refused('account', { Name: 'Nothing' })).code).toBe('6010');
    expect(await fixture.create('Account', { Name: 'Till', AccountType: 'Bank' })).toMatchObject({
      Classification: 'Asset',
    });
    expect((await refused('term', { Name: 'Never' })).code).toBe('2020');
    expect(await fixture.create('Term', { Name: 'Net 90', DueDays: 90 })).toMatchObject({
      Type: 'STANDARD',
      DueDays: 90,
    });
    expect(await fixture.create('PaymentMethod', { Name: 'Barter' })).toMatchObject({ Type: 'NON_CREDIT_CARD' });
    expect((await fixture.fault(fixture.post('/taxcode', { Name: 'Mine' }))).code).toBe('500');
  });

  it('company and preferences', async () => {
    const { realmId, companyName } = fixture.account(1);
    const info = (await fixture.get(`/companyinfo/${realmId}`, 1)).body.CompanyInfo;
    expect(info).toMatchObject({ CompanyName: companyName, Id: '1', Country: 'US' });
    const preferences = (await fixture.get('/preferences', 1)).body.Preferences;
    expect(preferences.CurrencyPrefs).toEqual({ MultiCurrencyEnabled: true, HomeCurrency: { value: 'USD' } });
    expect(preferences.SalesFormsPrefs.CustomTxnNumbers).toBe(true);
  });

  it('a company whose subscription ended can be read only (6190)', async () => {
    await fixture.admin('POST', '/settings', { realm: 'acme', subscription: 'suspended' });
    expect((await refused('customer', { DisplayName: 'Late' })).code).toBe('6190');
    expect((await fixture.query('select count(*) from Customer')).status).toBe(200);
  });

  it('answers in XML to whoever does not ask for JSON', async () => {
    const xml = await fixture.call('GET', '/customer/1', undefined, { headers: { accept: '*/*' } });
    expect(xml.headers.get('content-type')).toContain('application/xml');
    expect(xml.body).toContain('<Customer domain="QBO" sparse="false">');
    const fault = await fixture.call('GET', '/customer/0', undefined, { headers: { accept: 'text/html' } });
    expect(fault.body).toContain('<Fault type="ValidationFault"><Error code="610"');
    const asked = await fixture.call('GET', '/customer/1?format=json', undefined, { headers: { accept: '*/*' } });
    expect(asked.body.Customer.Id).toBe('1');
  });

  it('knows no other paths and methods', async () => {
    expect((await fixture.fault(fixture.get('/journalentry/1'))).detail).toContain(
      'Could not find resource for relative',
    );
    expect((await fixture.fault(fixture.get('/Customer/1'))).code).toBe('500');
    expect((await fixture.fault(fixture.get('/customer'))).code).toBe('500');
  });
});
