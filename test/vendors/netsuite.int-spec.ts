import { type JsonObject } from '@hub/platform';
import { NetSuiteStage, slowed } from './netsuite.fixture';

const CUSTOMER: JsonObject = { companyName: 'Ace "Hardware": Söhne 🛠', externalId: 'con_1-customer-7' };
const line = (members: JsonObject): JsonObject => ({ price: { id: '-1' }, ...members });

describe('the NetSuite connector and its stand-in', () => {
  let stage: NetSuiteStage;

  beforeAll(async () => {
    stage = await NetSuiteStage.start();
  });
  afterAll(() => stage.stop());
  beforeEach(() => stage.reset());

  const item = async (): Promise<string> =>
    (
      await stage.seed([
        {
          type: 'serviceSaleItem',
          itemId: 'CONSULT',
          incomeAccount: { id: '7' },
          subsidiary: { items: [{ id: '1' }] },
          price: { items: [{ priceLevel: { id: '1' }, currencyPage: { id: '1' }, price: 999 }] },
        },
      ])
    )[0] as string;

  describe('signing in', () => {
    it('by code and PKCE: works, refreshes without another refresh token, and ends the grant', async () => {
      const credentials = await stage.signIn();
      const context = stage.context(credentials);
      expect(await stage.connector.testConnection(context)).toMatchObject({
        ok: true,
        value: { account: 'NetSuite 4512773', details: { user_is_in_utc: true, concurrency_limit: null } },
      });
      const lifetime = stage.connector.tokenLifetime?.(credentials);
      expect((lifetime?.expiresAtMs ?? 0) - (lifetime?.issuedAtMs ?? 0)).toBe(3_600_000);
      expect((lifetime?.refreshExpiresAtMs ?? 0) / 86_400_000 - Date.now() / 86_400_000).toBeCloseTo(7, 1);

      await stage.control('POST', 'tokens/expire', {});
      expect(await stage.connector.testConnection(context)).toMatchObject({
        ok: false,
        error: { category: 'auth_expired', code: 'INVALID_LOGIN' },
      });
      const refreshed = await stage.connector.refreshCredentials(context);
      if (!refreshed.ok) throw new Error(refreshed.error.message);
      expect(refreshed.value['refresh_token']).toBe(credentials['refresh_token']);
      expect(refreshed.value['refresh_expires_at']).toBe(credentials['refresh_expires_at']);
      const again = stage.context(refreshed.value);
      expect((await stage.connector.testConnection(again)).ok).toBe(true);
      expect(await stage.connector.oauth.revoke(again)).toEqual({ ok: true, value: null });
      expect(await stage.connector.refreshCredentials(again)).toMatchObject({
        ok: false,
        error: { category: 'auth_revoked', code: 'invalid_grant' },
      });
    });

    it('as a public client: another refresh token each time, the old one is dead', async () => {
      const app = stage.app({ clientId: stage.publicClientId, clientSecret: null });
      const credentials = await stage.signIn(app);
      const context = stage.context(credentials, {}, { oauthApp: app });
      const refreshed = await stage.connector.refreshCredentials(context);
      if (!refreshed.ok) throw new Error(refreshed.error.message);
      expect(refreshed.value['refresh_token']).not.toBe(credentials['refresh_token']);
      const hours = (Number(refreshed.value['refresh_expires_at']) - Date.now()) / 3_600_000;
      expect(hours).toBeCloseTo(3, 1);
      expect(await stage.connector.refreshCredentials(context)).toMatchObject({
        ok: false,
        error: { category: 'auth_revoked' },
      });
    });

    it('does not take another account than the one in the settings', async () => {
      await expect(stage.signIn(stage.app(), {}, stage.account(1).username)).rejects.toThrow('other_account');
      // Written in either way, it is the same account.
      const app = stage.app();
      const credentials = await stage.signIn(app, { account_id: '7730914-sb1' }, stage.account(1).username);
      expect(credentials['access_token']).toEqual(expect.any(String));
    });

    it('machine to machine with a certificate', async () => {
      const context = stage.context(stage.certificate(), {}, { oauthApp: null });
      const own = { ...context, config: { ...context.config, api_url: stage.url } };
      expect(await stage.connector.testConnection(own)).toMatchObject({
        ok: false,
        error: { category: 'auth_expired', code: 'no_access_token' },
      });
      const granted = await stage.connector.refreshCredentials(own);
      if (!granted.ok) throw new Error(granted.error.message);
      expect(granted.value).not.toHaveProperty('refresh_token');
      expect((await stage.connector.testConnection({ ...own, credentials: granted.value })).ok).toBe(true);
      await stage.control('DELETE', `certificates/${stage.account().certificateId}`);
      expect(await stage.connector.refreshCredentials(own)).toMatchObject({
        ok: false,
        error: { category: 'auth_revoked', code: 'invalid_client' },
      });
    });

    it('token-based: finds out by how much the clocks differ, and that a token was revoked', async () => {
      const context = stage.context(stage.tba());
      expect((await stage.connector.testConnection(context)).ok).toBe(true);
      await stage.control('POST', 'clock', { advance_ms: 20 * 60_000 });
      expect(await stage.connector.testConnection(context)).toMatchObject({
        ok: false,
        error: { category: 'auth_expired', code: 'INVALID_LOGIN' },
      });
      const corrected = await stage.connector.refreshCredentials(context);
      if (!corrected.ok) throw new Error(corrected.error.message);
      expect(Number(corrected.value['clock_offset_ms']) / 60_000).toBeCloseTo(20, 0);
      const again = { ...context, credentials: corrected.value };
      expect((await stage.connector.testConnection(again)).ok).toBe(true);
      await stage.control('POST', 'tokens/revoke', { token: stage.account().tokenId });
      expect(await stage.connector.refreshCredentials(again)).toMatchObject({
        ok: false,
        error: { category: 'auth_revoked', code: 'INVALID_LOGIN' },
      });
    });

    it('never brings one account’s token into the other account', async () => {
      const context = stage.context(stage.tba(1));
      expect(await stage.connector.testConnection(context)).toMatchObject({ ok: false });
      const own = stage.context(stage.tba(1), { account_id: '7730914_SB1' });
      expect((await stage.connector.testConnection(own)).ok).toBe(true);
    });
  });

  describe('writing', () => {
    const tba = (config: JsonObject = {}) => stage.context(stage.tba(), config);

    it('creates by external id, changes by it or by internal id, sets inactive', async () => {
      const context = tba();
      const id = await stage.written(context, 'customer.upsert', {
        ...CUSTOMER,
        currency: { symbol: 'EUR' },
        terms: { daysUntilNetDue: 30 },
        creditLimit: '12345678901234.56',
      });
      expect(await stage.records('customer')).toMatchObject([
        {
          id,
          companyName: 'Ace "Hardware": Söhne 🛠',
          externalId: 'con_1-customer-7',
          subsidiary: { id: '1' },
          currency: { id: '4' },
          terms: { id: '2' },
          creditLimit: 12345678901234.56,
        },
      ]);
      const [call] = (await stage.calls('/customer/eid:')).filter(({ method }) => method === 'PUT');
      expect(call?.request_body).toContain('"creditLimit":12345678901234.56');
      expect(await stage.deliver(context, 'customer.upsert', { ...CUSTOMER, email: 'a@ace.example' })).toMatchObject({
        ok: true,
        externalId: id,
        created: false,
      });
      await stage.written(context, 'customer.update', { Id: id, phone: '510-555-0100', email: null });
      await stage.written(context, 'customer.deactivate', { id });
      expect(await stage.records('customer')).toMatchObject([{ id, phone: '510-555-0100', isInactive: true }]);
      expect((await stage.records('customer'))[0]).not.toHaveProperty('email');
    });

    it('is created once though the answer was lost, with its lines once', async () => {
      const [context, product] = [tba(), await item()];
      const customer = await stage.written(context, 'customer.upsert', CUSTOMER);
      const invoice = {
        externalId: 'con_1-invoice-7',
        entity: { id: customer },
        tranDate: '2026-11-20',
        item: {
          items: [
            line({ item: { id: product }, quantity: '3', rate: '0.1', amount: '0.3' }),
            line({ item: { id: product }, quantity: '1', rate: '0.2', amount: '0.2' }),
          ],
        },
      };
      await stage.control('POST', 'faults', {
        match: { method: 'PUT' },
        times: 1,
        action: { type: 'drop_after_commit' },
      });
      const record = stage.payload(invoice);
      const [lost] = await stage.connector.deliver(context, 'invoice.upsert', [record]);
      expect(lost).toMatchObject({ ok: false, error: { category: 'transient' } });
      const [again] = await stage.connector.deliver(context, 'invoice.upsert', [{ ...record, attempt: 2 }]);
      const found = await stage.records('invoice');
      expect(found).toMatchObject([
        { total: 0.5, item: { items: [{ amount: 0.3, rate: 0.1 }, { amount: 0.2 }], totalResults: 2 } },
      ]);
      expect(again).toMatchObject({ ok: true, externalId: found[0]?.['id'] });
    });
  });

  it('takes a login that is refused after a minute for the limit that it is', async () => {
    await stage.control('POST', 'settings', {
      over_limit: 'invalid_login',
      over_limit_hold_ms: 50,
      background_concurrency: 5,
    });
    const context = stage.context(stage.tba());
    const quick = await stage.deliver(context, 'customer.upsert', CUSTOMER);
    expect(quick).toMatchObject({ ok: false, error: { category: 'auth_expired' } });
    const slow = await stage.deliver({ ...context, http: slowed(stage.http, 60_000) }, 'customer.upsert', CUSTOMER);
    expect(slow).toMatchObject({ ok: false, error: { category: 'concurrency', code: 'INVALID_LOGIN' } });
  });
});
