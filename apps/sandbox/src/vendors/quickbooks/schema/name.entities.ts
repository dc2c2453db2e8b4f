import {
  ADDRESS,
  BASE_FIELDS,
  EMAIL,
  PHONE,
  WEB_ADDRESS,
  amount,
  bool,
  choice,
  computed,
  date,
  name,
  reference,
  text,
} from './field.builders';
import { type EntityType, type FieldMap } from './schema.types';

/** The sheet's sources disagree on DisplayName (100 or 500); the company's setting decides, within this. */
const DISPLAY_NAME = name(500);

const PERSON: FieldMap = {
  ...BASE_FIELDS,
  Title: name(16),
  GivenName: name(100),
  MiddleName: name(100),
  FamilyName: name(100),
  Suffix: name(16),
  DisplayName: DISPLAY_NAME,
  PrintOnCheckName: text(110),
  Active: bool,
  V4IDPseudonym: computed(),
};

const CONTACT: FieldMap = {
  ...PERSON,
  CompanyName: name(100),
  PrimaryPhone: PHONE,
  AlternatePhone: PHONE,
  Mobile: PHONE,
  Fax: PHONE,
  PrimaryEmailAddr: EMAIL,
  WebAddr: WEB_ADDRESS,
  BillAddr: ADDRESS,
  CurrencyRef: reference('any'),
};

const NAME_FILTERS = ['DisplayName', 'GivenName', 'MiddleName', 'FamilyName', 'PrintOnCheckName', 'Active'];
const NAME_LIST = {
  family: 'names',
  isNameList: true,
  inCdc: true,
  operations: new Set(['create', 'update'] as const),
} as const;

export const CUSTOMER: EntityType = {
  ...NAME_LIST,
  name: 'Customer',
  path: 'customer',
  fields: {
    ...CONTACT,
    ShipAddr: ADDRESS,
    Notes: text(2000),
    Taxable: bool,
    Job: bool,
    BillWithParent: bool,
    ParentRef: reference('Customer'),
    Level: computed('number'),
    FullyQualifiedName: computed(),
    SalesTermRef: reference('Term'),
    PaymentMethodRef: reference('PaymentMethod'),
    PreferredDeliveryMethod: choice('Print', 'Email', 'None'),
    ResaleNum: text(16),
    DefaultTaxCodeRef: reference('TaxCode'),
    TaxExemptionReasonId: text(10),
    PrimaryTaxIdentifier: text(20),
    ARAccountRef: reference('Account'),
    CustomerTypeRef: reference('none'),
    Balance: computed('number'),
    BalanceWithJobs: computed('number'),
    OpenBalanceDate: computed('date'),
    IsProject: computed('boolean'),
    ClientEntityId: computed(),
  },
  filters: [...NAME_FILTERS, 'CompanyName', 'FullyQualifiedName', 'Balance', 'PrimaryEmailAddr', 'Job', 'ParentRef'],
};

export const VENDOR: EntityType = {
  ...NAME_LIST,
  name: 'Vendor',
  path: 'vendor',
  fields: {
    ...CONTACT,
    AcctNum: text(100),
    TaxIdentifier: text(20),
    TermRef: reference('Term'),
    Vendor1099: bool,
    APAccountRef: reference('Account'),
    BillRate: amount,
    CostRate: amount,
    Balance: computed('number'),
  },
  filters: [...NAME_FILTERS, 'CompanyName', 'Balance', 'PrimaryEmailAddr', 'AcctNum'],
};

export const EMPLOYEE: EntityType = {
  ...NAME_LIST,
  name: 'Employee',
  path: 'employee',
  fields: {
    ...PERSON,
    PrimaryAddr: ADDRESS,
    PrimaryPhone: PHONE,
    Mobile: PHONE,
    PrimaryEmailAddr: EMAIL,
    EmployeeNumber: text(100),
    SSN: text(100),
    BillRate: amount,
    BillableTime: bool,
    Gender: choice('Male', 'Female'),
    BirthDate: date,
    HiredDate: date,
    ReleasedDate: date,
    Organization: bool,
  },
  filters: [...NAME_FILTERS, 'EmployeeNumber'],
};
