import {
  address,
  boolean,
  date,
  email,
  externalId,
  integer,
  number,
  phone,
  picklist,
  READ_ONLY,
  reference,
  REQUIRED,
  text,
  textarea,
  url,
  withSystemFields,
} from './field.builders';
import { INDUSTRIES, STAGES } from './picklists';
import { type FieldDef, type ObjectDef } from './schema.types';

const NAME: Parameters<typeof text>[2] = { ...REQUIRED, nameField: true };
const KEYS = [externalId('Hub_Id__c'), externalId('ERP_Id__c')];

interface Options {
  readonly plural?: string;
  readonly label?: string;
  readonly owner?: boolean;
  readonly readOnly?: boolean;
  readonly children?: Readonly<Record<string, string>>;
}

function object(name: string, keyPrefix: string, fields: readonly FieldDef[], options: Options = {}): ObjectDef {
  const label = options.label ?? name;
  const writable = !options.readOnly;
  return {
    name,
    label,
    labelPlural: options.plural ?? `${label}s`,
    keyPrefix,
    custom: name.endsWith('__c'),
    createable: writable,
    updateable: writable,
    deletable: writable,
    fields: withSystemFields(label, fields, { owner: options.owner ?? true }),
    childRelationshipName: options.children ?? {},
  };
}

const USER = object(
  'User',
  '005',
  [
    text('Username', 80, REQUIRED),
    text('LastName', 80, REQUIRED),
    text('FirstName', 40),
    text('Name', 121, { ...READ_ONLY, ...NAME }),
    email('Email', REQUIRED),
    boolean('IsActive', true),
  ],
  { owner: false, readOnly: true },
);

