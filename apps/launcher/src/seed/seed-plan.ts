import {
  CUSTOMER_TO_ACCOUNT,
  INVOICE_TO_INVOICE,
  INVOICE_TO_NOTICE,
  INVOICE_TO_OPPORTUNITY,
  type SeedMapping,
} from './seed-mappings';

export interface SeedRoute {
  readonly name: string;
  readonly event_type: string;
  readonly filter?: string;
  readonly connection: 'salesforce' | 'http';
  readonly operation: string;
  /** Name of a mapping; null hands the event's data on byte for byte. */
  readonly mapping: SeedMapping | null;
}

export interface SeedTenant {
  readonly slug: string;
  readonly name: string;
  readonly tier: string;
  /** Names of the two connections. */
  readonly salesforceName: string;
  readonly httpName: string;
  readonly routes: readonly SeedRoute[];
}

export const SEED_TENANTS: readonly SeedTenant[] = [
  {
    slug: 'acme',
    name: 'Acme Tools',
    tier: 'standard',
    salesforceName: 'Salesforce',
    httpName: 'Accounting webhook',
    routes: [
      {
        name: 'Customers to Salesforce',
        event_type: 'customer.*',
        connection: 'salesforce',
        operation: 'Account.upsert',
        mapping: CUSTOMER_TO_ACCOUNT,
      },
      {
        name: 'Invoices to Salesforce',
        event_type: 'invoice.*',
        connection: 'salesforce',
        operation: 'Invoice__c.upsert',
        mapping: INVOICE_TO_INVOICE,
      },
      {
        name: 'Invoices to accounting',
        event_type: 'invoice.*',
        connection: 'http',
        operation: 'request.send',
        mapping: INVOICE_TO_NOTICE,
      },
      {
        name: 'Orders to accounting',
        event_type: 'order.*',
        connection: 'http',
        operation: 'request.send',
        mapping: null,
      },
    ],
  },
  {
    slug: 'globex',
    name: 'Globex Supplies',
    tier: 'free',
    salesforceName: 'Salesforce',
    httpName: 'Warehouse webhook',
    routes: [
      {
        name: 'Customers to Salesforce',
        event_type: 'customer.*',
        connection: 'salesforce',
        operation: 'Account.upsert',
        mapping: CUSTOMER_TO_ACCOUNT,
      },
      {
        name: 'Invoices to Salesforce opportunities',
        event_type: 'invoice.*',
        filter: '$not(status = "draft")',
        connection: 'salesforce',
        operation: 'Opportunity.upsert',
        mapping: INVOICE_TO_OPPORTUNITY,
      },
      {
        name: 'Orders to the warehouse',
        event_type: 'order.*',
        connection: 'http',
        operation: 'request.send',
        mapping: null,
      },
    ],
  },
];
