import { type JsonObject } from '@hub/platform';
import { type MappingTemplate } from '@hub/connector-sdk';

type Cases = Readonly<Record<string, MappingTemplate['goldenCases']>>;

const STAMP = '2026-11-20T10:05:00.000+0000';
const UPDATED = '2026-11-20T10:05:00.000Z';

const ACCOUNT: JsonObject = {
  Id: '001dM00003kSQbVQAW',
  IsDeleted: false,
  SystemModstamp: STAMP,
  Name: 'Ace "Hardware" & Söhne 🛠',
  AccountNumber: 'A-1001',
  Phone: '+1 415 555 0100',
  Website: null,
  BillingStreet: '1 Main St\nSuite 5',
  BillingCity: 'Oakland',
  BillingState: 'CA',
  BillingPostalCode: '94601',
  BillingCountry: 'USA',
  Description: null,
  Active__c: 'Yes',
  Tax_Id__c: null,
  Terms_Days__c: 30,
};

const CUSTOMER: JsonObject = {
  id: '001dM00003kSQbVQAW',
  status: 'active',
  updated_at: UPDATED,
  kind: 'business',
  display_name: 'Ace "Hardware" & Söhne 🛠',
  legal_name: 'Ace "Hardware" & Söhne 🛠',
  phone: '+1 415 555 0100',
  website: null,
  tax_id: null,
  account_number: 'A-1001',
  billing: {
    line1: '1 Main St',
    line2: 'Suite 5',
    city: 'Oakland',
    region: 'CA',
    postal_code: '94601',
    country_code: 'US',
  },
  shipping: {},
  terms_days: 30,
  notes: null,
};

const OPPORTUNITY: JsonObject = {
  Id: '006dM00001wBXYDQA4',
  IsDeleted: false,
  SystemModstamp: STAMP,
  Name: 'Deal',
  AccountId: '001dM00003kSQbVQAW',
  StageName: 'Closed Won',
  IsWon: true,
  IsClosed: true,
  CloseDate: '2028-02-29',
  Amount: 0.3,
  Description: null,
  HasOpportunityLineItem: true,
  Account: ACCOUNT,
  OpportunityLineItems: [
    {
      Id: '00kdM00001wBXYDQA4',
      Product2Id: '01tdM00001wBXYDQA4',
      ProductCode: 'GC1',
      Name: 'Deal GC1',
      Quantity: 3,
      UnitPrice: 0.1,
      TotalPrice: 0.3,
      Description: null,
    },
  ],
};

const SALE: JsonObject = {
  id: '006dM00001wBXYDQA4',
  status: 'active',
  updated_at: UPDATED,
  name: 'Deal',
  customer_id: '001dM00003kSQbVQAW',
  stage: 'Closed Won',
  won: true,
  closed: true,
  close_date: '2028-02-29',
  currency: 'USD',
  memo: null,
};

const input = (record: JsonObject, config: JsonObject = {}): JsonObject => ({ record, connection: { config } });

export const SALESFORCE_INBOUND_CASES: Cases = {
  Account: [
    { name: 'an account as developer orgs have it', input: input(ACCOUNT), output: CUSTOMER },
    {
      name: 'set inactive',
      input: input({ ...ACCOUNT, Active__c: 'No' }),
      output: { ...CUSTOMER, status: 'inactive' },
    },
    {
      name: 'of an org with several currencies',
      input: input({ ...ACCOUNT, CurrencyIsoCode: 'JPY' }),
      output: { ...CUSTOMER, currency: 'JPY' },
    },
    {
      name: 'fields that the hub may not see stay unsaid',
      input: input({ Id: '001dM00003kSQbVQAW', IsDeleted: false, SystemModstamp: STAMP, Name: 'Ace' }),
      output: {
        id: '001dM00003kSQbVQAW',
        status: 'active',
        updated_at: UPDATED,
        kind: 'business',
        display_name: 'Ace',
        legal_name: 'Ace',
        billing: {},
        shipping: {},
      },
    },
  ],
  Contact: [
    {
      name: 'without account and first name',
      input: input({
        Id: '003dM00001wBXYDQA4',
        IsDeleted: false,
        SystemModstamp: STAMP,
        AccountId: null,
        FirstName: null,
        LastName: 'Lee',
        Email: 'lee@ace.example',
        Phone: null,
        MobilePhone: '+49 30 1234',
        Title: null,
      }),
      output: {
        id: '003dM00001wBXYDQA4',
        status: 'active',
        updated_at: UPDATED,
        customer_id: null,
        given_name: null,
        family_name: 'Lee',
        email: 'lee@ace.example',
        phone: '+49 30 1234',
        title: null,
      },
    },
  ],
  Opportunity: [
    {
      name: 'won, with products: sums of cents stay exact',
      input: input(OPPORTUNITY),
      output: {
        ...SALE,
        amount: { amount: '0.30', currency: 'USD' },
        lines: [
          {
            line_no: 1,
            product_id: '01tdM00001wBXYDQA4',
            sku: 'GC1',
            description: 'Deal GC1',
            quantity: '3',
            unit_price: '0.1',
            amount: '0.3',
          },
        ],
        customer: CUSTOMER,
      },
    },
    {
      name: 'without products: one line of the whole amount, in the currency of the connection',
      input: input(
        { ...OPPORTUNITY, Amount: 1250, Account: null, OpportunityLineItems: [] },
        { default_currency: 'JPY' },
      ),
      output: {
        ...SALE,
        currency: 'JPY',
        amount: { amount: '1250', currency: 'JPY' },
        lines: [{ line_no: 1, description: 'Opportunity Deal', quantity: '1', unit_price: '1250', amount: '1250' }],
      },
    },
  ],
  Product2: [
    {
      name: 'with its price in the standard price book, digit for digit',
      input: input({
        Id: '01tdM00001wBXYDQA4',
        IsDeleted: false,
        SystemModstamp: STAMP,
        ProductCode: 'GC1',
        Name: 'Generator',
        Description: null,
        IsActive: true,
        StandardPrice: { UnitPrice: '12345678901234.56', CurrencyIsoCode: 'JPY' },
      }),
      output: {
        id: '01tdM00001wBXYDQA4',
        status: 'active',
        updated_at: UPDATED,
        sku: 'GC1',
        name: 'Generator',
        description: null,
        unit_price: { amount: '12345678901234.56', currency: 'JPY' },
      },
    },
    {
      name: 'deleted',
      input: input({
        Id: '01tdM00001wBXYDQA4',
        IsDeleted: true,
        SystemModstamp: STAMP,
        ProductCode: 'GC1',
        Name: 'Generator',
        Description: null,
        IsActive: true,
      }),
      output: {
        id: '01tdM00001wBXYDQA4',
        status: 'deleted',
        updated_at: UPDATED,
        sku: 'GC1',
        name: 'Generator',
        description: null,
      },
    },
  ],
};
