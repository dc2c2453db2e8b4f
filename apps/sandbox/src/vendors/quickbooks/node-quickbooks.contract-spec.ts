import OAuthClient from 'intuit-oauth';
import QuickBooks from 'node-quickbooks';
import { CALLBACK_URL, QuickBooksFixture, salesLine, type Body } from './fixtures/quickbooks-fixture';

type Callback = (error: Error | null, body?: Body) => void;

/** The ecosystem's own clients, with nothing but their addresses changed. */
describe('the real QuickBooks clients against the sandbox', () => {
  let fixture: QuickBooksFixture;
  let client: Body;

  beforeAll(async () => {
    fixture = await QuickBooksFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    const { clientId, clientSecret, realmId, refreshToken } = fixture.account();
    const Client = QuickBooks as unknown as new (...parameters: unknown[]) => Body;
    Object.assign(QuickBooks, {
      TOKEN_URL: `${fixture.url}/oauth2/v1/tokens/bearer`,
      REVOKE_URL: `${fixture.url}/v2/oauth2/tokens/revoke`,
    });
    const token = await fixture.accessToken();
    client = new Client(clientId, clientSecret, token, false, realmId, true, false, 75, '2.0', refreshToken);
    client.endpoint = `${fixture.url}/v3/company/`;
  });

  const call = (method: string, ...parameters: unknown[]): Promise<Body> =>
    new Promise((resolve, reject) => {
      const done: Callback = (error, body) => (error ? reject(error) : resolve(body));
      client[method](...parameters, done);
    });
  const faultOf = async (attempt: Promise<unknown>): Promise<Body> => {
    const error = (await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    )) as Body;
    return error?.response?.data?.Fault?.Error?.[0];
  };

  it('creates, reads, updates and finds', async () => {
    const made = await call('createCustomer', { DisplayName: "O'Hara #1 & Co" });
    expect(await call('getCustomer', made.Id)).toMatchObject({ DisplayName: "O'Hara #1 & Co" });
    const updated = await call('updateCustomer', { Id: made.Id, SyncToken: made.SyncToken, Notes: 'n' });
    expect(updated).toMatchObject({ SyncToken: '1', Notes: 'n', DisplayName: "O'Hara #1 & Co" });
    const found = await call('findCustomers', { DisplayName: "O'Hara #1 & Co" });
    expect(found.QueryResponse.Customer).toHaveLength(1);
    const counted = await call('findCustomers', { count: true });
    expect(counted.QueryResponse.totalCount).toBe(6);
    const liked = await call('findCustomers', [
      { field: 'DisplayName', value: "O'%", operator: 'LIKE' },
      { field: 'asc', value: 'DisplayName' },
      { field: 'limit', value: 1 },
      { field: 'fetchAll', value: true },
    ]);
    expect(liked.QueryResponse.Customer.map(({ DisplayName }: Body) => DisplayName)).toEqual([
      "O'Brien & Sons Hardware",
      "O'Hara #1 & Co",
    ]);
  });

  it('reports the vendor’s fault', async () => {
    await call('createCustomer', { DisplayName: 'Twice' });
    expect(await faultOf(call('createVendor', { DisplayName: 'Twice' }))).toMatchObject({ code: '6240' });
    expect(await faultOf(call('createCustomer', { DisplayName: 'X', Nonsense: 1 }))).toMatchObject({ code: '2010' });
    // Its builder escapes quotes but not backslashes.
    expect(await faultOf(call('findCustomers', { DisplayName: 'ends in \\' }))).toMatchObject({ code: '4000' });
  });

  it('repeats a creation under its request id', async () => {
    const first = await call('createCustomer', { DisplayName: 'Once', requestId: 'lib-1' });
    const again = await call('createCustomer', { DisplayName: 'Once', requestId: 'lib-1' });
    expect(again).toEqual(first);
  });

  it('invoices, pays, voids and deletes', async () => {
    const customer = await call('createCustomer', { DisplayName: 'Buyer' });
    const CustomerRef = { value: customer.Id };
    const invoice = await call('createInvoice', {
      CustomerRef,
      Line: [salesLine('2', 240, { Qty: 2, UnitPrice: 120 })],
    });
    expect(invoice).toMatchObject({ TotalAmt: 240, Balance: 240 });
    const payment = await call('createPayment', {
      CustomerRef,
      TotalAmt: 240,
      Line: [{ Amount: 240, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }],
    });
    expect((await call('getInvoice', invoice.Id)).Balance).toBe(0);
    const voided = await call('updatePayment', { Id: payment.Id, SyncToken: payment.SyncToken, void: true });
    expect(voided).toMatchObject({ TotalAmt: 0, PrivateNote: 'Voided' });
    expect((await call('voidInvoice', invoice.Id)).Invoice).toMatchObject({ TotalAmt: 0 });
    expect((await call('deleteInvoice', invoice.Id)).Invoice).toMatchObject({ status: 'Deleted' });
    expect(await faultOf(call('getInvoice', invoice.Id))).toMatchObject({ code: '610' });
  });

  it('batches and captures changes', async () => {
    const { BatchItemResponse: responses } = await call('batch', [
      { bId: '1', operation: 'create', Customer: { DisplayName: 'In a batch' } },
      { bId: '2', Query: 'select * from Term' },
    ]);
    expect(responses).toMatchObject([
      { Customer: { DisplayName: 'In a batch' } },
      { QueryResponse: { maxResults: 4 } },
    ]);
    const since = new Date(Date.now() - 60_000).toISOString();
    const changes = await call('changeDataCapture', ['Customer', 'Item'], since);
    const [customers, items] = changes.CDCResponse[0].QueryResponse;
    expect([customers.Customer.length, items]).toEqual([1, {}]);
  });

  it('reads the company, its preferences and a document', async () => {
    expect(await call('getCompanyInfo', fixture.account().realmId)).toMatchObject({
      CompanyName: 'Acme Tools (simulated)',
    });
    const preferences = await call('getPreferences');
    expect(preferences.CurrencyPrefs.HomeCurrency.value).toBe('USD');
    const { QueryResponse } = await call('findInvoices', { limit: 1 });
    const pdf = await call('getInvoicePdf', QueryResponse.Invoice[0].Id);
    expect(Buffer.from(pdf).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('refreshes and revokes', async () => {
    const before = client.token;
    await call('refreshAccessToken');
    expect(client.token).not.toBe(before);
    expect((await call('getPreferences')).Id).toBe('1');
    await call('revokeAccess', true);
    expect((await fixture.refresh()).status).toBe(400);
  });

  it('intuit-oauth exchanges, refreshes, reads the user and revokes', async () => {
    Object.assign(OAuthClient, {
      authorizeEndpoint: `${fixture.url}/connect/oauth2`,
      tokenEndpoint: `${fixture.url}/oauth2/v1/tokens/bearer`,
      revokeEndpoint: `${fixture.url}/v2/oauth2/tokens/revoke`,
      userinfo_endpoint_sandbox: `${fixture.url}/v1/openid_connect/userinfo`,
    });
    const { clientId, clientSecret, realmId } = fixture.account();
    const oauth: Body = new OAuthClient({ clientId, clientSecret, environment: 'sandbox', redirectUri: CALLBACK_URL });
    await fixture.admin('POST', '/settings', { auto_approve: true });
    const uri: string = oauth.authorizeUri({
      scope: [OAuthClient.scopes.Accounting, OAuthClient.scopes.OpenId],
      state: 's',
    });
    const answer = await fetch(uri, { redirect: 'manual' });
    await oauth.createToken(answer.headers.get('location') ?? '');
    expect(oauth.getToken()).toMatchObject({ realmId, expires_in: 3600, x_refresh_token_expires_in: 8_726_400 });
    const refreshed = await oauth.refreshUsingToken(oauth.getToken().refresh_token);
    expect(refreshed.getIntuitTid()).toMatch(/^1-/);
    expect((await oauth.getUserInfo()).json).toHaveProperty('sub');
    await oauth.revoke();
    await expect(oauth.refreshUsingToken('AB11nothing')).rejects.toMatchObject({ error: 'invalid_grant' });
  });
});
