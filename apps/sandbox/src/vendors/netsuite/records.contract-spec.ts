import { type Answer, NetSuiteFixture, type Problem } from './fixtures/netsuite-fixture';

interface Line {
  readonly line: number;
  readonly item: { readonly id: string; readonly refName: string };
  readonly quantity: number;
  readonly rate: number;
  readonly amount: number;
}
interface Sale {
  readonly id: string;
  readonly total: number;
  readonly amountRemaining: number;
  readonly status: { readonly id: string };
  readonly dueDate: string;
  readonly tranDate: string;
  readonly lastModifiedDate: string;
  readonly item: { readonly items: readonly Line[]; readonly totalResults: number };
}

describe('the NetSuite record API', () => {
  let fixture: NetSuiteFixture;

  beforeAll(async () => {
    fixture = await NetSuiteFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
  });

  const COMPANY = { companyName: 'Ace Hardware', subsidiary: { id: '1' }, email: 'ap@ace.example' };
  const refused = async (answer: Promise<Answer>, status: number, code: string): Promise<Record<string, string>> => {
    const { status: actual, body, headers } = await answer;
    const problem = body as unknown as Problem;
    expect(headers.get('content-type')).toContain('type=error');
    const [detail = {}] = problem['o:errorDetails'];
    expect([actual, problem.status, detail['o:errorCode']]).toEqual([status, status, code]);
    return detail;
  };
  const get = async <T>(path: string, account: 0 | 1 = 0): Promise<T> => {
    const { status, body } = await fixture.record<T>('GET', path, undefined, { account });
    expect(status).toBe(200);
    return body;
  };
  const idOf = async (name: string): Promise<string> =>
    (await fixture.rows(`SELECT id FROM customer WHERE entityid = '${name}'`))[0]?.id ?? '';
  const itemId = async (name: string): Promise<string> =>
    (await fixture.rows(`SELECT id FROM item WHERE itemid = '${name}'`))[0]?.id ?? '';

  it('answers a create with an address and no body', async () => {
    const { status, headers, body } = await fixture.record('POST', '/customer', COMPANY);
    expect([status, body]).toEqual([204, '']);
    expect(headers.get('location')).toMatch(new RegExp(`^${fixture.url}/services/rest/record/v1/customer/\\d+$`));
    expect(headers.get('content-length')).toBeNull();
    const id = headers.get('location')?.split('/').pop() ?? '';
    const record = await fixture.record('GET', `/customer/${id}`);
    expect(record.headers.get('content-type')).toBe(
      'application/vnd.oracle.resource+json; type=singular; charset=UTF-8',
    );
    expect(record.body).toMatchObject({
      id,
      companyName: 'Ace Hardware',
      entityId: 'Ace Hardware',
      isPerson: false,
      subsidiary: { id: '1', refName: 'Acme Tools Inc.' },
      currency: { id: '1', refName: 'USA' },
      addressBook: {
        links: [{ rel: 'self', href: `${fixture.url}/services/rest/record/v1/customer/${id}/addressBook` }],
      },
    });
    // Empty fields are not there; moments are whole minutes.
    expect(record.body).not.toHaveProperty('phone');
    expect(record.body.lastModifiedDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
  });

  it('names the mandatory fields that are missing', async () => {
    const create = (body: object): Promise<Answer> => fixture.record('POST', '/customer', body);
    const first = await refused(create({ companyName: 'X' }), 400, 'USER_ERROR');
    expect(first.detail).toBe('Error while accessing a resource. Please enter value(s) for: Subsidiary.');
    const second = await refused(create({ isPerson: true, subsidiary: { id: '1' } }), 400, 'USER_ERROR');
    expect(second.detail).toContain('First Name, Last Name');
    await fixture.settings({ required_fields: ['customer.custentity_region'] });
    expect((await refused(create(COMPANY), 400, 'USER_ERROR')).detail).toContain('Region');
  });

  it('refuses unknown fields, wrong types, read-only fields and values that are too long', async () => {
    const create = (extra: object): Promise<Answer> => fixture.record('POST', '/customer', { ...COMPANY, ...extra });
    expect(await refused(create({ nickName: 'x' }), 400, 'NONEXISTENT_FIELD')).toMatchObject({
      'o:errorPath': 'nickName',
    });
    expect(await refused(create({ creditLimit: '5' }), 400, 'INVALID_CONTENT')).toMatchObject({
      'o:errorPath': 'creditLimit',
    });
    await refused(create({ isInactive: 'T' }), 400, 'INVALID_CONTENT');
    await refused(create({ companyName: 5 }), 400, 'INVALID_CONTENT');
    await refused(create({ terms: { id: '99' } }), 400, 'INVALID_CONTENT');
    await refused(create({ email: 'nobody' }), 400, 'INVALID_CONTENT');
    await refused(create({ phone: '12345' }), 400, 'USER_ERROR');
    await refused(create({ url: 'ace.example' }), 400, 'USER_ERROR');
    await refused(create({ lastModifiedDate: '2026-01-01T00:00:00Z' }), 400, 'USER_ERROR');
    const long = await refused(create({ companyName: 'x'.repeat(84) }), 400, 'USER_ERROR');
    expect(long).toMatchObject({ 'o:errorPath': 'companyName' });
    expect(long.detail).toContain('more than the maximum number ( 83 ) of characters');
    const country = { addressBook: { items: [{ addressBookAddress: { country: { id: 'XX' } } }] } };
    expect(await refused(create(country), 400, 'INVALID_CONTENT')).toMatchObject({
      'o:errorPath': 'addressBook.items[0].addressBookAddress.country',
    });
    await refused(fixture.record('POST', '/customer', 'bad body'), 400, 'INVALID_CONTENT');
    await refused(fixture.record('POST', '/customer', [COMPANY]), 400, 'INVALID_CONTENT');
    await refused(
      fixture.record('POST', '/customer', '<a/>', { headers: { 'content-type': 'application/xml' } }),
      415,
      'INVALID_HEADER',
    );
  });

  it('knows no duplicate names, unless the account numbers its entities', async () => {
    await fixture.created('customer', COMPANY);
    const duplicate = await refused(
      fixture.record('POST', '/customer', { ...COMPANY, companyName: 'ACE hardware' }),
      400,
      'USER_ERROR',
    );
    expect(duplicate.detail).toBe('Error while accessing a resource. This entity already exists.');
    await refused(fixture.record('POST', '/vendor', COMPANY), 400, 'USER_ERROR');
    await fixture.settings({ error_codes: 'specific' });
    await refused(fixture.record('POST', '/customer', COMPANY), 400, 'DUP_ENTITY');
    await fixture.created('customer', COMPANY, 1);
    const second = await fixture.created('customer', COMPANY, 1);
    expect(await get(`/customer/${second}`, 1)).toMatchObject({
      entityId: expect.stringMatching(/^CUST\d+$/) as string,
    });
  });

  it('creates and changes by external id', async () => {
    const put = (body: object): Promise<Answer> => fixture.record('PUT', '/customer/eid:SF-0015f00000ABC', body);
    const first = await put(COMPANY);
    expect(first.status).toBe(204);
    const again = await put({ phone: '510-555-0100' });
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await get('/customer/eid:SF-0015f00000ABC')).toMatchObject({
      companyName: 'Ace Hardware',
      phone: '510-555-0100',
      externalId: 'SF-0015f00000ABC',
    });
    expect((await fixture.record('PATCH', '/customer/eid:SF-0015f00000ABC', { phone: null })).status).toBe(204);
    expect(await get('/customer/eid:SF-0015f00000ABC')).not.toHaveProperty('phone');
    await refused(put({ externalId: 'other' }), 400, 'INVALID_CONTENT');
    await refused(fixture.record('PUT', '/customer/eid:a|b', COMPANY), 400, 'INVALID_KEY_OR_REF');
    await refused(fixture.record('PUT', '/customer/107', COMPANY), 405, 'METHOD_NOT_ALLOWED');
    // Customers, vendors and contacts share one space of external ids; invoices do not.
    await refused(
      fixture.record('PUT', '/vendor/eid:SF-0015f00000ABC', { ...COMPANY, companyName: 'B' }),
      400,
      'USER_ERROR',
    );
    expect((await fixture.record('DELETE', '/customer/eid:SF-0015f00000ABC')).status).toBe(204);
    expect((await put(COMPANY)).headers.get('location')).not.toBe(first.headers.get('location'));
  });

  it('tells ids of nothing from what is no id, and one transaction from another', async () => {
    await refused(fixture.record('GET', '/customer/999999'), 404, 'NONEXISTENT_ID');
    await refused(fixture.record('GET', '/customer/000'), 400, 'INVALID_ID');
    await refused(fixture.record('GET', '/customer/eid:nothing'), 404, 'NONEXISTENT_ID');
    await refused(fixture.record('GET', '/nonInventoryItem/1'), 404, 'NONEXISTENT_RECORD_TYPE');
    const invoice = (await fixture.rows("SELECT id FROM transaction WHERE type = 'CustInvc'"))[0]?.id ?? '';
    const mixed = await refused(fixture.record('GET', `/salesOrder/${invoice}`), 400, 'USER_ERROR');
    expect(mixed.detail).toContain('Transaction type specified is incorrect');
    // Names of types do not care for case; unknown parameters are an error.
    expect((await fixture.record('GET', `/INVOICE/${invoice}`)).status).toBe(200);
    await refused(fixture.record('GET', '/customer?expandSubResources=true'), 400, 'INVALID_PARAMETER');
    await refused(fixture.record('DELETE', '/customer'), 405, 'METHOD_NOT_ALLOWED');
  });

  it('lists ids and links only, page by page', async () => {
    const first = await get<Record<string, unknown> & { items: object[] }>('/customer?limit=2');
    expect(first).toMatchObject({ count: 2, hasMore: true, offset: 0, totalResults: 4 });
    expect(Object.keys(first.items[0] ?? {}).sort()).toEqual(['id', 'links']);
    expect(first.links).toContainEqual({
      rel: 'next',
      href: `${fixture.url}/services/rest/record/v1/customer?limit=2&offset=2`,
    });
    expect(await get('/customer?limit=2&offset=2')).toMatchObject({ count: 2, hasMore: false });
    await refused(fixture.record('GET', '/customer?limit=1001'), 400, 'INVALID_PARAMETER');
    await refused(fixture.record('GET', '/customer?limit=2&offset=3'), 400, 'INVALID_PARAMETER');
  });

  it('filters with q, whose dates are the user’s and never ISO', async () => {
    const count = async (q: string, account: 0 | 1 = 0): Promise<number> =>
      (await get<{ totalResults: number }>(`/customer?q=${encodeURIComponent(q)}`, account)).totalResults;
    expect(await count('email START_WITH "accounts@B" AND isInactive IS false')).toBe(1);
    expect(await count('(companyName CONTAIN "kraus" OR creditLimit GREATER 5000) AND subsidiary ANY_OF [1, 2]')).toBe(
      2,
    );
    expect(await count('phone EMPTY')).toBe(1);
    expect(await count('companyName IS_NOT "Bay Hardware Co."')).toBe(3);
    expect(await count('dateCreated BEFORE "1/1/2000"')).toBe(0);
    expect(await count('lastModifiedDate ON_OR_AFTER "1/1/20 10:00 am"')).toBe(4);
    expect(await count('lastModifiedDate AFTER "01.01.2020"', 1)).toBe(2);
    // The filter knows whole minutes: 10:00:42 is not after ten.
    await fixture.admin('POST', '/clock', { freeze: '2026-06-01T10:00:42Z' });
    await fixture.admin('POST', '/seed', { records: [{ type: 'customer', ...COMPANY }] });
    await fixture.admin('POST', '/clock', { reset: true });
    expect(await count('companyName IS "Ace Hardware" AND lastModifiedDate ON_OR_BEFORE "6/1/2026 10:00 am"')).toBe(1);
    const bad = (q: string): Promise<Answer> => fixture.record('GET', `/customer?q=${encodeURIComponent(q)}`);
    await refused(bad('lastModifiedDate AFTER "2020-01-01"'), 400, 'INVALID_PARAMETER');
    await refused(bad('nothing IS "x"'), 400, 'NONEXISTENT_FIELD');
    await refused(bad('email GREATER "x"'), 400, 'INVALID_PARAMETER');
    await refused(bad('email IS "x" AND'), 400, 'INVALID_PARAMETER');
  });

  it('expands sublists on a single record, shows chosen fields, and opens each link', async () => {
    const id = await idOf('Bay Hardware Co.');
    const full = await get<Record<string, { items: Record<string, unknown>[]; links: { href: string }[] }>>(
      `/customer/${id}?expandSubResources=true`,
    );
    expect(full.addressBook?.items[0]).toMatchObject({
      defaultBilling: true,
      addressBookAddress: { addr1: '1 Main St', city: 'Oakland', country: { id: 'US', refName: 'United States' } },
    });
    const slim = await get<object>(`/customer/${id}?fields=companyName,email`);
    expect(Object.keys(slim).sort()).toEqual(['companyName', 'email', 'id', 'links']);
    await refused(fixture.record('GET', `/customer/${id}?fields=nothing`), 400, 'NONEXISTENT_FIELD');
    const href = full.addressBook?.links[0]?.href ?? '';
    expect(await get(href.slice(href.indexOf('/customer')))).toMatchObject({ totalResults: 1 });
    expect(await get(`/customer/${id}/addressBook/1/addressBookAddress`)).toMatchObject({ city: 'Oakland' });
    await refused(fixture.record('GET', `/customer/${id}/addressBook/7`), 404, 'NONEXISTENT_ID');
    await refused(fixture.record('GET', `/customer/${id}/email`), 404, 'NONEXISTENT_ID');
    expect(await get(`/customer/${id}/addressBook/1?expandSubResources=true`)).toMatchObject({
      addressBookAddress: { zip: '94601' },
    });
  });

  it('computes an invoice: price levels, rate against amount, tax, due date and number', async () => {
    const [entity, drill, consulting] = await Promise.all([
      idOf('Bay Hardware Co.'),
      itemId('DRILL-18V'),
      itemId('CONSULT-HR'),
    ]);
    const year = new Date().getUTCFullYear();
    const custom = { price: { id: '-1' } };
    const id = await fixture.created('invoice', {
      entity: { id: entity },
      tranDate: `${year}-06-15`,
      externalId: 'OPP-1',
      otherRefNum: 'PO-7',
      item: {
        items: [
          { item: { id: drill }, quantity: 2, rate: 99 },
          { item: { id: drill }, quantity: 2, rate: 99.995, ...custom, taxCode: { id: '12' } },
          { item: { id: consulting }, quantity: 3, rate: 1, amount: 100, ...custom },
          { item: { id: consulting }, quantity: 3, amount: 1, rate: 10, ...custom, description: 'By the hour' },
        ],
      },
    });
    const invoice = await get<Sale>(`/invoice/${id}?expandSubResources=true`);
    // The price level rules over the rate, unless it is Custom; of rate and amount the last one counts.
    expect(invoice.item.items.map(({ line, rate, amount }) => [line, rate, amount])).toEqual([
      [1, 129, 258],
      [2, 99.995, 199.99],
      [3, 33.33333333, 100],
      [4, 10, 30],
    ]);
    expect(invoice).toMatchObject({
      subtotal: 587.99,
      taxTotal: 40,
      total: 627.99,
      amountRemaining: 627.99,
      status: { id: 'CustInvc:A', refName: 'Open' },
      dueDate: `${year}-07-15`,
      tranId: expect.stringMatching(/^INV\d+$/) as string,
      postingPeriod: { refName: `Jun ${year}` },
      subsidiary: { id: '1' },
    });
  });

  it('merges lines on PATCH, and replaces them only when told to', async () => {
    const [invoice] = await fixture.rows("SELECT id FROM transaction WHERE externalid = 'INV-ACME-2'");
    const path = `/invoice/${invoice?.id ?? ''}`;
    const consulting = await itemId('CONSULT-HR');
    const lines = async (): Promise<number[][]> =>
      (await get<Sale>(`${path}?expandSubResources=true`)).item.items.map(({ line, quantity, amount }) => [
        line,
        quantity,
        amount,
      ]);
    expect(await lines()).toEqual([[1, 12, 1800]]);
    const patch = (query: string, items: object[]): Promise<Answer> =>
      fixture.record('PATCH', `${path}${query}`, { item: { items } });
    await patch('', [{ line: 1, quantity: 10 }]);
    expect(await lines()).toEqual([[1, 10, 1500]]);
    await patch('', [{ item: { id: consulting }, quantity: 1 }]);
    expect(await lines()).toEqual([
      [1, 10, 1500],
      [2, 1, 150],
    ]);
    await refused(patch('', [{ line: 9, quantity: 1 }]), 400, 'INVALID_CONTENT');
    await patch('?replace=item', [{ item: { id: consulting }, quantity: 3 }]);
    expect(await lines()).toEqual([[1, 3, 450]]);
    await refused(patch('?replace=memo', []), 400, 'INVALID_PARAMETER');
    await refused(patch('?replace=item', []), 400, 'USER_ERROR');
    expect(await lines()).toEqual([[1, 3, 450]]);
  });

  it('points at the line whose item does not exist, or is not sold in the subsidiary', async () => {
    const german = await idOf('Kraus & Söhne GmbH');
    const consulting = await itemId('CONSULT-HR');
    const post = (item: string): Promise<Answer> =>
      fixture.record('POST', '/invoice', {
        entity: { id: german },
        item: { items: [{ item: { id: item }, amount: 1 }] },
      });
    const missing = await refused(post('9999'), 400, 'INVALID_CONTENT');
    expect(missing).toMatchObject({
      detail:
        'Error while accessing resource: You have entered an Invalid Field Value 9999 for the following field: item',
      'o:errorPath': 'item.items[0].item',
    });
    await refused(post(consulting), 400, 'INVALID_CONTENT');
    await refused(fixture.record('POST', '/invoice', { entity: { id: german } }), 400, 'USER_ERROR');
    const wrongMoney = {
      entity: { id: german },
      currency: { id: '5' },
      item: { items: [{ item: { id: '23' }, amount: 1 }] },
    };
    expect(await refused(fixture.record('POST', '/invoice', wrongMoney), 400, 'INVALID_CONTENT')).toMatchObject({
      'o:errorPath': 'currency',
    });
  });

  it('refuses closed periods and days without one', async () => {
    const entity = await idOf('Bay Hardware Co.');
    const item = await itemId('DRILL-18V');
    const post = (tranDate: string): Promise<Answer> =>
      fixture.record('POST', '/invoice', {
        entity: { id: entity },
        tranDate,
        item: { items: [{ item: { id: item } }] },
      });
    const year = new Date().getUTCFullYear();
    expect((await post(`${year - 1}-01-01`)).status).toBe(204);
    expect(await refused(post(`${year - 2}-12-31`), 400, 'USER_ERROR')).toMatchObject({ 'o:errorPath': 'tranDate' });
    await refused(post(`${year + 3}-01-01`), 400, 'USER_ERROR');
    await refused(post('2026-02-30'), 400, 'INVALID_CONTENT');
    await fixture.settings({ error_codes: 'specific', closed_through: `${year - 1}-01-31` });
    await refused(post(`${year - 1}-01-01`), 400, 'TRANS_IN_CLSD_PERIOD');
  });

  it('applies payments to invoices, and takes them back', async () => {
    const entity = await idOf("O'Brien Builders".replace("'", "''"));
    const [row] = await fixture.rows("SELECT id FROM transaction WHERE externalid = 'INV-ACME-2'");
    const invoice = row?.id ?? '';
    const pay = (amount: number, extra: object = {}): Promise<Answer> =>
      fixture.record('POST', '/customerPayment', {
        customer: { id: entity },
        payment: amount,
        account: { id: '2' },
        apply: { items: [{ doc: { id: invoice }, apply: true, amount }] },
        ...extra,
      });
    const balance = async (): Promise<[number, string]> => {
      const { amountRemaining, status } = await get<Sale>(`/invoice/${invoice}`);
      return [amountRemaining, status.id];
    };
    await fixture.admin('POST', '/clock', { advance_ms: 120_000 });
    const before = (await get<Sale>(`/invoice/${invoice}`)).lastModifiedDate;
    expect((await pay(800.5)).status).toBe(204);
    expect(await balance()).toEqual([999.5, 'CustInvc:A']);
    // A payment touches its invoices.
    expect((await get<Sale>(`/invoice/${invoice}`)).lastModifiedDate > before).toBe(true);
    await refused(pay(1000), 400, 'INVALID_CONTENT');
    await refused(
      pay(10, { apply: { items: [{ doc: { id: invoice }, apply: true, amount: 20 }] } }),
      400,
      'USER_ERROR',
    );
    const rest = await pay(999.5, { externalId: 'PAY-9' });
    expect(await balance()).toEqual([0, 'CustInvc:B']);
    expect(await get('/customerPayment/eid:PAY-9?expandSubResources=true')).toMatchObject({
      payment: 999.5,
      applied: 999.5,
      unapplied: 0,
      status: { id: 'CustPymt:C' },
      apply: { items: [{ doc: { id: invoice }, apply: true, amount: 999.5 }] },
    });
    await refused(fixture.record('DELETE', `/invoice/${invoice}`), 400, 'USER_ERROR');
    const payment = rest.headers.get('location')?.split('/').pop() ?? '';
    expect((await fixture.record('DELETE', `/customerPayment/${payment}`)).status).toBe(204);
    expect(await balance()).toEqual([999.5, 'CustInvc:A']);
  });

  it('turns an order into an invoice, once, and an invoice into a payment', async () => {
    const [order] = await fixture.rows("SELECT id FROM transaction WHERE externalid = 'SO-ACME-1'");
    const path = `/salesOrder/${order?.id ?? ''}`;
    const made = await fixture.record('POST', `${path}/!transform/invoice`, { memo: 'from the order' });
    expect(made.status).toBe(204);
    const invoice = made.headers.get('location')?.split('/').pop() ?? '';
    expect(await get(`/invoice/${invoice}`)).toMatchObject({
      total: 531,
      memo: 'from the order',
      createdFrom: { id: order?.id },
    });
    expect(await get(path)).toMatchObject({ status: { refName: 'Billed' } });
    await refused(fixture.record('POST', `${path}/!transform/invoice`, {}), 400, 'USER_ERROR');
    expect((await fixture.record('POST', `/invoice/${invoice}/!transform/customerPayment`, {})).status).toBe(204);
    expect(await get(`/invoice/${invoice}`)).toMatchObject({ amountRemaining: 0 });
    await refused(fixture.record('POST', `${path}/!transform/vendor`, {}), 400, 'INVALID_PARAMETER');
  });

  it('leaves nothing behind when the second half of a call fails', async () => {
    const [order] = await fixture.rows("SELECT id FROM transaction WHERE externalid = 'SO-ACME-1'");
    const path = `/salesOrder/${order?.id ?? ''}`;
    const invoices = (): Promise<Record<string, string>[]> =>
      fixture.rows("SELECT id FROM transaction WHERE type = 'CustInvc' ORDER BY id");
    const before = await invoices();
    await refused(fixture.record('POST', `${path}/!transform/invoice`, { memo: 5 }), 400, 'INVALID_CONTENT');
    expect(await invoices()).toEqual(before);
    const seeded = await fixture.admin('POST', '/seed', {
      records: [{ type: 'customer', ...COMPANY, externalId: 'HALF' }, { type: 'customer' }],
    });
    expect(seeded.status).toBe(400);
    await refused(fixture.record('GET', '/customer/eid:HALF'), 404, 'NONEXISTENT_ID');
    expect((await fixture.record('PUT', '/customer/eid:HALF', COMPANY)).status).toBe(204);
  });

  it('keeps exact money, and the scale of each currency', async () => {
    const id = await fixture.created('customer', { ...COMPANY, creditLimit: 12345678901234.56 });
    expect(await get(`/customer/${id}`)).toMatchObject({ creditLimit: 12345678901234.56 });
    const japan = { ...COMPANY, companyName: 'Nihon', subsidiary: { id: '3' } };
    const customer = await fixture.created('customer', japan);
    const item = await fixture.created('serviceSaleItem', {
      itemId: 'YEN',
      incomeAccount: { id: '7' },
      subsidiary: { items: [{ id: '3' }] },
    });
    const line = { item: { id: item }, quantity: 3, rate: 100.5 };
    const invoice = await fixture.created('invoice', { entity: { id: customer }, item: { items: [line] } });
    expect(await get(`/invoice/${invoice}`)).toMatchObject({ total: 302, currency: { id: '5' } });
    await fixture.settings({ float_noise: true });
    await fixture.record('PATCH', `/customer/${id}`, { creditLimit: 99.99 });
    expect(await get(`/customer/${id}`)).toMatchObject({ creditLimit: 99.9900000001 });
  });

  it('guards items, lists, subsidiaries and what others depend on', async () => {
    const item = { itemId: 'HAMMER-16', incomeAccount: { id: '6' }, subsidiary: { items: [{ id: '1' }] } };
    await refused(fixture.record('POST', '/nonInventorySaleItem', item), 400, 'USER_ERROR');
    const incomplete = await refused(fixture.record('POST', '/inventoryItem', { itemId: 'N' }), 400, 'USER_ERROR');
    expect(incomplete.detail).toContain('Income Account, Subsidiary, COGS Account, Asset Account');
    await refused(fixture.record('POST', '/currency', { name: 'X' }), 403, 'INSUFFICIENT_PERMISSION');
    await fixture.settings({ denied_record_types: ['vendor'] });
    await refused(fixture.record('GET', '/vendor'), 403, 'INSUFFICIENT_PERMISSION');
    const customer = await idOf('Bay Hardware Co.');
    await refused(fixture.record('DELETE', `/customer/${customer}`), 400, 'USER_ERROR');
    await refused(fixture.record('PATCH', `/customer/${customer}`, { subsidiary: { id: '2' } }), 400, 'USER_ERROR');
    await refused(fixture.record('DELETE', `/inventoryItem/${await itemId('HAMMER-16')}`), 400, 'USER_ERROR');
    // A refused request leaves nothing behind.
    await refused(
      fixture.record('PATCH', `/customer/${customer}`, { comments: 'x', subsidiary: { id: '2' } }),
      400,
      'USER_ERROR',
    );
    expect(await get(`/customer/${customer}`)).not.toHaveProperty('comments');
  });

  it('loses what is not on the form, and misses what an administrator took away', async () => {
    await fixture.settings({ off_form_fields: ['customer.url'], hidden_fields: ['customer.creditLimit'] });
    const id = await fixture.created('customer', { ...COMPANY, url: 'https://ace.example' });
    expect(await get(`/customer/${id}`)).not.toHaveProperty('url');
    await refused(fixture.record('PATCH', `/customer/${id}`, { creditLimit: 1 }), 400, 'NONEXISTENT_FIELD');
    await fixture.settings({ custom_fields: [{ record_type: 'customer', name: 'custentity_tier', type: 'integer' }] });
    expect((await fixture.record('PATCH', `/customer/${id}`, { custentity_tier: 3 })).status).toBe(204);
    expect(await get(`/customer/${id}`)).toMatchObject({ custentity_tier: 3 });
  });

  it('describes its types, custom fields marked', async () => {
    const schema = await fixture.record<{ properties: Record<string, object>; $schema: string }>(
      'GET',
      '/metadata-catalog/customer',
      undefined,
      { headers: { accept: 'application/schema+json' } },
    );
    expect(schema.headers.get('content-type')).toContain('application/schema+json');
    expect(schema.body.properties).toMatchObject({
      companyName: { title: 'Company Name', type: 'string', nullable: true },
      creditLimit: { type: 'number', format: 'double' },
      custentity_sf_id: { title: 'Salesforce ID', 'x-ns-custom-field': true },
      lastModifiedDate: { format: 'date-time', readOnly: true },
      subsidiary: { $ref: `${fixture.url}/services/rest/record/v1/metadata-catalog/subsidiary` },
    });
    expect(schema.body.properties.companyName).not.toHaveProperty('x-ns-custom-field');
    await refused(fixture.record('GET', '/metadata-catalog/customer'), 406, 'INVALID_HEADER');
    const swagger = await fixture.record<{ components: { schemas: object } }>(
      'GET',
      '/metadata-catalog?select=customer,salesOrder',
      undefined,
      { headers: { accept: 'application/swagger+json' } },
    );
    expect(Object.keys(swagger.body.components.schemas)).toEqual(['customer', 'salesorder']);
    expect(await get<{ items: object[] }>('/metadata-catalog')).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ name: 'invoice' })]) as object[],
    });
  });
});
