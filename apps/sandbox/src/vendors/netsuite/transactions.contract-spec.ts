import { type Answer, NetSuiteFixture } from './fixtures/netsuite-fixture';
import { COMPANY, RecordCalls, refused } from './fixtures/record-calls';

interface Line {
  readonly line: number;
  readonly item: { readonly id: string; readonly refName: string };
  readonly quantity: number;
  readonly rate: number;
  readonly amount: number;
}
interface Sale {
  readonly id: string;
  readonly total: number;
  readonly amountRemaining: number;
  readonly status: { readonly id: string };
  readonly dueDate: string;
  readonly tranDate: string;
  readonly lastModifiedDate: string;
  readonly item: { readonly items: readonly Line[]; readonly totalResults: number };
}

describe('transactions in the NetSuite record API', () => {
  let fixture: NetSuiteFixture;
  let calls: RecordCalls;

  beforeAll(async () => {
    fixture = await NetSuiteFixture.start();
    calls = new RecordCalls(fixture);
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
  });

  it('computes an invoice: price levels, rate against amount, tax, due date and number', async () => {
    const [entity, drill, consulting] = await Promise.all([
      calls.idOf('Bay Hardware Co.'),
      calls.itemId('DRILL-18V'),
      calls.itemId('CONSULT-HR'),
    ]);
    const year = new Date().getUTCFullYear();
    const custom = { price: { id: '-1' } };
    const id = await fixture.created('invoice', {
      entity: { id: entity },
      tranDate: `${year}-06-15`,
      externalId: 'OPP-1',
      otherRefNum: 'PO-7',
      item: {
        items: [
          { item: { id: drill }, quantity: 2, rate: 99 },
          { item: { id: drill }, quantity: 2, rate: 99.995, ...custom, taxCode: { id: '12' } },
          { item: { id: consulting }, quantity: 3, rate: 1, amount: 100, ...custom },
          { item: { id: consulting }, quantity: 3, amount: 1, rate: 10, ...custom, description: 'By the hour' },
        ],
      },
    });
    const invoice = await calls.get<Sale>(`/invoice/${id}?expandSubResources=true`);
    // The price level rules over the rate, unless it is Custom; of rate and amount the last one counts.
    expect(invoice.item.items.map(({ line, rate, amount }) => [line, rate, amount])).toEqual([
      [1, 129, 258],
      [2, 99.995, 199.99],
      [3, 33.33333333, 100],
      [4, 10, 30],
    ]);
    expect(invoice).toMatchObject({
      subtotal: 587.99,
      taxTotal: 40,
      total: 627.99,
      amountRemaining: 627.99,
      status: { id: 'CustInvc:A', refName: 'Open' },
      dueDate: `${year}-07-15`,
      tranId: expect.stringMatching(/^INV\d+$/) as string,
      postingPeriod: { refName: `Jun ${year}` },
      subsidiary: { id: '1' },
    });
  });

  it('merges lines on PATCH, and replaces them only when told to', async () => {
    const [invoice] = await fixture.rows("SELECT id FROM transaction WHERE externalid = 'INV-ACME-2'");
    const path = `/invoice/${invoice?.id ?? ''}`;
    const consulting = await calls.itemId('CONSULT-HR');
    const lines = async (): Promise<number[][]> =>
      (await calls.get<Sale>(`${path}?expandSubResources=true`)).item.items.map(({ line, quantity, amount }) => [
        line,
        quantity,
        amount,
      ]);
    expect(await lines()).toEqual([[1, 12, 1800]]);
    const patch = (query: string, items: object[]): Promise<Answer> =>
      fixture.record('PATCH', `${path}${query}`, { item: { items } });
    await patch('', [{ line: 1, quantity: 10 }]);
    expect(await lines()).toEqual([[1, 10, 1500]]);
    await patch('', [{ item: { id: consulting }, quantity: 1 }]);
    expect(await lines()).toEqual([
      [1, 10, 1500],
      [2, 1, 150],
    ]);
    await refused(patch('', [{ line: 9, quantity: 1 }]), 400, 'INVALID_CONTENT');
    await patch('?replace=item', [{ item: { id: consulting }, quantity: 3 }]);
    expect(await lines()).toEqual([[1, 3, 450]]);
    await refused(patch('?replace=memo', []), 400, 'INVALID_PARAMETER');
    await refused(patch('?replace=item', []), 400, 'USER_ERROR');
    expect(await lines()).toEqual([[1, 3, 450]]);
  });

  it('points at the line whose item does not exist, or is not sold in the subsidiary', async () => {
    const german = await calls.idOf('Kraus & Söhne GmbH');
    const consulting = await calls.itemId('CONSULT-HR');
    const post = (item: string): Promise<Answer> =>
      fixture.record('POST', '/invoice', {
        entity: { id: german },
        item: { items: [{ item: { id: item }, amount: 1 }] },
      });
    const missing = await refused(post('9999'), 400, 'INVALID_CONTENT');
    expect(missing).toMatchObject({
      detail:
        'Error while accessing resource: You have entered an Invalid Field Value 9999 for the following field: item',
      'o:errorPath': 'item.items[0].item',
    });
    await refused(post(consulting), 400, 'INVALID_CONTENT');
    await refused(fixture.record('POST', '/invoice', { entity: { id: german } }), 400, 'USER_ERROR');
    const wrongMoney = {
      entity: { id: german },
      currency: { id: '5' },
      item: { items: [{ item: { id: '23' }, amount: 1 }] },
    };
    expect(await refused(fixture.record('POST', '/invoice', wrongMoney), 400, 'INVALID_CONTENT')).toMatchObject({
      'o:errorPath': 'currency',
    });
  });

  it('refuses closed periods and days without one', async () => {
    const entity = await calls.idOf('Bay Hardware Co.');
    const item = await calls.itemId('DRILL-18V');
    const post = (tranDate: string): Promise<Answer> =>
      fixture.record('POST', '/invoice', {
        entity: { id: entity },
        tranDate,
        item: { items: [{ item: { id: item } }] },
      });
    const year = new Date().getUTCFullYear();
    expect((await post(`${year - 1}-01-01`)).status).toBe(204);
    expect(await refused(post(`${year - 2}-12-31`), 400, 'USER_ERROR')).toMatchObject({ 'o:errorPath': 'tranDate' });
    await refused(post(`${year + 3}-01-01`), 400, 'USER_ERROR');
    await refused(post('2026-02-30'), 400, 'INVALID_CONTENT');
    await fixture.settings({ error_codes: 'specific', closed_through: `${year - 1}-01-31` });
    await refused(post(`${year - 1}-01-01`), 400, 'TRANS_IN_CLSD_PERIOD');
  });

  it('applies payments to invoices, and takes them back', async () => {
    const entity = await calls.idOf("O'Brien Builders".replace("'", "''"));
    const [row] = await fixture.rows("SELECT id FROM transaction WHERE externalid = 'INV-ACME-2'");
    const invoice = row?.id ?? '';
    const pay = (amount: number, extra: object = {}): Promise<Answer> =>
      fixture.record('POST', '/customerPayment', {
        customer: { id: entity },
        payment: amount,
        account: { id: '2' },
        apply: { items: [{ doc: { id: invoice }, apply: true, amount }] },
        ...extra,
      });
    const balance = async (): Promise<[number, string]> => {
      const { amountRemaining, status } = await calls.get<Sale>(`/invoice/${invoice}`);
      return [amountRemaining, status.id];
    };
    await fixture.admin('POST', '/clock', { advance_ms: 120_000 });
    const before = (await calls.get<Sale>(`/invoice/${invoice}`)).lastModifiedDate;
    expect((await pay(800.5)).status).toBe(204);
    expect(await balance()).toEqual([999.5, 'CustInvc:A']);
    // A payment touches its invoices.
    expect((await calls.get<Sale>(`/invoice/${invoice}`)).lastModifiedDate > before).toBe(true);
    await refused(pay(1000), 400, 'INVALID_CONTENT');
    await refused(
      pay(10, { apply: { items: [{ doc: { id: invoice }, apply: true, amount: 20 }] } }),
      400,
      'USER_ERROR',
    );
    const rest = await pay(999.5, { externalId: 'PAY-9' });
    expect(await balance()).toEqual([0, 'CustInvc:B']);
    expect(await calls.get('/customerPayment/eid:PAY-9?expandSubResources=true')).toMatchObject({
      payment: 999.5,
      applied: 999.5,
      unapplied: 0,
      status: { id: 'CustPymt:C' },
      apply: { items: [{ doc: { id: invoice }, apply: true, amount: 999.5 }] },
    });
    await refused(fixture.record('DELETE', `/invoice/${invoice}`), 400, 'USER_ERROR');
    const payment = rest.headers.get('location')?.split('/').pop() ?? '';
    expect((await fixture.record('DELETE', `/customerPayment/${payment}`)).status).toBe(204);
    expect(await balance()).toEqual([999.5, 'CustInvc:A']);
  });

  it('turns an order into an invoice, once, and an invoice into a payment', async () => {
    const [order] = await fixture.rows("SELECT id FROM transaction WHERE externalid = 'SO-ACME-1'");
    const path = `/salesOrder/${order?.id ?? ''}`;
    const made = await fixture.record('POST', `${path}/!transform/invoice`, { memo: 'from the order' });
    expect(made.status).toBe(204);
    const invoice = made.headers.get('location')?.split('/').pop() ?? '';
    expect(await calls.get(`/invoice/${invoice}`)).toMatchObject({
      total: 531,
      memo: 'from the order',
      createdFrom: { id: order?.id },
    });
    expect(await calls.get(path)).toMatchObject({ status: { refName: 'Billed' } });
    await refused(fixture.record('POST', `${path}/!transform/invoice`, {}), 400, 'USER_ERROR');
    expect((await fixture.record('POST', `/invoice/${invoice}/!transform/customerPayment`, {})).status).toBe(204);
    expect(await calls.get(`/invoice/${invoice}`)).toMatchObject({ amountRemaining: 0 });
    await refused(fixture.record('POST', `${path}/!transform/vendor`, {}), 400, 'INVALID_PARAMETER');
  });

  it('leaves nothing behind when the second half of a call fails', async () => {
    const [order] = await fixture.rows("SELECT id FROM transaction WHERE externalid = 'SO-ACME-1'");
    const path = `/salesOrder/${order?.id ?? ''}`;
    const invoices = (): Promise<Record<string, string>[]> =>
      fixture.rows("SELECT id FROM transaction WHERE type = 'CustInvc' ORDER BY id");
    const before = await invoices();
    await refused(fixture.record('POST', `${path}/!transform/invoice`, { memo: 5 }), 400, 'INVALID_CONTENT');
    expect(await invoices()).toEqual(before);
    const seeded = await fixture.admin('POST', '/seed', {
      records: [{ type: 'customer', ...COMPANY, externalId: 'HALF' }, { type: 'customer' }],
    });
    expect(seeded.status).toBe(400);
    await refused(fixture.record('GET', '/customer/eid:HALF'), 404, 'NONEXISTENT_ID');
    expect((await fixture.record('PUT', '/customer/eid:HALF', COMPANY)).status).toBe(204);
  });

  it('keeps exact money, and the scale of each currency', async () => {
    const id = await fixture.created('customer', { ...COMPANY, creditLimit: 12345678901234.56 });
    expect(await calls.get(`/customer/${id}`)).toMatchObject({ creditLimit: 12345678901234.56 });
    const japan = { ...COMPANY, companyName: 'Nihon', subsidiary: { id: '3' } };
    const customer = await fixture.created('customer', japan);
    const item = await fixture.created('serviceSaleItem', {
      itemId: 'YEN',
      incomeAccount: { id: '7' },
      subsidiary: { items: [{ id: '3' }] },
    });
    const line = { item: { id: item }, quantity: 3, rate: 100.5 };
    const invoice = await fixture.created('invoice', { entity: { id: customer }, item: { items: [line] } });
    expect(await calls.get(`/invoice/${invoice}`)).toMatchObject({ total: 302, currency: { id: '5' } });
    await fixture.settings({ float_noise: true });
    await fixture.record('PATCH', `/customer/${id}`, { creditLimit: 99.99 });
    expect(await calls.get(`/customer/${id}`)).toMatchObject({ creditLimit: 99.9900000001 });
  });
});
