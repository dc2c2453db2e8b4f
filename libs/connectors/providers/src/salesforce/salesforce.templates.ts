import { type MappingTemplate } from '@hub/connector-sdk';
import { SALESFORCE_INBOUND_CASES } from './templates/salesforce.golden-inbound';
import { SALESFORCE_OUTBOUND_CASES } from './templates/salesforce.golden-outbound';
import { ACCOUNT_IN, CONTACT_IN, OPPORTUNITY_IN, PRODUCT_IN } from './templates/salesforce.inbound';
import {
  ACCOUNT_OUT,
  ACCOUNT_WITH_CURRENCY_OUT,
  CONTACT_OUT,
  INVOICE_TO_OPPORTUNITY,
  PRODUCT_OUT,
} from './templates/salesforce.outbound';

function inbound(
  object: string,
  canonicalType: MappingTemplate['canonicalType'],
  expression: string,
  version = 1,
): MappingTemplate {
  return {
    id: `salesforce.${object.toLowerCase()}.inbound`,
    version,
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
  version = 1,
): MappingTemplate {
  return {
    id: `salesforce.${name}.outbound`,
    version,
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
  inbound('Product2', 'product', PRODUCT_IN, 2),
  outbound('customer', 'customer', 'customer.upsert', 'Customer to Salesforce account', ACCOUNT_OUT, 2),
  outbound(
    'customer-with-currency',
    'customer',
    'customer.upsert',
    'Customer to Salesforce account, with its currency (orgs with several)',
    ACCOUNT_WITH_CURRENCY_OUT,
  ),
  outbound('contact', 'contact', 'contact.upsert', 'Contact to Salesforce contact', CONTACT_OUT),
  outbound('product', 'product', 'product.upsert', 'Product and its price to Salesforce product', PRODUCT_OUT, 2),
  outbound(
    'invoice-to-opportunity',
    'invoice',
    'opportunity.update',
    'Invoice number and paid amount back on the opportunity',
    INVOICE_TO_OPPORTUNITY,
  ),
];
