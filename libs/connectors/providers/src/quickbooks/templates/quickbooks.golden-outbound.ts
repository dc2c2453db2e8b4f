import { type MappingTemplate } from '@hub/connector-sdk';

/** By id of the template. */
export const QUICKBOOKS_OUTBOUND_CASES: Readonly<Record<string, MappingTemplate['goldenCases']>> = {
  'quickbooks.customer.outbound': [
    {
      name: 'a new customer: colon and tab go, null clears, absent stays unsaid',
      input: {
        canonical: {
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
          terms_days: null,
          notes: 'n',
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
        Notes: 'n',
        Active: true,
      },
    },
    {
      name: 'a linked one is changed, its currency left alone',
      input: {
        canonical: {
          id: '1',
          display_name:
            'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
          status: 'inactive',
          currency: 'USD',
          phone: null,
          terms_days: 14,
        },
      },
      links: [
        {
          type: 'customer',
          id: '1',
          system: 'quickbooks',
          found: '60',
        },
      ],
      output: {
        Id: '60',
        DisplayName:
          'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
        PrimaryPhone: {
          FreeFormNumber: '',
        },
        SalesTermRef: {
          DueDays: 14,
        },
        Active: false,
      },
    },
  ],
  'quickbooks.vendor.outbound': [
    {
      name: 'a new vendor',
      input: {
        canonical: {
          id: '1',
          status: 'inactive',
          display_name: 'Supplies & Co',
          account_number: 'V-1',
        },
      },
      output: {
        DisplayName: 'Supplies & Co',
        AcctNum: 'V-1',
        Active: false,
      },
    },
  ],
  'quickbooks.product.outbound': [
    {
      name: 'a product',
      input: {
        canonical: {
          id: '1',
          status: 'deleted',
          name: 'Gen: 5',
          sku: 'G5',
          description: null,
          unit_price: {
            amount: '12.50',
            currency: 'USD',
          },
        },
      },
      output: {
        Name: 'Gen- 5',
        Sku: 'G5',
        Description: '',
        UnitPrice: '12.50',
        Active: false,
      },
    },
  ],
  'quickbooks.invoice.outbound': [
    {
      name: 'an invoice with a linked product',
      input: {
        canonical: {
          id: 'i1',
          customer_id: 'c1',
          number: 'INV-2041',
          issue_date: '2028-02-29',
          due_date: null,
          currency: 'USD',
          lines: [
            {
              line_no: 1,
              product_id: 'p1',
              quantity: '1',
              unit_price: '12345678901.56',
              amount: '12345678901.56',
            },
          ],
          total: {
            amount: '12345678901.56',
            currency: 'USD',
          },
        },
      },
      links: [
        {
          type: 'customer',
          id: 'c1',
          system: 'quickbooks',
          found: '60',
        },
        {
          type: 'product',
          id: 'p1',
          system: 'quickbooks',
          found: '3',
        },
      ],
      output: {
        CustomerRef: {
          value: '60',
        },
        DocNumber: 'INV-2041',
        TxnDate: '2028-02-29',
        Line: [
          {
            DetailType: 'SalesItemLineDetail',
            Amount: '12345678901.56',
            SalesItemLineDetail: {
              Qty: '1',
              UnitPrice: '12345678901.56',
              ItemRef: {
                value: '3',
              },
            },
          },
        ],
      },
    },
  ],
  'quickbooks.payment.outbound': [
    {
      name: 'a payment of one invoice',
      input: {
        canonical: {
          id: 'y1',
          customer_id: 'c1',
          date: '2026-11-20',
          amount: {
            amount: '100.00',
            currency: 'USD',
          },
          reference: 'CHK 1',
          allocations: [
            {
              invoice_id: 'i1',
              amount: '100.00',
            },
          ],
        },
      },
      links: [
        {
          type: 'customer',
          id: 'c1',
          system: 'quickbooks',
          found: '60',
        },
        {
          type: 'invoice',
          id: 'i1',
          system: 'quickbooks',
          found: '155',
        },
      ],
      output: {
        CustomerRef: {
          value: '60',
        },
        TxnDate: '2026-11-20',
        TotalAmt: '100.00',
        PaymentRefNum: 'CHK 1',
        Line: [
          {
            Amount: '100.00',
            LinkedTxn: [
              {
                TxnId: '155',
                TxnType: 'Invoice',
              },
            ],
          },
        ],
      },
    },
  ],
};
