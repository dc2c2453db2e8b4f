import { contractRecord, startFaultyServer, type FaultyServer, type SeenRequest } from '@hub/connector-contract-suite';
import { type ConnectorContext, type DeliveryRecord, type LimitReading, type RecordOutcome } from '@hub/connector-sdk';
import { createSafeHttp, type ClosableSafeHttp, type JsonObject } from '@hub/platform';
import { FakeQuickBooks, fault, fixture, json, START_MS } from './fake-quickbooks.helper-spec';
import { createQuickBooksConnector } from './quickbooks.connector';
import { CallMeter } from './quickbooks.meter';

let server: FaultyServer;
let http: ClosableSafeHttp;
let company: FakeQuickBooks;
let readings: LimitReading[] = [];
let connector = createQuickBooksConnector();

beforeEach(async () => {
  readings = [];
  // Each with a count of its own.
  connector = createQuickBooksConnector();
  company = new FakeQuickBooks();
  server = await startFaultyServer(company.handle);
  http = createSafeHttp({ egressAllow: ['127.0.0.0/8'], userAgent: 'test' });
});
afterEach(async () => {
  await server.close();
  await http.close();
});

function context(config: JsonObject = {}): ConnectorContext {
  const { origin } = server;
  return {
    connectionId: 'con_1',
    config,
    credentials: { realm_id: company.realmId, refresh_token: 'canary-refresh', access_token: 'canary-access' },
    oauthApp: {
      environment: 'production',
      clientId: 'the-client',
      clientSecret: 'canary-app-secret',
      endpoints: { authorize: origin, token: origin, revoke: origin, api: origin },
      secrets: {},
    },
    reportLimit: (reading) => void readings.push(reading),
    http,
    signal: new AbortController().signal,
  };
}

const record = (payload: JsonObject, overrides: Partial<DeliveryRecord> = {}): DeliveryRecord =>
  contractRecord({ payloadText: JSON.stringify(payload), acceptedAt: new Date(START_MS), ...overrides });
const sale = (customer: string): JsonObject => ({
  CustomerRef: { value: customer },
  Line: [{ DetailType: 'SalesItemLineDetail', Amount: '1', SalesItemLineDetail: { ItemRef: { value: '1' } } }],
});
const errorOf = (outcome: RecordOutcome | undefined) => (outcome?.ok === false ? outcome.error : undefined);
const queries = (): readonly SeenRequest[] => server.requests.filter(({ url }) => url.includes('/query'));

describe('a create whose answer was lost', () => {
  it('is found again behind thousands of newer ones, of its customer alone', async () => {
    const lost = record(sale('7'));
    server.fail({ kind: 'reset_after_commit' }, 1);
    const [first] = await connector.deliver(context(), 'invoice.create', [lost]);
    expect(errorOf(first)).toMatchObject({ category: 'transient' });
    for (let n = 0; n < 2_400; n++)
      company.insert('Invoice', { CustomerRef: { value: '7' }, PrivateNote: `note ${n}` });
    for (let n = 0; n < 50; n++) company.insert('Invoice', { CustomerRef: { value: '8' } });
    // The vendor has forgotten the request id meanwhile: nothing but the look-up protects.
    company.forgetRequests();
    const [again] = await connector.deliver(context(), 'invoice.create', [{ ...lost, mayHaveBeenSent: true }]);
    expect(again).toMatchObject({ ok: true, externalId: '1', created: true });
    expect(company.of('Invoice')).toHaveLength(2_451);
    expect(queries()).toHaveLength(3);
    for (const { body } of queries()) expect(body).toContain("CustomerRef = '7'");
    // However long ago that was, and no further back: an hour for clocks that differ.
    const from = new Date(START_MS - 3_600_000).toISOString();
    for (const { body } of queries()) expect(body).toContain(`MetaData.CreateTime >= '${from}'`);
  });

  it('is found among thousands of one second', async () => {
    const lost = record(sale('7'));
    server.fail({ kind: 'reset_after_commit' }, 1);
    await connector.deliver(context(), 'invoice.create', [lost]);
    const [mine] = company.of('Invoice');
    for (let n = 0; n < 2_100; n++) {
      const other = company.insert('Invoice', { CustomerRef: { value: '7' } });
      Object.assign(other, { MetaData: mine?.['MetaData'] });
    }
    company.moveLast('Invoice', String(mine?.['Id']));
    company.forgetRequests();
    const [again] = await connector.deliver(context(), 'invoice.create', [{ ...lost, mayHaveBeenSent: true }]);
    expect(again).toMatchObject({ ok: true, externalId: mine?.['Id'] });
    expect(company.of('Invoice')).toHaveLength(2_101);
  });

  it('is made once more only when it is not there', async () => {
    const [made] = await connector.deliver(context(), 'payment.create', [
      record({ CustomerRef: { value: '7' }, TotalAmt: '5' }, { mayHaveBeenSent: true }),
    ]);
    expect(made).toMatchObject({ ok: true, created: true });
    expect(company.of('Payment')).toHaveLength(1);
  });
});

