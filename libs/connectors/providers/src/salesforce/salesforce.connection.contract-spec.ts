import { categoriesOf, CREDENTIALS, record, useFakeOrg } from './fake-org.helper-spec';
import { json } from './fake-salesforce.helper-spec';
import { createSalesforceConnector } from './salesforce.connector';

const connector = createSalesforceConnector();
const fake = useFakeOrg();
const { context } = fake;

describe('credentials', () => {
  it('without an access token ask for a refresh, without a call', async () => {
    const { access_token: _none, ...credentials } = CREDENTIALS;
    const outcomes = await connector.deliver(context({}, credentials), 'account.upsert', [record({ Hub_Id__c: '1' })]);
    expect(categoriesOf(outcomes)).toEqual(['auth_expired']);
    expect(fake.server.requests).toEqual([]);
  });

  it('are refreshed once by a plain call; the hub repeats, not the library', async () => {
    fake.org.accessToken = 'something else';
    expect(categoriesOf(await connector.deliver(context(), 'account.upsert', [record({ Hub_Id__c: '1' })]))).toEqual([
      'auth_expired',
    ]);
    expect(fake.server.requests).toHaveLength(1);
    const refreshed = await connector.refreshCredentials!(context());
    if (!refreshed.ok) throw new Error(refreshed.error.message);
    expect(refreshed.value).toEqual({
      ...CREDENTIALS,
      access_token: fake.org.accessToken,
      instance_url: fake.server.origin,
      issued_at: '1278448384422',
    });
    expect(
      categoriesOf(
        await connector.deliver(context({}, refreshed.value), 'account.upsert', [record({ Hub_Id__c: '1' })]),
      ),
    ).toEqual(['ok']);
  });

  it('keep a rotated refresh token', async () => {
    fake.org.tokenAnswer = { refresh_token: 'rotated-token' };
    expect(await connector.refreshCredentials!(context())).toMatchObject({
      ok: true,
      value: { refresh_token: 'rotated-token' },
    });
  });

  it.each([
    [json(400, { error: 'invalid_grant', error_description: 'expired access/refresh token' }), 'auth_revoked'],
    [json(400, { error: 'invalid_client_id' }), 'config'],
    [json(401, { error: 'invalid_client' }), 'config'],
    [json(400, { error: 'inactive_user' }), 'auth_revoked'],
    [json(503, {}), 'transient'],
    [{ status: 502, body: '<html>' }, 'transient'],
    [{ status: 200, body: '<html>' }, 'transient'],
    [{ status: 200, body: '[]' }, 'transient'],
    [{ status: 302, headers: { location: 'https://evil.example' } }, 'config'],
  ])('that cannot be refreshed say why: %j', async (tokenError, category) => {
    fake.org.tokenError = tokenError;
    const refreshed = await connector.refreshCredentials!(context());
    expect(refreshed).toMatchObject({ ok: false, error: { category } });
    expect(JSON.stringify(refreshed)).not.toContain('canary');
  });

  it.each([
    'https://evil.example',
    'https://salesforce.com.evil.example',
    'http://acme.my.salesforce.com',
    'https://evilsalesforce.com',
    'no url',
  ])('never go to %s, although a token answer names it', async (instance_url) => {
    fake.org.tokenAnswer = { instance_url };
    const refreshed = await connector.refreshCredentials!(context());
    expect(refreshed).toMatchObject({ ok: false, error: { category: 'config', code: 'untrusted_instance_url' } });
    const outcomes = await connector.deliver(context({}, { ...CREDENTIALS, instance_url }), 'account.upsert', [
      record({}),
    ]);
    expect(categoriesOf(outcomes)).toEqual(['config']);
  });

  it('follow the org to another host of Salesforce', async () => {
    fake.org.tokenAnswer = { instance_url: 'https://acme--full.sandbox.my.salesforce.com' };
    expect(await connector.refreshCredentials!(context())).toMatchObject({
      ok: true,
      value: { instance_url: 'https://acme--full.sandbox.my.salesforce.com' },
    });
  });
});

describe('reading', () => {
  it('tests the connection', async () => {
    expect(await connector.testConnection(context())).toEqual({
      ok: true,
      value: {
        account: 'Acme (00Dx0000000BV7zMAG)',
        details: {
          instance_url: fake.server.origin,
          api_version: '62.0',
          organization_id: '00Dx0000000BV7zMAG',
          daily_api_requests_max: 15000,
          daily_api_requests_remaining: 14927,
        },
      },
    });
    expect(fake.server.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('lists objects, without those that are gone', async () => {
    const objects = await connector.describeObjects!(context());
    expect(objects).toMatchObject({
      ok: true,
      value: [
        { name: 'Account', custom: false, createable: true },
        { name: 'Invoice__c', custom: true },
        { name: 'AccountHistory', createable: false, updateable: false },
      ],
    });
  });

  it('describes fields', async () => {
    const fields = await connector.describeFields!(context(), 'Account');
    if (!fields.ok) throw new Error(fields.error.message);
    const byName = Object.fromEntries(fields.value.map((field) => [field.name, field]));
    expect(Object.keys(byName)).toEqual([
      'Id',
      'Name',
      'Type',
      'SLA__c',
      'AnnualRevenue',
      'BillingAddress',
      'Hub_Id__c',
    ]);
    expect(byName['Name']).toEqual({
      name: 'Name',
      label: 'Account Name',
      type: 'string',
      vendorType: 'string',
      requiredOnCreate: true,
      writable: true,
      externalId: false,
      maxLength: 255,
      values: null,
    });
    expect(byName['SLA__c']).toMatchObject({ type: 'picklist', values: ['Gold'], requiredOnCreate: false });
    expect(byName['Type']).toMatchObject({ type: 'picklist', values: null });
    expect(byName['AnnualRevenue']).toMatchObject({ type: 'number', maxLength: null });
    expect(byName['BillingAddress']).toMatchObject({ type: 'object', writable: false });
    expect(byName['Hub_Id__c']).toMatchObject({ externalId: true });
  });

  it('does not describe what is not a name, and says when an object is unknown', async () => {
    expect(await connector.describeFields!(context(), '../../x')).toMatchObject({
      ok: false,
      error: { category: 'not_found' },
    });
    expect(fake.server.requests).toEqual([]);
    expect(await connector.describeFields!(context(), 'Nope__c')).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    });
  });

  it('tells how many calls are used', async () => {
    await connector.testConnection(context());
    expect(fake.readings).toContainEqual({ limit: 'daily_calls', used: 73, max: 15000 });
  });
});
