import { type MappingTemplate } from '@hub/connector-sdk';

type Cases = Readonly<Record<string, MappingTemplate['goldenCases']>>;

export const SALESFORCE_OUTBOUND_CASES: Cases = {
  customer: [
    {
      name: 'a customer that Salesforce does not have yet',
      input: {
        connection_id: 'con_01',
        canonical: {
          id: '60',
          status: 'active',
          kind: 'business',
          display_name: "Ace: O'Brien & Söhne\t🛠",
          legal_name: null,
          phone: '+1 415 555 0100 ext. 12345 and more',
          email: null,
          website: null,
          billing: {
            line1: '1 Main St',
            line2: null,
            city: 'Oakland',
            region: 'CA',
            postal_code: '94601',
            country_code: 'US',
          },
          shipping: {},
          currency: 'USD',
          notes: 'n',
        },
      },
      output: {
        Hub_Id__c: 'con_01:60',
        Name: "Ace: O'Brien & Söhne\t🛠",
        Phone: '+1 415 555 0100 ext. 12345 and more',
        Website: null,
        Description: 'n',
        BillingStreet: '1 Main St',
        BillingCity: 'Oakland',
        BillingState: 'CA',
        BillingPostalCode: '94601',
        BillingCountry: 'United States of America',
      },
    },
    {
      name: 'a linked one is written by its Id',
      input: {
        connection_id: 'con_01',
        canonical: {
          id: '60',
          display_name: 'Ace',
          phone: null,
        },
      },
      links: [
        {
          type: 'customer',
          id: '60',
          system: 'salesforce',
          found: '001dM00003kSQbVQAW',
        },
      ],
      output: {
        Id: '001dM00003kSQbVQAW',
        Name: 'Ace',
        Phone: null,
      },
    },
    {
      name: 'a linked one that is in use again',
      input: { connection_id: 'con_01', canonical: { id: '60', status: 'active', display_name: 'Ace' } },
      links: [{ type: 'customer', id: '60', system: 'salesforce', found: '001dM00003kSQbVQAW' }],
      output: { Id: '001dM00003kSQbVQAW', Name: 'Ace', Active__c: 'Yes' },
    },
    {
      name: 'a new one that is not in use',
      input: { connection_id: 'con_01', canonical: { id: '60', status: 'inactive', display_name: 'Ace' } },
      output: { Hub_Id__c: 'con_01:60', Name: 'Ace', Active__c: 'No' },
    },
  ],
  'customer-with-currency': [
    {
      name: 'a new one is made in its currency',
      input: { connection_id: 'con_01', canonical: { id: '60', display_name: 'Ace', currency: 'JPY' } },
      output: { Hub_Id__c: 'con_01:60', Name: 'Ace', CurrencyIsoCode: 'JPY' },
    },
    {
      name: 'a linked one keeps the currency that it has',
      input: {
        connection_id: 'con_01',
        canonical: { id: '60', status: 'deleted', display_name: 'Ace', currency: 'JPY' },
      },
      links: [{ type: 'customer', id: '60', system: 'salesforce', found: '001dM00003kSQbVQAW' }],
      output: { Id: '001dM00003kSQbVQAW', Name: 'Ace', Active__c: 'No' },
    },
    {
      name: 'a currency that nobody has said',
      input: { connection_id: 'con_01', canonical: { id: '60', display_name: 'Ace', currency: null } },
      output: { Hub_Id__c: 'con_01:60', Name: 'Ace' },
    },
  ],
  contact: [
    {
      name: 'a contact of a linked customer',
      input: {
        connection_id: 'con_01',
        canonical: {
          id: '5',
          family_name: 'Lee',
          given_name: null,
          customer_id: '60',
        },
      },
      links: [
        {
          type: 'customer',
          id: '60',
          system: 'salesforce',
          found: '001dM00003kSQbVQAW',
        },
      ],
      output: {
        Hub_Id__c: 'con_01:5',
        LastName: 'Lee',
        FirstName: null,
        AccountId: '001dM00003kSQbVQAW',
      },
    },
  ],
  product: [
    {
      name: 'an inactive product',
      input: {
        connection_id: 'con_01',
        canonical: {
          id: '3',
          name: 'Hours',
          sku: 'H',
          status: 'inactive',
        },
      },
      output: {
        Hub_Id__c: 'con_01:3',
        Name: 'Hours',
        ProductCode: 'H',
        IsActive: false,
      },
    },
    {
      name: 'its price goes into the standard price book',
      input: {
        connection_id: 'con_01',
        canonical: { id: '3', name: 'Hours', unit_price: { amount: '12345678901234.56', currency: 'EUR' } },
      },
      output: {
        Hub_Id__c: 'con_01:3',
        Name: 'Hours',
        IsActive: true,
        StandardPrice: { UnitPrice: '12345678901234.56', CurrencyIsoCode: 'EUR' },
      },
    },
    {
      name: 'a price that nobody has said',
      input: { connection_id: 'con_01', canonical: { id: '3', name: 'Hours', unit_price: null } },
      output: { Hub_Id__c: 'con_01:3', Name: 'Hours', IsActive: true },
    },
  ],
  'invoice-to-opportunity': [
    {
      name: 'partly paid: the difference of total and balance',
      input: {
        canonical: {
          id: '155',
          number: '1042',
          total: {
            amount: '0.30',
            currency: 'USD',
          },
          balance: {
            amount: '0.10',
            currency: 'USD',
          },
        },
      },
      links: [
        {
          type: 'invoice',
          id: '155',
          system: 'salesforce',
          found: '006dM00001wBXYDQA4',
        },
      ],
      output: {
        Id: '006dM00001wBXYDQA4',
        Invoice_No__c: '1042',
        Paid_Amount__c: '0.2',
      },
    },
  ],
};
