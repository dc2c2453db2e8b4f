import { type MappingTemplate } from '@hub/connector-sdk';

/** Stamps carry the Pacific offset, which changes in two nights of the year. */
const NIGHTS = [
  ['the hour that exists twice, the first time', '2026-11-01T01:30:00-07:00', '2026-11-01T08:30:00.000Z'],
  ['the hour that exists twice, the second time', '2026-11-01T01:30:00-08:00', '2026-11-01T09:30:00.000Z'],
  ['the last second before the hour that does not exist', '2026-03-08T01:59:59-08:00', '2026-03-08T09:59:59.000Z'],
  ['the first second after it', '2026-03-08T03:00:00-07:00', '2026-03-08T10:00:00.000Z'],
] as const;

function night(name: string, stamp: string, instant: string): MappingTemplate['goldenCases'][number] {
  return {
    name,
    input: {
      record: { Id: '62', MetaData: { LastUpdatedTime: stamp }, DisplayName: 'Night', Active: true },
      connection: { config: {} },
    },
    output: { id: '62', status: 'active', updated_at: instant, display_name: 'Night', kind: 'business' },
  };
}

/** By id of the template. */
export const QUICKBOOKS_INBOUND_CASES: Readonly<Record<string, MappingTemplate['goldenCases']>> = {
  'quickbooks.customer.inbound': [
    {
      name: 'a customer with an address',
      input: {
        record: {
          Id: '60',
          SyncToken: '0',
          MetaData: {
            CreateTime: '2026-11-01T03:00:00-08:00',
            LastUpdatedTime: '2026-11-20T02:05:00-08:00',
          },
          DisplayName: 'Ace Hardware',
          CompanyName: 'Ace',
          Active: true,
          PrimaryPhone: {
            FreeFormNumber: '(555) 555-1234',
          },
          PrimaryEmailAddr: {
            Address: 'ace@ace.example',
          },
          BillAddr: {
            Id: '99',
            Line1: '123 Test Street',
            City: 'Mountain View',
            Country: 'USA',
            CountrySubDivisionCode: 'CA',
            PostalCode: '94042',
          },
          CurrencyRef: {
            value: 'USD',
            name: 'US Dollar',
          },
          Notes: 'vip',
        },
        connection: {
          config: {},
        },
      },
      output: {
        id: '60',
        status: 'active',
        updated_at: '2026-11-20T10:05:00.000Z',
        display_name: 'Ace Hardware',
        legal_name: 'Ace',
        email: 'ace@ace.example',
        phone: '(555) 555-1234',
        kind: 'business',
        billing: {
          line1: '123 Test Street',
          city: 'Mountain View',
          region: 'CA',
          postal_code: '94042',
          country_code: 'US',
        },
        currency: 'USD',
        notes: 'vip',
      },
    },
    ...NIGHTS.map(([name, stamp, instant]) => night(name, stamp, instant)),
    {
      name: 'set inactive: the suffix is not part of the name',
      input: {
        record: {
          Id: '61',
          MetaData: {
            CreateTime: '2026-11-01T03:00:00-08:00',
            LastUpdatedTime: '2026-11-20T02:05:00-08:00',
          },
          DisplayName: 'Ace (deleted 1)',
          Active: false,
        },
        connection: {
          config: {},
        },
      },
      output: {
        id: '61',
        status: 'inactive',
        updated_at: '2026-11-20T10:05:00.000Z',
        display_name: 'Ace',
        kind: 'business',
      },
    },
  ],
  'quickbooks.vendor.inbound': [
    {
      name: 'a vendor',
      input: {
        record: {
          Id: '7',
          MetaData: {
            CreateTime: '2026-11-01T03:00:00-08:00',
            LastUpdatedTime: '2026-11-20T02:05:00-08:00',
          },
          DisplayName: 'Supplies & Co',
          AcctNum: 'V-1',
          Active: true,
        },
        connection: {
          config: {},
        },
      },
      output: {
        id: '7',
        status: 'active',
        updated_at: '2026-11-20T10:05:00.000Z',
        display_name: 'Supplies & Co',
        account_number: 'V-1',
      },
    },
  ],
  'quickbooks.item.inbound': [
    {
      name: 'a service with a price of seven decimals',
      input: {
        record: {
          Id: '3',
          MetaData: {
            CreateTime: '2026-11-01T03:00:00-08:00',
            LastUpdatedTime: '2026-11-20T02:05:00-08:00',
          },
          Name: 'Hours',
          Type: 'Service',
          UnitPrice: 0.1234567,
          Active: true,
          Sku: 'H',
        },
        connection: {
          config: {
            home_currency: 'EUR',
          },
        },
      },
      output: {
        id: '3',
        status: 'active',
        updated_at: '2026-11-20T10:05:00.000Z',
        sku: 'H',
        name: 'Hours',
        type: 'service',
        unit_price: {
          amount: '0.1234567',
          currency: 'EUR',
        },
      },
    },
  ],
  'quickbooks.invoice.inbound': [
    {
      name: 'partly paid, the sub-total line left out',
      input: {
        record: {
          Id: '155',
          MetaData: {
            CreateTime: '2026-11-01T03:00:00-08:00',
            LastUpdatedTime: '2026-11-20T02:05:00-08:00',
          },
          DocNumber: '1042',
          CustomerRef: {
            value: '60',
          },
          TxnDate: '2028-02-29',
          DueDate: '2028-03-30',
          CurrencyRef: {
            value: 'USD',
          },
          TotalAmt: 0.3,
          Balance: 0.1,
          TxnTaxDetail: {
            TotalTax: 0,
          },
          Line: [
            {
              Id: '1',
              LineNum: 1,
              Amount: 0.3,
              DetailType: 'SalesItemLineDetail',
              Description: 'd',
              SalesItemLineDetail: {
                ItemRef: {
                  value: '1',
                },
                Qty: 3,
                UnitPrice: 0.1,
                TaxCodeRef: {
                  value: 'NON',
                },
              },
            },
            {
              Amount: 0.3,
              DetailType: 'SubTotalLineDetail',
              SubTotalLineDetail: {},
            },
          ],
        },
        connection: {
          config: {},
        },
      },
      output: {
        id: '155',
        status: 'active',
        updated_at: '2026-11-20T10:05:00.000Z',
        number: '1042',
        customer_id: '60',
        issue_date: '2028-02-29',
        due_date: '2028-03-30',
        currency: 'USD',
        lines: [
          {
            line_no: 1,
            product_id: '1',
            description: 'd',
            quantity: '3',
            unit_price: '0.1',
            tax_code: 'NON',
            amount: '0.3',
          },
        ],
        tax_total: {
          amount: '0.00',
          currency: 'USD',
        },
        total: {
          amount: '0.30',
          currency: 'USD',
        },
        balance: {
          amount: '0.10',
          currency: 'USD',
        },
        state: 'partly_paid',
      },
    },
    {
      name: 'without multi-currency, in yen, paid',
      input: {
        record: {
          Id: '156',
          MetaData: {
            CreateTime: '2026-11-01T03:00:00-08:00',
            LastUpdatedTime: '2026-11-20T02:05:00-08:00',
          },
          CustomerRef: {
            value: '60',
          },
          TxnDate: '2026-11-20',
          TotalAmt: 1250,
          Balance: 0,
          Line: [
            {
              Id: '1',
              Amount: 1250,
              DetailType: 'SalesItemLineDetail',
              SalesItemLineDetail: {},
            },
          ],
        },
        connection: {
          config: {
            home_currency: 'JPY',
          },
        },
      },
      output: {
        id: '156',
        status: 'active',
        updated_at: '2026-11-20T10:05:00.000Z',
        customer_id: '60',
        issue_date: '2026-11-20',
        currency: 'JPY',
        lines: [
          {
            line_no: 1,
            quantity: '1',
            unit_price: '1250',
            amount: '1250',
          },
        ],
        total: {
          amount: '1250',
          currency: 'JPY',
        },
        balance: {
          amount: '0',
          currency: 'JPY',
        },
        state: 'paid',
      },
    },
  ],
  'quickbooks.payment.inbound': [
    {
      name: 'of two invoices',
      input: {
        record: {
          Id: '9',
          MetaData: {
            CreateTime: '2026-11-01T03:00:00-08:00',
            LastUpdatedTime: '2026-11-20T02:05:00-08:00',
          },
          CustomerRef: {
            value: '60',
          },
          TxnDate: '2026-11-20',
          CurrencyRef: {
            value: 'USD',
          },
          TotalAmt: 100.5,
          UnappliedAmt: 0,
          PaymentRefNum: 'CHK 1',
          Line: [
            {
              Amount: 100,
              LinkedTxn: [
                {
                  TxnId: '155',
                  TxnType: 'Invoice',
                },
              ],
            },
            {
              Amount: 0.5,
              LinkedTxn: [
                {
                  TxnId: '156',
                  TxnType: 'Invoice',
                },
              ],
            },
          ],
        },
        connection: {
          config: {},
        },
      },
      output: {
        id: '9',
        status: 'active',
        updated_at: '2026-11-20T10:05:00.000Z',
        customer_id: '60',
        date: '2026-11-20',
        amount: {
          amount: '100.50',
          currency: 'USD',
        },
        unapplied: {
          amount: '0.00',
          currency: 'USD',
        },
        reference: 'CHK 1',
        allocations: [
          {
            invoice_id: '155',
            amount: '100',
          },
          {
            invoice_id: '156',
            amount: '0.5',
          },
        ],
      },
    },
  ],
};
