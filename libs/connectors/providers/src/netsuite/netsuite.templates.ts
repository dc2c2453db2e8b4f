import { deletionTemplate, type MappingTemplate } from '@hub/connector-sdk';
import { NETSUITE_BOOK_CASES } from './templates/netsuite.golden-books';
import { NETSUITE_NAME_CASES } from './templates/netsuite.golden-names';
import { NETSUITE_OUTBOUND_CASES } from './templates/netsuite.golden-outbound';
import { NETSUITE_SALE_CASES } from './templates/netsuite.golden-sales';
import {
  CONTACT_IN,
  CUSTOMER_IN,
  INVOICE_IN,
  ITEM_IN,
  ORDER_IN,
  PAYMENT_IN,
  VENDOR_IN,
} from './templates/netsuite.inbound';
import {
  CONTACT_OUT,
  CUSTOMER_OUT,
  INVOICE_OUT,
  ORDER_OUT,
  PAYMENT_OUT,
  PRODUCT_OUT,
  SALE_TO_CUSTOMER,
  SALE_TO_INVOICE,
  SALE_TO_ORDER,
  VENDOR_OUT,
} from './templates/netsuite.outbound';

const INBOUND_CASES = { ...NETSUITE_NAME_CASES, ...NETSUITE_BOOK_CASES };
const OUTBOUND_CASES = { ...NETSUITE_OUTBOUND_CASES, ...NETSUITE_SALE_CASES };

type Type = MappingTemplate['canonicalType'];

function inbound(object: string, canonicalType: Type, expression: string): MappingTemplate {
  const id = `netsuite.${object.toLowerCase()}.inbound`;
  return {
    id,
    version: 1,
    title: `NetSuite ${object} to ${canonicalType}`,
    description: `What becomes of a pulled ${object}.`,
    direction: 'inbound',
    canonicalType,
    object,
    expression,
    goldenCases: INBOUND_CASES[object] ?? [],
  };
}

function outbound(
  name: string,
  canonicalType: Type,
  operation: string,
  title: string,
  expression: string,
): MappingTemplate {
  const id = `netsuite.${name}.outbound`;
  return {
    id,
    version: 1,
    title,
    description: `Payload for ${operation}.`,
    direction: 'outbound',
    canonicalType,
    operation,
    expression,
    goldenCases: OUTBOUND_CASES[name] ?? [],
  };
}

export const NETSUITE_TEMPLATES: readonly MappingTemplate[] = [
  inbound('customer', 'customer', CUSTOMER_IN),
  inbound('vendor', 'vendor', VENDOR_IN),
  inbound('contact', 'contact', CONTACT_IN),
  inbound('item', 'product', ITEM_IN),
  inbound('invoice', 'invoice', INVOICE_IN),
  inbound('salesOrder', 'order', ORDER_IN),
  inbound('customerPayment', 'payment', PAYMENT_IN),
  outbound('customer', 'customer', 'customer.upsert', 'Customer to NetSuite customer', CUSTOMER_OUT),
  outbound('vendor', 'vendor', 'vendor.upsert', 'Vendor to NetSuite vendor', VENDOR_OUT),
  outbound('contact', 'contact', 'contact.upsert', 'Contact to NetSuite contact', CONTACT_OUT),
  outbound('product', 'product', 'product.upsert', 'Product to NetSuite item', PRODUCT_OUT),
  outbound('invoice', 'invoice', 'invoice.upsert', 'Invoice to NetSuite invoice', INVOICE_OUT),
  outbound('order', 'order', 'order.upsert', 'Order to NetSuite sales order', ORDER_OUT),
  outbound('payment', 'payment', 'payment.upsert', 'Payment to NetSuite customer payment', PAYMENT_OUT),
  outbound(
    'sale-customer',
    'opportunity',
    'customer.upsert',
    'Customer of a sale to NetSuite customer',
    SALE_TO_CUSTOMER,
  ),
  outbound('sale-invoice', 'opportunity', 'invoice.upsert', 'Sale to NetSuite invoice', SALE_TO_INVOICE),
  outbound('sale-order', 'opportunity', 'order.upsert', 'Sale to NetSuite sales order', SALE_TO_ORDER),
  // NetSuite would delete what was sold and paid: that is nobody's ready-made mapping.
  ...(['customer', 'vendor', 'contact', 'product'] as const).map((type) =>
    deletionTemplate({ connector: 'netsuite', system: 'NetSuite', type, idMember: 'id', state: 'inactive' }),
  ),
];
