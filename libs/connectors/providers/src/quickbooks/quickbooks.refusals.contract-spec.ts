import { contractRecord, startFaultyServer, type FaultyServer } from '@hub/connector-contract-suite';
import { type ConnectorContext, type RecordOutcome } from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject } from '@hub/platform';
import { FakeQuickBooks } from './fake-quickbooks.helper-spec';
import { createQuickBooksConnector } from './quickbooks.connector';

const CONNECTOR = createQuickBooksConnector();
let server: FaultyServer;
let http: ClosableSafeHttp;
let company: FakeQuickBooks;

beforeEach(async () => {
  company = new FakeQuickBooks();
  server = await startFaultyServer(company.handle);
  http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
});
afterEach(async () => {
  await server.close();
  await http.close();
});

const context = (): ConnectorContext => ({
  connectionId: 'con_1',
  config: { default_item_id: '1' },
  credentials: { realm_id: company.realmId, refresh_token: 'a-refresh-token', access_token: 'an-access-token' },
  oauthApp: {
    environment: 'production',
    clientId: 'the-client',
    clientSecret: 'an-app-secret',
    endpoints: { authorize: server.origin, token: server.origin, revoke: server.origin, api: server.origin },
    secrets: {},
  },
  reportLimit: () => undefined,
  http,
  signal: new AbortController().signal,
});
const deliver = (operation: string, ...payloads: JsonObject[]): Promise<readonly RecordOutcome[]> =>
  CONNECTOR.deliver(
    context(),
    operation,
    payloads.map((payload) => contractRecord({ payloadText: JSON.stringify(payload) })),
  );
const errorsOf = (outcomes: readonly RecordOutcome[]): unknown[] =>
  outcomes.map((outcome) => (outcome.ok ? null : outcome.error));
const asked = (entity: string): number => server.requests.filter(({ body }) => body.includes(`FROM ${entity}`)).length;

describe('payment terms', () => {
  beforeEach(() => {
    for (const [DueDays, DiscountPercent] of [
      [30, 2],
      [30, 0],
      [15, 0],
      [30, 0],
    ] as const)
      company.insert('Term', { Name: `Net ${DueDays}`, DueDays, DiscountPercent, Active: true });
  });

  it('are found by their days, once for many records, those without a discount first', async () => {
    const customer = (DisplayName: string, DueDays: number): JsonObject => ({ DisplayName, SalesTermRef: { DueDays } });
    const outcomes = await deliver('customer.upsert', customer('A', 30), customer('B', 15), customer('C', 45));
    expect(company.of('Customer').map(({ SalesTermRef: terms }) => terms)).toEqual([{ value: '2' }, { value: '3' }]);
    expect(errorsOf(outcomes)).toEqual([
      null,
      null,
      {
        category: 'validation',
        code: 'unknown_terms',
        message: 'The company has no terms of 45 days',
        fields: ['SalesTermRef'],
      },
    ]);
    await deliver('vendor.upsert', { DisplayName: 'V', TermRef: { DueDays: 15 } });
    expect(company.of('Vendor')[0]?.['TermRef']).toEqual({ value: '3' });
    expect(asked('Term')).toBe(1);
  });

  it('of an invoice are left out where its due date says it all', async () => {
    const invoice = (DueDays: number, rest: JsonObject): JsonObject => ({
      CustomerRef: { value: '7' },
      SalesTermRef: { DueDays },
      Line: [{ DetailType: 'SalesItemLineDetail', Amount: '1', SalesItemLineDetail: {} }],
      ...rest,
    });
    const outcomes = await deliver(
      'invoice.upsert',
      invoice(30, { DueDate: '2026-12-20' }),
      invoice(45, { DueDate: '2027-01-04' }),
      invoice(45, {}),
    );
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false]);
    expect(company.of('Invoice').map(({ SalesTermRef: terms, DueDate }) => [terms, DueDate])).toEqual([
      [{ value: '2' }, '2026-12-20'],
      [undefined, '2027-01-04'],
    ]);
  });

  it('that cannot be asked for stop the whole call: nothing of it is sent', async () => {
    const other = createQuickBooksConnector();
    server.fail({ kind: 'answer', answer: { status: 503, body: '' } }, 1);
    const records = [{ DisplayName: 'A', SalesTermRef: { DueDays: 30 } }, { DisplayName: 'B' }].map((payload) =>
      contractRecord({ payloadText: JSON.stringify(payload) }),
    );
    const outcomes = await other.deliver(context(), 'customer.upsert', records);
    expect(errorsOf(outcomes)).toMatchObject([{ category: 'transient' }, { category: 'transient' }]);
    expect(company.of('Customer')).toEqual([]);
  });
});

