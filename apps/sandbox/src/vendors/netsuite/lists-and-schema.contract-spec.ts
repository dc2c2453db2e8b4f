import { type Answer, NetSuiteFixture } from './fixtures/netsuite-fixture';
import { COMPANY, RecordCalls, refused } from './fixtures/record-calls';

describe('lists and descriptions of the NetSuite record API', () => {
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

  it('lists ids and links only, page by page', async () => {
    const first = await calls.get<Record<string, unknown> & { items: object[] }>('/customer?limit=2');
    expect(first).toMatchObject({ count: 2, hasMore: true, offset: 0, totalResults: 4 });
    expect(Object.keys(first.items[0] ?? {}).sort()).toEqual(['id', 'links']);
    expect(first.links).toContainEqual({
      rel: 'next',
      href: `${fixture.url}/services/rest/record/v1/customer?limit=2&offset=2`,
    });
    expect(await calls.get('/customer?limit=2&offset=2')).toMatchObject({ count: 2, hasMore: false });
    await refused(fixture.record('GET', '/customer?limit=1001'), 400, 'INVALID_PARAMETER');
    await refused(fixture.record('GET', '/customer?limit=2&offset=3'), 400, 'INVALID_PARAMETER');
  });

  it('filters with q, whose dates are the user’s and never ISO', async () => {
    const count = async (q: string, account: 0 | 1 = 0): Promise<number> =>
      (await calls.get<{ totalResults: number }>(`/customer?q=${encodeURIComponent(q)}`, account)).totalResults;
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
    const id = await calls.idOf('Bay Hardware Co.');
    const full = await calls.get<Record<string, { items: Record<string, unknown>[]; links: { href: string }[] }>>(
      `/customer/${id}?expandSubResources=true`,
    );
    expect(full.addressBook?.items[0]).toMatchObject({
      defaultBilling: true,
      addressBookAddress: { addr1: '1 Main St', city: 'Oakland', country: { id: 'US', refName: 'United States' } },
    });
    const slim = await calls.get<object>(`/customer/${id}?fields=companyName,email`);
    expect(Object.keys(slim).sort()).toEqual(['companyName', 'email', 'id', 'links']);
    await refused(fixture.record('GET', `/customer/${id}?fields=nothing`), 400, 'NONEXISTENT_FIELD');
    const href = full.addressBook?.links[0]?.href ?? '';
    expect(await calls.get(href.slice(href.indexOf('/customer')))).toMatchObject({ totalResults: 1 });
    expect(await calls.get(`/customer/${id}/addressBook/1/addressBookAddress`)).toMatchObject({ city: 'Oakland' });
    await refused(fixture.record('GET', `/customer/${id}/addressBook/7`), 404, 'NONEXISTENT_ID');
    await refused(fixture.record('GET', `/customer/${id}/email`), 404, 'NONEXISTENT_ID');
    expect(await calls.get(`/customer/${id}/addressBook/1?expandSubResources=true`)).toMatchObject({
      addressBookAddress: { zip: '94601' },
    });
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
    expect(await calls.get<{ items: object[] }>('/metadata-catalog')).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ name: 'invoice' })]) as object[],
    });
  });
});
