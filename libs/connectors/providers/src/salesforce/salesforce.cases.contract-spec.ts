import { contractRecord, startFaultyServer, type FaultyServer, type SeenRequest } from '@hub/connector-contract-suite';
import { type ConnectorContext, type DeliveryRecord, type LimitReading, type RecordOutcome } from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject } from '@hub/platform';
import { FakeSalesforce, json } from './fake-salesforce.helper-spec';
import { createSalesforceConnector } from './salesforce.connector';

let server: FaultyServer;
let http: ClosableSafeHttp;
let org: FakeSalesforce;
const connector = createSalesforceConnector();
let readings: LimitReading[] = [];

beforeEach(async () => {
  readings = [];
  org = new FakeSalesforce(() => server.origin);
  server = await startFaultyServer(org.handle);
  http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
});
afterEach(async () => {
  await server.close();
  await http.close();
});

const CREDENTIALS = {
  client_id: 'the-client-id',
  client_secret: 'canary-client-secret',
  refresh_token: 'canary-refresh-token',
  access_token: 'canary-access-token',
};

function context(config: JsonObject = {}, credentials: JsonObject = CREDENTIALS): ConnectorContext {
  return {
    connectionId: 'con_1',
    config: { instance_url: server.origin, login_url: server.origin, ...config },
    credentials,
    oauthApp: null,
    reportLimit: (reading) => void readings.push(reading),
    http,
    signal: new AbortController().signal,
  };
}

const record = (payload: unknown, overrides: Partial<DeliveryRecord> = {}): DeliveryRecord =>
  contractRecord({ payloadText: typeof payload === 'string' ? payload : JSON.stringify(payload), ...overrides });
const writes = (): readonly SeenRequest[] => server.requests.filter(({ method }) => method === 'PATCH');
const categoriesOf = (outcomes: readonly RecordOutcome[]) =>
  outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.category));
const codesOf = (outcomes: readonly RecordOutcome[]) =>
  outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code));

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
    expect(org.rows.get('Account')?.size).toBe(199);
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
    expect(org.find('Account', 'Hub_Id__c', 'A')).toEqual([]);
  });

  it('are not sent on after a call that failed as a whole', async () => {
    server.fail({
      kind: 'answer',
      answer: json(403, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }]),
    });
    const records = Array.from({ length: 300 }, (_, i) => record({ Hub_Id__c: `x${i}` }));
    const outcomes = await connector.deliver(context(), 'account.upsert', records);
    expect(new Set(categoriesOf(outcomes))).toEqual(new Set(['rate_limited']));
    expect(outcomes[299]).toMatchObject({ error: { retryAfterMs: 900_000 } });
    expect(server.requests).toHaveLength(1);
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
    for (const id of ids) expect(org.find('Account', 'Hub_Id__c', id)).toHaveLength(1);
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