describe('a name that is taken', () => {
  it('is refused with whoever has it, among customers, vendors and employees', async () => {
    const { Id: id } = company.insert('Customer', { DisplayName: 'Acme', Active: false });
    company.insert('Customer', { DisplayName: 'Bolt' });
    const outcomes = await deliver('customer.upsert', { DisplayName: 'Acme' }, { DisplayName: 'New' });
    expect(errorsOf(outcomes)).toMatchObject([{ category: 'duplicate', code: '6240' }, null]);
    expect((errorsOf(outcomes)[0] as Error).message).toMatch(
      new RegExp(`It is the name of customer ${String(id)} \\(inactive\\)\\.$`),
    );
    expect([asked('Vendor'), asked('Employee')]).toEqual([1, 1]);
  });

  it('is no duplicate to a change: there is nothing that mapping it again would make better', async () => {
    const [first, second] = [
      company.insert('Customer', { DisplayName: 'Acme' }),
      company.insert('Customer', { DisplayName: 'Bolt' }),
    ];
    const taken = { Fault: { Error: [{ Message: 'Duplicate Name Exists Error', Detail: '', code: '6240' }] } };
    // One at a time: what is read before, and the change itself.
    const outcomes: RecordOutcome[] = [];
    for (const { Id } of [first, second]) {
      const payload = { Id, SyncToken: '0', DisplayName: 'Taken' } as JsonObject;
      server.fail({ kind: 'answer', answer: { status: 400, body: JSON.stringify(taken) } }, 1);
      outcomes.push(...(await deliver('customer.upsert', payload)));
    }
    expect(errorsOf(outcomes)).toMatchObject(Array(2).fill({ category: 'validation', code: '6240' }));
  });
});

describe('what there is already', () => {
  it('is looked for by what QuickBooks lets itself be asked by, a record that is changed never', () => {
    const { matching } = CONNECTOR;
    const factsOf = (operation: string, payload: JsonObject) => matching?.factsOf(operation, JSON.stringify(payload));
    const acme = { DisplayName: 'Acme', PrimaryEmailAddr: { Address: 'a@x.example, b@x.example' } };
    expect(factsOf('customer.upsert', { ...acme, BillAddr: { PostalCode: '94601' } })).toEqual({
      keys: { email: ['a@x.example', 'b@x.example'], name: ['Acme'] },
      postalCode: '94601',
    });
    expect(factsOf('product.upsert', { Name: 'Gen', Sku: 'G-1' })).toEqual({
      keys: { name: ['Gen'], account_number: ['G-1'] },
      postalCode: null,
    });
    expect(factsOf('customer.upsert', { ...acme, Id: '7' })).toBeNull();
    expect(factsOf('customer.deactivate', acme)).toBeNull();
    expect(factsOf('invoice.upsert', acme)).toBeNull();
  });

  it('is no project of a customer, and has lost the mark of what was retired', async () => {
    company.insert('Customer', {
      DisplayName: 'Acme (deleted 1)',
      Active: false,
      PrimaryEmailAddr: { Address: 'a@x' },
    });
    company.insert('Customer', {
      DisplayName: 'Wing',
      ParentRef: { value: '1' },
      PrimaryEmailAddr: { Address: 'a@x' },
    });
    const wanted = [{ keys: { email: ["o'neil@x", 'a@x'] }, postalCode: null, nameDecides: false }];
    expect(await CONNECTOR.matching?.find(context(), 'customer.upsert', wanted)).toEqual({
      ok: true,
      value: {
        records: [{ id: '1', name: 'Acme', active: false, keys: { email: ['a@x'], name: ['Acme'] }, postalCode: null }],
        unread: [],
      },
    });
    expect(server.requests.at(-1)?.body).toContain("PrimaryEmailAddr IN ('o\\'neil@x', 'a@x')");
  });
});
