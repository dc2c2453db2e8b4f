import { type GoldenCase, type MappingTemplate } from '@hub/connector-sdk';
import { type Json, type JsonObject } from '@hub/platform';

export type Cases = Readonly<Record<string, MappingTemplate['goldenCases']>>;

export const CONNECTION = 'con_01k0sf';
export const link = (type: string, id: string, found: string): NonNullable<GoldenCase['links']>[number] => ({
  type,
  id,
  system: 'netsuite',
  found,
});
export const golden = (
  name: string,
  canonical: JsonObject,
  output: Json,
  links: NonNullable<GoldenCase['links']> = [],
): GoldenCase => ({ name, input: { connection_id: CONNECTION, canonical }, output, links });

export const ACCOUNT = '001dM00003kSQbVQAW';
export const CUSTOMER: JsonObject = {
  id: ACCOUNT,
  status: 'active',
  kind: 'business',
  display_name: `O'Brien "Hardware": Söhne 🛠`,
  email: 'ap@ace.example',
  phone: null,
  website: 'ace.example',
  tax_id: null,
  account_number: 'A-1001',
  billing: { line1: '1 Main St', city: 'Oakland', region: 'CA', postal_code: '94601', country_code: 'US' },
  shipping: null,
  currency: 'EUR',
  terms_days: 30,
  credit_limit: { amount: '12345678901234.56', currency: 'EUR' },
};
const BILLING: JsonObject = {
  addr1: '1 Main St',
  city: 'Oakland',
  state: 'CA',
  zip: '94601',
  country: { id: 'US' },
};
export const WRITTEN: JsonObject = {
  companyName: `O'Brien "Hardware": Söhne 🛠`,
  email: 'ap@ace.example',
  phone: null,
  vatRegNumber: null,
  accountNumber: 'A-1001',
  url: 'https://ace.example',
  terms: { daysUntilNetDue: 30 },
  creditLimit: '12345678901234.56',
  isInactive: false,
  addressBook: { items: [{ defaultBilling: true, addressBookAddress: BILLING }] },
};
export const NEW: JsonObject = {
  externalId: `${CONNECTION}-customer-${ACCOUNT}`,
  isPerson: false,
  currency: { symbol: 'EUR' },
};

export const LINES: JsonObject[] = [
  {
    line_no: 1,
    product_id: '01t1',
    description: 'Two "hours"',
    quantity: '3',
    unit_price: '0.1',
    amount: '0.3',
  },
  { line_no: 2, product_id: null, description: null, quantity: '1', unit_price: '2', amount: '2' },
];
export const WRITTEN_LINES: JsonObject[] = [
  {
    item: { id: '21' },
    price: { id: '-1' },
    description: 'Two "hours"',
    quantity: '3',
    rate: '0.1',
    amount: '0.3',
  },
  { price: { id: '-1' }, quantity: '1', rate: '2', amount: '2' },
];
const INVOICE: JsonObject = {
  id: '130',
  number: '1038',
  customer_id: '58',
  issue_date: '2028-02-29',
  due_date: '2028-03-30',
  currency: 'USD',
  lines: LINES,
  total: { amount: '2.3', currency: 'USD' },
  po_number: 'PO-7',
  memo: null,
};
const WRITTEN_INVOICE: JsonObject = {
  entity: { id: '107' },
  currency: { symbol: 'USD' },
  tranDate: '2028-02-29',
  dueDate: '2028-03-30',
  otherRefNum: 'PO-7',
  memo: null,
  item: { items: WRITTEN_LINES },
};
const LINKS = [link('customer', '58', '107'), link('product', '01t1', '21')];

