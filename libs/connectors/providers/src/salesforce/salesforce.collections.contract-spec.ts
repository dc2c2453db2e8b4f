import { categoriesOf, record, useFakeOrg } from './fake-org.helper-spec';
import { json } from './fake-salesforce.helper-spec';
import { createSalesforceConnector } from './salesforce.connector';

const connector = createSalesforceConnector();
const fake = useFakeOrg();
const { context, writes } = fake;

describe('collections', () => {
  it('deliver 199 of 200 records when number 17 is bad, in one call, and show each record its own part', async () => {
    const records = Array.from({ length: 200 }, (_, i) =>
      record({ Name: i === 16 ? 'refuse me' : `N${i}`, Hub_Id__c: `x${i}` }),
    );
    const outcomes = await connector.deliver(context(), 'account.upsert', records);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(199);
    expect(outcomes[16]).toMatchObject({
      ok: false,
      error: { category: 'validation', code: 'REQUIRED_FIELD_MISSING', fields: ['LastName'] },
      exchange: { part: { index: 17, count: 200 }, request: { body: expect.stringContaining('refuse me') } },
    });
    expect(outcomes[17]?.exchange?.request.body).not.toContain('refuse me');
    expect(outcomes[17]).toMatchObject({ ok: true, created: true, externalId: expect.stringMatching(/^001/) });
    expect(writes()).toHaveLength(1);
    expect(fake.org.rows.get('Account')?.size).toBe(199);
  });

  it('never hold more than 200 records', async () => {
    const records = Array.from({ length: 401 }, (_, i) => record({ Name: 'N', Hub_Id__c: `x${i}` }));
    const outcomes = await connector.deliver(context(), 'account.upsert', records);
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(writes().map(({ body }) => (JSON.parse(body) as { records: unknown[] }).records.length)).toEqual([
      200, 200, 1,
    ]);
  });

  it('never hold one external id twice, in any case; the later record is written later', async () => {
    const records = [
      record({ Name: 'first', Hub_Id__c: 'A' }),
      record({ Name: 'other', Hub_Id__c: 'B' }),
      record({ Name: 'second', Hub_Id__c: 'a ' }),
    ];
    const outcomes = await connector.deliver(context(), 'account.upsert', records);
    expect(categoriesOf(outcomes)).toEqual(['ok', 'ok', 'ok']);
    expect(writes()).toHaveLength(2);
    expect(writes()[0]?.body).not.toContain('second');
    expect(writes()[1]?.body).toContain('second');
  });

  it('hold back a later record of a key whose earlier one must be sent again', async () => {
    const records = [
      record({ Name: 'locked', Hub_Id__c: 'A' }),
      record({ Name: 'refuse me', Hub_Id__c: 'B' }),
      record({ Name: 'newer', Hub_Id__c: 'A' }),
      record({ Name: 'good', Hub_Id__c: 'B' }),
    ];
    const outcomes = await connector.deliver(context(), 'account.upsert', records);
    expect(categoriesOf(outcomes)).toEqual(['transient', 'validation', 'transient', 'ok']);
    expect(fake.org.find('Account', 'Hub_Id__c', 'A')).toEqual([]);
  });

  it('are not sent on after a call that failed as a whole', async () => {
    fake.server.fail({
      kind: 'answer',
      answer: json(403, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }]),
    });
    const records = Array.from({ length: 300 }, (_, i) => record({ Hub_Id__c: `x${i}` }));
    const outcomes = await connector.deliver(context(), 'account.upsert', records);
    expect(new Set(categoriesOf(outcomes))).toEqual(new Set(['rate_limited']));
    expect(outcomes[299]).toMatchObject({ error: { retryAfterMs: 900_000 } });
    expect(fake.server.requests).toHaveLength(1);
  });

  it('keep numbers digit by digit and send the record as mapped', async () => {
    await connector.deliver(context(), 'Invoice__c.upsert', [
      record(
        '{"Amount__c":123456789012345678.91,"Rate__c":1.10,"Hub_Id__c":12345678901234567890,"type":"x","Note__c":null}',
      ),
    ]);
    expect(writes()[0]?.url).toBe('/services/data/v62.0/composite/sobjects/Invoice__c/Hub_Id__c');
    expect(writes()[0]?.body).toBe(
      '{"allOrNone":false,"records":[{"attributes":{"type":"Invoice__c"},"Hub_Id__c":12345678901234567890,' +
        '"Amount__c":123456789012345678.91,"Rate__c":1.10,"type":"x","Note__c":null}]}',
    );
  });

  it('keep external ids out of the path, whatever they hold', async () => {
    const ids = ['A/B #1?x', 'a.json', '100%', "O'Neil\\", '../x', 'ü 😀'];
    const outcomes = await connector.deliver(
      context(),
      'account.upsert',
      ids.map((id) => record({ Hub_Id__c: id })),
    );
    expect(categoriesOf(outcomes)).toEqual(ids.map(() => 'ok'));
    for (const id of ids) expect(fake.org.find('Account', 'Hub_Id__c', id)).toHaveLength(1);
    expect(writes()).toHaveLength(1);
  });

  it('use the field of the object and the header for duplicate rules, when configured', async () => {
    const config = { external_id_field: 'A__c', external_id_fields: { ACCOUNT: 'B__c' }, allow_duplicates: true };
    await connector.deliver(context(config), 'customer.upsert', [record({ B__c: '1' })]);
    await connector.deliver(context(config), 'contact.upsert', [record({ A__c: '1' })]);
    expect(writes().map(({ url }) => url.split('/').slice(-2))).toEqual([
      ['Account', 'B__c'],
      ['Contact', 'A__c'],
    ]);
    expect(writes()[0]?.headers['sforce-duplicate-rule-header']).toBe('allowSave=true');
    await connector.deliver(context(), 'account.upsert', [record({ Hub_Id__c: '1' })]);
    expect(writes()[2]?.headers).not.toHaveProperty('sforce-duplicate-rule-header');
  });
});
