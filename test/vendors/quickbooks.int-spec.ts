import { contractRecord } from '@hub/connector-contract-suite';
import { createProviders } from '@hub/connector-providers';
import {
  type Connector,
  type ConnectorContext,
  type OAuthApp,
  type PulledRecord,
  type PullRequest,
  type RecordOutcome,
} from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject } from '@hub/platform';
import { decideMatch, DEFAULT_MATCH_KEYS } from '@hub/sync';
import { startTestSandbox, waitUntil, type TestSandbox } from '@hub/testing';

interface Account {
  readonly realmId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly webhookVerifierToken: string;
  readonly slug: string;
}

const REDIRECT = 'https://developer.intuit.com/v2/OAuth2Playground/RedirectUrl';
type QuickBooks = Required<Pick<Connector, 'pull' | 'readRecords' | 'oauth' | 'hooks' | 'refreshCredentials'>> &
  Connector;

describe('the QuickBooks connector and its stand-in', () => {
  let sandbox: TestSandbox;
  let http: ClosableSafeHttp;
  let account: Account;
  let connector: QuickBooks;
  let signedIn: ConnectorContext;

  beforeAll(async () => {
    sandbox = await startTestSandbox(['--quickbooks-limit-factor', '100']);
    http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
    connector = createProviders().find(({ manifest }) => manifest.id === 'quickbooks') as QuickBooks;
  });
  afterAll(async () => {
    await http.close();
    await sandbox.stop();
  });
  beforeEach(async () => {
    await control('POST', 'reset', { empty: true });
    await control('POST', 'settings', { auto_approve: true });
    const { accounts } = await control<{ accounts: Account[] }>('GET', 'accounts');
    account = accounts.find(({ slug }) => slug === 'acme') as Account;
    signedIn = await signIn();
  });

  const control = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    sandbox.control.vendor<T>('quickbooks', method, path, body);
  const app = (): OAuthApp => {
    const url = sandbox.control.url('quickbooks');
    return {
      environment: 'production',
      clientId: account.clientId,
      clientSecret: account.clientSecret,
      endpoints: {
        authorize: `${url}/connect/oauth2`,
        token: `${url}/oauth2/v1/tokens/bearer`,
        revoke: `${url}/v2/oauth2/tokens/revoke`,
        api: url,
      },
      secrets: { webhook_verifier_token: account.webhookVerifierToken },
    };
  };
  const context = (credentials: JsonObject, config: JsonObject = {}): ConnectorContext => ({
    connectionId: 'con_1',
    // As many more as the stand-in is told to allow.
    config: {
      default_item_id: '1',
      income_account_id: '5',
      calls_per_minute: 50_000,
      batches_per_minute: 4_000,
      ...config,
    },
    credentials,
    oauthApp: app(),
    reportLimit: () => undefined,
    http,
    signal: new AbortController().signal,
  });
  const signIn = async (): Promise<ConnectorContext> => {
    const url = connector.oauth.authorizeUrl({
      app: app(),
      config: {},
      redirectUri: REDIRECT,
      state: 'the-state',
      codeChallenge: 'unused',
    });
    const landed = await fetch(`${url}&login_hint=acme`, { redirect: 'manual' });
    const callback = new URL(landed.headers.get('location') ?? '');
    expect(callback.searchParams.get('state')).toBe('the-state');
    const granted = await connector.oauth.exchangeCode(context({}), {
      parameters: Object.fromEntries(callback.searchParams),
      redirectUri: REDIRECT,
      codeVerifier: 'unused',
    });
    if (!granted.ok) throw new Error(granted.error.message);
    expect(granted.value.account).toEqual({ id: account.realmId, name: `Acme Tools (simulated) (${account.realmId})` });
    return context(granted.value.credentials);
  };
  const payload = (members: JsonObject, overrides: Partial<ReturnType<typeof contractRecord>> = {}) =>
    contractRecord({ payloadText: JSON.stringify(members), ...overrides });
  const deliver = async (operation: string, ...members: JsonObject[]): Promise<readonly RecordOutcome[]> =>
    connector.deliver(
      signedIn,
      operation,
      members.map((each) => payload(each)),
    );
  const created = async (operation: string, members: JsonObject): Promise<string> => {
    const [outcome] = await deliver(operation, members);
    if (outcome?.ok !== true) throw new Error(JSON.stringify(outcome));
    return outcome.externalId ?? '';
  };
  const records = async (entity: string): Promise<Record<string, unknown>[]> =>
    (await control<{ records: Record<string, unknown>[] }>('GET', `records?realm=acme&entity=${entity}&limit=5000`))
      .records;
  const calls = async (path: string): Promise<number> => {
    const query = new URLSearchParams({ limit: '5000', path });
    return (await control<{ entries: unknown[] }>('GET', `requests?${query.toString()}`)).entries.length;
  };
  const pullAll = async (
    request: Partial<PullRequest> & { object: string },
  ): Promise<{ records: PulledRecord[]; cursor: JsonObject; pages: number; needsListing: boolean }> => {
    const found: PulledRecord[] = [];
    let cursor = request.cursor ?? null;
    for (let pages = 1; ; pages++) {
      const page = await connector.pull(signedIn, { mode: 'changes', since: null, ...request, cursor });
      if (!page.ok) throw new Error(`${page.error.code}: ${page.error.message}`);
      found.push(...page.value.records);
      cursor = page.value.cursor;
      const { done, needsListing = false } = page.value;
      if (done) return { records: found, cursor, pages, needsListing };
    }
  };

  it('tests, refreshes with the rotated token and ends the grant', async () => {
    expect(await connector.testConnection(signedIn)).toMatchObject({
      ok: true,
      value: { account: `Acme Tools (simulated) (${account.realmId})` },
    });
    await control('POST', 'tokens/expire', {});
    expect(await connector.testConnection(signedIn)).toMatchObject({
      ok: false,
      error: { category: 'auth_expired', code: '3200' },
    });
    const refreshed = await connector.refreshCredentials(signedIn);
    if (!refreshed.ok) throw new Error(refreshed.error.message);
    expect((await connector.testConnection(context(refreshed.value))).ok).toBe(true);
    expect(connector.tokenLifetime?.(refreshed.value)?.expiresAtMs).toBeGreaterThan(Date.now());
    expect(await connector.oauth.revoke(context(refreshed.value))).toEqual({ ok: true, value: null });
    expect(await connector.refreshCredentials(context(refreshed.value))).toMatchObject({
      ok: false,
      error: { category: 'auth_revoked' },
    });
  });

  it('creates, changes with the current version, and sets inactive', async () => {
    const id = await created('customer.upsert', { DisplayName: "Ace “O'Brien” \\ Söhne", Notes: 'a' });
    await control('POST', 'touch', { entity: 'Customer', id, fields: { Notes: 'by a colleague' } });
    const [changed] = await deliver('customer.upsert', { Id: id, PrimaryPhone: { FreeFormNumber: '1' } });
    expect(changed).toMatchObject({ ok: true, externalId: id, created: false, version: '2' });
    expect((await deliver('customer.deactivate', { Id: id }))[0]).toMatchObject({ ok: true });
    const [customer] = await records('Customer');
    expect(customer).toMatchObject({ Notes: 'by a colleague', PrimaryPhone: { FreeFormNumber: '1' }, Active: false });
    expect((await deliver('customer.update', { Id: '99999', Notes: 'x' }))[0]).toMatchObject({
      ok: false,
      error: { category: 'not_found' },
    });
  });

  it('changes what was created a moment ago and no query finds yet, and refuses what is not there', async () => {
    await control('POST', 'settings', { visibility_lag_ms: 3_600_000 });
    const ids = [
      await created('customer.create', { DisplayName: 'New' }),
      await created('vendor.create', { DisplayName: 'V' }),
    ];
    expect((await deliver('customer.update', { Id: ids[0] ?? '', Notes: 'n' }))[0]).toMatchObject({
      ok: true,
      version: '1',
    });
    expect((await deliver('vendor.update', { Id: ids[1] ?? '', Active: false }))[0]).toMatchObject({ ok: true });
    const gone = Array.from({ length: 25 }, (_, n) => ({ Id: String(90_000 + n), Notes: 'x' }));
    const refusals = await deliver('customer.update', ...gone, { Id: ids[0] ?? '', Notes: 'last' });
    const codes = refusals.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code));
    // Twenty are asked for one by one; whether the others are there is not known yet.
    expect(codes).toEqual([...Array<string>(20).fill('610'), ...Array<string>(6).fill('not_listed')]);
    expect(refusals.at(-1)).toMatchObject({ error: { category: 'transient' } });
  });

  it('keeps every digit of an invoice and names what is wrong', async () => {
    const customer = await created('customer.create', { DisplayName: 'Digits' });
    const invoice = (amount: string, extra: JsonObject = {}): JsonObject => ({
      CustomerRef: { value: customer },
      TxnDate: '2028-02-29',
      Line: [
        { DetailType: 'SalesItemLineDetail', Amount: amount, SalesItemLineDetail: { Qty: '1', UnitPrice: amount } },
      ],
      ...extra,
    });
    const id = await created('invoice.upsert', invoice('0.30', { PrivateNote: 'mine' }));
    const [read] = await readOne('Invoice', id);
    expect(read?.dataText).toContain('"TotalAmt":0.3');
    expect(JSON.parse(read?.dataText ?? '')).toMatchObject({ TxnDate: '2028-02-29' });
    const [big] = await deliver('invoice.upsert', invoice('12345678901.56'));
    expect(big).toMatchObject({ ok: true });
    const long = await deliver('customer.create', { DisplayName: 'x'.repeat(101) });
    expect(long[0]).toMatchObject({ ok: false, error: { category: 'validation', fields: ['DisplayName'] } });
    const colon = await deliver('customer.create', { DisplayName: 'a:b' });
    expect(colon[0]).toMatchObject({ ok: false, error: { category: 'validation', code: '2040' } });
    expect((await deliver('invoice.deactivate', { Id: id }))[0]).toMatchObject({ ok: true });
    expect((await records('Invoice')).find(({ Id }) => Id === id)).toMatchObject({ TotalAmt: 0 });
  });

  const readOne = async (object: string, id: string): Promise<readonly PulledRecord[]> => {
    const read = await connector.readRecords(signedIn, object, [id]);
    if (!read.ok) throw new Error(read.error.message);
    return read.value;
  };

  it('keeps the amount of an invoice that is changed, and drops none without a word', async () => {
    const customer = await created('customer.upsert', { DisplayName: 'Acme' });
    const sale = (amount: string): JsonObject => ({
      CustomerRef: { value: customer },
      Line: [
        { DetailType: 'SalesItemLineDetail', Amount: amount, SalesItemLineDetail: { Qty: '1', UnitPrice: amount } },
      ],
    });
    const invoice = await created('invoice.upsert', sale('1234.56'));
    await deliver('invoice.upsert', { Id: invoice, ...sale('1300') });
    expect(await records('Invoice')).toEqual([expect.objectContaining({ TotalAmt: 1300, Balance: 1300 })]);
    signedIn = { ...signedIn, config: {} };
    expect((await deliver('invoice.upsert', sale('1')))[0]).toMatchObject({
      ok: false,
      error: { category: 'validation', fields: ['Line[0].SalesItemLineDetail.ItemRef'] },
    });
  });

  it('does not let an address that thousands have hide the others of its call, and takes it for none and for one of nobody', async () => {
    const seed = (members: JsonObject[]) =>
      control<{ ids: string[] }>('POST', 'seed', { realm: 'acme', entity: 'Customer', records: members });
    const customer = (name: string, email: string) => ({ DisplayName: name, PrimaryEmailAddr: { Address: email } });
    await seed(Array.from({ length: 1_200 }, (_, n) => customer(`Flood ${n}`, 'info@flood.example')));
    const { ids } = await seed([customer('Ada', 'Ada@calm.example'), customer('Grace', 'grace@calm.example')]);
    await control('DELETE', 'requests');
    const emails = ['info@flood.example', 'ada@calm.example', 'grace@calm.example', 'new@calm.example'];
    const wanted = emails.map((email) => ({ keys: { email: [email] }, postalCode: null, nameDecides: false }));
    const found = await connector.matching?.find(signedIn, 'customer.upsert', wanted);
    if (found?.ok !== true) throw new Error('nothing was found');
    const decided = wanted.map((one) => decideMatch(one, found.value, DEFAULT_MATCH_KEYS));
    expect(decided).toMatchObject([
      { kind: 'several', by: 'email', allRead: false },
      { kind: 'one', record: { id: ids[0] } },
      { kind: 'one', record: { id: ids[1] } },
      { kind: 'none' },
    ]);
    expect(found.value.unread).toEqual([{ key: 'email', value: 'info@flood.example' }]);
    expect(await calls(`/v3/company/${account.realmId}/query`)).toBe(3);
  }, 60_000);

  it('sends 3,000 customers in at most 110 calls, each with its own outcome', async () => {
    await control('DELETE', 'requests');
    const all = Array.from({ length: 3_000 }, (_, i) => payload({ DisplayName: i === 17 ? 'a:b' : `Customer ${i}` }));
    const outcomes: RecordOutcome[] = [];
    for (let at = 0; at < all.length; at += 300)
      outcomes.push(...(await connector.deliver(signedIn, 'customer.upsert', all.slice(at, at + 300))));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(2_999);
    expect(outcomes[17]).toMatchObject({ ok: false, error: { code: '2040' } });
    expect(await calls(`/v3/company/${account.realmId}`)).toBeLessThanOrEqual(110);
    expect(new Set(outcomes.flatMap((outcome) => (outcome.ok ? [outcome.externalId] : []))).size).toBe(2_999);
  });

  it.each([
    ['one', 1],
    ['a batch', 12],
  ])('creates %s once although the line is cut after the commit', async (_, count) => {
    const deliveries = Array.from({ length: count }, (__, i) => payload({ DisplayName: `Once ${i}`, Notes: 'n' }));
    const path = count === 1 ? '/customer' : '/batch';
    await control('POST', 'faults', {
      match: { method: 'POST', path },
      times: 1,
      action: { type: 'drop_after_commit' },
    });
    const lost = await connector.deliver(signedIn, 'customer.upsert', deliveries);
    expect(lost.every((outcome) => !outcome.ok && outcome.error.category === 'transient')).toBe(true);
    const retried = deliveries.slice(0, Math.max(1, count - 3)).map((record) => ({ ...record, mayHaveBeenSent: true }));
    const again = await connector.deliver(signedIn, 'customer.upsert', retried);
    expect(again.every(({ ok }) => ok)).toBe(true);
    expect(await records('Customer')).toHaveLength(count);
  });

  it('makes an invoice once that the vendor is still at work on when it is sent again', async () => {
    const customer = await created('customer.create', { DisplayName: 'Lost' });
    const deliveries = [1, 2].map((n) =>
      payload({
        CustomerRef: { value: customer },
        Line: [{ DetailType: 'SalesItemLineDetail', Amount: String(n), SalesItemLineDetail: {} }],
      }),
    );
    await control('POST', 'faults', {
      match: { method: 'POST', path: '/(batch|invoice)\\?' },
      times: 1,
      action: { type: 'late_commit', ms: 2_000 },
    });
    const lost = await connector.deliver(signedIn, 'invoice.upsert', deliveries);
    expect(lost.every((outcome) => !outcome.ok && outcome.error.category === 'transient')).toBe(true);
    const again = await connector.deliver(
      signedIn,
      'invoice.upsert',
      deliveries.map((record) => ({ ...record, mayHaveBeenSent: true })),
    );
    expect(again.every(({ ok }) => ok)).toBe(true);
    await waitUntil('the vendor to have done its work', async () => {
      const { entries } = await control<{ entries: unknown[] }>('GET', 'requests?fault=late_commit');
      return entries.length === 1;
    });
    const marks = (await records('Invoice')).map(({ PrivateNote }) => PrivateNote);
    expect([marks.length, new Set(marks).size]).toEqual([2, 2]);
  });

  it.each(['throttle_429', 'throttle_403'])('waits as long as the vendor asks when it meets %s', async (preset) => {
    await control('POST', 'faults/preset', { preset, times: 1 });
    const [outcome] = await deliver('customer.upsert', { DisplayName: 'Throttled' });
    expect(outcome).toMatchObject({ ok: false, error: { category: 'rate_limited', retryAfterMs: 60_000 } });
  });

  it('takes a fault for a fault, whatever its status and shape', async () => {
    await control('POST', 'faults/preset', { preset: 'fault_in_200', times: 1 });
    expect((await deliver('customer.upsert', { DisplayName: 'A' }))[0]?.ok).toBe(false);
    await control('POST', 'faults/preset', { preset: 'service_unavailable', times: 1 });
    expect((await deliver('customer.upsert', { DisplayName: 'B' }))[0]).toMatchObject({
      ok: false,
      error: { category: 'transient' },
    });
    await created('vendor.create', { DisplayName: 'Same name' });
    expect((await deliver('customer.create', { DisplayName: 'Same name' }))[0]).toMatchObject({
      ok: false,
      error: { category: 'duplicate', code: '6240' },
    });
  });

  it('pulls changes and deletions since the cursor', async () => {
    const start = await pullAll({ object: 'Customer' });
    const id = await created('customer.create', { DisplayName: 'Changed' });
    const first = await pullAll({ object: 'Customer', cursor: start.cursor });
    expect(first.records.map((record) => [record.id, record.change, record.version])).toEqual([[id, 'created', '0']]);
    const customer = { value: id };
    const invoice = await created('invoice.create', {
      CustomerRef: customer,
      Line: [{ DetailType: 'SalesItemLineDetail', Amount: '5', SalesItemLineDetail: {} }],
    });
    const invoices = await pullAll({ object: 'Invoice', since: new Date(Date.now() - 60_000).toISOString() });
    expect(invoices.records.map((record) => record.id)).toEqual([invoice]);
    await control('POST', 'touch', { entity: 'Invoice', id: invoice, action: 'delete' });
    const second = await pullAll({ object: 'Invoice', cursor: invoices.cursor });
    expect(second.records.map((record) => [record.id, record.change])).toContainEqual([invoice, 'deleted']);
    expect(await readOne('Invoice', invoice)).toMatchObject([{ id: invoice, change: 'deleted' }]);
  });

  const seed = async (block: number): Promise<string[]> => {
    const records = Array.from({ length: 500 }, (_, i) => ({ DisplayName: `Bulk ${block}-${i}` }));
    return (await control<{ ids: string[] }>('POST', 'seed', { realm: 'acme', entity: 'Customer', records })).ids;
  };
  const merge = async ([winner, loser]: readonly string[]): Promise<string> => {
    await control('POST', 'merge', { realm: 'acme', winner, loser });
    return loser ?? '';
  };

  it('names what was deleted after a second in which 1,000 records changed', async () => {
    await control('POST', 'clock', { freeze: true });
    const start = await pullAll({ object: 'Customer' });
    await seed(1);
    await seed(2);
    await control('POST', 'clock', { advance_ms: 60_000 });
    const late = await seed(3);
    const gone = await merge(late);
    const found = await pullAll({ object: 'Customer', cursor: start.cursor });
    expect(found.records.filter(({ change }) => change === 'deleted').map(({ id }) => id)).toEqual([gone]);
  }, 60_000);

  it('loses none of 2,500 changes and no deletion among them, although one call names 1,000', async () => {
    const start = await pullAll({ object: 'Customer' });
    const before = await seed(0);
    const quiet = await pullAll({ object: 'Customer', cursor: start.cursor });
    expect(quiet.needsListing).toBe(false);
    const [first, second, third] = [await seed(1), await seed(2), await seed(3)];
    const hidden = [await merge(before), await merge(first.slice(2))];
    await control('POST', 'clock', { advance_ms: 1_200_000 });
    const late = [await seed(4), await seed(5)];
    const shown = await merge(late.flat());
    const found = await pullAll({ object: 'Customer', cursor: quiet.cursor });
    const live = [...before, ...first, ...second, ...third, ...late.flat()].filter(
      (id) => !hidden.includes(id) && id !== shown,
    );
    const changed = new Set(found.records.filter(({ change }) => change !== 'deleted').map(({ id }) => id));
    expect(live.filter((id) => !changed.has(id))).toEqual([]);
    // The latest is named after all; of the others the hub is told to look for what a whole listing lacks.
    expect(found.records.filter(({ change }) => change === 'deleted').map(({ id }) => id)).toContain(shown);
    expect(found.needsListing).toBe(true);
    const full = await pullAll({ object: 'Customer', mode: 'full' });
    expect(new Set(full.records.map(({ id }) => id))).toEqual(new Set(live));
    const read = await connector.readRecords(signedIn, 'Customer', hidden);
    expect(read).toMatchObject({ ok: true, value: hidden.map((id) => ({ id, change: 'deleted' })) });
    await control('POST', 'clock', { advance_ms: 1_200_000 });
    // One more look back reaches into the flood; the one after it does not.
    const again = await pullAll({ object: 'Customer', cursor: found.cursor });
    expect((await pullAll({ object: 'Customer', cursor: again.cursor })).needsListing).toBe(false);
  }, 60_000);

  it('believes a webhook that is signed, in both formats, of its own company', async () => {
    const verify = (body: string, signature: string, accountId: string | null = null) =>
      connector.hooks.verify(
        { config: {}, accountId, oauthApp: app() },
        { headers: { 'intuit-signature': signature }, body: Buffer.from(body) },
      );
    const { createHmac } = await import('node:crypto');
    const sign = (body: string) => createHmac('sha256', account.webhookVerifierToken).update(body).digest('base64');
    const legacy = JSON.stringify({
      eventNotifications: [
        {
          realmId: '77',
          dataChangeEvent: {
            entities: [{ name: 'Customer', id: '2', operation: 'Merge', deletedId: '7', lastUpdated: '' }],
          },
        },
      ],
    });
    expect(verify(legacy, sign(legacy))).toMatchObject({
      ok: true,
      value: {
        notices: [
          { object: 'Customer', id: '2', change: 'updated', accountId: '77' },
          { object: 'Customer', id: '7', change: 'deleted', accountId: '77' },
        ],
      },
    });
    const events = JSON.stringify([
      { specversion: '1.0', type: 'qbo.invoice.created.v1', intuitentityid: '9', intuitaccountid: '78', data: {} },
      { specversion: '1.0', type: 'qbo.estimate.created.v1', intuitentityid: '9', intuitaccountid: '78', data: {} },
    ]);
    expect(verify(events, sign(events))).toMatchObject({
      ok: true,
      value: { notices: [{ object: 'Invoice', id: '9', change: 'created', accountId: '78' }] },
    });
    expect(verify(events, sign(events), '77')).toEqual({ ok: false, error: 'other_account' });
    expect(verify(events, sign(`${events} `))).toEqual({ ok: false, error: 'signature_invalid' });
    expect(
      connector.hooks.verify({ config: {}, accountId: null, oauthApp: app() }, { headers: {}, body: Buffer.from('') }),
    ).toEqual({ ok: false, error: 'signature_missing' });
  });
});
