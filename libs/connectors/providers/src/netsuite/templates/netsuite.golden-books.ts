import { type MappingTemplate } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';

type Cases = Readonly<Record<string, MappingTemplate['goldenCases']>>;

const STAMP = '2028-02-29T10:05:00.000Z';
const input = (record: JsonObject, config: JsonObject = {}): JsonObject => ({ record, connection: { config } });
const USD: JsonObject = { id: '1', refName: 'US Dollar', symbol: 'USD' };
const YEN: JsonObject = { id: '5', refName: 'Japanese Yen', symbol: 'JPY' };

const INVOICE: JsonObject = {
  id: '5001',
  tranId: 'INV1001',
  externalId: null,
  tranDate: '2028-02-29',
  dueDate: '2028-03-30',
  currency: USD,
  exchangeRate: 1,
  memo: null,
  otherRefNum: 'PO-7',
  status: 'A',
  voided: false,
  entity: { id: '107', refName: 'CUST1001 Ace' },
  total: 0.32,
  taxTotal: 0.02,
  amountPaid: 0,
  amountRemaining: 0.32,
  item: {
    items: [
      {
        line: 1,
        item: { id: '21', refName: 'CONSULT' },
        quantity: 2,
        rate: 0.1,
        amount: 0.2,
        description: 'Two "hours"',
      },
      { line: 2, item: { id: '22', refName: 'SHIP' }, quantity: null, rate: null, amount: 0.1, description: null },
    ],
  },
  lastModifiedDate: STAMP,
};
const INVOICE_HEAD: JsonObject = { id: '5001', status: 'active', updated_at: STAMP };
const LINES: JsonObject[] = [
  {
    line_no: 1,
    product_id: '21',
    sku: 'CONSULT',
    description: 'Two "hours"',
    quantity: '2',
    unit_price: '0.1',
    amount: '0.20',
  },
  {
    line_no: 2,
    product_id: '22',
    sku: 'SHIP',
    description: null,
    quantity: '1',
    unit_price: '0.1',
    amount: '0.10',
  },
];
const OPEN: JsonObject = {
  ...INVOICE_HEAD,
  number: 'INV1001',
  customer_id: '107',
  issue_date: '2028-02-29',
  due_date: '2028-03-30',
  currency: 'USD',
  lines: LINES,
  tax_total: { amount: '0.02', currency: 'USD' },
  total: { amount: '0.32', currency: 'USD' },
  balance: { amount: '0.32', currency: 'USD' },
  state: 'open',
  po_number: 'PO-7',
  memo: null,
};

export const NETSUITE_BOOK_CASES: Cases = {
  invoice: [
    { name: 'open, on a leap day, cents that a float would miss', input: input(INVOICE), output: OPEN },
    {
      name: 'partly paid, with the noise of binary fractions',
      input: input({ ...INVOICE, amountPaid: 0.12000000001, amountRemaining: 0.19999999999 }),
      output: { ...OPEN, state: 'partly_paid', balance: { amount: '0.20', currency: 'USD' } },
    },
    {
      name: 'paid, in yen',
      input: input({
        ...INVOICE,
        currency: YEN,
        status: 'B',
        total: 1500,
        taxTotal: 0,
        amountPaid: 1500,
        amountRemaining: 0,
        item: {
          items: [{ line: 1, item: { id: '21' }, quantity: 3, rate: 500, amount: 1500, description: null }],
        },
      }),
      output: {
        ...OPEN,
        currency: 'JPY',
        lines: [{ line_no: 1, product_id: '21', description: null, quantity: '3', unit_price: '500', amount: '1500' }],
        tax_total: { amount: '0', currency: 'JPY' },
        total: { amount: '1500', currency: 'JPY' },
        balance: { amount: '0', currency: 'JPY' },
        state: 'paid',
      },
    },
    {
      name: 'more digits than a float has, void',
      input: input({
        ...INVOICE,
        voided: true,
        total: '12345678901234.56',
        taxTotal: 0,
        amountRemaining: 0,
        item: { items: [] },
      }),
      output: {
        ...OPEN,
        lines: [],
        tax_total: { amount: '0.00', currency: 'USD' },
        total: { amount: '12345678901234.56', currency: 'USD' },
        balance: { amount: '0.00', currency: 'USD' },
        state: 'void',
      },
    },
  ],
  salesOrder: [
    {
      name: 'an order',
      input: input({
        id: '6001',
        tranId: 'SO1001',
        tranDate: '2028-02-29',
        currency: USD,
        otherRefNum: null,
        status: 'B',
        entity: { id: '107' },
        total: 0.3,
        item: INVOICE['item'] as JsonObject,
        lastModifiedDate: STAMP,
      }),
      output: {
        id: '6001',
        status: 'active',
        updated_at: STAMP,
        number: 'SO1001',
        customer_id: '107',
        order_date: '2028-02-29',
        currency: 'USD',
        lines: LINES,
        total: { amount: '0.30', currency: 'USD' },
        po_number: null,
      },
    },
  ],
  customerPayment: [
    {
      name: 'applied to one invoice, with something left',
      input: input({
        id: '7001',
        tranId: 'PYMT1',
        tranDate: '2028-02-29',
        currency: USD,
        customer: { id: '107' },
        checkNum: '4711',
        paymentMethod: { id: '3', refName: 'ACH' },
        payment: 100,
        unapplied: 0.1,
        apply: { items: [{ doc: { id: '5001' }, apply: true, amount: 99.9 }] },
        lastModifiedDate: STAMP,
      }),
      output: {
        id: '7001',
        status: 'active',
        updated_at: STAMP,
        customer_id: '107',
        date: '2028-02-29',
        amount: { amount: '100.00', currency: 'USD' },
        unapplied: { amount: '0.10', currency: 'USD' },
        method: 'ACH',
        reference: '4711',
        allocations: [{ invoice_id: '5001', amount: '99.90' }],
      },
    },
    {
      name: 'not applied yet',
      input: input({
        id: '7002',
        tranDate: '2028-02-29',
        currency: YEN,
        customer: { id: '107' },
        checkNum: null,
        paymentMethod: null,
        payment: 5,
        unapplied: 5,
        apply: { items: [] },
        lastModifiedDate: STAMP,
      }),
      output: {
        id: '7002',
        status: 'active',
        updated_at: STAMP,
        customer_id: '107',
        date: '2028-02-29',
        amount: { amount: '5', currency: 'JPY' },
        unapplied: { amount: '5', currency: 'JPY' },
        method: null,
        reference: null,
        allocations: [],
      },
    },
  ],
};
