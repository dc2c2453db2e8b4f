import { type ConnectorContext } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';
import { NetSuiteStage } from './netsuite.fixture';
import { TemplateRunner } from './template-runner';

const ACCOUNT = '001dM00003kSQbVQAW';
const SALE: JsonObject = {
  id: '006dM00001wBXYDQA4',
  name: 'Deal "big"',
  customer_id: ACCOUNT,
  stage: 'Closed Won',
  won: true,
  closed: true,
  close_date: '2028-02-29',
  currency: 'EUR',
  amount: { amount: '12345678901234.56', currency: 'EUR' },
  lines: [
    { line_no: 1, product_id: null, quantity: '3', unit_price: '0.1', amount: '0.3', description: 'Three' },
    { line_no: 2, product_id: null, quantity: '1', unit_price: '12345678901234.26', amount: '12345678901234.26' },
  ],
  customer: {
    id: ACCOUNT,
    status: 'active',
    kind: 'business',
    display_name: `O'Brien "Hardware": Söhne 🛠`,
    email: 'ap@obrien.example',
    website: 'obrien.example',
    currency: 'EUR',
    terms_days: 30,
    billing: { line1: '1 Main St', city: 'Oakland', region: 'CA', postal_code: '94601', country_code: 'US' },
  },
};

describe('the ready-made mappings, into NetSuite and out of it', () => {
  let stage: NetSuiteStage;
  let templates: TemplateRunner;
  let context: ConnectorContext;

  beforeAll(async () => {
    stage = await NetSuiteStage.start();
    templates = new TemplateRunner(stage.connector);
  });
  afterAll(async () => {
    await templates.close();
    await stage.stop();
  });
  beforeEach(async () => {
    templates.links.clear();
    await stage.reset();
    await stage.seed([
      {
        type: 'serviceSaleItem',
        itemId: 'ANY',
        incomeAccount: { id: '7' },
        subsidiary: { items: [{ id: '1' }] },
        price: { items: [{ priceLevel: { id: '1' }, currencyPage: { id: '4' }, price: 999 }] },
      },
    ]);
    await stage.control('POST', 'clock', { offset_ms: Date.parse('2028-03-01T10:00:00Z') - Date.now() });
    await stage.control('POST', 'settings', { closed_through: '2027-12-31' });
    context = stage.context(await stage.signIn());
  });

  const write = async (id: string, canonical: JsonObject): Promise<string> => {
    const { operation = '', canonicalType } = templates.template(id);
    const { _link: link, ...payload } = await templates.outbound(id, canonical, 'con_sf');
    const written = await stage.written(context, operation, payload);
    const target = (link as { type: string; id: string } | undefined) ?? {
      type: canonicalType,
      id: canonical['id'] as string,
    };
    templates.links.set(`${target.type} ${target.id}`, written);
    return written;
  };
  const pulled = async (object: string, id: string): Promise<JsonObject> => {
    const read = await stage.connector.readRecords(context, object, [id]);
    if (!read.ok) throw new Error(read.error.message);
    return templates.inbound(`netsuite.${object.toLowerCase()}.inbound`, read.value[0]?.dataText ?? '{}');
  };

  it('a sale becomes customer, invoice and order, digit for digit, and is written once however often', async () => {
    for (let round = 0; round < 2; round++) {
      const customer = await write('netsuite.sale-customer.outbound', SALE);
      const invoice = await write('netsuite.sale-invoice.outbound', SALE);
      const order = await write('netsuite.sale-order.outbound', SALE);
      expect(await pulled('customer', customer)).toMatchObject({
        display_name: `O'Brien "Hardware": Söhne 🛠`,
        website: 'https://obrien.example',
        currency: 'EUR',
        terms_days: 30,
        billing: { line1: '1 Main St', city: 'Oakland', region: 'CA', postal_code: '94601', country_code: 'US' },
      });
      expect(await pulled('invoice', invoice)).toMatchObject({
        customer_id: customer,
        issue_date: '2028-02-29',
        due_date: '2028-03-30',
        currency: 'EUR',
        total: { amount: '12345678901234.56', currency: 'EUR' },
        state: 'open',
        lines: [
          { quantity: '3', unit_price: '0.1', amount: '0.30', description: 'Three' },
          { quantity: '1', unit_price: '12345678901234.26', amount: '12345678901234.26' },
        ],
      });
      expect(await pulled('salesOrder', order)).toMatchObject({ order_date: '2028-02-29' });
      // Again without any link, as after a lost answer.
      if (round === 0) templates.links.clear();
    }
    for (const type of ['customer', 'invoice', 'salesOrder']) expect(await stage.records(type)).toHaveLength(1);
  });

  it('a payment settles the invoice that it names', async () => {
    const customer = await write('netsuite.sale-customer.outbound', SALE);
    const invoice = await write('netsuite.sale-invoice.outbound', SALE);
    const payment = await write('netsuite.payment.outbound', {
      id: '77',
      customer_id: ACCOUNT,
      date: '2028-03-01',
      amount: { amount: '0.30', currency: 'EUR' },
      reference: '4711',
      allocations: [{ invoice_id: SALE['id'] as string, amount: '0.30' }],
    });
    expect(await pulled('customerPayment', payment)).toMatchObject({
      customer_id: customer,
      amount: { amount: '0.30', currency: 'EUR' },
      reference: '4711',
      allocations: [{ invoice_id: invoice, amount: '0.30' }],
    });
    expect(await pulled('invoice', invoice)).toMatchObject({
      state: 'partly_paid',
      balance: { amount: '12345678901234.26' },
    });
  });

  it('vendors, contacts and products arrive', async () => {
    await write('netsuite.sale-customer.outbound', SALE);
    const vendor = await write('netsuite.vendor.outbound', { id: '9', display_name: 'Forge Supply', email: null });
    const contact = await write('netsuite.contact.outbound', {
      id: '003',
      customer_id: ACCOUNT,
      given_name: 'Ana',
      family_name: 'Reyes',
      title: 'Buyer',
    });
    const product = await write('netsuite.product.outbound', {
      id: '01t',
      sku: 'ADVICE',
      name: 'Advice, per hour',
      type: 'service',
      unit_price: { amount: '1500', currency: 'JPY' },
    });
    expect(await pulled('vendor', vendor)).toMatchObject({ display_name: 'Forge Supply', email: null });
    expect(await pulled('contact', contact)).toMatchObject({ family_name: 'Reyes', title: 'Buyer' });
    expect(await pulled('item', product)).toMatchObject({
      sku: 'ADVICE',
      type: 'service',
      unit_price: { amount: '1500', currency: 'JPY' },
    });
  });
});
