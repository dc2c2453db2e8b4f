import { deletionTemplate, type MappingTemplate } from '@hub/connector-sdk';
import { ERP_INBOUND_CASES } from './templates/erp.inbound-golden';
import { CUSTOMER_IN, INVOICE_IN, PAYMENT_IN } from './templates/erp.inbound';
import { ERP_OUTBOUND_CASES } from './templates/erp.outbound-golden';
import { CUSTOMER_OUT, INVOICE_OUT, SALE_TO_CUSTOMER, SALE_TO_ORDER, PAYMENT_OUT } from './templates/erp.outbound';

function inbound(object: string, canonicalType: MappingTemplate['canonicalType'], expression: string): MappingTemplate {
  return {
    id: `erp.${object.toLowerCase()}.inbound`,
    version: 1,
    title: `ERP ${object} to ${canonicalType}`,
    description: `What becomes of a pulled ${object}.`,
    direction: 'inbound',
    canonicalType,
    object,
    expression,
    goldenCases: ERP_INBOUND_CASES[object] ?? [],
  };
}

function outbound(
  name: string,
  canonicalType: MappingTemplate['canonicalType'],
  operation: string,
  title: string,
  expression: string,
): MappingTemplate {
  return {
    id: `erp.${name}.outbound`,
    version: 1,
    title,
    description: `Payload for ${operation}.`,
    direction: 'outbound',
    canonicalType,
    operation,
    expression,
    goldenCases: ERP_OUTBOUND_CASES[name] ?? [],
  };
}

export const ERP_TEMPLATES: readonly MappingTemplate[] = [
  inbound('Customer', 'customer', CUSTOMER_IN),
  inbound('Invoice', 'invoice', INVOICE_IN),
  inbound('Payment', 'payment', PAYMENT_IN),
  outbound('customer', 'customer', 'customer.upsert', 'Customer to ERP customer', CUSTOMER_OUT),
  outbound('invoice', 'invoice', 'invoice.upsert', 'Invoice to ERP invoice', INVOICE_OUT),
  outbound('payment', 'payment', 'payment.create', 'Payment to ERP payment', PAYMENT_OUT),
  outbound('sale-customer', 'opportunity', 'customer.upsert', 'Customer of a sale to ERP customer', SALE_TO_CUSTOMER),
  outbound('sale-order', 'opportunity', 'order.create', 'Won sale to ERP order', SALE_TO_ORDER),
  deletionTemplate({
    connector: 'erp',
    system: 'the ERP',
    type: 'customer',
    idMember: 'CustNo',
    state: 'blocked',
  }),
];
