/** What should become of an event. */
export type Expectation =
  /** Every delivery arrives. */
  | 'succeeded'
  /** The same event as one before, answered 200 and not delivered again. */
  | 'duplicate'
  /** No route wants it: kept and shown. */
  | 'unrouted'
  /** The mapping refuses it: dead at once, with the reason. */
  | 'failed';

export interface DemoEvent {
  readonly tenant: string;
  /** What is special about it. */
  readonly label: string;
  readonly expectation: Expectation;
  readonly body: {
    readonly event_id: string;
    readonly type: string;
    readonly source: string;
    readonly subject: string;
    readonly occurred_at: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

/** A record that must exist at the simulated Salesforce afterwards, once. */
export interface ExpectedRecord {
  readonly tenant: string;
  readonly object: 'Account' | 'Invoice__c' | 'Opportunity';
  readonly hubId: string;
  /** Fields whose values show that nothing was bent on the way. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const NASTY_NAME = `Zoë "Z" O'Brien & Söhne <b>🚀</b> \\ 東京`;

const MUELLER = {
  id: 'C-1001',
  name: 'Müller & Söhne GmbH',
  email: 'Buchhaltung@Mueller.example',
  phone: '030 901820',
  website: 'https://mueller.example',
  vat_id: 'DE123456789',
  employees: 42,
  status: 'active',
  address: { street: 'Unter den Linden 1', city: 'Berlin', postal_code: '10117', country: 'Deutschland' },
};
const OBRIEN = {
  id: 'C-1002',
  name: NASTY_NAME,
  phone: '(415) 555-2671',
  status: 'active',
  address: { street: '1 Market St\nFloor 2', city: 'San Francisco', postal_code: '94105', country: 'USA' },
};

/**
 * A day at two companies: customers and invoices with names and amounts that break careless integrations, a duplicate, two
 * updates of one record, an event nobody asked for and one that the mapping refuses.
 * @param run makes the event ids of this run new; the records stay the same, so that every run finds them again
 */
export function demoEvents(run: string, now: Date): DemoEvent[] {
  let number = 0;
  const event = (
    tenant: string,
    label: string,
    expectation: Expectation,
    type: string,
    subject: string,
    data: Readonly<Record<string, unknown>>,
  ): DemoEvent => ({
    tenant,
    label,
    expectation,
    body: {
      event_id: `demo-${run}-${++number}`,
      type,
      source: 'demo',
      subject,
      occurred_at: now.toISOString(),
      data,
    },
  });
  const tenths = event('acme', '0.1 + 0.2 EUR', 'succeeded', 'invoice.created', 'invoice/INV-1', {
    number: 'INV-1',
    status: 'open',
    currency: 'eur',
    issued_on: '2026-11-20',
    customer: { id: 'C-1001', name: MUELLER.name, email: MUELLER.email, country: 'DE' },
    lines: [
      { description: 'A screw', quantity: '1', unit_price: '0.1' },
      { description: 'Another "screw"', quantity: '1', unit_price: '0.2' },
    ],
  });
  return [
    event('acme', 'umlauts, a German number', 'succeeded', 'customer.created', 'customer/C-1001', MUELLER),
    event('acme', 'quotes, emoji, markup', 'succeeded', 'customer.created', 'customer/C-1002', OBRIEN),
    event('acme', 'an update', 'succeeded', 'customer.updated', 'customer/C-1001', { ...MUELLER, employees: 43 }),
    event('acme', 'and another at once', 'succeeded', 'customer.updated', 'customer/C-1001', {
      ...MUELLER,
      employees: 44,
    }),
    tenths,
    { ...tenths, label: 'the same once more', expectation: 'duplicate' },
    event('acme', 'yen have no decimals', 'succeeded', 'invoice.created', 'invoice/INV-2', {
      number: 'INV-2',
      status: 'open',
      currency: 'JPY',
      issued_on: '2026-11-20',
      customer: { id: 'C-1002', name: NASTY_NAME, country: 'USA' },
      lines: [{ description: 'お茶', quantity: '3', unit_price: '1250' }],
      tax: '300',
    }),
    event('acme', 'leap day, cents to round', 'succeeded', 'invoice.created', 'invoice/INV-3', {
      number: 'INV-3',
      status: 'paid',
      currency: 'USD',
      issued_on: '2028-02-29',
      customer: { id: 'C-1002', name: NASTY_NAME, country: 'US' },
      lines: [{ description: 'Hours', quantity: '1.5', unit_price: '33.33' }],
    }),
    event('acme', 'passed on as it is', 'succeeded', 'order.placed', 'order/O-7', {
      order: 'O-7',
      placed_on: '2026-11-20',
      items: [{ sku: 'A-1', quantity: 2 }],
    }),
    event('acme', 'nobody asked for it', 'unrouted', 'shipment.dispatched', 'shipment/S-1', { shipment: 'S-1' }),
    event('acme', 'an invoice without number', 'failed', 'invoice.created', 'invoice/unknown', {
      currency: 'EUR',
      issued_on: '2026-11-20',
      lines: [{ quantity: '1', unit_price: '5' }],
    }),
    event('globex', 'another company, same ids', 'succeeded', 'customer.created', 'customer/C-1001', {
      id: 'C-1001',
      name: 'Hank Scorpio',
      address: { city: 'Cypress Creek', country: 'US' },
    }),
    event('globex', 'three decimals (dinar)', 'succeeded', 'invoice.paid', 'invoice/INV-1', {
      number: 'INV-1',
      status: 'paid',
      currency: 'KWD',
      issued_on: '2026-11-20',
      customer: { name: 'Hank Scorpio' },
      lines: [{ description: 'Hammocks', quantity: '4', unit_price: '12.345' }],
    }),
    event('globex', 'to the warehouse', 'succeeded', 'order.placed', 'order/O-1', {
      order: 'O-1',
      items: [{ sku: 'HAMMOCK', quantity: 4 }],
    }),
  ];
}

export const EXPECTED_RECORDS: readonly ExpectedRecord[] = [
  {
    tenant: 'acme',
    object: 'Account',
    hubId: 'C-1001',
    fields: { NumberOfEmployees: 44, Phone: '+4930901820', BillingCountry: 'Germany' },
  },
  { tenant: 'acme', object: 'Account', hubId: 'C-1002', fields: { Name: NASTY_NAME, Phone: '+14155552671' } },
  { tenant: 'acme', object: 'Invoice__c', hubId: 'INV-1', fields: { Total__c: 0.3, Currency__c: 'EUR' } },
  { tenant: 'acme', object: 'Invoice__c', hubId: 'INV-2', fields: { Total__c: 4050, Currency__c: 'JPY' } },
  {
    tenant: 'acme',
    object: 'Invoice__c',
    hubId: 'INV-3',
    fields: { Total__c: 50, Issue_Date__c: '2028-02-29', Due_Date__c: '2028-03-30', Balance__c: 0 },
  },
  { tenant: 'globex', object: 'Account', hubId: 'C-1001', fields: { Name: 'Hank Scorpio' } },
  { tenant: 'globex', object: 'Opportunity', hubId: 'INV-1', fields: { Amount: 49.38, StageName: 'Closed Won' } },
];

/** Requests that each tenant's sink gets from one run: invoices and orders of acme, orders of globex. */
export const EXPECTED_SINK_REQUESTS: Readonly<Record<string, number>> = { acme: 4, globex: 1 };