export const NETSUITE_OUTBOUND_CASES: Cases = {
  customer: [
    golden('a new company', CUSTOMER, { ...NEW, ...WRITTEN }),
    golden('a company that is linked keeps its currency', CUSTOMER, { id: '107', ...WRITTEN }, [
      link('customer', ACCOUNT, '107'),
    ]),
    golden(
      'a person, at one address, of whom little is said',
      {
        id: 'a/b c',
        kind: 'person',
        display_name: 'Maya Lindqvist',
        given_name: 'Maya',
        family_name: 'Lindqvist',
        status: 'inactive',
        billing: { line1: '1', country_code: null },
        shipping: { line1: '1', country_code: null },
      },
      {
        // What NetSuite does not take in an external id is replaced, and a hash tells "a/b c" from "a_b_c".
        externalId: `${CONNECTION}-customer-a_b_c-d8a327d9f107af2f`,
        isPerson: true,
        firstName: 'Maya',
        lastName: 'Lindqvist',
        isInactive: true,
        addressBook: { items: [{ defaultBilling: true, defaultShipping: true, addressBookAddress: { addr1: '1' } }] },
      },
    ),
    golden(
      'addresses without a word in them, and a person with half a name',
      { id: '7', kind: 'person', display_name: 'Cher', family_name: 'Cher', billing: { line1: null }, shipping: {} },
      { externalId: `${CONNECTION}-customer-7`, isPerson: false, companyName: 'Cher' },
    ),
  ],
  vendor: [
    golden(
      'new, with an address',
      {
        id: '41',
        display_name: 'Forge Supply',
        legal_name: null,
        email: null,
        account_number: '9',
        currency: 'JPY',
        billing: { line1: '1 Main St', city: 'Oakland', region: 'CA', postal_code: '94601', country_code: 'US' },
      },
      {
        externalId: `${CONNECTION}-vendor-41`,
        isPerson: false,
        currency: { symbol: 'JPY' },
        companyName: 'Forge Supply',
        legalName: null,
        email: null,
        accountNumber: '9',
        addressBook: { items: [{ defaultBilling: true, addressBookAddress: BILLING }] },
      },
    ),
    golden('linked', { id: '41', display_name: 'Forge' }, { id: '130', companyName: 'Forge' }, [
      link('vendor', '41', '130'),
    ]),
  ],
  contact: [
    golden(
      'of a customer',
      { id: '003', customer_id: ACCOUNT, given_name: null, family_name: 'Lee', email: 'lee@ace.example', title: null },
      {
        externalId: `${CONNECTION}-contact-003`,
        firstName: null,
        lastName: 'Lee',
        email: 'lee@ace.example',
        title: null,
        company: { id: '107' },
      },
      [link('customer', ACCOUNT, '107')],
    ),
    golden('of nobody, linked', { id: '003', customer_id: null, family_name: 'Lee' }, { id: '140', lastName: 'Lee' }, [
      link('contact', '003', '140'),
    ]),
  ],
  product: [
    golden(
      'new, with a price in yen',
      {
        id: '01t1',
        status: 'active',
        sku: 'GC-1',
        name: 'Generator "big"',
        description: null,
        type: 'inventory',
        unit_price: { amount: '150000', currency: 'JPY' },
        cost: { amount: '0.1', currency: 'JPY' },
      },
      {
        externalId: `${CONNECTION}-product-01t1`,
        recordType: 'inventoryItem',
        itemId: 'GC-1',
        displayName: 'Generator "big"',
        salesDescription: null,
        cost: '0.1',
        isInactive: false,
        price: {
          items: [{ priceLevel: { id: '1' }, currencyPage: { symbol: 'JPY' }, quantity: '0', price: '150000' }],
        },
      },
    ),
    golden(
      'linked, without a number or a price',
      { id: '01t1', name: 'Advice', sku: null, cost: null },
      { id: '21', itemId: 'Advice', displayName: 'Advice', cost: null },
      [link('product', '01t1', '21')],
    ),
  ],
  invoice: [
    golden(
      'new, on a leap day: of a product that is not linked the connection says which item it is',
      INVOICE,
      { externalId: `${CONNECTION}-invoice-130`, ...WRITTEN_INVOICE },
      LINKS,
    ),
    golden('linked', INVOICE, { id: '5001', ...WRITTEN_INVOICE }, [...LINKS, link('invoice', '130', '5001')]),
  ],
  order: [
    golden(
      'new',
      {
        id: '9',
        customer_id: '58',
        order_date: '2028-02-29',
        currency: 'USD',
        lines: LINES,
        po_number: null,
      },
      {
        externalId: `${CONNECTION}-order-9`,
        entity: { id: '107' },
        currency: { symbol: 'USD' },
        tranDate: '2028-02-29',
        otherRefNum: null,
        item: { items: WRITTEN_LINES },
      },
      LINKS,
    ),
  ],
  payment: [
    golden(
      'for an invoice',
      {
        id: '77',
        customer_id: '58',
        date: '2028-02-29',
        amount: { amount: '100.10', currency: 'USD' },
        reference: '4711',
        allocations: [{ invoice_id: '130', amount: '100.10' }],
      },
      {
        externalId: `${CONNECTION}-payment-77`,
        customer: { id: '107' },
        currency: { symbol: 'USD' },
        tranDate: '2028-02-29',
        payment: '100.10',
        checkNum: '4711',
        apply: { items: [{ doc: { id: '5001' }, apply: true, amount: '100.10' }] },
      },
      [...LINKS, link('invoice', '130', '5001')],
    ),
    golden(
      'on account, linked',
      { id: '77', customer_id: '58', date: '2028-02-29', amount: { amount: '5', currency: 'JPY' }, allocations: [] },
      { id: '7001', customer: { id: '107' }, currency: { symbol: 'JPY' }, tranDate: '2028-02-29', payment: '5' },
      [...LINKS, link('payment', '77', '7001')],
    ),
  ],
};
