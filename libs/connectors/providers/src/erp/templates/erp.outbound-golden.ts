import { type JsonObject } from '@hub/platform';
import { type MappingTemplate } from '@hub/connector-sdk';

type Cases = Readonly<Record<string, MappingTemplate['goldenCases']>>;

const event = (canonical: JsonObject, connector = 'quickbooks'): JsonObject => ({
  connection_id: 'con_books',
  connector,
  canonical,
});
const link = (type: string, id: string, found: string) => ({ type, id, system: 'erp', found });

const CUSTOMER: JsonObject = {
  id: '58',
  status: 'active',
  display_name: 'O\'Brien & "Söhne" <🛠>',
  given_name: 'Zoë',
  family_name: "O'Brien",
  email: null,
  phone: '+49 221 551000',
  tax_id: 'DE123456789',
  billing: { line1: 'Industriestraße 1', line2: null, city: 'Köln', postal_code: '05067', country_code: 'DE' },
  currency: 'EUR',
  terms_days: 14,
  credit_limit: { amount: '12345678901234.56', currency: 'EUR' },
};
const CUSTOMER_MADE: JsonObject = {
  ExtRef: 'quickbooks-58-e9559f9d',
  Name: 'O\'Brien & "Söhne" <🛠>',
  ContactName: "O'Brien, Zoë",
  Email: null,
  Phone: '+49 221 551000',
  TaxNo: 'DE123456789',
  Currency: 'EUR',
  CreditLimit: '12345678901234.56',
  TermsDays: 14,
  Address: { Line1: 'Industriestraße 1', Line2: null, City: 'Köln', PostCode: '05067', CountryCode: 'DE' },
};

const INVOICE: JsonObject = {
  id: '130',
  number: '1037',
  customer_id: '58',
  issue_date: '2028-02-29',
  due_date: null,
  currency: 'EUR',
  lines: [
    { line_no: 1, product_id: '11', description: 'Bolts', quantity: '3', unit_price: '0.1', amount: '0.3' },
    { line_no: 2, sku: 'NUT', description: null, quantity: '1', unit_price: '10', amount: '10', tax_code: 'TAX' },
  ],
  tax_total: { amount: '1.96', currency: 'EUR' },
  total: { amount: '12.26', currency: 'EUR' },
  state: 'open',
  po_number: 'PO-7',
};
const LINES: JsonObject[] = [
  { LineNo: 1, ItemCode: 'BOLT-M8', Description: 'Bolts', Qty: '3', UnitPrice: '0.1', LineAmount: '0.3' },
  { LineNo: 2, ItemCode: 'NUT', Qty: '1', UnitPrice: '10', LineAmount: '10' },
];
const LINKS = [link('customer', '58', '000123'), link('product', '11', 'BOLT-M8')];

const OPPORTUNITY: JsonObject = {
  id: '006dM00001wBXYDQA4',
  name: 'Deal',
  customer_id: '001dM00003kSQbVQAW',
  stage: 'Closed Won',
  won: true,
  closed: true,
  close_date: '2028-02-29',
  currency: 'JPY',
  amount: { amount: '125000', currency: 'JPY' },
  lines: [{ line_no: 1, description: 'Opportunity Deal', quantity: '1', unit_price: '125000', amount: '125000' }],
  customer: { id: '001dM00003kSQbVQAW', display_name: 'Ace', billing: null },
};

const PAYMENT: JsonObject = {
  id: '201',
  customer_id: '58',
  date: '2028-02-29',
  amount: { amount: '0.3', currency: 'EUR' },
  method: 'A method of payment with a long name',
  allocations: [{ invoice_id: '130', amount: '0.1' }],
};

