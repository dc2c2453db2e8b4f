import { type PullObjectManifest } from '@hub/connector-sdk';

const STAMPS = ['SystemModstamp', 'LastModifiedDate', 'LastModifiedById', 'LastViewedDate', 'LastReferencedDate'];

/** Every object needs these: the keyset, tombstones, and who changed it. */
export const PULL_STAMPS = [
  'Id',
  'IsDeleted',
  'CreatedDate',
  'LastModifiedDate',
  'LastModifiedById',
  'SystemModstamp',
] as const;

function pulled(
  name: string,
  title: string,
  canonicalType: PullObjectManifest['canonicalType'],
  description: string,
  volatile: readonly string[] = [],
): PullObjectManifest {
  return {
    name,
    title,
    description,
    canonicalType,
    reportsDeletions: true,
    volatileFields: [...STAMPS, ...volatile],
    // A poll costs one call of the daily budget, two for opportunities.
    minIntervalSeconds: 15,
    defaultIntervalSeconds: 120,
  };
}

export const SALESFORCE_PULL: readonly PullObjectManifest[] = [
  pulled('Account', 'Accounts', 'customer', 'Changed and deleted accounts, with all their custom fields.'),
  pulled('Contact', 'Contacts', 'contact', 'Changed and deleted contacts.'),
  pulled(
    'Opportunity',
    'Opportunities',
    'opportunity',
    'Changed and deleted opportunities, with the account and the products of each.',
    // A record of its own, with changes of its own: one of them is no change of the opportunity.
    ['Account'],
  ),
  pulled('Product2', 'Products', 'product', 'Changed and deleted products.'),
];

const ADDRESS = (kind: string): string[] =>
  ['Street', 'City', 'State', 'PostalCode', 'Country'].map((part) => kind + part);

/** What is pulled unless the connection asks for more: asking for everything makes a query too long for a URL. */
export const USUAL_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Account: [
    'Name',
    'AccountNumber',
    'Type',
    'Industry',
    'Phone',
    'Fax',
    'Website',
    'ParentId',
    'OwnerId',
    'Description',
    'AnnualRevenue',
    'CurrencyIsoCode',
    'IsPersonAccount',
    'FirstName',
    'LastName',
    'PersonEmail',
    'MasterRecordId',
    ...ADDRESS('Billing'),
    ...ADDRESS('Shipping'),
  ],
  Contact: [
    'AccountId',
    'FirstName',
    'LastName',
    'Email',
    'Phone',
    'MobilePhone',
    'Title',
    'Department',
    'MasterRecordId',
    ...ADDRESS('Mailing'),
  ],
  Opportunity: [
    'AccountId',
    'Name',
    'Description',
    'StageName',
    'Amount',
    'CurrencyIsoCode',
    'Probability',
    'CloseDate',
    'Type',
    'LeadSource',
    'OwnerId',
    'IsClosed',
    'IsWon',
    'Pricebook2Id',
    'HasOpportunityLineItem',
  ],
  Product2: ['Name', 'ProductCode', 'Description', 'IsActive', 'Family', 'StockKeepingUnit', 'CurrencyIsoCode'],
};

export const LINE_FIELDS = [
  'Id',
  'OpportunityId',
  'Product2Id',
  'ProductCode',
  'Name',
  'Quantity',
  'UnitPrice',
  'TotalPrice',
  'Description',
  'ServiceDate',
  'SystemModstamp',
] as const;
