import { type JsonObject } from '../netsuite.context';
import { type Fields, type Ref } from './values';

export type ListRow = readonly [type: string, id: string, values: Fields];
/** `[days ago, type, body]`, the body as a client would send it. */
export type BusinessRow = readonly [daysAgo: number, type: string, body: JsonObject];

const ref = (type: string, id: string): Ref => ({ type, id });

const money = (id: string, symbol: string, name: string, exchangeRate: number, currencyPrecision = 2): ListRow => [
  'currency',
  id,
  { name, symbol, exchangeRate, currencyPrecision, isBaseCurrency: id === '1' },
];
export const CURRENCIES: readonly ListRow[] = [
  money('1', 'USD', 'USA', 1),
  money('2', 'GBP', 'British Pound', 1.27),
  money('3', 'CAD', 'Canadian Dollar', 0.72),
  money('4', 'EUR', 'Euro', 1.08),
  money('5', 'JPY', 'Japanese Yen', 0.0067, 0),
  money('6', 'KWD', 'Kuwaiti Dinar', 3.25, 3),
];

const subsidiary = (id: string, name: string, currency: string, country: string): ListRow => [
  'subsidiary',
  id,
  {
    name,
    legalName: name,
    country,
    currency: ref('currency', currency),
    ...(id === '1' ? {} : { parent: ref('subsidiary', '1') }),
  },
];
export const SUBSIDIARIES: readonly (readonly ListRow[])[] = [
  [
    subsidiary('1', 'Acme Tools Inc.', '1', 'US'),
    subsidiary('2', 'Acme Werkzeuge GmbH', '4', 'DE'),
    subsidiary('3', 'Acme Japan K.K.', '5', 'JP'),
  ],
  [subsidiary('1', 'Globex Corporation', '1', 'US'), subsidiary('2', 'Globex UK Ltd', '2', 'GB')],
];

const named = (type: string, names: Readonly<Record<string, string>>, field = 'name'): ListRow[] =>
  Object.entries(names).map(([id, name]): ListRow => [type, id, { [field]: name }]);
const ledger = (id: string, acctNumber: string, acctName: string, acctType: string): ListRow => [
  'account',
  id,
  { name: `${acctNumber} ${acctName}`, acctNumber, acctName, acctType },
];
const term = (id: string, name: string, daysUntilNetDue: number): ListRow => ['term', id, { name, daysUntilNetDue }];
const tax = (id: string, itemId: string, rate: number): ListRow => ['salesTaxItem', id, { itemId, rate }];
const place = (id: string, name: string, home: string): ListRow => [
  'location',
  id,
  { name, subsidiary: ref('subsidiary', home) },
];

export const SETUP: readonly ListRow[] = [
  ledger('1', '1000', 'Checking', 'Bank'),
  ledger('2', '1010', 'Savings', 'Bank'),
  ledger('3', '1100', 'Accounts Receivable', 'AcctRec'),
  ledger('4', '1300', 'Inventory Asset', 'OthCurrAsset'),
  ledger('5', '2000', 'Accounts Payable', 'AcctPay'),
  ledger('6', '4000', 'Sales', 'Income'),
  ledger('7', '4100', 'Service Revenue', 'Income'),
  ledger('8', '5000', 'Cost of Goods Sold', 'COGS'),
  ledger('9', '6000', 'Office Expense', 'Expense'),
  term('1', 'Due on receipt', 0),
  term('2', 'Net 30', 30),
  term('3', 'Net 15', 15),
  term('4', 'Net 60', 60),
  place('1', 'San Francisco', '1'),
  place('2', 'Oakland', '1'),
  place('3', 'Second Site', '2'),
  // Built-in entries have negative ids.
  tax('-7', '-Not Taxable-', 0),
  tax('11', 'CA Sales Tax', 7.25),
  tax('12', 'VAT 20%', 20),
  tax('13', 'USt 19%', 19),
  ...named('priceLevel', { '-1': 'Custom', 1: 'Base Price', 2: 'Alternate Price 1', 5: 'Online Price' }),
  ...named('department', { 1: 'Sales', 2: 'Operations' }),
  ...named('classification', { 1: 'Hardware', 2: 'Services' }),
  ...named('taxSchedule', { 1: 'Taxable', 2: 'Non-taxable' }),
  ...named('paymentMethod', { 1: 'Cash', 2: 'Check', 3: 'ACH', 5: 'Visa' }),
  ...named('customerCategory', { 1: 'Corporate', 2: 'Individual' }),
  ...named('customForm', { 98: 'Standard Service Invoice', 101: 'Standard Product Invoice', 30: 'Standard Form' }),
];

