import { BASE_FIELDS, amount, bool, choice, computed, date, name, number, reference, text } from './field.builders';
import { type EntityType } from './schema.types';

const LIST = { isNameList: true, inCdc: true, operations: new Set(['create', 'update'] as const) } as const;

export const ACCOUNT_TYPES: Readonly<Record<string, string>> = {
  Bank: 'Asset',
  'Accounts Receivable': 'Asset',
  'Other Current Asset': 'Asset',
  'Fixed Asset': 'Asset',
  'Other Asset': 'Asset',
  'Accounts Payable': 'Liability',
  'Credit Card': 'Liability',
  'Other Current Liability': 'Liability',
  'Long Term Liability': 'Liability',
  Equity: 'Equity',
  Income: 'Revenue',
  'Other Income': 'Revenue',
  'Cost of Goods Sold': 'Expense',
  Expense: 'Expense',
  'Other Expense': 'Expense',
};

export const ITEM: EntityType = {
  ...LIST,
  name: 'Item',
  path: 'item',
  family: 'items',
  fields: {
    ...BASE_FIELDS,
    Name: name(100),
    Sku: text(100),
    Description: text(4000),
    Active: bool,
    SubItem: bool,
    ParentRef: reference('Item'),
    Level: computed('number'),
    FullyQualifiedName: computed(),
    Taxable: bool,
    SalesTaxIncluded: bool,
    SalesTaxCodeRef: reference('TaxCode'),
    UnitPrice: number(7),
    Type: choice('Service', 'Inventory', 'NonInventory', 'Group', 'Category'),
    IncomeAccountRef: reference('Account'),
    PurchaseDesc: text(1000),
    PurchaseCost: number(7),
    PurchaseTaxIncluded: bool,
    ExpenseAccountRef: reference('Account'),
    AssetAccountRef: reference('Account'),
    TrackQtyOnHand: bool,
    QtyOnHand: number(7),
    InvStartDate: date,
    ReorderPoint: number(7),
    PrefVendorRef: reference('Vendor'),
    TaxClassificationRef: reference('none'),
    ClassRef: reference('none'),
    Source: computed(),
  },
  filters: ['Name', 'Sku', 'Type', 'Active', 'FullyQualifiedName', 'UnitPrice', 'PurchaseCost', 'QtyOnHand', 'Taxable'],
};

export const ACCOUNT: EntityType = {
  ...LIST,
  name: 'Account',
  path: 'account',
  family: 'accounts',
  fields: {
    ...BASE_FIELDS,
    Name: name(100),
    AcctNum: text(20),
    Description: text(100),
    Active: bool,
    SubAccount: bool,
    ParentRef: reference('Account'),
    FullyQualifiedName: computed(),
    Classification: computed(),
    AccountType: choice(...Object.keys(ACCOUNT_TYPES)),
    AccountSubType: text(100),
    TaxCodeRef: reference('TaxCode'),
    CurrencyRef: reference('any'),
    CurrentBalance: computed('number'),
    CurrentBalanceWithSubAccounts: computed('number'),
  },
  filters: ['Name', 'AcctNum', 'Active', 'FullyQualifiedName', 'Classification', 'AccountType', 'AccountSubType'],
};

export const TERM: EntityType = {
  ...LIST,
  name: 'Term',
  path: 'term',
  family: 'terms',
  fields: {
    ...BASE_FIELDS,
    Name: name(31),
    Active: bool,
    Type: computed(),
    DueDays: number(0),
    DayOfMonthDue: number(0),
    DueNextMonthDays: number(0),
    DiscountDays: number(0),
    DiscountPercent: amount,
    DiscountDayOfMonth: number(0),
  },
  filters: ['Name', 'Active', 'Type', 'DueDays'],
};

export const PAYMENT_METHOD: EntityType = {
  ...LIST,
  name: 'PaymentMethod',
  path: 'paymentmethod',
  family: 'paymentmethods',
  fields: { ...BASE_FIELDS, Name: name(31), Active: bool, Type: choice('CREDIT_CARD', 'NON_CREDIT_CARD') },
  filters: ['Name', 'Active', 'Type'],
};

/** Made through the vendor's tax service, not here; excluded from change data capture. */
export const TAX_CODE: EntityType = {
  ...LIST,
  name: 'TaxCode',
  path: 'taxcode',
  family: 'taxcodes',
  inCdc: false,
  operations: new Set(),
  fields: {
    ...BASE_FIELDS,
    Name: computed(),
    Description: computed(),
    Active: computed('boolean'),
    Taxable: computed('boolean'),
    TaxGroup: computed('boolean'),
  },
  filters: ['Name', 'Active', 'Taxable'],
};
