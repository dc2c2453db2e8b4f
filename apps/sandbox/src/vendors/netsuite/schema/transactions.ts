import {
  ADDRESS_FIELDS,
  choice,
  currency,
  date,
  decimal,
  email,
  flag,
  integer,
  READ_ONLY,
  reference,
  REQUIRED,
  stamp,
  sublist,
  subrecord,
  text,
} from './field.builders';
import { type FieldDef, type RecordTypeDef } from './schema.types';

export const ITEM_TYPES = ['inventoryItem', 'nonInventorySaleItem', 'serviceSaleItem'] as const;

const common: readonly FieldDef[] = [
  text('tranId', 45, {}, 'Transaction Number'),
  text('externalId', 255),
  date('tranDate', {}),
  reference('currency', ['currency']),
  decimal('exchangeRate'),
  text('memo', 4_000),
  reference('subsidiary', ['subsidiary'], READ_ONLY),
  reference('department', ['department']),
  reference('class', ['classification']),
  reference('location', ['location']),
  reference('customForm', ['customForm']),
  text('custbody_sf_opportunity_id', 300, { custom: true }, 'Salesforce Opportunity ID'),
  stamp('createdDate'),
  stamp('lastModifiedDate'),
];

/** A posting transaction falls into an accounting period; an order does not. */
const period = reference('postingPeriod', ['accountingPeriod']);

const sale: readonly FieldDef[] = [
  reference('entity', ['customer'], REQUIRED, 'Customer'),
  text('otherRefNum', 45, {}, 'PO #'),
  reference('terms', ['term']),
  email('email'),
  subrecord('billingAddress', ADDRESS_FIELDS),
  subrecord('shippingAddress', ADDRESS_FIELDS),
  currency('subtotal', READ_ONLY),
  currency('taxTotal', READ_ONLY),
  currency('total', READ_ONLY),
  sublist(
    'item',
    ['line'],
    [
      integer('line'),
      reference('item', ITEM_TYPES, REQUIRED, 'Item'),
      decimal('quantity'),
      reference('price', ['priceLevel'], {}, 'Price Level'),
      currency('rate'),
      currency('amount'),
      text('description', 4_000),
      reference('taxCode', ['salesTaxItem']),
      reference('department', ['department']),
      reference('class', ['classification']),
      reference('location', ['location']),
      text('custcol_sf_line_id', 300, { custom: true }, 'Salesforce Line ID'),
    ],
    'Items',
  ),
];

export const INVOICE_STATUS = [
  { id: 'CustInvc:A', refName: 'Open' },
  { id: 'CustInvc:B', refName: 'Paid In Full' },
];
const ORDER_STATUS = [
  { id: 'SalesOrd:A', refName: 'Pending Approval' },
  { id: 'SalesOrd:B', refName: 'Pending Fulfillment' },
  { id: 'SalesOrd:G', refName: 'Billed' },
];
const PAYMENT_STATUS = [
  { id: 'CustPymt:B', refName: 'Not Deposited' },
  { id: 'CustPymt:C', refName: 'Deposited' },
];

export const TRANSACTIONS: readonly RecordTypeDef[] = [
  {
    name: 'invoice',
    title: 'Invoice',
    plural: 'Invoices',
    space: 'transaction',
    nameField: 'tranId',
    suiteType: 'CustInvc',
    fields: [
      ...common,
      ...sale,
      period,
      date('dueDate'),
      reference('account', ['account']),
      reference('createdFrom', ['salesOrder'], READ_ONLY),
      currency('amountPaid', READ_ONLY),
      currency('amountRemaining', READ_ONLY),
      choice('status', INVOICE_STATUS, READ_ONLY),
    ],
  },
  {
    name: 'salesOrder',
    title: 'Sales Order',
    plural: 'Sales Orders',
    space: 'transaction',
    nameField: 'tranId',
    suiteType: 'SalesOrd',
    fields: [...common, ...sale, date('shipDate'), choice('status', ORDER_STATUS, READ_ONLY)],
  },
  {
    name: 'customerPayment',
    title: 'Customer Payment',
    plural: 'Customer Payments',
    space: 'transaction',
    nameField: 'tranId',
    suiteType: 'CustPymt',
    fields: [
      ...common,
      period,
      reference('customer', ['customer'], REQUIRED),
      currency('payment', {}, 'Payment Amount'),
      reference('paymentMethod', ['paymentMethod']),
      text('checkNum', 45, {}, 'Check #'),
      flag('undepFunds', false, 'Undeposited Funds'),
      reference('account', ['account']),
      reference('arAcct', ['account'], {}, 'A/R Account'),
      currency('total', READ_ONLY),
      currency('applied', READ_ONLY),
      currency('unapplied', READ_ONLY),
      choice('status', PAYMENT_STATUS, READ_ONLY),
      sublist(
        'apply',
        ['doc'],
        [
          reference('doc', ['invoice'], REQUIRED, 'Invoice'),
          flag('apply'),
          currency('amount'),
          integer('line', READ_ONLY),
          text('refNum', 45, READ_ONLY),
          text('type', 45, READ_ONLY),
          currency('total', READ_ONLY),
          currency('due', READ_ONLY),
        ],
        'Apply',
      ),
    ],
  },
];