const address = (addr1: string, city: string, state: string | undefined, zip: string, country: string): JsonObject => ({
  items: [
    {
      defaultBilling: true,
      defaultShipping: true,
      addressBookAddress: { addr1, city, ...(state === undefined ? {} : { state }), zip, country: { id: country } },
    },
  ],
});
const customer = (companyName: string, domain: string, extra: JsonObject = {}): JsonObject => ({
  companyName,
  subsidiary: { id: '1' },
  email: `accounts@${domain}`,
  phone: '(510) 555-0142',
  terms: { id: '2' },
  ...extra,
});
const price = (amount: number, currencyId = '1'): JsonObject => ({
  items: [{ priceLevel: { id: '1' }, currencyPage: { id: currencyId }, quantity: 0, price: amount }],
});
const goods = (itemId: string, displayName: string, amount: number, cost: number): JsonObject => ({
  itemId,
  displayName,
  salesDescription: displayName,
  cost,
  incomeAccount: { id: '6' },
  cogsAccount: { id: '8' },
  assetAccount: { id: '4' },
  subsidiary: { items: [{ id: '1' }, { id: '2' }] },
  price: price(amount),
});
const service = (itemId: string, displayName: string, amount: number): JsonObject => ({
  itemId,
  displayName,
  salesDescription: displayName,
  incomeAccount: { id: '7' },
  subsidiary: { items: [{ id: '1' }] },
  price: price(amount),
});
const line = (item: string, quantity: number): JsonObject => ({ item: { refName: item }, quantity });
const sale = (entityId: string, externalId: string, ...items: readonly JsonObject[]): JsonObject => ({
  entity: { refName: entityId },
  externalId,
  item: { items },
});

const ACME: readonly BusinessRow[] = [
  [300, 'serviceSaleItem', service('CONSULT-HR', 'Consulting, per hour', 150)],
  [300, 'inventoryItem', goods('HAMMER-16', 'Claw hammer 16 oz', 24.5, 11.2)],
  [300, 'inventoryItem', goods('DRILL-18V', 'Cordless drill 18 V', 129, 71)],
  [
    280,
    'nonInventorySaleItem',
    { ...service('SHIP-GROUND', 'Ground shipping', 15), subsidiary: { items: [{ id: '1' }, { id: '2' }] } },
  ],
  [
    260,
    'customer',
    customer('Bay Hardware Co.', 'bayhardware.example', {
      addressBook: address('1 Main St', 'Oakland', 'CA', '94601', 'US'),
      creditLimit: 10_000,
      accountNumber: 'A-1001',
    }),
  ],
  [
    240,
    'customer',
    customer('Kraus & Söhne GmbH', 'kraus.example', {
      subsidiary: { id: '2' },
      vatRegNumber: 'DE811907980',
      addressBook: address('Hauptstraße 5', 'Köln', undefined, '50667', 'DE'),
    }),
  ],
  [200, 'customer', customer("O'Brien Builders", 'obrien.example', { url: 'https://obrien.example' })],
  [
    190,
    'customer',
    {
      isPerson: true,
      firstName: 'Maya',
      lastName: 'Lindqvist',
      subsidiary: { id: '1' },
      email: 'maya@lindqvist.example',
    },
  ],
  [180, 'vendor', customer('Forge Supply LLC', 'forge.example', { terms: { id: '4' } })],
  [170, 'vendor', customer('Pacific Freight', 'pacificfreight.example')],
  [
    160,
    'contact',
    {
      firstName: 'Ana',
      lastName: 'Reyes',
      title: 'Buyer',
      email: 'ana@bayhardware.example',
      company: { refName: 'Bay Hardware Co.' },
    },
  ],
  [60, 'salesOrder', sale('Bay Hardware Co.', 'SO-ACME-1', line('DRILL-18V', 4), line('SHIP-GROUND', 1))],
  [45, 'invoice', sale('Bay Hardware Co.', 'INV-ACME-1', line('HAMMER-16', 20), line('SHIP-GROUND', 1))],
  [
    20,
    'invoice',
    {
      ...sale("O'Brien Builders", 'INV-ACME-2', line('CONSULT-HR', 12)),
      memo: 'Workshop planning',
      otherRefNum: 'PO-7781',
    },
  ],
  [
    10,
    'customerPayment',
    {
      customer: { refName: 'Bay Hardware Co.' },
      externalId: 'PAY-ACME-1',
      payment: 505,
      account: { id: '1' },
      paymentMethod: { id: '3' },
      apply: { items: [{ doc: { externalId: 'INV-ACME-1' }, apply: true, amount: 505 }] },
    },
  ],
];

const GLOBEX: readonly BusinessRow[] = [
  [310, 'inventoryItem', goods('PUMP-200', 'Circulation pump 200 W', 340, 190)],
  [305, 'serviceSaleItem', service('INSTALL', 'Installation, flat', 480)],
  [
    250,
    'customer',
    customer('Springfield Power', 'springfieldpower.example', {
      externalId: 'GLX-1',
      addressBook: address('742 Evergreen Terrace', 'Springfield', 'OR', '97477', 'US'),
    }),
  ],
  [220, 'customer', customer('Thames Water Works', 'thames.example', { subsidiary: { id: '2' }, externalId: 'GLX-2' })],
  [150, 'vendor', customer('Rotterdam Castings', 'rotterdamcastings.example')],
  [
    30,
    'invoice',
    {
      entity: { externalId: 'GLX-1' },
      externalId: 'INV-GLX-1',
      item: { items: [line('PUMP-200', 2), { ...line('INSTALL', 1), taxCode: { id: '-7' } }] },
    },
  ],
];

export const BUSINESS: readonly (readonly BusinessRow[])[] = [ACME, GLOBEX];
