import { type MappingTemplate } from '@hub/connector-sdk';
import { SALESFORCE_INBOUND_CASES, SALESFORCE_OUTBOUND_CASES } from './templates/salesforce.golden';
import { ACCOUNT_IN, CONTACT_IN, OPPORTUNITY_IN, PRODUCT_IN } from './templates/salesforce.inbound';
import { ACCOUNT_OUT, CONTACT_OUT, INVOICE_TO_OPPORTUNITY, PRODUCT_OUT } from './templates/salesforce.outbound';

function inbound(object: string, canonicalType: MappingTemplate['canonicalType'], expression: string): MappingTemplate {
  return {
    id: `salesforce.${object.toLowerCase()}.inbound`,
    version: 1,
    title: `Salesforce ${object} to ${canonicalType}`,
    description: `What becomes of a pulled ${object}.`,
    direction: 'inbound',
    canonicalType,
    object,
    expression,
    goldenCases: SALESFORCE_INBOUND_CASES[object] ?? [],
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
    id: `salesforce.${name}.outbound`,
    version: 1,
    title,
    description: `Payload for ${operation}.`,
    direction: 'outbound',
    canonicalType,
    operation,
    expression,
    goldenCases: SALESFORCE_OUTBOUND_CASES[name] ?? [],
  };
}

export const SALESFORCE_TEMPLATES: readonly MappingTemplate[] = [
  inbound('Account', 'customer', ACCOUNT_IN),
  inbound('Contact', 'contact', CONTACT_IN),
  inbound('Opportunity', 'opportunity', OPPORTUNITY_IN),
  inbound('Product2', 'product', PRODUCT_IN),
  outbound('customer', 'customer', 'customer.upsert', 'Customer to Salesforce account', ACCOUNT_OUT),
  outbound('contact', 'contact', 'contact.upsert', 'Contact to Salesforce contact', CONTACT_OUT),
  outbound('product', 'product', 'product.upsert', 'Product to Salesforce product', PRODUCT_OUT),
  outbound(
    'invoice-to-opportunity',
    'invoice',
    'opportunity.update',
    'Invoice number and paid amount back on the opportunity',
    INVOICE_TO_OPPORTUNITY,
  ),
];
