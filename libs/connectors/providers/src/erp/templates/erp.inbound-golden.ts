import { type JsonObject } from '@hub/platform';
import { type MappingTemplate } from '@hub/connector-sdk';

type Cases = Readonly<Record<string, MappingTemplate['goldenCases']>>;

const BERLIN: JsonObject = { time_zone: 'Europe/Berlin', default_currency: 'EUR' };
const input = (record: JsonObject, config: JsonObject = BERLIN): JsonObject => ({ record, connection: { config } });

const CUSTOMER: JsonObject = {
  CustNo: '000123',
  ExtRef: 'CRM-7',
  Name: 'O\'Brien & "Söhne" <GmbH>',
  ContactName: "O'Brien, Zoë",
  Email: 'zoe@obrien.example',
  Phone: '+49 221 551000',
  TaxNo: 'DE123456789',
  Currency: 'EUR',
  CreditLimit: '12345678901234.5670',
  TermsDays: 30,
  Blocked: 'N',
  Address: { Line1: 'Industriestraße 1', City: 'Köln', PostCode: '05067', CountryCode: 'DE' },
  RowVersion: '9007199254740993',
  ModifiedOn: '2026-07-01T10:00:00',
};
const CUSTOMER_MADE: JsonObject = {
  id: '000123',
  status: 'active',
  updated_at: '2026-07-01T08:00:00.000Z',
  kind: 'business',
  display_name: 'O\'Brien & "Söhne" <GmbH>',
  legal_name: 'O\'Brien & "Söhne" <GmbH>',
  given_name: 'Zoë',
  family_name: "O'Brien",
  email: 'zoe@obrien.example',
  phone: '+49 221 551000',
  tax_id: 'DE123456789',
  account_number: '000123',
  billing: { line1: 'Industriestraße 1', city: 'Köln', postal_code: '05067', country_code: 'DE' },
  currency: 'EUR',
  terms_days: 30,
  credit_limit: { amount: '12345678901234.567', currency: 'EUR' },
};

const INVOICE: JsonObject = {
  InvoiceNo: '00000041',
  CustNo: '000123',
  InvDate: '2028-02-29',
  DueDate: '2028-03-30',
  Currency: 'EUR',
  Total: '0.3570',
  OpenAmount: '0.0570',
  Status: 'PART',
  PoNumber: '',
  Lines: {
    Line: [
      {
        LineNo: 1,
        ItemCode: 'BOLT-M8',
        Description: 'Bolts',
        Qty: '3',
        UnitPrice: '0.1000',
        TaxCode: 'S19',
        LineAmount: '0.3000',
      },
    ],
  },
  RowVersion: '9007199254741001',
  ModifiedOn: '2028-03-01T00:30:00',
};
const INVOICE_MADE: JsonObject = {
  id: '00000041',
  status: 'active',
  updated_at: '2028-02-29T23:30:00.000Z',
  number: '00000041',
  customer_id: '000123',
  issue_date: '2028-02-29',
  due_date: '2028-03-30',
  currency: 'EUR',
  lines: [
    {
      line_no: 1,
      sku: 'BOLT-M8',
      description: 'Bolts',
      quantity: '3',
      unit_price: '0.1',
      tax_code: 'S19',
      amount: '0.3',
    },
  ],
  tax_total: { amount: '0.057', currency: 'EUR' },
  total: { amount: '0.357', currency: 'EUR' },
  balance: { amount: '0.057', currency: 'EUR' },
  state: 'partly_paid',
  po_number: null,
};

const YEN: JsonObject = {
  InvoiceNo: '00000006',
  CustNo: '000124',
  InvDate: '2026-01-15',
  DueDate: null,
  Currency: 'JPY',
  Total: '125000.0000',
  Status: 'CANCELLED',
  Lines: { Line: [] },
};
const YEN_MADE: JsonObject = {
  id: '00000006',
  status: 'active',
  number: '00000006',
  customer_id: '000124',
  issue_date: '2026-01-15',
  due_date: null,
  currency: 'JPY',
  lines: [],
  total: { amount: '125000', currency: 'JPY' },
  state: 'void',
};

const PAYMENT: JsonObject = {
  PaymentNo: 'ZE000014',
  ExtRef: 'BANK-000123-0',
  CustNo: '000123',
  PayDate: '2028-02-29',
  Currency: 'EUR',
  Amount: '0.3000',
  Method: 'TRANSFER',
  Allocations: {
    Allocation: [
      { InvoiceNo: '00000041', Amount: '0.1000' },
      { InvoiceNo: '00000042', Amount: '0.1000' },
    ],
  },
  ModifiedOn: '2026-10-25T02:30:00',
};
const PAYMENT_MADE: JsonObject = {
  id: 'ZE000014',
  status: 'active',
  updated_at: '2026-10-25T00:30:00.000Z',
  customer_id: '000123',
  date: '2028-02-29',
  amount: { amount: '0.3', currency: 'EUR' },
  unapplied: { amount: '0.1', currency: 'EUR' },
  method: 'TRANSFER',
  reference: 'BANK-000123-0',
  allocations: [
    { invoice_id: '00000041', amount: '0.1' },
    { invoice_id: '00000042', amount: '0.1' },
  ],
};

export const ERP_INBOUND_CASES: Cases = {
  Customer: [
    { name: 'every digit of a limit, zeros of a number, a local stamp', input: input(CUSTOMER), output: CUSTOMER_MADE },
    {
      name: 'nil, empty and missing: two say that there is nothing, one says nothing',
      input: input({ CustNo: '000124', Name: 'Ace', ContactName: null, Email: '', Blocked: 'Y', Address: null }),
      output: {
        id: '000124',
        status: 'inactive',
        kind: 'business',
        display_name: 'Ace',
        legal_name: 'Ace',
        given_name: null,
        family_name: null,
        email: null,
        account_number: '000124',
        billing: null,
      },
    },
    {
      name: 'a contact of one word, a limit without currency, a country that is none',
      input: input({
        CustNo: '000125',
        Name: 'Ace',
        ContactName: 'Reception',
        CreditLimit: '0.0000',
        Address: { CountryCode: 'XX' },
      }),
      output: {
        id: '000125',
        status: 'active',
        kind: 'business',
        display_name: 'Ace',
        legal_name: 'Ace',
        family_name: 'Reception',
        account_number: '000125',
        billing: { country_code: null },
        credit_limit: { amount: '0', currency: 'EUR' },
      },
    },
  ],
  Invoice: [
    { name: 'a leap day, cents that a float gets wrong, tax on top', input: input(INVOICE), output: INVOICE_MADE },
    { name: 'yen, cancelled, without lines', input: input(YEN), output: YEN_MADE },
    {
      name: 'numbers that start again in April',
      input: input(YEN, { ...BERLIN, invoice_numbers: 'per_year', fiscal_year_start: 4 }),
      output: { ...YEN_MADE, id: '2025/00000006' },
    },
  ],
  Payment: [
    { name: 'for two invoices, in the hour that comes twice', input: input(PAYMENT), output: PAYMENT_MADE },
    {
      name: 'on account',
      input: input({ ...PAYMENT, Allocations: { Allocation: [] }, ExtRef: '', Method: '' }),
      output: {
        ...PAYMENT_MADE,
        unapplied: { amount: '0.3', currency: 'EUR' },
        method: null,
        reference: null,
        allocations: [],
      },
    },
  ],
};