describe('the external id', () => {
  it('is the subject for an upsert and the key of the delivery for a create, where the payload has none', async () => {
    const first = record({ Name: 'a' }, { subject: 'customer/42' });
    const second = record({ Name: 'b' }, { subject: 'customer/42' });
    await connector.deliver(context(), 'account.upsert', [first]);
    await connector.deliver(context(), 'account.create', [first, second]);
    expect(org.find('Account', 'Hub_Id__c', 'customer/42')).toHaveLength(1);
    expect(org.find('Account', 'Hub_Id__c', first.idempotencyKey)).toHaveLength(1);
    expect(org.find('Account', 'Hub_Id__c', second.idempotencyKey)).toHaveLength(1);
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
    expect(server.requests).toEqual([]);
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
    const id = org.insert('Account', { Name: 'old', Hub_Id__c: "O'Neil\\" });
    org.insert('Account', { Name: 'twin', Hub_Id__c: 'twice' });
    org.insert('Account', { Name: 'twin', Hub_Id__c: 'TWICE' });
    const outcomes = await connector.deliver(context(), 'account.update', [
      record({ Name: 'new', Hub_Id__c: "o'neil\\" }),
      record({ Name: 'new', Hub_Id__c: 'nobody' }),
      record({ Name: 'new', Hub_Id__c: 'twice' }),
    ]);
    expect(categoriesOf(outcomes)).toEqual(['ok', 'not_found', 'duplicate']);
    expect(outcomes[0]).toMatchObject({ externalId: id });
    expect(org.rows.get('Account')?.get(id)).toMatchObject({ Name: 'new', Hub_Id__c: "O'Neil\\" });
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
    expect(org.rows.get('Account')?.size).toBe(3);
  });

  it('takes an Id without a query, and numbers in any spelling', async () => {
    const id = org.insert('Account', { Name: 'old', Hub_Id__c: 12 });
    const outcomes = await connector.deliver(context(), 'account.update', [record({ Id: id, Name: 'by id' })]);
    expect(categoriesOf(outcomes)).toEqual(['ok']);
    expect(server.requests).toHaveLength(1);
    const byNumber = await connector.deliver(context(), 'account.update', [
      record('{"Hub_Id__c":12,"Name":"by number"}'),
    ]);
    expect(categoriesOf(byNumber)).toEqual(['ok']);
    expect(org.rows.get('Account')?.get(id)).toMatchObject({ Name: 'by number' });
    expect(codesOf(await connector.deliver(context(), 'account.update', [record({ Id: '../x' })]))).toEqual([
      'MALFORMED_ID',
    ]);
  });

  it('asks in several queries when the ids are long', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `${'x'.repeat(240)}${i}`);
    for (const id of ids) org.insert('Account', { Hub_Id__c: id });
    const outcomes = await connector.deliver(
      context(),
      'account.update',
      ids.map((id) => record({ Hub_Id__c: id, Name: 'n' })),
    );
    expect(new Set(categoriesOf(outcomes))).toEqual(new Set(['ok']));
    const queries = server.requests.filter(({ method }) => method === 'GET');
    expect(queries.length).toBeGreaterThan(1);
    for (const { url } of queries) expect(decodeURIComponent(url).length).toBeLessThan(4000);
  });

  it('fails every record that needed the query when the query fails', async () => {
    server.fail({
      kind: 'answer',
      answer: json(400, [{ errorCode: 'INVALID_FIELD', message: 'No such column Hub_Id__c' }]),
    });
    const outcomes = await connector.deliver(context(), 'account.update', [record({ Hub_Id__c: '1' })]);
    expect(codesOf(outcomes)).toEqual(['INVALID_FIELD']);
  });
});

describe('credentials', () => {
  it('without an access token ask for a refresh, without a call', async () => {
    const { access_token: _none, ...credentials } = CREDENTIALS;
    const outcomes = await connector.deliver(context({}, credentials), 'account.upsert', [record({ Hub_Id__c: '1' })]);
    expect(categoriesOf(outcomes)).toEqual(['auth_expired']);
    expect(server.requests).toEqual([]);
  });

  it('are refreshed once by a plain call; the hub repeats, not the library', async () => {
    org.accessToken = 'something else';
    expect(categoriesOf(await connector.deliver(context(), 'account.upsert', [record({ Hub_Id__c: '1' })]))).toEqual([
      'auth_expired',
    ]);
    expect(server.requests).toHaveLength(1);
    const refreshed = await connector.refreshCredentials!(context());
    if (!refreshed.ok) throw new Error(refreshed.error.message);
    expect(refreshed.value).toEqual({
      ...CREDENTIALS,
      access_token: org.accessToken,
      instance_url: server.origin,
      issued_at: '1278448384422',
    });
    expect(
      categoriesOf(
        await connector.deliver(context({}, refreshed.value), 'account.upsert', [record({ Hub_Id__c: '1' })]),
      ),
    ).toEqual(['ok']);
  });

  it('keep a rotated refresh token', async () => {
    org.tokenAnswer = { refresh_token: 'rotated-token' };
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
    org.tokenError = tokenError;
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
    org.tokenAnswer = { instance_url };
    const refreshed = await connector.refreshCredentials!(context());
    expect(refreshed).toMatchObject({ ok: false, error: { category: 'config', code: 'untrusted_instance_url' } });
    const outcomes = await connector.deliver(context({}, { ...CREDENTIALS, instance_url }), 'account.upsert', [
      record({}),
    ]);
    expect(categoriesOf(outcomes)).toEqual(['config']);
  });

  it('follow the org to another host of Salesforce', async () => {
    org.tokenAnswer = { instance_url: 'https://acme--full.sandbox.my.salesforce.com' };
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
          instance_url: server.origin,
          api_version: '62.0',
          organization_id: '00Dx0000000BV7zMAG',
          daily_api_requests_max: 15000,
          daily_api_requests_remaining: 14927,
        },
      },
    });
    expect(server.requests.every(({ method }) => method === 'GET')).toBe(true);
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
    expect(server.requests).toEqual([]);
    expect(await connector.describeFields!(context(), 'Nope__c')).toMatchObject({
      ok: false,
      error: { code: 'NOT_FOUND' },
    });
  });

  it('tells how many calls are used', async () => {
    await connector.testConnection(context());
    expect(readings).toContainEqual({ limit: 'daily_calls', used: 73, max: 15000 });
  });
});
