import { type Answer, NetSuiteFixture } from './fixtures/netsuite-fixture';
import { COMPANY, RecordCalls, refused } from './fixtures/record-calls';

describe('the NetSuite record API', () => {
  let fixture: NetSuiteFixture;
  let calls: RecordCalls;

  beforeAll(async () => {
    fixture = await NetSuiteFixture.start();
    calls = new RecordCalls(fixture);
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
  });

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
    expect(await calls.get(`/customer/${second}`, 1)).toMatchObject({
      entityId: expect.stringMatching(/^CUST\d+$/) as string,
    });
  });

  it('creates and changes by external id', async () => {
    const put = (body: object): Promise<Answer> => fixture.record('PUT', '/customer/eid:SF-0015f00000ABC', body);
    const first = await put(COMPANY);
    expect(first.status).toBe(204);
    const again = await put({ phone: '510-555-0100' });
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await calls.get('/customer/eid:SF-0015f00000ABC')).toMatchObject({
      companyName: 'Ace Hardware',
      phone: '510-555-0100',
      externalId: 'SF-0015f00000ABC',
    });
    expect((await fixture.record('PATCH', '/customer/eid:SF-0015f00000ABC', { phone: null })).status).toBe(204);
    expect(await calls.get('/customer/eid:SF-0015f00000ABC')).not.toHaveProperty('phone');
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

  it('guards items, lists, subsidiaries and what others depend on', async () => {
    const item = { itemId: 'HAMMER-16', incomeAccount: { id: '6' }, subsidiary: { items: [{ id: '1' }] } };
    await refused(fixture.record('POST', '/nonInventorySaleItem', item), 400, 'USER_ERROR');
    const incomplete = await refused(fixture.record('POST', '/inventoryItem', { itemId: 'N' }), 400, 'USER_ERROR');
    expect(incomplete.detail).toContain('Income Account, Subsidiary, COGS Account, Asset Account');
    await refused(fixture.record('POST', '/currency', { name: 'X' }), 403, 'INSUFFICIENT_PERMISSION');
    await fixture.settings({ denied_record_types: ['vendor'] });
    await refused(fixture.record('GET', '/vendor'), 403, 'INSUFFICIENT_PERMISSION');
    const customer = await calls.idOf('Bay Hardware Co.');
    await refused(fixture.record('DELETE', `/customer/${customer}`), 400, 'USER_ERROR');
    await refused(fixture.record('PATCH', `/customer/${customer}`, { subsidiary: { id: '2' } }), 400, 'USER_ERROR');
    await refused(fixture.record('DELETE', `/inventoryItem/${await calls.itemId('HAMMER-16')}`), 400, 'USER_ERROR');
    // A refused request leaves nothing behind.
    await refused(
      fixture.record('PATCH', `/customer/${customer}`, { comments: 'x', subsidiary: { id: '2' } }),
      400,
      'USER_ERROR',
    );
    expect(await calls.get(`/customer/${customer}`)).not.toHaveProperty('comments');
  });

  it('loses what is not on the form, and misses what an administrator took away', async () => {
    await fixture.settings({ off_form_fields: ['customer.url'], hidden_fields: ['customer.creditLimit'] });
    const id = await fixture.created('customer', { ...COMPANY, url: 'https://ace.example' });
    expect(await calls.get(`/customer/${id}`)).not.toHaveProperty('url');
    await refused(fixture.record('PATCH', `/customer/${id}`, { creditLimit: 1 }), 400, 'NONEXISTENT_FIELD');
    await fixture.settings({ custom_fields: [{ record_type: 'customer', name: 'custentity_tier', type: 'integer' }] });
    expect((await fixture.record('PATCH', `/customer/${id}`, { custentity_tier: 3 })).status).toBe(204);
    expect(await calls.get(`/customer/${id}`)).toMatchObject({ custentity_tier: 3 });
  });
});
