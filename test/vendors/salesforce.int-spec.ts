import { createProviders } from '@hub/connector-providers';
import {
  type Connector,
  type ConnectorContext,
  type OAuthApp,
  type PulledRecord,
  type PullRequest,
} from '@hub/connector-sdk';
import { contractRecord } from '@hub/connector-contract-suite';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject } from '@hub/platform';
import { startTestSandbox, type SalesforceAccount, type TestSandbox } from '@hub/testing';

const REDIRECT = 'http://localhost:1717/OauthRedirect';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

describe('the Salesforce connector and its stand-in', () => {
  let sandbox: TestSandbox;
  let http: ClosableSafeHttp;
  let account: SalesforceAccount;
  let connector: Required<Pick<Connector, 'pull' | 'readRecords' | 'oauth' | 'hooks' | 'refreshCredentials'>> &
    Connector;

  beforeAll(async () => {
    sandbox = await startTestSandbox();
    http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
    const found = createProviders().find(({ manifest }) => manifest.id === 'salesforce');
    connector = found as typeof connector;
  });
  afterAll(async () => {
    await http.close();
    await sandbox.stop();
  });
  beforeEach(async () => {
    await control('POST', 'reset');
    account = (await sandbox.control.accounts())[0] as SalesforceAccount;
  });

  const control = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    sandbox.control.vendor<T>('salesforce', method, path, body);
  const app = (): OAuthApp => ({
    environment: 'production',
    clientId: account.clientId,
    clientSecret: account.clientSecret,
    endpoints: { login: sandbox.control.salesforceUrl },
    secrets: {},
  });
  const context = (credentials: JsonObject, config: JsonObject = {}): ConnectorContext => ({
    connectionId: 'con_1',
    config,
    credentials,
    oauthApp: app(),
    reportLimit: () => undefined,
    http,
    signal: new AbortController().signal,
  });
  const signIn = async (): Promise<ConnectorContext> => {
    await control('POST', 'settings', { auto_approve: true });
    const url = connector.oauth.authorizeUrl({
      app: app(),
      config: {},
      redirectUri: REDIRECT,
      state: 'the-state',
      codeChallenge: CHALLENGE,
    });
    const landed = await fetch(url, { redirect: 'manual' });
    const callback = new URL(landed.headers.get('location') ?? '');
    expect(callback.searchParams.get('state')).toBe('the-state');
    const granted = await connector.oauth.exchangeCode(context({}), {
      parameters: Object.fromEntries(callback.searchParams),
      redirectUri: REDIRECT,
      codeVerifier: VERIFIER,
    });
    if (!granted.ok) throw new Error(granted.error.message);
    expect(granted.value.account.id).toBe(account.orgId);
    return context(granted.value.credentials);
  };
  /** All pages from the cursor on. */
  const pullAll = async (
    given: ConnectorContext,
    request: Partial<PullRequest> & { object: string },
  ): Promise<{ records: PulledRecord[]; cursor: JsonObject; pages: number }> => {
    const records: PulledRecord[] = [];
    let cursor = request.cursor ?? null;
    for (let pages = 1; ; pages++) {
      const page = await connector.pull(given, { mode: 'changes', since: null, ...request, cursor });
      if (!page.ok) throw new Error(`${page.error.code}: ${page.error.message}`);
      records.push(...page.value.records);
      cursor = page.value.cursor;
      if (page.value.done) return { records, cursor, pages };
    }
  };
  const seed = async (records: readonly JsonObject[]): Promise<string[]> =>
    (await control<{ ids: string[] }>('POST', 'seed', { records })).ids;
  const newAccount = (name: string, fields: JsonObject = {}): JsonObject => ({
    attributes: { type: 'Account' },
    Name: name,
    ...fields,
  });

  it('signs in through the vendor’s page, works, refreshes and ends the grant', async () => {
    const signedIn = await signIn();
    expect((await connector.testConnection(signedIn)).ok).toBe(true);
    await control('POST', 'tokens/expire', {});
    const expired = await connector.testConnection(signedIn);
    expect(expired).toMatchObject({ ok: false, error: { category: 'auth_expired' } });
    const refreshed = await connector.refreshCredentials(signedIn);
    if (!refreshed.ok) throw new Error(refreshed.error.message);
    expect((await connector.testConnection(context(refreshed.value))).ok).toBe(true);
    expect(await connector.oauth.revoke(context(refreshed.value))).toEqual({ ok: true, value: null });
    expect(await connector.refreshCredentials(context(refreshed.value))).toMatchObject({
      ok: false,
      error: { category: 'auth_revoked' },
    });
  });

  it('pulls what has changed since the cursor, and what was deleted, each once per change', async () => {
    const signedIn = await signIn();
    await seed([newAccount('before')]);
    await control('POST', 'clock', { advance_ms: 600_000 });
    const start = await pullAll(signedIn, { object: 'Account' });
    expect(start.records).toEqual([]);
    await control('POST', 'clock', { advance_ms: 600_000 });
    const [a, b] = await seed([newAccount('a', { AnnualRevenue: 12_345_678 }), newAccount('b')]);
    const first = await pullAll(signedIn, { object: 'Account', cursor: start.cursor });
    expect(first.records.map(({ id, change }) => [id, change])).toEqual([
      [a, 'created'],
      [b, 'created'],
    ]);
    expect(JSON.parse(first.records[0]?.dataText ?? '')).toMatchObject({ Name: 'a', Active__c: null });
    await control('POST', 'clock', { advance_ms: 600_000 });
    await control('POST', 'touch', { object: 'Account', id: a, fields: { Phone: '1' } });
    await control('POST', 'touch', { object: 'Account', id: b, delete: true });
    const second = await pullAll(signedIn, { object: 'Account', cursor: first.cursor });
    expect(second.records.map(({ id, change, modifiedByUs }) => [id, change, modifiedByUs])).toEqual([
      [a, 'updated', false],
      [b, 'deleted', false],
    ]);
  });

  it('brings the loser of a merge as deleted, with the record that took its place, and finds what went over', async () => {
    const signedIn = await signIn();
    const start = await pullAll(signedIn, { object: 'Account' });
    const [winner, loser] = await seed([newAccount('winner'), newAccount('loser')]);
    await seed([{ attributes: { type: 'Contact' }, LastName: 'Lovelace', AccountId: loser ?? '' }]);
    await control('POST', 'clock', { advance_ms: 600_000 });
    const before = await pullAll(signedIn, { object: 'Contact', since: '2020-01-01T00:00:00Z' });
    await control('POST', 'merge', { object: 'Account', winner, loser });
    const { records } = await pullAll(signedIn, { object: 'Account', cursor: start.cursor });
    expect(records.map(({ id, change, dataText }) => [id, change, masterOf(dataText)])).toEqual([
      [winner, 'updated', null],
      [loser, 'deleted', winner],
    ]);
    // Its contacts went over without a new stamp: no poll shows it, the listing of all records does.
    expect((await pullAll(signedIn, { object: 'Contact', cursor: before.cursor })).records).toEqual([]);
    const all = await pullAll(signedIn, { object: 'Contact', mode: 'full' });
    expect(all.records.map(({ dataText }) => (JSON.parse(dataText) as { AccountId: string }).AccountId)).toEqual([
      winner,
    ]);
  });

  const masterOf = (dataText: string): unknown => (JSON.parse(dataText) as { MasterRecordId: unknown }).MasterRecordId;

  it('loses none of 2,500 records that share one stamp, across pages and a restart', async () => {
    const signedIn = await signIn();
    const start = await pullAll(signedIn, { object: 'Account' });
    await control('POST', 'clock', { freeze: true });
    const ids: string[] = [];
    for (let block = 0; block < 5; block++)
      ids.push(...(await seed(Array.from({ length: 500 }, (_, i) => newAccount(`${block}-${i}`)))));
    const found = await pullAll(signedIn, { object: 'Account', cursor: start.cursor });
    expect(found.records).toHaveLength(2_500);
    expect(new Set(found.records.map(({ id }) => id))).toEqual(new Set(ids));
    expect(found.pages).toBeGreaterThan(2);
  });

  it('finds a record that a long transaction shows late with an early stamp', async () => {
    const signedIn = await signIn();
    const start = await pullAll(signedIn, { object: 'Account' });
    await control('POST', 'settings', { visibility_lag_ms: 60_000 });
    await seed([newAccount('late')]);
    await control('POST', 'clock', { advance_ms: 30_000 });
    const meanwhile = await pullAll(signedIn, { object: 'Account', cursor: start.cursor });
    expect(meanwhile.records).toEqual([]);
    await control('POST', 'clock', { advance_ms: 61_000 });
    const again = await pullAll(signedIn, { object: 'Account', cursor: meanwhile.cursor });
    expect(again.records.map(({ dataText }) => (JSON.parse(dataText) as { Name: string }).Name)).toEqual(['late']);
  });

  it('lists everything that exists, by id', async () => {
    const signedIn = await signIn();
    const ids = await seed(Array.from({ length: 7 }, (_, i) => newAccount(`n${i}`)));
    await control('POST', 'touch', { object: 'Account', id: ids[0], delete: true });
    const full = await pullAll(signedIn, { object: 'Account', mode: 'full' });
    expect(full.records.map(({ id }) => id).sort()).toEqual(ids.slice(1).sort());
  });

  it('brings an opportunity with its account', async () => {
    const signedIn = await signIn();
    const [customer] = await seed([newAccount('Ace "Hardware"')]);
    const [opportunity] = await seed([
      {
        attributes: { type: 'Opportunity' },
        Name: 'Deal',
        AccountId: customer ?? '',
        StageName: 'Closed Won',
        CloseDate: '2028-02-29',
        Amount: 1234.5,
      },
    ]);
    const read = await connector.readRecords(signedIn, 'Opportunity', [opportunity?.slice(0, 15) ?? '']);
    if (!read.ok) throw new Error(read.error.message);
    expect(read.value[0]?.id).toBe(opportunity);
    expect(JSON.parse(read.value[0]?.dataText ?? '')).toMatchObject({
      Name: 'Deal',
      IsWon: true,
      CloseDate: '2028-02-29',
      Account: { Id: customer, Name: 'Ace "Hardware"' },
      OpportunityLineItems: [],
    });
  });

  it('writes by Id what is linked, by external id what is not, and sets inactive', async () => {
    const signedIn = await signIn();
    const [known] = await seed([newAccount('old name')]);
    const payload = (fields: JsonObject) => contractRecord({ payloadText: JSON.stringify(fields) });
    const outcomes = await connector.deliver(signedIn, 'customer.upsert', [
      payload({ Id: known ?? '', Name: 'new name' }),
      payload({ Hub_Id__c: 'con_1:7', Name: 'seven' }),
    ]);
    expect(outcomes).toMatchObject([
      { ok: true, externalId: known },
      { ok: true, created: true },
    ]);
    const [inactive] = await connector.deliver(signedIn, 'customer.deactivate', [payload({ Id: known ?? '' })]);
    expect(inactive).toMatchObject({ ok: true });
    const records = await sandbox.control.records('Account', account.orgId);
    expect(records.map(({ Name, Active__c, Hub_Id__c }) => [Name, Active__c, Hub_Id__c])).toEqual([
      ['new name', 'No', null],
      ['seven', null, 'con_1:7'],
    ]);
    const [refused] = await connector.deliver(signedIn, 'contact.deactivate', [payload({ Id: known ?? '' })]);
    expect(refused).toMatchObject({ ok: false, error: { category: 'config', code: 'no_inactive_field' } });
  });

  it('sends many records as one bulk job, with an outcome for each', async () => {
    const signedIn = await signIn();
    const records = Array.from({ length: 300 }, (_, i) =>
      contractRecord({
        payloadText: JSON.stringify({
          Hub_Id__c: `b-${i}`,
          Name: i === 17 ? 'x'.repeat(300) : `Bulk "${i}", ä 🛠`,
          Phone: i === 5 ? null : '1',
          AnnualRevenue: 12,
        }),
      }),
    );
    const bulk = { ...signedIn, config: { bulk_threshold: 250 } };
    const outcomes = await connector.deliver(bulk, 'customer.upsert', records);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(299);
    expect(outcomes[17]).toMatchObject({ ok: false, error: { category: 'validation', code: 'STRING_TOO_LONG' } });
    const again = await connector.deliver(bulk, 'customer.upsert', records.slice(0, 260));
    expect(again[0]).toMatchObject({
      ok: true,
      created: false,
      externalId: (outcomes[0] as { externalId: string }).externalId,
    });
    const kept = await sandbox.control.records('Account', account.orgId);
    expect(kept).toHaveLength(299);
    expect(kept.find(({ Hub_Id__c }) => Hub_Id__c === 'b-5')).toMatchObject({ Name: 'Bulk "5", ä 🛠', Phone: null });
    const calls = await sandbox.control.calls({ path: '/jobs/ingest' });
    expect(calls.length).toBeLessThan(30);
  });

  it('believes an outbound message only which record to read, and only of its own org', () => {
    const message = (organisation: string, type = 'Account') =>
      Buffer.from(
        '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ' +
          'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><notifications ' +
          `xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>${organisation}</OrganizationId>` +
          '<ActionId>04k000000000000AAA</ActionId><SessionId xsi:nil="true"/><Notification><Id>04l000000000001AAA</Id>' +
          `<sObject xsi:type="sf:${type}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"><sf:Id>001dM00003kSQbV</sf:Id>` +
          '<sf:Name>x &amp; y</sf:Name></sObject></Notification></notifications></soapenv:Body></soapenv:Envelope>',
      );
    const verify = (body: Buffer) =>
      connector.hooks.verify({ config: {}, accountId: account.orgId, oauthApp: null }, { headers: {}, body });
    expect(verify(message(account.orgId.slice(0, 15)))).toMatchObject({
      ok: true,
      value: { notices: [{ object: 'Account', id: '001dM00003kSQbVQAW' }] },
    });
    expect(verify(message(account.orgId, 'Case'))).toMatchObject({ ok: true, value: { notices: [] } });
    expect(verify(message('00D000000000001EAA'))).toEqual({ ok: false, error: 'other_account' });
    expect(verify(Buffer.from('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'))).toEqual({ ok: false, error: 'unreadable' });
    expect(verify(Buffer.from('no xml at all'))).toEqual({ ok: false, error: 'unreadable' });
  });
});
