import { type MappingTemplate } from '@hub/connector-sdk';

/** By id of the template. */
export const QUICKBOOKS_SALE_CASES: Readonly<Record<string, MappingTemplate['goldenCases']>> = {
  'quickbooks.sale-customer.outbound': [
    {
      name: 'the customer of a won sale',
      input: {
        canonical: {
          id: '006dM00001wBXYDQA4',
          name: 'Deal',
          customer_id: '001dM00003kSQbVQAW',
          stage: 'Closed Won',
          won: true,
          closed: true,
          close_date: '2028-02-29',
          currency: 'USD',
          amount: {
            amount: '0.30',
            currency: 'USD',
          },
          memo: null,
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
          customer: {
            id: '001dM00003kSQbVQAW',
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
            terms_days: 30,
            notes: 'n',
          },
        },
      },
      output: {
        DisplayName: "Ace- O'Brien & Söhne 🛠",
        PrimaryEmailAddr: {
          Address: '',
        },
        PrimaryPhone: {
          FreeFormNumber: '+1 415 555 0100 ext. 12345 and',
        },
        WebAddr: {
          URI: '',
        },
        BillAddr: {
          Line1: '1 Main St',
          Line2: '',
          City: 'Oakland',
          CountrySubDivisionCode: 'CA',
          PostalCode: '94601',
          Country: 'US',
        },
        CurrencyRef: {
          value: 'USD',
        },
        SalesTermRef: {
          DueDays: 30,
        },
        Notes: 'n',
        Active: true,
        _link: {
          type: 'customer',
          id: '001dM00003kSQbVQAW',
        },
      },
    },
  ],
  'quickbooks.sale-invoice.outbound': [
    {
      name: 'a won sale, its product not linked',
      input: {
        canonical: {
          id: '006dM00001wBXYDQA4',
          name: 'Deal',
          customer_id: '001dM00003kSQbVQAW',
          stage: 'Closed Won',
          won: true,
          closed: true,
          close_date: '2028-02-29',
          currency: 'USD',
          amount: {
            amount: '0.30',
            currency: 'USD',
          },
          memo: null,
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
          customer: {
            id: '001dM00003kSQbVQAW',
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
            terms_days: 30,
            notes: 'n',
          },
        },
      },
      links: [
        {
          type: 'customer',
          id: '001dM00003kSQbVQAW',
          system: 'quickbooks',
          found: '60',
        },
      ],
      output: {
        CustomerRef: {
          value: '60',
        },
        TxnDate: '2028-02-29',
        DueDate: '2028-03-30',
        SalesTermRef: {
          DueDays: 30,
        },
        PrivateNote: 'Salesforce 006dM00001wBXYDQA4',
        Line: [
          {
            DetailType: 'SalesItemLineDetail',
            Amount: '0.3',
            SalesItemLineDetail: {
              Qty: '3',
              UnitPrice: '0.1',
            },
            Description: 'Deal GC1',
          },
        ],
        _link: {
          type: 'invoice',
          id: '006dM00001wBXYDQA4',
        },
      },
    },
  ],
};
