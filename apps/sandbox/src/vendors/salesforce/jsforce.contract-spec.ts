import { Connection } from 'jsforce';
import { Transport } from 'jsforce/lib/transport';
import { SandboxFixture } from '../../fixtures/sandbox-fixture';

/** The hook of a client that owns its retries: one hit for one call, and no half an hour of waiting. */
class OneShotTransport extends Transport {
  override httpRequest(
    ...[request, options]: Parameters<Transport['httpRequest']>
  ): ReturnType<Transport['httpRequest']> {
    return super.httpRequest(request, { ...options, timeout: 10_000, retry: { maxRetries: 0 }, followRedirect: false });
  }
}

describe('the real jsforce client against the Salesforce sandbox', () => {
  let fixture: SandboxFixture;
  let connection: Connection;

  beforeAll(async () => {
    fixture = await SandboxFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    connection = new Connection({ instanceUrl: fixture.url, accessToken: await fixture.session(), version: '62.0' });
    Object.assign(connection, { _transport: new OneShotTransport() });
  });

  it('upserts by external id: created once, then updated', async () => {
    const first = await connection.sobject('Account').upsert({ Name: 'Ace', ERP_Id__c: 'A-1' }, 'ERP_Id__c');
    const second = await connection.sobject('Account').upsert({ Name: 'Ace Ltd', ERP_Id__c: 'A-1' }, 'ERP_Id__c');
    expect(first).toMatchObject({ success: true, created: true, errors: [] });
    expect(second).toMatchObject({ success: true, created: false, id: first.id });
    expect(first.id).toMatch(/^001[0-9A-Za-z]{12}[A-Z0-5]{3}$/);
    expect(await connection.sobject('Account').retrieve(first.id ?? '')).toMatchObject({
      Name: 'Ace Ltd',
      ERP_Id__c: 'A-1',
    });
  });

  it('creates, updates and deletes', async () => {
    const made = await connection
      .sobject('Contact')
      .create({ LastName: 'Doe', FirstName: 'Jo', Email: 'jo@example.com' });
    const id = made.id ?? '';
    await connection.sobject('Contact').update({ Id: id, Title: 'CFO' });
    expect(await connection.sobject('Contact').retrieve(id)).toMatchObject({ Name: 'Jo Doe', Title: 'CFO' });
    await connection.sobject('Contact').destroy(id);
    await expect(connection.sobject('Contact').retrieve(id)).rejects.toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
  });

  it('upserts 200 at once; a bad one fails alone, in its place', async () => {
    const records = Array.from({ length: 200 }, (_unused, index) => ({
      ERP_Id__c: `E-${index}`,
      Name: index === 17 ? '' : `Company ${index}`,
    }));
    const results = await connection.sobject('Account').upsert(records, 'ERP_Id__c', { allOrNone: false });
    expect(results).toHaveLength(200);
    expect(results.filter(({ success }) => success)).toHaveLength(199);
    expect(results[17]).toMatchObject({
      success: false,
      errors: [
        { statusCode: 'REQUIRED_FIELD_MISSING', message: 'Required fields are missing: [Name]', fields: ['Name'] },
      ],
    });
    const count = await connection.query('SELECT COUNT() FROM Account');
    expect(count.totalSize).toBe(199);
  });

  it('describes objects and their fields', async () => {
    const account = await connection.sobject('Account').describe();
    const key = account.fields.find(({ name }) => name === 'ERP_Id__c');
    expect(account.keyPrefix).toBe('001');
    expect(key).toMatchObject({ externalId: true, unique: true, idLookup: true, type: 'string', custom: true });
    const required = account.fields.filter((field) => field.createable && !field.nillable && !field.defaultedOnCreate);
    expect(required.map(({ name }) => name)).toEqual(['Name']);
    const everything = await connection.describeGlobal();
    expect(everything.sobjects.map(({ name }) => name)).toContain('Invoice__c');
  });

  it('pages through a query with queryMore', async () => {
    await fixture.admin('POST', '/settings', { query_page_size: 200 });
    for (let block = 0; block < 3; block++) {
      const records = Array.from({ length: 150 }, (_unused, index) => ({ Name: `Company ${block}-${index}` }));
      await connection.sobject('Account').create(records);
    }
    let page = await connection.query<{ Id: string }>('SELECT Id, Name FROM Account ORDER BY Id');
    expect(page).toMatchObject({ totalSize: 450, done: false });
    const ids = page.records.map(({ Id }) => Id);
    while (!page.done) {
      page = await connection.queryMore<{ Id: string }>(page.nextRecordsUrl ?? '');
      ids.push(...page.records.map(({ Id }) => Id));
    }
    expect(new Set(ids).size).toBe(450);
    expect(ids).toEqual([...ids].sort());
  });

  it('reports several matches of an external id as choices', async () => {
    await connection.sobject('Account').create([
      { Name: 'One', QBO_Id__c: 'same' },
      { Name: 'Two', QBO_Id__c: 'SAME' },
    ]);
    const attempt = connection.sobject('Account').upsert({ Name: 'Which?', QBO_Id__c: 'same' }, 'QBO_Id__c');
    await expect(attempt).rejects.toMatchObject({ errorCode: 'MULTIPLE_CHOICES' });
  });

  it('runs a Bulk API 2.0 upsert to its end', async () => {
    await fixture.admin('POST', '/settings', { bulk_step_ms: 1 });
    const job = connection.bulk2.createJob({
      object: 'Account',
      operation: 'upsert',
      externalIdFieldName: 'ERP_Id__c',
      lineEnding: 'LF',
    });
    await job.open();
    await job.uploadData('ERP_Id__c,Name\nB-1,"Bulk, quoted"\nB-2,\n');
    await job.close();
    await job.poll(20, 10_000);
    const results = await job.getAllResults();
    expect(results.successfulResults).toMatchObject([{ sf__Created: 'true', ERP_Id__c: 'B-1', Name: 'Bulk, quoted' }]);
    expect(results.failedResults).toMatchObject([{ ERP_Id__c: 'B-2' }]);
    expect(results.failedResults[0]?.sf__Error).toContain('REQUIRED_FIELD_MISSING');
  });
});
