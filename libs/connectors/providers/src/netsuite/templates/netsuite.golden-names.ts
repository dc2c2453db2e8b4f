import { type MappingTemplate } from '@hub/connector-sdk';
import { type JsonObject } from '@hub/platform';

type Cases = Readonly<Record<string, MappingTemplate['goldenCases']>>;

const STAMP = '2028-02-29T10:05:00.000Z';
const input = (record: JsonObject, config: JsonObject = {}): JsonObject => ({ record, connection: { config } });
const USD: JsonObject = { id: '1', refName: 'US Dollar', symbol: 'USD' };
const YEN: JsonObject = { id: '5', refName: 'Japanese Yen', symbol: 'JPY' };

const COMPANY: JsonObject = {
  id: '107',
  entityId: 'CUST1001',
  externalId: 'con_1-customer-7',
  isPerson: false,
  companyName: 'O’Brien "Hardware": Söhne 🛠',
  firstName: null,
  lastName: null,
  email: 'ap@ace.example',
  phone: null,
  url: 'https://ace.example',
  comments: null,
  accountNumber: 'A-1001',
  vatRegNumber: 'DE811907980',
  creditLimit: 10000.5,
  isInactive: false,
  currency: USD,
  terms: { id: '2', refName: 'Net 30', daysUntilNetDue: 30 },
  addressBook: {
    items: [
      {
        defaultBilling: true,
        defaultShipping: false,
        addressBookAddress: {
          addr1: 'Hauptstraße 5',
          addr2: null,
          city: 'Köln',
          state: null,
          zip: '50667',
          country: { id: 'DE' },
        },
      },
    ],
  },
  lastModifiedDate: STAMP,
};
const HEAD: JsonObject = { id: '107', status: 'active', updated_at: STAMP };
const BILLING: JsonObject = {
  line1: 'Hauptstraße 5',
  line2: null,
  city: 'Köln',
  region: null,
  postal_code: '50667',
  country_code: 'DE',
};

export const NETSUITE_NAME_CASES: Cases = {
  customer: [
    {
      name: 'a company, what is empty is null',
      input: input(COMPANY),
      output: {
        ...HEAD,
        display_name: 'O’Brien "Hardware": Söhne 🛠',
        legal_name: 'O’Brien "Hardware": Söhne 🛠',
        kind: 'business',
        given_name: null,
        family_name: null,
        email: 'ap@ace.example',
        phone: null,
        website: 'https://ace.example',
        tax_id: 'DE811907980',
        account_number: 'A-1001',
        billing: BILLING,
        shipping: null,
        currency: 'USD',
        terms_days: 30,
        credit_limit: { amount: '10000.50', currency: 'USD' },
        notes: null,
      },
    },
    {
      name: 'a person, inactive, in an account with one currency: what it does not have stays unsaid',
      input: input({
        id: '108',
        entityId: 'Maya Lindqvist',
        isPerson: true,
        companyName: null,
        firstName: 'Maya',
        lastName: 'Lindqvist',
        email: null,
        phone: '(510) 555-0142',
        isInactive: true,
        lastModifiedDate: STAMP,
      }),
      output: {
        id: '108',
        status: 'inactive',
        updated_at: STAMP,
        display_name: 'Maya Lindqvist',
        legal_name: null,
        kind: 'person',
        given_name: 'Maya',
        family_name: 'Lindqvist',
        email: null,
        phone: '(510) 555-0142',
      },
    },
  ],
  vendor: [
    {
      name: 'a vendor with a name alone',
      input: input({
        id: '130',
        entityId: 'Forge Supply',
        isPerson: false,
        companyName: null,
        email: null,
        phone: null,
        vatRegNumber: null,
        accountNumber: null,
        isInactive: false,
        currency: YEN,
        addressBook: { items: [] },
        lastModifiedDate: STAMP,
      }),
      output: {
        id: '130',
        status: 'active',
        updated_at: STAMP,
        display_name: 'Forge Supply',
        legal_name: null,
        email: null,
        phone: null,
        tax_id: null,
        account_number: null,
        billing: null,
        currency: 'JPY',
      },
    },
  ],
  contact: [
    {
      name: 'with a mobile phone and no company',
      input: input({
        id: '140',
        entityId: 'Ana Reyes',
        firstName: 'Ana',
        lastName: 'Reyes',
        title: 'Buyer',
        email: 'ana@ace.example',
        phone: null,
        mobilePhone: '510-555-0101',
        company: null,
        isInactive: false,
        lastModifiedDate: STAMP,
      }),
      output: {
        id: '140',
        status: 'active',
        updated_at: STAMP,
        customer_id: null,
        given_name: 'Ana',
        family_name: 'Reyes',
        email: 'ana@ace.example',
        phone: '510-555-0101',
        title: 'Buyer',
      },
    },
  ],
  item: [
    {
      name: 'priced in several currencies: the connection’s own counts',
      input: input(
        {
          id: '21',
          itemId: 'HAMMER-16',
          displayName: 'Claw hammer 16"',
          salesDescription: null,
          itemType: 'InvtPart',
          subtype: null,
          cost: 11.2,
          isInactive: false,
          price: {
            items: [
              { priceLevel: { id: '1' }, currencyPage: { id: '1', symbol: 'USD' }, quantity: 0, price: 24.5 },
              { priceLevel: { id: '1' }, currencyPage: { id: '5', symbol: 'JPY' }, quantity: 0, price: 3700 },
            ],
          },
          lastModifiedDate: STAMP,
        },
        { default_currency: 'JPY' },
      ),
      output: {
        id: '21',
        status: 'active',
        updated_at: STAMP,
        sku: 'HAMMER-16',
        name: 'Claw hammer 16"',
        description: null,
        type: 'inventory',
        unit_price: { amount: '3700', currency: 'JPY' },
        cost: { amount: '11', currency: 'JPY' },
      },
    },
    {
      name: 'without a price or a display name',
      input: input({
        id: '22',
        itemId: 'CONSULT',
        displayName: null,
        salesDescription: 'Per hour',
        itemType: 'Service',
        subtype: 'Sale',
        cost: null,
        isInactive: true,
        price: { items: [] },
        lastModifiedDate: STAMP,
      }),
      output: {
        id: '22',
        status: 'inactive',
        updated_at: STAMP,
        sku: 'CONSULT',
        name: 'CONSULT',
        description: 'Per hour',
        type: 'service',
        cost: null,
      },
    },
  ],
};
