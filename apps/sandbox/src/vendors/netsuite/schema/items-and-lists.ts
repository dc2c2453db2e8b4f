import {
  choice,
  currency,
  date,
  decimal,
  flag,
  integer,
  multiselect,
  reference,
  REQUIRED,
  stamp,
  sublist,
  text,
} from './field.builders';
import { type FieldDef, type RecordTypeDef } from './schema.types';

const item: readonly FieldDef[] = [
  text('itemId', 60, REQUIRED, 'Item Name/Number'),
  text('externalId', 255),
  text('displayName', 60),
  text('upcCode', 40),
  text('salesDescription', 4_000),
  text('purchaseDescription', 4_000),
  currency('cost'),
  reference('incomeAccount', ['account'], REQUIRED),
  reference('department', ['department']),
  reference('class', ['classification']),
  multiselect('subsidiary', ['subsidiary'], REQUIRED),
  flag('includeChildren'),
  reference('taxSchedule', ['taxSchedule']),
  flag('isInactive', false, 'Inactive'),
  sublist(
    'price',
    ['priceLevel', 'currencyPage', 'quantity'],
    [
      reference('priceLevel', ['priceLevel'], REQUIRED),
      reference('currencyPage', ['currency'], REQUIRED, 'Currency'),
      integer('quantity', { defaultValue: 0 }),
      currency('price'),
    ],
    'Pricing',
  ),
  reference('customForm', ['customForm']),
  text('custitem_sf_product_id', 300, { custom: true }, 'Salesforce Product ID'),
  stamp('createdDate'),
  stamp('lastModifiedDate'),
];

export const ITEMS: readonly RecordTypeDef[] = [
  {
    name: 'inventoryItem',
    title: 'Inventory Item',
    plural: 'Inventory Items',
    space: 'item',
    nameField: 'itemId',
    suiteType: 'InvtPart',
    fields: [
      ...item,
      reference('cogsAccount', ['account'], REQUIRED, 'COGS Account'),
      reference('assetAccount', ['account'], REQUIRED),
      decimal('weight'),
    ],
  },
  {
    name: 'nonInventorySaleItem',
    title: 'Non-inventory Item for Sale',
    plural: 'Non-inventory Items for Sale',
    space: 'item',
    nameField: 'itemId',
    suiteType: 'NonInvtPart',
    fields: item,
  },
  {
    name: 'serviceSaleItem',
    title: 'Service for Sale',
    plural: 'Services for Sale',
    space: 'item',
    nameField: 'itemId',
    suiteType: 'Service',
    fields: item,
  },
];

function list(
  name: string,
  title: string,
  plural: string,
  fields: readonly FieldDef[] = [],
  nameField = 'name',
): RecordTypeDef {
  const own = fields.some((field) => field.name === nameField) ? [] : [text(nameField, 60)];
  const all = [...own, text('externalId', 255), ...fields, flag('isInactive', false, 'Inactive')];
  return { name, title, plural, space: 'list', nameField, fields: all, viewOnly: true };
}

const ACCOUNT_TYPES = [
  { id: 'Bank', refName: 'Bank' },
  { id: 'AcctRec', refName: 'Accounts Receivable' },
  { id: 'OthCurrAsset', refName: 'Other Current Asset' },
  { id: 'AcctPay', refName: 'Accounts Payable' },
  { id: 'Income', refName: 'Income' },
  { id: 'COGS', refName: 'Cost of Goods Sold' },
  { id: 'Expense', refName: 'Expense' },
];

/** What an administrator sets up once. */
export const LISTS: readonly RecordTypeDef[] = [
  list('subsidiary', 'Subsidiary', 'Subsidiaries', [
    reference('parent', ['subsidiary']),
    reference('currency', ['currency']),
    text('country', 2),
    text('legalName', 83),
  ]),
  list('currency', 'Currency', 'Currencies', [
    text('symbol', 3),
    decimal('exchangeRate'),
    integer('currencyPrecision'),
    flag('isBaseCurrency'),
  ]),
  list('account', 'Account', 'Accounts', [
    text('acctNumber', 60),
    text('acctName', 60),
    choice('acctType', ACCOUNT_TYPES),
    reference('currency', ['currency']),
  ]),
  list('term', 'Term', 'Terms', [integer('daysUntilNetDue')]),
  list('location', 'Location', 'Locations', [reference('subsidiary', ['subsidiary'])]),
  list('department', 'Department', 'Departments'),
  list('classification', 'Class', 'Classes'),
  list('salesTaxItem', 'Tax Code', 'Tax Codes', [decimal('rate')], 'itemId'),
  list('taxSchedule', 'Tax Schedule', 'Tax Schedules'),
  list('paymentMethod', 'Payment Method', 'Payment Methods'),
  list('priceLevel', 'Price Level', 'Price Levels'),
  list('customerCategory', 'Customer Category', 'Customer Categories'),
  { ...list('customForm', 'Form', 'Forms', [text('recordType', 40)]), isInternal: true },
  list('employee', 'Employee', 'Employees', [], 'entityId'),
  list(
    'accountingPeriod',
    'Accounting Period',
    'Accounting Periods',
    [text('periodName', 40), date('startDate'), date('endDate'), flag('closed'), flag('isAdjust')],
    'periodName',
  ),
];