export const ERP_OUTBOUND_CASES: Cases = {
  customer: [
    { name: 'new: by a reference of its own', input: event(CUSTOMER), output: CUSTOMER_MADE },
    {
      name: 'linked: by its number; what the ERP decides is left alone',
      input: event({
        ...CUSTOMER,
        status: 'inactive',
        billing: null,
        terms_days: null,
        given_name: null,
        family_name: null,
      }),
      links: [link('customer', '58', '000123')],
      output: {
        CustNo: '000123',
        Name: 'O\'Brien & "Söhne" <🛠>',
        ContactName: null,
        Email: null,
        Phone: '+49 221 551000',
        TaxNo: 'DE123456789',
        Blocked: 'Y',
        Address: null,
      },
    },
    {
      name: 'posted by hand, with an id that is no reference',
      input: { canonical: { id: 'Kunde Nr. 7', display_name: 'Ace' } },
      event: { source: 'shop' },
      output: { ExtRef: 'hub-b3c4cc38e7df4f6cc369f82ae44c8bd0b228', Name: 'Ace' },
    },
  ],
  invoice: [
    {
      name: 'tax as a line of its own; products by link, else by their code',
      input: event(INVOICE),
      links: LINKS,
      output: {
        ExtRef: 'quickbooks-130-e9559f9d',
        CustNo: '000123',
        InvDate: '2028-02-29',
        Currency: 'EUR',
        Total: '12.26',
        PoNumber: 'PO-7',
        Lines: {
          Line: [
            ...LINES,
            { LineNo: 3, Description: 'Tax', Qty: '1', UnitPrice: '1.96', TaxCode: '', LineAmount: '1.96' },
          ],
        },
      },
    },
    {
      name: 'linked and void; tax is in the lines',
      input: event({ ...INVOICE, state: 'void', total: { amount: '10.3', currency: 'EUR' }, due_date: '2028-03-30' }),
      links: [...LINKS, link('invoice', '130', '00000041')],
      output: {
        InvoiceNo: '00000041',
        CustNo: '000123',
        InvDate: '2028-02-29',
        DueDate: '2028-03-30',
        Currency: 'EUR',
        Total: '10.3',
        Status: 'CANCELLED',
        PoNumber: 'PO-7',
        Lines: { Line: LINES },
      },
    },
    {
      name: 'without lines: one of the whole amount',
      input: event({ ...INVOICE, lines: [], tax_total: null, po_number: null }),
      links: LINKS,
      output: {
        ExtRef: 'quickbooks-130-e9559f9d',
        CustNo: '000123',
        InvDate: '2028-02-29',
        Currency: 'EUR',
        Total: '12.26',
        PoNumber: null,
        Lines: {
          Line: [{ LineNo: 1, Description: 'Invoice 1037', Qty: '1', UnitPrice: '12.26', LineAmount: '12.26' }],
        },
      },
    },
  ],
  payment: [
    {
      name: 'for a part of an invoice',
      input: event(PAYMENT),
      links: [link('customer', '58', '000123'), link('invoice', '130', '00000041')],
      output: {
        ExtRef: 'quickbooks-201-e9559f9d',
        CustNo: '000123',
        PayDate: '2028-02-29',
        Currency: 'EUR',
        Amount: '0.3',
        Method: 'A method of payment ',
        Allocations: { Allocation: [{ InvoiceNo: '00000041', Amount: '0.1' }] },
      },
    },
    {
      name: 'on account',
      input: event({ ...PAYMENT, method: null, allocations: [] }),
      links: [link('customer', '58', '000123')],
      output: {
        ExtRef: 'quickbooks-201-e9559f9d',
        CustNo: '000123',
        PayDate: '2028-02-29',
        Currency: 'EUR',
        Amount: '0.3',
        Allocations: { Allocation: [] },
      },
    },
  ],
  'sale-customer': [
    {
      name: 'the customer that came with it',
      input: event(OPPORTUNITY, 'salesforce'),
      output: {
        _link: { type: 'customer', id: '001dM00003kSQbVQAW' },
        ExtRef: 'salesforce-001dM00003kSQbVQAW-e9559f9d',
        Name: 'Ace',
        Address: null,
      },
    },
  ],
  'sale-order': [
    {
      name: 'won, in yen',
      input: event(OPPORTUNITY, 'salesforce'),
      links: [link('customer', '001dM00003kSQbVQAW', '000123')],
      output: {
        _link: { type: 'invoice', id: '006dM00001wBXYDQA4' },
        ExtRef: 'salesforce-006dM00001wBXYDQA4-e9559f9d',
        CustNo: '000123',
        InvDate: '2028-02-29',
        Currency: 'JPY',
        Total: '125000',
        Lines: {
          Line: [{ LineNo: 1, Description: 'Opportunity Deal', Qty: '1', UnitPrice: '125000', LineAmount: '125000' }],
        },
      },
    },
  ],
};
