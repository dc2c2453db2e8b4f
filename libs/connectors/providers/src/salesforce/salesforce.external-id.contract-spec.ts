import { categoriesOf, codesOf, record, useFakeOrg } from './fake-org.helper-spec';
import { json } from './fake-salesforce.helper-spec';
import { createSalesforceConnector } from './salesforce.connector';

const connector = createSalesforceConnector();
const fake = useFakeOrg();
const { context } = fake;

describe('the external id', () => {
  it('is the subject for an upsert and the key of the delivery for a create, where the payload has none', async () => {
    const first = record({ Name: 'a' }, { subject: 'customer/42' });
    const second = record({ Name: 'b' }, { subject: 'customer/42' });
    await connector.deliver(context(), 'account.upsert', [first]);
    await connector.deliver(context(), 'account.create', [first, second]);
    expect(fake.org.find('Account', 'Hub_Id__c', 'customer/42')).toHaveLength(1);
    expect(fake.org.find('Account', 'Hub_Id__c', first.idempotencyKey)).toHaveLength(1);
    expect(fake.org.find('Account', 'Hub_Id__c', second.idempotencyKey)).toHaveLength(1);
  });

  it.each<[string, unknown, string]>([
    ['empty', { Hub_Id__c: '' }, 'external_id_missing'],
    ['blank', { Hub_Id__c: '  ' }, 'external_id_missing'],
    ['null', { Hub_Id__c: null }, 'external_id_missing'],
    ['an object', { hub_id__C: {} }, 'external_id_invalid'],
    ['true', { Hub_Id__c: true }, 'external_id_invalid'],
    ['too long', { Hub_Id__c: 'x'.repeat(256) }, 'STRING_TOO_LONG'],
  ])('is refused when it is %s, although there is a subject', async (_name, payload, code) => {
    const outcomes = await connector.deliver(context(), 'account.upsert', [record(payload)]);
    expect(codesOf(outcomes)).toEqual([code]);
    expect(fake.server.requests).toEqual([]);
  });

  it('is refused when there is neither field nor subject', async () => {
    expect(codesOf(await connector.deliver(context(), 'account.upsert', [record({}, { subject: null })]))).toEqual([
      'external_id_missing',
    ]);
  });

  it.each(['', 'text', '[]', '1', 'null', '"x"'])('cannot come from the payload %j', async (payload) => {
    expect(categoriesOf(await connector.deliver(context(), 'account.upsert', [record(payload)]))).toEqual([
      'validation',
    ]);
  });

  it('cannot be used to write to another object', async () => {
    const outcomes = await connector.deliver(context(), 'account.upsert', [
      record({ Attributes: { type: 'User' }, Hub_Id__c: '1' }),
    ]);
    expect(codesOf(outcomes)).toEqual(['reserved_member']);
  });
});

describe('update', () => {
  it('finds records by external id in one query and never creates', async () => {
    const id = fake.org.insert('Account', { Name: 'old', Hub_Id__c: "O'Neil\\" });
    fake.org.insert('Account', { Name: 'twin', Hub_Id__c: 'twice' });
    fake.org.insert('Account', { Name: 'twin', Hub_Id__c: 'TWICE' });
    const outcomes = await connector.deliver(context(), 'account.update', [
      record({ Name: 'new', Hub_Id__c: "o'neil\\" }),
      record({ Name: 'new', Hub_Id__c: 'nobody' }),
      record({ Name: 'new', Hub_Id__c: 'twice' }),
    ]);
    expect(categoriesOf(outcomes)).toEqual(['ok', 'not_found', 'duplicate']);
    expect(outcomes[0]).toMatchObject({ externalId: id });
    expect(fake.org.rows.get('Account')?.get(id)).toMatchObject({ Name: 'new', Hub_Id__c: "O'Neil\\" });
    expect(fake.server.requests.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
    expect(fake.org.rows.get('Account')?.size).toBe(3);
  });

  it('takes an Id without a query, and numbers in any spelling', async () => {
    const id = fake.org.insert('Account', { Name: 'old', Hub_Id__c: 12 });
    const outcomes = await connector.deliver(context(), 'account.update', [record({ Id: id, Name: 'by id' })]);
    expect(categoriesOf(outcomes)).toEqual(['ok']);
    expect(fake.server.requests).toHaveLength(1);
    const byNumber = await connector.deliver(context(), 'account.update', [
      record('{"Hub_Id__c":12,"Name":"by number"}'),
    ]);
    expect(categoriesOf(byNumber)).toEqual(['ok']);
    expect(fake.org.rows.get('Account')?.get(id)).toMatchObject({ Name: 'by number' });
    expect(codesOf(await connector.deliver(context(), 'account.update', [record({ Id: '../x' })]))).toEqual([
      'MALFORMED_ID',
    ]);
  });

  it('asks in several queries when the ids are long', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `${'x'.repeat(240)}${i}`);
    for (const id of ids) fake.org.insert('Account', { Hub_Id__c: id });
    const outcomes = await connector.deliver(
      context(),
      'account.update',
      ids.map((id) => record({ Hub_Id__c: id, Name: 'n' })),
    );
    expect(new Set(categoriesOf(outcomes))).toEqual(new Set(['ok']));
    const queries = fake.server.requests.filter(({ method }) => method === 'GET');
    expect(queries.length).toBeGreaterThan(1);
    for (const { url } of queries) expect(decodeURIComponent(url).length).toBeLessThan(4000);
  });

  it('fails every record that needed the query when the query fails', async () => {
    fake.server.fail({
      kind: 'answer',
      answer: json(400, [{ errorCode: 'INVALID_FIELD', message: 'No such column Hub_Id__c' }]),
    });
    const outcomes = await connector.deliver(context(), 'account.update', [record({ Hub_Id__c: '1' })]);
    expect(codesOf(outcomes)).toEqual(['INVALID_FIELD']);
  });
});
