import { type ConnectorContext } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { NetSuiteStage } from './netsuite.fixture';

const customer = (companyName: string, more: JsonObject = {}): JsonObject => ({
  type: 'customer',
  companyName,
  subsidiary: { id: '1' },
  ...more,
});
const parsed = (dataText: string): Record<string, unknown> => JSON.parse(dataText) as Record<string, unknown>;

describe('pulls from NetSuite', () => {
  let stage: NetSuiteStage;
  let context: ConnectorContext;

  beforeAll(async () => {
    stage = await NetSuiteStage.start();
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    await stage.reset();
    context = stage.context(await stage.signIn());
  });

  const advance = async (minutes: number): Promise<void> => {
    await stage.control('POST', 'clock', { advance_ms: minutes * 60_000 });
    context = { ...context, credentials: await stage.signIn() };
  };
  const changes = (object: string, cursor: JsonObject | null = null, since: string | null = null) =>
    stage.pullAll(context, { object, cursor, since });
  const named = (records: readonly { dataText: string; change: string }[]): string[] =>
    records.map(({ dataText, change }) => `${change} ${String(parsed(dataText)['companyName'])}`);

  it('brings what has changed since the cursor and what was deleted, in the shape of the record API', async () => {
    await stage.seed([customer('before')]);
    await advance(20);
    const start = await changes('customer');
    expect(start.records).toEqual([]);
    await advance(20);
    const [first, second] = await stage.seed([
      customer('Ace', {
        email: 'ap@ace.example',
        terms: { id: '2' },
        creditLimit: 0.1,
        addressBook: {
          items: [
            {
              defaultBilling: true,
              defaultShipping: true,
              addressBookAddress: { addr1: '1 Main St', city: 'Köln', zip: '50667', country: { id: 'DE' } },
            },
          ],
        },
      }),
      customer('second'),
    ]);
    const created = await changes('customer', start.cursor);
    expect(named(created.records)).toEqual(['created Ace', 'created second']);
    expect(parsed(created.records[0]?.dataText ?? '')).toMatchObject({
      id: first,
      companyName: 'Ace',
      isPerson: false,
      isInactive: false,
      phone: null,
      creditLimit: 0.1,
      currency: { id: '1', symbol: 'USD' },
      terms: { id: '2', refName: 'Net 30', daysUntilNetDue: 30 },
      addressBook: {
        items: [
          {
            defaultBilling: true,
            defaultShipping: true,
            addressBookAddress: { addr1: '1 Main St', addr2: null, city: 'Köln', country: { id: 'DE' } },
          },
        ],
      },
    });
    await advance(20);
    await stage.control('POST', 'touch', { type: 'customer', id: first, fields: { phone: '510-555-0100' } });
    await stage.control('POST', 'touch', { type: 'customer', id: second, delete: true });
    const later = await changes('customer', created.cursor);
    expect(later.records.map(({ id, change }) => [id, change])).toEqual([
      [first, 'updated'],
      [second, 'deleted'],
    ]);
    expect(later.records[0]?.modifiedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    // Each poll looks back a little: what it has brought already comes once more, and no more.
    await advance(20);
    const repeated = await changes('customer', later.cursor);
    expect(repeated.records.map(({ id, version }) => [id, version])).toEqual(
      later.records.map(({ id, version }) => [id, version]),
    );
    expect((await changes('customer', repeated.cursor)).records).toEqual([]);
  });

  it('loses none of 2,500 records that share one stamp, across pages and a restart', async () => {
    const start = await changes('customer');
    await stage.control('POST', 'clock', { freeze: true });
    const ids: string[] = [];
    for (let block = 0; block < 5; block++) {
      ids.push(...(await stage.seed(Array.from({ length: 500 }, (_, i) => customer(`${block}-${i}`)))));
    }
    const found = await changes('customer', start.cursor);
    expect(found.records).toHaveLength(2_500);
    expect(new Set(found.records.map(({ id }) => id))).toEqual(new Set(ids));
    expect(found.pages).toBe(4);
    const full = await stage.pullAll(context, { object: 'customer', mode: 'full' });
    expect(full.records.map(({ id }) => id)).toEqual(ids.sort((a, b) => Number(a) - Number(b)));
  });

  it('finds what a search shows late, and what is stamped to the minute', async () => {
    await stage.control('POST', 'settings', { suiteql_minute_precision: true, visibility_lag_ms: 60_000 });
    const start = await changes('customer');
    await stage.seed([customer('late')]);
    await stage.control('POST', 'clock', { advance_ms: 30_000 });
    const meanwhile = await changes('customer', start.cursor);
    expect(meanwhile.records).toEqual([]);
    await advance(2);
    expect(named((await changes('customer', meanwhile.cursor)).records)).toEqual(['created late']);
  });

  it.each([
    ['measured', {}],
    ['named in the settings', { time_zone: 'America/Los_Angeles' }],
  ])('reads a user’s wall clock, %s, also in the night in which an hour comes twice', async (_how, config) => {
    await stage.control('POST', 'settings', { time_zone: 'America/Los_Angeles', date_format: 'DD.MM.YYYY' });
    context = stage.context(await stage.signIn(), config);
    const start = await changes('customer');
    // At 09:00 UTC 2 o'clock in summer time becomes 1 o'clock again.
    const { now } = await stage.control<{ now: string }>('GET', 'clock');
    await advance((Date.parse('2027-11-07T08:40:00Z') - Date.parse(now)) / 60_000);
    const seen: string[] = [];
    let { cursor } = start;
    const made: string[] = [];
    for (let round = 0; round < 24; round++) {
      // Some polls find nothing, and so learn nothing of the clock.
      if (round % 3 === 0) {
        made.push(`round ${round}`);
        await stage.seed([customer(`round ${round}`)]);
        await stage.control('POST', 'clock', { advance_ms: 5_000 });
      }
      const found = await changes('customer', cursor);
      cursor = found.cursor;
      seen.push(...found.records.map(({ dataText }) => String(parsed(dataText)['companyName'])));
      await advance(5);
    }
    expect([...new Set(seen)]).toEqual(made);
  });

  it('brings the fields that the account has, and those of its own that are asked for', async () => {
    await stage.control('POST', 'settings', {
      hidden_fields: ['customer.creditLimit', 'customer.terms'],
      custom_fields: [{ record_type: 'customer', name: 'custentity_vip', type: 'boolean' }],
    });
    context = stage.context(await stage.signIn(), {
      pull_fields: { customer: ['custentity_vip', 'custentity_region'] },
      pull_omit_fields: { customer: ['vatRegNumber'] },
    });
    const [id = ''] = await stage.seed([customer('Ace', { custentity_vip: true, custentity_region: 'North' })]);
    const read = await stage.connector.readRecords(context, 'customer', [id]);
    if (!read.ok) throw new Error(read.error.message);
    const data = parsed(read.value[0]?.dataText ?? '');
    expect(data).toMatchObject({ id, custentity_vip: true, custentity_region: 'North' });
    for (const absent of ['creditLimit', 'terms', 'vatRegNumber']) expect(data).not.toHaveProperty(absent);
  });

  it('brings invoices with what was sold, payments with what they settle, items with their prices', async () => {
    await stage.reset(true);
    context = stage.context(await stage.signIn());
    const { records } = await changes('invoice', null, '2000-01-01T00:00:00Z');
    const invoices = records
      .map(({ dataText }) => parsed(dataText))
      .sort((a, b) => String(a['externalId']).localeCompare(String(b['externalId'])));
    expect(invoices).toMatchObject([
      {
        externalId: 'INV-ACME-1',
        total: 505,
        amountRemaining: 0,
        status: 'B',
        taxTotal: 0,
        currency: { symbol: 'USD' },
        item: {
          items: [
            { line: 1, item: { refName: 'HAMMER-16' }, quantity: 20, rate: 24.5, amount: 490 },
            { line: 2, item: { refName: 'SHIP-GROUND' }, quantity: 1, rate: 15, amount: 15 },
          ],
        },
      },
      { externalId: 'INV-ACME-2', status: 'A', otherRefNum: 'PO-7781', memo: 'Workshop planning' },
    ]);
    expect((invoices[0]?.['item'] as { items: unknown[] }).items).toHaveLength(2);
    const payments = await changes('customerPayment', null, '2000-01-01T00:00:00Z');
    expect(parsed(payments.records[0]?.dataText ?? '')).toMatchObject({
      payment: 505,
      unapplied: 0,
      paymentMethod: { refName: 'ACH' },
      apply: { items: [{ doc: { id: invoices[0]?.['id'] }, apply: true, amount: 505 }] },
    });
    const items = await changes('item', null, '2000-01-01T00:00:00Z');
    const hammer = items.records.map(({ dataText }) => parsed(dataText)).find(({ itemId }) => itemId === 'HAMMER-16');
    expect(hammer).toMatchObject({
      itemType: 'InvtPart',
      cost: 11.2,
      price: { items: [{ currencyPage: { symbol: 'USD' }, price: 24.5 }] },
    });
    const others = await Promise.all(
      ['vendor', 'contact', 'salesOrder'].map((name) => changes(name, null, '2000-01-01T00:00:00Z')),
    );
    expect(others.map((found) => found.records.length)).toEqual([2, 1, 1]);
  });

  it('says which permission is missing', async () => {
    await stage.control('POST', 'settings', { suiteql_permission: false });
    const page = await stage.connector.pull(context, {
      object: 'customer',
      mode: 'changes',
      cursor: null,
      since: null,
    });
    expect(page).toMatchObject({ ok: false, error: { category: 'permission', code: 'INSUFFICIENT_PERMISSION' } });
    expect(await stage.connector.testConnection(context)).toMatchObject({
      ok: false,
      error: { category: 'permission' },
    });
  });

  it('reads records by id, and tombstones of those that are gone', async () => {
    const [kept = '', gone = ''] = await stage.seed([customer('kept'), customer('gone')]);
    await stage.control('POST', 'touch', { type: 'customer', id: gone, delete: true });
    const read = await stage.connector.readRecords(context, 'customer', [kept, gone, '999999', 'no id']);
    if (!read.ok) throw new Error(read.error.message);
    expect(read.value.map(({ id, change }) => [id, change])).toEqual([
      [kept, 'created'],
      [gone, 'deleted'],
    ]);
  });

  it('describes what there is, with the fields of the account’s own', async () => {
    const objects = await stage.connector.describeObjects(context);
    if (!objects.ok) throw new Error(objects.error.message);
    expect(objects.value.map(({ name }) => name)).toEqual(expect.arrayContaining(['customer', 'customerPayment']));
    const fields = await stage.connector.describeFields(context, 'customer');
    if (!fields.ok) throw new Error(fields.error.message);
    const byName = new Map(fields.value.map((field) => [field.name, field]));
    expect(byName.get('externalId')).toMatchObject({ externalId: true, type: 'string', writable: true });
    expect(byName.get('subsidiary')).toMatchObject({ type: 'reference' });
    expect(byName.get('lastModifiedDate')).toMatchObject({ type: 'datetime', writable: false });
    expect(byName.get('addressBook')).toMatchObject({ type: 'object' });
    expect(byName.get('stage')).toMatchObject({ type: 'picklist', values: ['CUSTOMER', 'PROSPECT', 'LEAD'] });
    expect(await stage.connector.describeFields(context, 'item')).toMatchObject({ ok: true });
    expect(await stage.connector.describeFields(context, '../x')).toMatchObject({ ok: false });
  });
});
