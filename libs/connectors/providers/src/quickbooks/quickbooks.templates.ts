import { deletionTemplate, type MappingTemplate } from '@hub/connector-sdk';
import { QUICKBOOKS_INBOUND_CASES } from './templates/quickbooks.golden-inbound';
import { QUICKBOOKS_OUTBOUND_CASES } from './templates/quickbooks.golden-outbound';
import { QUICKBOOKS_SALE_CASES } from './templates/quickbooks.golden-sales';
import { CUSTOMER_IN, INVOICE_IN, ITEM_IN, PAYMENT_IN, VENDOR_IN } from './templates/quickbooks.inbound';
import {
  CUSTOMER_OUT,
  INVOICE_OUT,
  PAYMENT_OUT,
  PRODUCT_OUT,
  SALE_TO_CUSTOMER,
  SALE_TO_INVOICE,
  VENDOR_OUT,
} from './templates/quickbooks.outbound';

type Type = MappingTemplate['canonicalType'];

function inbound(object: string, canonicalType: Type, expression: string): MappingTemplate {
  const id = `quickbooks.${object.toLowerCase()}.inbound`;
  return {
    id,
    version: 1,
    title: `QuickBooks ${object} to ${canonicalType}`,
    description: `What becomes of a pulled ${object}.`,
    direction: 'inbound',
    canonicalType,
    object,
    expression,
    goldenCases: QUICKBOOKS_INBOUND_CASES[id] ?? [],
  };
}

function outbound(
  name: string,
  canonicalType: Type,
  operation: string,
  title: string,
  expression: string,
  version = 1,
): MappingTemplate {
  const id = `quickbooks.${name}.outbound`;
  return {
    id,
    version,
    title,
    description: `Payload for ${operation}.`,
    direction: 'outbound',
    canonicalType,
    operation,
    expression,
    goldenCases: QUICKBOOKS_OUTBOUND_CASES[id] ?? QUICKBOOKS_SALE_CASES[id] ?? [],
  };
}

/** QuickBooks deletes neither names nor, for the sake of its books, what was sold and paid. */
const DELETED = {
  customer: 'inactive',
  vendor: 'inactive',
  product: 'inactive',
  invoice: 'void',
  payment: 'void',
} as const;

export const QUICKBOOKS_TEMPLATES: readonly MappingTemplate[] = [
  inbound('Customer', 'customer', CUSTOMER_IN),
  inbound('Vendor', 'vendor', VENDOR_IN),
  inbound('Item', 'product', ITEM_IN),
  inbound('Invoice', 'invoice', INVOICE_IN),
  inbound('Payment', 'payment', PAYMENT_IN),
  outbound('customer', 'customer', 'customer.upsert', 'Customer to QuickBooks customer', CUSTOMER_OUT, 3),
  outbound('vendor', 'vendor', 'vendor.upsert', 'Vendor to QuickBooks vendor', VENDOR_OUT, 2),
  outbound('product', 'product', 'product.upsert', 'Product to QuickBooks product or service', PRODUCT_OUT, 2),
  outbound('invoice', 'invoice', 'invoice.upsert', 'Invoice to QuickBooks invoice', INVOICE_OUT),
  outbound('payment', 'payment', 'payment.upsert', 'Payment to QuickBooks payment', PAYMENT_OUT),
  outbound(
    'sale-customer',
    'opportunity',
    'customer.upsert',
    'Customer of a sale to QuickBooks customer',
    SALE_TO_CUSTOMER,
    3,
  ),
  outbound('sale-invoice', 'opportunity', 'invoice.upsert', 'Sale to QuickBooks invoice', SALE_TO_INVOICE, 2),
  ...(Object.keys(DELETED) as (keyof typeof DELETED)[]).map((type) =>
    deletionTemplate({
      connector: 'quickbooks',
      system: 'QuickBooks',
      type,
      idMember: 'Id',
      state: DELETED[type],
    }),
  ),
];