const ACCOUNT = object(
  'Account',
  '001',
  [
    text('Name', 255, { ...NAME, label: 'Account Name' }),
    picklist('Type', [
      'Prospect',
      'Customer - Direct',
      'Customer - Channel',
      'Channel Partner / Reseller',
      'Installation Partner',
      'Technology Partner',
      'Vendor',
      'Other',
    ]),
    reference('ParentId', 'Account'),
    reference('MasterRecordId', 'Account', READ_ONLY),
    ...address('Billing'),
    ...address('Shipping'),
    phone('Phone'),
    phone('Fax'),
    text('AccountNumber', 40),
    url('Website'),
    text('Sic', 20),
    picklist('Industry', INDUSTRIES),
    number('currency', 'AnnualRevenue', 18, 0),
    integer('NumberOfEmployees', 8),
    picklist('Ownership', ['Public', 'Private', 'Subsidiary', 'Other']),
    text('TickerSymbol', 20),
    textarea('Description', 32_000),
    picklist('Rating', ['Hot', 'Warm', 'Cold']),
    text('Site', 80),
    text('DunsNumber', 9),
    picklist('AccountSource', ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other']),
    text('Tax_Id__c', 40),
    integer('Terms_Days__c', 3),
    number('currency', 'Credit_Limit__c', 18, 2),
    picklist('Active__c', ['No', 'Yes'], { restrictedPicklist: true }),
    picklist('CustomerPriority__c', ['High', 'Medium', 'Low'], { restrictedPicklist: true }),
    ...KEYS,
    externalId('QBO_Id__c', false),
  ],
  { children: { ParentId: 'ChildAccounts' } },
);

const CONTACT = object(
  'Contact',
  '003',
  [
    reference('AccountId', 'Account', { cascadeDelete: true }),
    reference('MasterRecordId', 'Contact', READ_ONLY),
    text('LastName', 80, REQUIRED),
    text('FirstName', 40),
    text('Name', 121, { ...READ_ONLY, ...NAME, label: 'Full Name' }),
    email('Email', { idLookup: true }),
    phone('Phone'),
    phone('MobilePhone'),
    phone('Fax'),
    text('Title', 128),
    text('Department', 80),
    date('Birthdate'),
    picklist('LeadSource', ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other']),
    textarea('Description', 32_000),
    boolean('HasOptedOutOfEmail', false),
    ...address('Mailing'),
    ...KEYS,
  ],
  { children: { AccountId: 'Contacts' } },
);

const OPPORTUNITY = object(
  'Opportunity',
  '006',
  [
    reference('AccountId', 'Account', { cascadeDelete: true }),
    text('Name', 120, NAME),
    textarea('Description', 32_000),
    picklist(
      'StageName',
      STAGES.map(({ name }) => name),
      { ...REQUIRED, label: 'Stage', restrictedPicklist: true },
    ),
    number('currency', 'Amount', 18, 2),
    number('percent', 'Probability', 3, 0, { label: 'Probability (%)' }),
    date('CloseDate', REQUIRED),
    picklist('Type', [
      'Existing Customer - Upgrade',
      'Existing Customer - Replacement',
      'Existing Customer - Downgrade',
      'New Customer',
    ]),
    text('NextStep', 255),
    picklist('LeadSource', ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other']),
    boolean('IsClosed', false, READ_ONLY),
    boolean('IsWon', false, READ_ONLY),
    reference('Pricebook2Id', 'Pricebook2', { label: 'Price Book ID' }),
    boolean('HasOpportunityLineItem', false, READ_ONLY),
    text('Invoice_No__c', 40),
    number('currency', 'Paid_Amount__c', 18, 2),
    ...KEYS,
  ],
  { plural: 'Opportunities', children: { AccountId: 'Opportunities' } },
);

const LINE_ITEM = object(
  'OpportunityLineItem',
  '00k',
  [
    reference('OpportunityId', 'Opportunity', { ...REQUIRED, updateable: false, cascadeDelete: true }),
    reference('PricebookEntryId', 'PricebookEntry', { ...REQUIRED, updateable: false, label: 'Price Book Entry ID' }),
    reference('Product2Id', 'Product2', { ...READ_ONLY, label: 'Product ID' }),
    text('ProductCode', 255, READ_ONLY),
    text('Name', 376, { ...READ_ONLY, ...NAME }),
    number('double', 'Quantity', 12, 2, REQUIRED),
    number('currency', 'TotalPrice', 18, 2),
    number('currency', 'UnitPrice', 18, 2, { label: 'Sales Price' }),
    number('currency', 'ListPrice', 18, 2, READ_ONLY),
    date('ServiceDate'),
    text('Description', 255),
    ...KEYS,
  ],
  { label: 'Opportunity Product', owner: false, children: { OpportunityId: 'OpportunityLineItems' } },
);

const PRODUCT = object(
  'Product2',
  '01t',
  [
    text('Name', 255, { ...NAME, label: 'Product Name' }),
    text('ProductCode', 255),
    textarea('Description', 4_000),
    boolean('IsActive', false),
    picklist('Family', ['None', 'Hardware', 'Software', 'Service']),
    text('StockKeepingUnit', 180, { label: 'Product SKU' }),
    text('QuantityUnitOfMeasure', 40),
    ...KEYS,
  ],
  { label: 'Product', owner: false },
);

const PRICEBOOK = object(
  'Pricebook2',
  '01s',
  [
    text('Name', 255, { ...NAME, label: 'Price Book Name' }),
    boolean('IsActive', false),
    boolean('IsStandard', false, READ_ONLY),
    text('Description', 255),
  ],
  { label: 'Price Book', owner: false },
);

const PRICEBOOK_ENTRY = object(
  'PricebookEntry',
  '01u',
  [
    text('Name', 255, { ...READ_ONLY, ...NAME }),
    text('ProductCode', 255, READ_ONLY),
    reference('Pricebook2Id', 'Pricebook2', {
      ...REQUIRED,
      updateable: false,
      cascadeDelete: true,
      label: 'Price Book ID',
    }),
    reference('Product2Id', 'Product2', { ...REQUIRED, updateable: false, cascadeDelete: true, label: 'Product ID' }),
    number('currency', 'UnitPrice', 18, 2, { ...REQUIRED, label: 'List Price' }),
    boolean('IsActive', false),
    boolean('UseStandardPrice', false),
    ...KEYS,
  ],
  {
    label: 'Price Book Entry',
    plural: 'Price Book Entries',
    owner: false,
    children: { Pricebook2Id: 'PricebookEntries', Product2Id: 'PricebookEntries' },
  },
);

const INVOICE = object(
  'Invoice__c',
  'a00',
  [
    text('Name', 80, { ...READ_ONLY, ...NAME, autoNumber: true, defaultedOnCreate: true, label: 'Invoice Number' }),
    reference('Account__c', 'Account', { label: 'Account' }),
    reference('Opportunity__c', 'Opportunity', { label: 'Opportunity' }),
    text('Number__c', 40),
    date('Issue_Date__c', REQUIRED),
    date('Due_Date__c'),
    picklist('Status__c', ['Draft', 'Open', 'Partly Paid', 'Paid', 'Void'], {
      restrictedPicklist: true,
      defaultOption: 'Draft',
      defaultedOnCreate: true,
    }),
    text('Currency__c', 3),
    number('currency', 'Subtotal__c', 18, 2),
    number('currency', 'Tax__c', 18, 2),
    number('currency', 'Total__c', 18, 2),
    number('currency', 'Balance__c', 18, 2),
    email('Email__c'),
    textarea('Memo__c', 4_000),
    ...KEYS,
  ],
  { label: 'Invoice', children: { Account__c: 'Invoices__r', Opportunity__c: 'Invoices__r' } },
);

export const OBJECTS: readonly ObjectDef[] = [
  USER,
  ACCOUNT,
  CONTACT,
  OPPORTUNITY,
  LINE_ITEM,
  PRODUCT,
  PRICEBOOK,
  PRICEBOOK_ENTRY,
  INVOICE,
];
