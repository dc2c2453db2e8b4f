import { contractRecord } from '@hub/connector-contract-suite';
import {
  type ConnectorContext,
  type ExistingRecord,
  type FoundRecords,
  type PullPage,
  type PullRequest,
  type WantedFacts,
} from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { decideMatch, DEFAULT_MATCH_KEYS } from '@hub/sync';
import { SalesforceStage } from './salesforce.fixture';

describe('the Salesforce connector and its stand-in', () => {
  let stage: SalesforceStage;

  beforeAll(async () => {
    stage = await SalesforceStage.start();
  });
  afterAll(() => stage.stop());
  beforeEach(() => stage.reset());

  const newAccount = (name: string, fields: JsonObject = {}): JsonObject => ({
    attributes: { type: 'Account' },
    Name: name,
    ...fields,
  });

  it('signs in through the vendor’s page, works, refreshes and ends the grant', async () => {
    const signedIn = await stage.signIn();
    expect((await stage.connector.testConnection(signedIn)).ok).toBe(true);
    await stage.control('POST', 'tokens/expire', {});
    const expired = await stage.connector.testConnection(signedIn);
    expect(expired).toMatchObject({ ok: false, error: { category: 'auth_expired' } });
    const refreshed = await stage.connector.refreshCredentials(signedIn);
    if (!refreshed.ok) throw new Error(refreshed.error.message);
    expect((await stage.connector.testConnection(stage.context(refreshed.value))).ok).toBe(true);
    expect(await stage.connector.oauth.revoke(stage.context(refreshed.value))).toEqual({ ok: true, value: null });
    expect(await stage.connector.refreshCredentials(stage.context(refreshed.value))).toMatchObject({
      ok: false,
      error: { category: 'auth_revoked' },
    });
  });

  it('pulls what has changed since the cursor, and what was deleted, each once per change', async () => {
    const signedIn = await stage.signIn();
    await stage.seed([newAccount('before')]);
    await stage.control('POST', 'clock', { advance_ms: 600_000 });
    const start = await stage.pullAll(signedIn, { object: 'Account' });
    expect(start.records).toEqual([]);
    await stage.control('POST', 'clock', { advance_ms: 600_000 });
    const [a, b] = await stage.seed([newAccount('a', { AnnualRevenue: 12_345_678 }), newAccount('b')]);
    const first = await stage.pullAll(signedIn, { object: 'Account', cursor: start.cursor });
    expect(first.records.map(({ id, change }) => [id, change])).toEqual([
      [a, 'created'],
      [b, 'created'],
    ]);
    expect(JSON.parse(first.records[0]?.dataText ?? '')).toMatchObject({ Name: 'a', Active__c: null });
    await stage.control('POST', 'clock', { advance_ms: 600_000 });
    await stage.control('POST', 'touch', { object: 'Account', id: a, fields: { Phone: '1' } });
    await stage.control('POST', 'touch', { object: 'Account', id: b, delete: true });
    const second = await stage.pullAll(signedIn, { object: 'Account', cursor: first.cursor });
    expect(second.records.map(({ id, change, modifiedByUs }) => [id, change, modifiedByUs])).toEqual([
      [a, 'updated', false],
      [b, 'deleted', false],
    ]);
  });

  it('pulls opportunities though they and their accounts have more custom fields than a query holds', async () => {
    for (const object of ['Opportunity', 'Account']) {
      const names = Array.from({ length: 400 }, (_, n) => `A_field_with_an_honest_name_${n}__c`);
      await Promise.all(names.map((field) => stage.control('POST', 'fields', { object, field, type: 'string' })));
    }
    // What a connection's fields are is remembered: these are of no other test's.
    const signedIn = { ...(await stage.signIn()), connectionId: 'con_wide' };
    const [account] = await stage.seed([newAccount('Acme', { BillingCity: 'Paris' })]);
    const sales = Array.from({ length: 60 }, (_, n) => ({
      attributes: { type: 'Opportunity' },
      Name: `Sale ${n}`,
      AccountId: account ?? '',
      StageName: 'Prospecting',
      CloseDate: '2027-01-31',
    }));
    const ids = await stage.seed(sales);
    const pulled = await stage.pullAll(signedIn, { object: 'Opportunity', since: new Date(0).toISOString() });
    const row = JSON.parse(pulled.records.find(({ id }) => id === ids[0])?.dataText ?? '{}') as Record<string, unknown>;
    expect(row).toMatchObject({ Name: 'Sale 0', A_field_with_an_honest_name_0__c: null });
    expect(row['Account']).toMatchObject({ Name: 'Acme', BillingCity: 'Paris' });
    const read = await stage.connector.readRecords(signedIn, 'Opportunity', ids);
    expect(read.ok ? read.value.map(({ id }) => id).sort() : read.error).toEqual([...ids].sort());
    const tooLong = await stage.control<{ entries: unknown[] }>('GET', 'requests?status=414');
    expect(tooLong.entries).toEqual([]);
  });

  it('brings the loser of a merge as deleted, with the record that took its place, and finds what went over', async () => {
    const signedIn = await stage.signIn();
    const start = await stage.pullAll(signedIn, { object: 'Account' });
    const [winner, loser] = await stage.seed([newAccount('winner'), newAccount('loser')]);
    await stage.seed([{ attributes: { type: 'Contact' }, LastName: 'Lovelace', AccountId: loser ?? '' }]);
    await stage.control('POST', 'clock', { advance_ms: 600_000 });
    const before = await stage.pullAll(signedIn, { object: 'Contact', since: '2020-01-01T00:00:00Z' });
    await stage.control('POST', 'merge', { object: 'Account', winner, loser });
    const { records } = await stage.pullAll(signedIn, { object: 'Account', cursor: start.cursor });
    expect(records.map(({ id, change, dataText }) => [id, change, masterOf(dataText)])).toEqual([
      [winner, 'updated', null],
      [loser, 'deleted', winner],
    ]);
    // Its contacts went over without a new stamp: no poll shows it, the listing of all records does.
    expect((await stage.pullAll(signedIn, { object: 'Contact', cursor: before.cursor })).records).toEqual([]);
    const all = await stage.pullAll(signedIn, { object: 'Contact', mode: 'full' });
    expect(all.records.map(({ dataText }) => (JSON.parse(dataText) as { AccountId: string }).AccountId)).toEqual([
      winner,
    ]);
  });

  const masterOf = (dataText: string): unknown => (JSON.parse(dataText) as { MasterRecordId: unknown }).MasterRecordId;

  it('loses none of 2,500 records that share one stamp, across pages and a restart', async () => {
    const signedIn = await stage.signIn();
    const start = await stage.pullAll(signedIn, { object: 'Account' });
    await stage.control('POST', 'clock', { freeze: true });
    const ids: string[] = [];
    for (let block = 0; block < 5; block++)
      ids.push(...(await stage.seed(Array.from({ length: 500 }, (_, i) => newAccount(`${block}-${i}`)))));
    const found = await stage.pullAll(signedIn, { object: 'Account', cursor: start.cursor });
    expect(found.records).toHaveLength(2_500);
    expect(new Set(found.records.map(({ id }) => id))).toEqual(new Set(ids));
    expect(found.pages).toBeGreaterThan(2);
  });

  it('finds a record that a long transaction shows late with an early stamp', async () => {
    const signedIn = await stage.signIn();
    const start = await stage.pullAll(signedIn, { object: 'Account' });
    await stage.control('POST', 'settings', { visibility_lag_ms: 60_000 });
    await stage.seed([newAccount('late')]);
    await stage.control('POST', 'clock', { advance_ms: 30_000 });
    const meanwhile = await stage.pullAll(signedIn, { object: 'Account', cursor: start.cursor });
    expect(meanwhile.records).toEqual([]);
    await stage.control('POST', 'clock', { advance_ms: 61_000 });
    const again = await stage.pullAll(signedIn, { object: 'Account', cursor: meanwhile.cursor });
    expect(again.records.map(({ dataText }) => (JSON.parse(dataText) as { Name: string }).Name)).toEqual(['late']);
  });

  it('lists everything that exists, by id', async () => {
    const signedIn = await stage.signIn();
    const ids = await stage.seed(Array.from({ length: 7 }, (_, i) => newAccount(`n${i}`)));
    await stage.control('POST', 'touch', { object: 'Account', id: ids[0], delete: true });
    const full = await stage.pullAll(signedIn, { object: 'Account', mode: 'full' });
    expect(full.records.map(({ id }) => id).sort()).toEqual(ids.slice(1).sort());
  });

  it('takes no record for one that there is not, however few of them the org answers with at a time', async () => {
    const signedIn = await stage.signIn();
    const ids = await stage.seed(Array.from({ length: 5 }, (_, i) => newAccount(`n${i}`, { AccountNumber: `A-${i}` })));
    await stage.set({ query_page_size: 2 });
    const read = await stage.connector.readRecords(signedIn, 'Account', ids);
    expect(read.ok ? read.value.map(({ id }) => id).sort() : read.error).toEqual([...ids].sort());
    const wanted = ids.map((_id, i) => wantedBy({ account_number: [`A-${i}`] }));
    const { records, unread } = await found(signedIn, 'customer.upsert', wanted);
    expect(records.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(unread).toEqual([]);
  });

  const wantedBy = (keys: WantedFacts['keys'], rest: Partial<WantedFacts> = {}): WantedFacts => ({
    keys,
    postalCode: null,
    nameDecides: false,
    ...rest,
  });
  const found = async (signedIn: ConnectorContext, operation: string, wanted: WantedFacts[]): Promise<FoundRecords> => {
    const answer = await stage.connector.matching?.find(signedIn, operation, wanted);
    if (answer?.ok !== true) throw new Error(answer?.error.message ?? 'nobody looks for what is there');
    return answer.value;
  };
  const seedMany = async (count: number, recordOf: (n: number) => JsonObject): Promise<string[]> => {
    const ids: string[] = [];
    const records = Array.from({ length: count }, (_unused, n) => recordOf(n));
    for (let at = 0; at < count; at += 200) ids.push(...(await stage.seed(records.slice(at, at + 200))));
    return ids;
  };

  it('does not read a name that thousands have to its end, says so, and still finds what is alike and every other', async () => {
    const signedIn = await stage.signIn();
    const others = ['Aalto', 'Ames', 'Zorn', 'Zuse'];
    await seedMany(2_600, (n) => newAccount('Unknown', { AccountNumber: `U-${n}` }));
    const seeded = await stage.seed([
      newAccount('Unknown', { BillingPostalCode: 'K1A 0B1' }),
      newAccount('Unknown', { BillingPostalCode: 'K1A0B1' }),
      ...others.map((name) => newAccount(name)),
    ]);
    await stage.set({ query_page_size: 200 });
    const wanted = ['Unknown', ...others].map((name) => wantedBy({ name: [name] }, { postalCode: 'K1A 0B1' }));
    const { records, unread } = await found(signedIn, 'customer.upsert', wanted);
    expect(records.map(({ id }) => id)).toEqual(expect.arrayContaining(seeded));
    expect(unread).toEqual([{ key: 'name', value: 'Unknown' }]);
    expect(records.filter(({ name }) => name === 'Unknown').length).toBeLessThanOrEqual(2_002);
  }, 60_000);

  it('takes nobody for new, or for the one that is free, because of an address that thousands have', async () => {
    const signedIn = await stage.signIn();
    const contact = (n: number, email: string) => ({
      attributes: { type: 'Contact' },
      LastName: `No. ${n}`,
      Email: email,
    });
    const ids = await seedMany(2_300, (n) => contact(n, 'Info@Flood.example'));
    const seeded = await stage.seed([contact(1, 'info@flood.example'), contact(2, 'ada@calm.example')]);
    await stage.control('DELETE', 'requests');
    const wanted = [wantedBy({ email: ['ada@calm.example'] }), wantedBy({ email: ['info@flood.example'] })];
    const many = Array.from({ length: 100 }, (_unused, n) => wantedBy({ email: [`new-${n}@calm.example`] }));
    const { records, unread } = await found(signedIn, 'contact.upsert', [...many, ...wanted]);
    const { entries } = await stage.control<{ entries: unknown[] }>('GET', 'requests?path=/composite&limit=100');
    expect(entries).toHaveLength(2);
    expect(unread).toEqual([{ key: 'email', value: 'info@flood.example' }]);
    const decided = (free: readonly ExistingRecord[]) =>
      wanted.map((one) => decideMatch(one, { records: free, unread }, DEFAULT_MATCH_KEYS));
    const calm = { kind: 'one', by: 'email', record: { id: seeded[1] } };
    // Those that were read are linked already, all of them or all but one.
    const linked = new Set(ids);
    const notLinked = records.filter(({ id }) => !linked.has(id) && id !== seeded[0]);
    expect(decided(notLinked)).toMatchObject([calm, { kind: 'several', records: [], allRead: false }]);
    const first = records.find(({ id }) => linked.has(id));
    if (first === undefined) throw new Error('none of the flood was read');
    const free = [first, ...notLinked];
    expect(decided(free)).toMatchObject([calm, { kind: 'several', records: [{ id: first.id }], allRead: false }]);
  }, 60_000);

  it('asks for every name that decides, however many they are, and not for thousands that only show what is alike', async () => {
    const signedIn = await stage.signIn();
    const nameOf = (n: number): string => `A company with a long and honest name, number ${n}`;
    const last = 399;
    const [id] = await stage.seed([newAccount(nameOf(last))]);
    const wanted = (nameDecides: boolean) =>
      Array.from({ length: last + 1 }, (_unused, n) => wantedBy({ name: [nameOf(n)] }, { nameDecides }));
    const ids = async (nameDecides: boolean) =>
      (await found(signedIn, 'customer.upsert', wanted(nameDecides))).records.map((record) => record.id);
    expect(await ids(true)).toEqual([id]);
    expect(await ids(false)).toEqual([]);
  });

  it('asks for a listing where it was away for longer than what was deleted can be seen, and else for none', async () => {
    const [id] = await stage.seed([newAccount('a')]);
    // No session lasts as long.
    const pull = async (request: Partial<PullRequest>): Promise<PullPage> => {
      const whole = { object: 'Account', mode: 'changes', cursor: null, since: null, ...request } as const;
      const page = await stage.connector.pull(await stage.signIn(), whole);
      if (!page.ok) throw new Error(page.error.message);
      return page.value;
    };
    const first = await pull({ since: '2020-01-01T00:00:00Z' });
    expect(first).toMatchObject({ records: [{ id }], done: true, needsListing: false });
    await stage.control('POST', 'clock', { advance_ms: 13 * 86_400_000 });
    expect(await pull({ cursor: first.cursor })).toMatchObject({ done: true, needsListing: false });
    await stage.control('POST', 'clock', { advance_ms: 2 * 86_400_000 });
    expect(await pull({ cursor: first.cursor })).toMatchObject({ done: true, needsListing: true });
  });

  it('brings an opportunity with its account', async () => {
    const signedIn = await stage.signIn();
    const [customer] = await stage.seed([newAccount('Ace "Hardware"')]);
    const [opportunity] = await stage.seed([
      {
        attributes: { type: 'Opportunity' },
        Name: 'Deal',
        AccountId: customer ?? '',
        StageName: 'Closed Won',
        CloseDate: '2028-02-29',
        Amount: 1234.5,
      },
    ]);
    const read = await stage.connector.readRecords(signedIn, 'Opportunity', [opportunity?.slice(0, 15) ?? '']);
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
    const signedIn = await stage.signIn();
    const [known] = await stage.seed([newAccount('old name')]);
    const payload = (fields: JsonObject) => contractRecord({ payloadText: JSON.stringify(fields) });
    const outcomes = await stage.connector.deliver(signedIn, 'customer.upsert', [
      payload({ Id: known ?? '', Name: 'new name' }),
      payload({ Hub_Id__c: 'con_1:7', Name: 'seven' }),
    ]);
    expect(outcomes).toMatchObject([
      { ok: true, externalId: known },
      { ok: true, created: true },
    ]);
    const [inactive] = await stage.connector.deliver(signedIn, 'customer.deactivate', [payload({ Id: known ?? '' })]);
    expect(inactive).toMatchObject({ ok: true });
    const records = await stage.sandbox.control.records('Account', stage.account.orgId);
    expect(records.map(({ Name, Active__c, Hub_Id__c }) => [Name, Active__c, Hub_Id__c])).toEqual([
      ['new name', 'No', null],
      ['seven', null, 'con_1:7'],
    ]);
    const [refused] = await stage.connector.deliver(signedIn, 'contact.deactivate', [payload({ Id: known ?? '' })]);
    expect(refused).toMatchObject({ ok: false, error: { category: 'config', code: 'no_inactive_field' } });
  });

  it('sends many records as one bulk job, with an outcome for each', async () => {
    const signedIn = await stage.signIn();
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
    const outcomes = await stage.connector.deliver(bulk, 'customer.upsert', records);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(299);
    expect(outcomes[17]).toMatchObject({ ok: false, error: { category: 'validation', code: 'STRING_TOO_LONG' } });
    const again = await stage.connector.deliver(bulk, 'customer.upsert', records.slice(0, 260));
    expect(again[0]).toMatchObject({
      ok: true,
      created: false,
      externalId: (outcomes[0] as { externalId: string }).externalId,
    });
    const kept = await stage.sandbox.control.records('Account', stage.account.orgId);
    expect(kept).toHaveLength(299);
    expect(kept.find(({ Hub_Id__c }) => Hub_Id__c === 'b-5')).toMatchObject({ Name: 'Bulk "5", ä 🛠', Phone: null });
    const calls = await stage.sandbox.control.calls({ path: '/jobs/ingest' });
    expect(calls.length).toBeLessThan(30);
  });

  it('aborts a bulk job that nobody waits for, so that it writes nothing over newer values', async () => {
    const signedIn = await stage.signIn();
    await stage.set({ bulk_step_ms: 60_000 });
    const records = Array.from({ length: 250 }, (_, i) =>
      contractRecord({ payloadText: JSON.stringify({ Hub_Id__c: `o-${i}`, Name: `Old ${i}` }) }),
    );
    const lease = new AbortController();
    const slow = {
      ...signedIn,
      config: { bulk_threshold: 250 },
      signal: lease.signal,
      http: {
        ...signedIn.http,
        request: async (asked: Parameters<typeof signedIn.http.request>[0]) => {
          const isPoll = (asked.method ?? 'GET') === 'GET' && /\/jobs\/ingest\/\w+$/.test(asked.url);
          // Half of the rows are written by now.
          if (isPoll) await stage.control('POST', 'clock', { advance_ms: 90_000 });
          const answer = await signedIn.http.request(asked);
          if (isPoll) lease.abort();
          return answer;
        },
      },
    };
    const given = await stage.connector.deliver(slow, 'customer.upsert', records);
    expect(given.filter((outcome) => !outcome.ok && outcome.error.category === 'transient')).toHaveLength(250);
    const newer = [0, 249].map((i) => ({ Hub_Id__c: `o-${i}`, Name: 'Newer' }));
    expect(await stage.deliver(signedIn, 'customer.upsert', newer)).toMatchObject([{ created: false }, { ok: true }]);
    await stage.control('POST', 'clock', { advance_ms: 3_600_000 });
    const kept = await stage.records('Account');
    expect(kept.filter(({ Hub_Id__c }) => ['o-0', 'o-249'].includes(String(Hub_Id__c)))).toMatchObject([
      { Name: 'Newer' },
      { Name: 'Newer' },
    ]);
    expect(kept.length).toBeLessThan(250);
  });

  it('tells one record of a bulk job that it names a field which the org lacks, and writes the others', async () => {
    const signedIn = await stage.signIn();
    const records = Array.from({ length: 260 }, (_, i) =>
      contractRecord({
        payloadText: JSON.stringify({
          Hub_Id__c: `u-${i}`,
          Name: `Unknown ${i}`,
          ...(i === 33 ? { Nobody_Has__c: 'x' } : {}),
        }),
      }),
    );
    const bulk = { ...signedIn, config: { bulk_threshold: 250 } };
    const outcomes = await stage.connector.deliver(bulk, 'customer.upsert', records);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(259);
    expect(outcomes[33]).toMatchObject({ ok: false, error: { category: 'validation', code: 'INVALID_FIELD' } });
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
      stage.connector.hooks.verify(
        { config: {}, accountId: stage.account.orgId, oauthApp: null },
        { headers: {}, body },
      );
    expect(verify(message(stage.account.orgId.slice(0, 15)))).toMatchObject({
      ok: true,
      value: { notices: [{ object: 'Account', id: '001dM00003kSQbVQAW' }] },
    });
    expect(verify(message(stage.account.orgId, 'Case'))).toMatchObject({ ok: true, value: { notices: [] } });
    expect(verify(message('00D000000000001EAA'))).toEqual({ ok: false, error: 'other_account' });
    expect(verify(Buffer.from('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'))).toEqual({ ok: false, error: 'unreadable' });
    expect(verify(Buffer.from('no xml at all'))).toEqual({ ok: false, error: 'unreadable' });
  });
});
