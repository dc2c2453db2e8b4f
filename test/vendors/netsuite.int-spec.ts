import { type FoundRecords } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { decideMatch, DEFAULT_MATCH_KEYS } from '@hub/sync';
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

  describe('looking for what is there', () => {
    const look = async (emails: readonly string[]): Promise<FoundRecords> => {
      const wanted = emails.map((email) => ({ keys: { email: [email] }, postalCode: null, nameDecides: false }));
      const found = await stage.connector.matching?.find(stage.context(stage.tba()), 'customer.upsert', wanted);
      if (found?.ok !== true) throw new Error(found?.error.message ?? 'nobody looks for what is there');
      return found.value;
    };
    const customer = (name: string, email: string) => ({
      type: 'customer',
      companyName: name,
      email,
      subsidiary: { id: '1' },
    });

    it('reads no address that thousands have to its end, says so, and finds every other of its call', async () => {
      const flood = Array.from({ length: 1_100 }, (_, n) => customer(`Flood ${n}`, 'info@flood.example'));
      for (let at = 0; at < flood.length; at += 200) await stage.seed(flood.slice(at, at + 200));
      const [ada] = await stage.seed([customer('Ada', 'Ada@calm.example')]);
      const { records, unread } = await look(['Info@Flood.example', 'ada@calm.example', 'new@calm.example']);
      expect(unread).toEqual([{ key: 'email', value: 'Info@Flood.example' }]);
      const decided = ['ada@calm.example', 'info@flood.example'].map((email) =>
        decideMatch({ keys: { email: [email] }, postalCode: null }, { records, unread }, DEFAULT_MATCH_KEYS),
      );
      expect(decided).toMatchObject([
        { kind: 'one', record: { id: ada } },
        { kind: 'several', allRead: false },
      ]);
    }, 60_000);

    it('asks for every value, though one list does not hold them all', async () => {
      const emails = Array.from({ length: 1_001 }, (_, n) => `a${n}@calm.example`);
      const [id] = await stage.seed([customer('Last', 'a1000@calm.example')]);
      const { records, unread } = await look(emails);
      expect(records.map((record) => record.id)).toEqual([id]);
      expect(unread).toEqual([]);
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

    const address = (city: string, flags: JsonObject): JsonObject => ({
      ...flags,
      addressBookAddress: { addr1: '1 Main St', city, country: { id: 'US' } },
    });
    const billing = (city: string): JsonObject => ({ items: [address(city, { defaultBilling: true })] });

    it('changes the default address, adds none, and leaves those that people have entered', async () => {
      const context = tba();
      const id = await stage.written(context, 'customer.upsert', { ...CUSTOMER, addressBook: billing('Oakland') });
      await stage.control('POST', 'touch', {
        type: 'customer',
        id,
        fields: { subsidiary: { id: '2' }, addressBook: { items: [address('Site', { label: 'Site' })] } },
      });
      await stage.written(context, 'customer.upsert', { ...CUSTOMER, addressBook: billing('Berkeley') });
      await stage.written(context, 'customer.update', { id, addressBook: billing('Alameda') });
      const [found] = await stage.records('customer');
      expect(found).toMatchObject({
        // What the connection says is of new records alone.
        subsidiary: { id: '2' },
        addressBook: {
          items: [{ addressBookAddress: { city: 'Alameda' } }, { addressBookAddress: { city: 'Site' } }],
          totalResults: 2,
        },
      });
    });

    it('takes items of all kinds, and finds out which one there is', async () => {
      const context = tba({ cogs_account_id: '8', asset_account_id: '4' });
      const price = {
        items: [{ priceLevel: { id: '1' }, currencyPage: { symbol: 'USD' }, quantity: '0', price: '0.1' }],
      };
      const goods = { externalId: 'con_1-product-1', recordType: 'inventoryItem', itemId: 'PUMP', price };
      const id = await stage.written(context, 'product.upsert', goods);
      await stage.written(context, 'product.upsert', { ...goods, displayName: 'Pump' });
      await stage.written(context, 'product.upsert', { id, recordType: 'serviceSaleItem', salesDescription: 'A pump' });
      await stage.written(context, 'product.deactivate', { id });
      expect(await stage.records('inventoryItem')).toMatchObject([
        { id, displayName: 'Pump', salesDescription: 'A pump', isInactive: true, price: { items: [{ price: 0.1 }] } },
      ]);
      await stage.written(context, 'product.create', { itemId: 'SHIP' });
      expect(await stage.records('nonInventorySaleItem')).toHaveLength(1);
    });

    it('replaces lines, applies payments once, and deletes what is deactivated', async () => {
      const [context, product] = [tba({ deposit_account_id: '1' }), await item()];
      const customer = await stage.written(context, 'customer.upsert', { ...CUSTOMER, currency: { symbol: 'JPY' } });
      const lines = (...amounts: string[]): JsonObject => ({
        items: amounts.map((amount) => line({ item: { id: product }, quantity: '1', rate: amount, amount })),
      });
      const invoice = await stage.written(context, 'invoice.upsert', {
        externalId: 'con_1-invoice-1',
        entity: { id: customer },
        currency: { symbol: 'JPY' },
        item: lines('1000', '500'),
      });
      await stage.written(context, 'invoice.update', { id: invoice, item: lines('1200') });
      expect(await stage.records('invoice')).toMatchObject([{ total: 1200, item: { totalResults: 1 } }]);
      const payment = {
        externalId: 'con_1-payment-1',
        customer: { id: customer },
        payment: '1200',
        apply: { items: [{ doc: { id: invoice }, apply: true, amount: '1200' }] },
      };
      const paid = await stage.written(context, 'payment.upsert', payment);
      expect(await stage.written(context, 'payment.upsert', payment)).toBe(paid);
      expect(await stage.records('invoice')).toMatchObject([{ amountRemaining: 0 }]);
      expect(await stage.records('customerPayment')).toMatchObject([
        { account: { id: '1' }, apply: { totalResults: 1 } },
      ]);

      expect(await stage.deliver(context, 'invoice.deactivate', { id: invoice })).toMatchObject({
        ok: false,
        error: { category: 'validation' },
      });
      await stage.written(context, 'payment.deactivate', { id: paid });
      expect(await stage.written(context, 'payment.deactivate', { id: paid })).toBe(paid);
      await stage.written(context, 'invoice.deactivate', { id: invoice });
      expect(await stage.records('invoice')).toEqual([]);
    });

    it('asks for the id where a proxy has stripped the address of the record', async () => {
      await stage.control('POST', 'faults', {
        match: { method: 'PUT' },
        times: 1,
        action: { type: 'status', status: 204, after_commit: true },
      });
      const outcome = await stage.deliver(tba(), 'customer.upsert', CUSTOMER);
      const [found] = await stage.records('customer');
      expect(outcome).toMatchObject({ ok: true, externalId: found?.['id'], created: true });
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
      const [again] = await stage.connector.deliver(context, 'invoice.upsert', [{ ...record, mayHaveBeenSent: true }]);
      const found = await stage.records('invoice');
      expect(found).toMatchObject([
        { total: 0.5, item: { items: [{ amount: 0.3, rate: 0.1 }, { amount: 0.2 }], totalResults: 2 } },
      ]);
      expect(again).toMatchObject({ ok: true, externalId: found[0]?.['id'] });
    });
  });

  it.each([
    ['a page of a proxy that says 404', { type: 'html', status: 404 }, 'not_found'],
    ['an outage', { type: 'html', status: 503 }, 'transient'],
    ['half an answer', { type: 'truncate', bytes: 20 }, 'transient'],
  ])('%s, when it looks for a record, is no reason to create one', async (_what, action, category) => {
    const context = stage.context(stage.tba());
    await stage.written(context, 'customer.upsert', CUSTOMER);
    await stage.control('POST', 'faults', { match: { method: 'GET', path: '/customer/' }, action });
    expect(await stage.deliver(context, 'customer.upsert', { ...CUSTOMER, phone: '510-555-0100' })).toMatchObject({
      ok: false,
      error: { category },
    });
    expect((await stage.calls('/customer/')).filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  describe('refusals', () => {
    const refused = async (operation: string, members: JsonObject, config: JsonObject = {}) => {
      const outcome = await stage.deliver(stage.context(stage.tba(), config), operation, members);
      if (outcome.ok) throw new Error('it was taken');
      return outcome.error;
    };

    it('name the field', async () => {
      await stage.control('POST', 'settings', { error_codes: 'specific' });
      expect(await refused('customer.upsert', { companyName: 'x'.repeat(101) })).toMatchObject({
        category: 'validation',
        code: 'EXCEEDED_MAX_FIELD_LENGTH',
        fields: ['companyName'],
      });
      expect(await refused('customer.upsert', { companyName: 'x', currency: { symbol: 'XXX' } })).toMatchObject({
        category: 'validation',
        code: 'unknown_reference',
        fields: ['currency'],
      });
      expect(await refused('customer.upsert', { companyName: 'x', terms: { daysUntilNetDue: 45 } })).toMatchObject({
        fields: ['terms'],
      });
      expect(await refused('customer.upsert', { companyName: 'x', externalId: 'a|b' })).toMatchObject({
        category: 'validation',
        fields: ['externalId'],
      });
      expect(await refused('customer.upsert', { companyName: 'x', no_such_field: 1 })).toMatchObject({
        category: 'validation',
        code: 'NONEXISTENT_FIELD',
      });
      expect(await refused('customer.update', { id: '999999', phone: '510-555-0100' })).toMatchObject({
        category: 'not_found',
      });
      expect(await refused('customer.update', { phone: '510-555-0100' })).toMatchObject({ category: 'validation' });
      expect(await refused('nosuchtype.upsert', { name: 'x' })).toMatchObject({ category: 'config' });
    });

    it('tell what is there already, and what the role may not', async () => {
      await stage.control('POST', 'settings', { error_codes: 'specific' });
      await stage.seed([{ type: 'customer', companyName: 'Ace', subsidiary: { id: '1' } }]);
      expect(await refused('customer.upsert', { companyName: 'Ace' })).toMatchObject({
        category: 'duplicate',
        code: 'DUP_ENTITY',
      });
      await stage.control('POST', 'settings', { denied_record_types: ['vendor'] });
      expect(await refused('vendor.upsert', { companyName: 'Forge' })).toMatchObject({
        category: 'permission',
        code: 'INSUFFICIENT_PERMISSION',
      });
    });

    it('of one record hurt none but itself', async () => {
      const outcomes = await stage.connector.deliver(stage.context(stage.tba()), 'customer.upsert', [
        stage.payload({ companyName: 'a' }),
        stage.payload({ companyName: 'x'.repeat(101) }),
        stage.payload({ companyName: 'c' }),
      ]);
      expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
    });
  });

  describe('keeping to the limit', () => {
    it('never has more calls under way than the account allows, with deliveries and a pull at once', async () => {
      await stage.control('POST', 'settings', { write_delay_ms: 30, read_delay_ms: 10, concurrency_limit: 3 });
      const { defaultConcurrency } = stage.connector.manifest.limits;
      expect(stage.connector.manifest.operations.every(({ batchSize }) => batchSize === 1)).toBe(true);
      await stage.control('DELETE', 'concurrency');
      const context = stage.context(stage.tba());
      const waiting = Array.from({ length: 30 }, (_, i) => ({
        companyName: `c ${i}`,
        externalId: `con-customer-${i}`,
      }));
      const slot = async (): Promise<void> => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          await stage.written(context, 'customer.upsert', next);
        }
      };
      const pulling = async (): Promise<void> => {
        while (waiting.length > 0) await stage.pullAll(context, { object: 'customer', since: '2026-01-01T00:00:00Z' });
      };
      await Promise.all([pulling(), ...Array.from({ length: defaultConcurrency }, slot)]);
      const { accounts } = await stage.control<{ accounts: { peak: number; refused: number }[] }>('GET', 'concurrency');
      expect(accounts[0]).toMatchObject({ peak: 3, refused: 0 });
      expect(await stage.records('customer')).toHaveLength(30);
    });

    it('above it, waits instead of failing, and sends nothing more', async () => {
      await stage.control('POST', 'settings', { background_concurrency: 5 });
      const outcomes = await stage.connector.deliver(stage.context(stage.tba()), 'customer.upsert', [
        stage.payload(CUSTOMER),
        stage.payload({ companyName: 'next' }),
      ]);
      expect(outcomes).toMatchObject([
        { ok: false, error: { category: 'concurrency', code: 'CONCURRENCY_LIMIT_EXCEEDED' } },
        { ok: false, error: { category: 'concurrency' } },
      ]);
      expect(await stage.calls('/customer')).toHaveLength(1);
    });

    it('takes a login that is refused after a minute for the limit that it is', async () => {
      const hold = { over_limit: 'invalid_login', over_limit_hold_ms: 50, background_concurrency: 5 };
      await stage.control('POST', 'settings', hold);
      const context = stage.context(stage.tba());
      const quick = await stage.deliver(context, 'customer.upsert', CUSTOMER);
      expect(quick).toMatchObject({ ok: false, error: { category: 'auth_expired' } });
      const slow = await stage.deliver({ ...context, http: slowed(stage.http, 60_000) }, 'customer.upsert', CUSTOMER);
      expect(slow).toMatchObject({ ok: false, error: { category: 'concurrency', code: 'INVALID_LOGIN' } });
      // Nobody is asked to sign in again because the account is busy.
      const late = { ...context, http: slowed(stage.http, 9_000) };
      expect(await stage.connector.refreshCredentials(late)).toMatchObject({
        ok: false,
        error: { category: 'concurrency' },
      });
      await stage.control('POST', 'settings', { background_concurrency: 0 });
      expect((await stage.connector.refreshCredentials(context)).ok).toBe(true);
    });
  });
});