describe('a record that is read by its id', () => {
  it('is gone when QuickBooks says so, and not when a proxy answers in its place', async () => {
    const read = () => connector.readRecords?.(context(), 'Customer', ['58']);
    const headers = { 'content-type': 'text/html' };
    server.fail({ kind: 'answer', answer: { status: 404, body: '<h1>Not Found</h1>', headers } }, 1);
    expect(await read()).toMatchObject({ ok: false, error: { category: 'transient', code: 'http_404' } });
    expect(await read()).toMatchObject({ ok: true, value: [{ id: '58', change: 'deleted' }] });
  });
});

describe('the limits of a minute', () => {
  it('are counted, reported, and kept before the vendor has to refuse', async () => {
    const config = { batches_per_minute: 2 };
    const records = Array.from({ length: 95 }, (_, n) => record({ DisplayName: `Name ${n}` }));
    const outcomes = await connector.deliver(context(config), 'customer.create', records);
    expect(outcomes.map(({ ok }) => ok)).toEqual(records.map((_, n) => n < 60));
    expect(errorOf(outcomes[60])).toMatchObject({ category: 'rate_limited', code: 'batches_per_minute' });
    const { retryAfterMs = 0 } = errorOf(outcomes[94]) ?? {};
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(server.requests).toHaveLength(2);
    // The next slice sends nothing either; calls that are no batches go on.
    const [alone] = await connector.deliver(context(config), 'customer.create', [record({ DisplayName: 'Alone' })]);
    expect(alone).toMatchObject({ ok: true });
    const batches = readings.filter(({ limit }) => limit === 'batches_per_minute');
    expect(batches).toEqual(batches.map(() => expect.objectContaining({ used: 1, max: 2, counted: true }) as unknown));
    expect(batches.length).toBeGreaterThanOrEqual(2);
    for (const { resetsAt = '' } of batches) {
      expect(resetsAt).toMatch(/:00\.000Z$/);
      expect(Date.parse(resetsAt) - Date.now()).toBeLessThanOrEqual(60_000);
    }
    expect(readings).toContainEqual(expect.objectContaining({ limit: 'calls_per_minute', used: 1, max: 500 }));
  });

  it('are of a sliding minute, and each company has its own', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    try {
      const meter = new CallMeter();
      const enter = (company = 'a') =>
        meter.enter({ reportLimit: (reading) => void readings.push(reading) }, company, false, { calls_per_minute: 2 });
      expect(enter().ok).toBe(true);
      jest.setSystemTime(1_040_000);
      const second = enter();
      if (!second.ok) throw new Error(second.error.message);
      expect(enter()).toMatchObject({ ok: false, error: { category: 'rate_limited', retryAfterMs: 20_000 } });
      expect(enter('b').ok).toBe(true);
      jest.setSystemTime(1_060_000);
      expect(enter().ok).toBe(true);
      expect(enter()).toMatchObject({ ok: false, error: { retryAfterMs: 40_000 } });
      expect(readings.at(-1)).toEqual({ limit: 'concurrent_calls', used: 3, max: 10 });
      second.value();
      expect(readings.at(-1)).toEqual({ limit: 'concurrent_calls', used: 2, max: 10 });
      jest.setSystemTime(900_000);
      expect(enter().ok).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('an error', () => {
  const answered = async (status: number, body: string): Promise<ReturnType<typeof errorOf>> => {
    server.fail({ kind: 'answer', answer: { status, body } }, 1);
    const [outcome] = await connector.deliver(context(), 'customer.create', [record({ DisplayName: 'A' })]);
    return errorOf(outcome);
  };

  it.each<[string, number, string]>([
    ['5010', 400, 'stale'],
    ['6240', 400, 'duplicate'],
    ['6140', 400, 'duplicate'],
    ['610', 400, 'not_found'],
    ['6190', 400, 'config'],
    ['3100', 403, 'config'],
    ['003100', 403, 'config'],
    ['120', 403, 'config'],
    ['100', 401, 'auth_expired'],
    ['3200', 401, 'auth_expired'],
    ['3001', 403, 'rate_limited'],
    ['3001', 429, 'rate_limited'],
    ['10000', 500, 'transient'],
    ['6002', 504, 'transient'],
    ['500', 500, 'config'],
    ['500', 400, 'config'],
    // Known to nobody here, or rules of the business: the status decides whose they are.
    ['2010', 400, 'validation'],
    ['2020', 400, 'validation'],
    ['2030', 400, 'validation'],
    ['2040', 400, 'validation'],
    ['2050', 400, 'validation'],
    ['2080', 400, 'validation'],
    ['2500', 400, 'validation'],
    ['4001', 400, 'validation'],
    ['6000', 400, 'validation'],
    ['6070', 400, 'validation'],
    ['6210', 400, 'validation'],
    ['6540', 400, 'validation'],
    ['99999', 400, 'validation'],
    ['99999', 500, 'transient'],
    ['99999', 401, 'auth_expired'],
  ])('%s with %i is %s to the hub', async (code, status, category) => {
    const body = JSON.stringify(fault(code, 'Words', 'that decide nothing: Stale Duplicate 3001', 'DisplayName'));
    expect(await answered(status, body)).toMatchObject({
      category,
      code: code.replace(/^0+/, ''),
      httpStatus: status,
      fields: ['DisplayName'],
      ...(category === 'rate_limited' ? { retryAfterMs: 60_000 } : {}),
    });
  });

  it.each<[string, number, boolean | undefined]>([
    ['6190', 400, true],
    ['3100', 403, true],
    ['003100', 403, true],
    ['120', 403, true],
    // An address that does not exist may be one operation's alone; what a record lacks is its own.
    ['500', 500, undefined],
    ['2020', 400, undefined],
  ])('%s with %i is the whole connection’s: %p', async (code, status, whole) => {
    const error = await answered(status, JSON.stringify(fault(code, 'Words', 'and more', '')));
    expect(error?.wholeConnection).toBe(whole);
  });

  it.each([
    ['gateway-wrong-company.json', 403, 'config', '3100'],
    ['gateway-expired-token.json', 401, 'auth_expired', '3200'],
    ['stale-object.json', 400, 'stale', '5010'],
    ['unsupported-operation.json', 500, 'config', '500'],
    ['throttled.xml', 429, 'rate_limited', '3001'],
    ['throttled.xml', 403, 'rate_limited', '3001'],
  ])('as recorded in %s, with %i', async (name, status, category, code) => {
    expect(await answered(status, fixture(name))).toMatchObject({ category, code });
  });

  it('of a fault in a 200 is no success', async () => {
    expect(await answered(200, fixture('stale-object.json'))).toMatchObject({ category: 'stale', code: '5010' });
  });
});

describe('fields', () => {
  const fieldsOf = async (object: string) => {
    const described = await connector.describeFields!(context(), object);
    if (!described.ok) throw new Error(described.error.message);
    return new Map(described.value.map((field) => [field.name, field]));
  };

  it('have the values of their enumerations', async () => {
    expect((await fieldsOf('Item')).get('Type')).toMatchObject({
      type: 'picklist',
      values: ['Service', 'Inventory', 'NonInventory', 'Group', 'Category'],
    });
    expect((await fieldsOf('Customer')).get('PreferredDeliveryMethod')?.values).toEqual(['Print', 'Email', 'None']);
    const invoice = await fieldsOf('Invoice');
    expect(invoice.get('GlobalTaxCalculation')?.values).toEqual(['TaxExcluded', 'TaxInclusive', 'NotApplicable']);
    expect(invoice.get('DocNumber')).toMatchObject({ type: 'string', values: null });
    expect(server.requests.map(({ url }) => url.includes('/preferences'))).toEqual([true]);
  });

  it('are those that the company made for its invoices as well, as long as they are in use', async () => {
    const fields = await fieldsOf('Invoice');
    expect(fields.get('CustomField[1]')).toEqual({
      name: 'CustomField[1]',
      label: 'Purchase order',
      type: 'string',
      vendorType: 'StringType',
      requiredOnCreate: false,
      writable: true,
      externalId: false,
      maxLength: 31,
      values: null,
    });
    expect(fields.get('CustomField[2]')?.label).toBe('Region');
    const unused = fixture('preferences.json').replace(
      /("SalesFormsPrefs.UseSalesCustom2", "Type": "BooleanType", "BooleanValue": )true/,
      '$1false',
    );
    server.fail({ kind: 'answer', answer: { status: 200, body: unused } }, 1);
    expect([...(await fieldsOf('Invoice')).keys()].filter((name) => name.startsWith('CustomField['))).toEqual([
      'CustomField[1]',
    ]);
    server.fail({ kind: 'answer', answer: json(403, { fault: { error: [{ code: '3100' }] } }) }, 1);
    expect(await connector.describeFields!(context(), 'Invoice')).toMatchObject({
      ok: false,
      error: { category: 'config', wholeConnection: true },
    });
  });
});
