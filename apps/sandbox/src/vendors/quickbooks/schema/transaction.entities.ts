import {
  ADDRESS,
  BASE_FIELDS,
  CUSTOM_FIELDS,
  EMAIL,
  MEMO,
  amount,
  bool,
  choice,
  computed,
  date,
  list,
  number,
  object,
  reference,
  text,
} from './field.builders';
import { type EntityType, type FieldMap } from './schema.types';

const LINKED = list({ TxnId: text(30), TxnType: text(30), TxnLineId: text(30) });

const SALES_LINE: FieldMap = {
  Id: text(30),
  LineNum: number(0),
  Description: text(4000),
  Amount: amount,
  DetailType: choice('SalesItemLineDetail', 'DescriptionOnly', 'DiscountLineDetail', 'SubTotalLineDetail'),
  LinkedTxn: LINKED,
  CustomExtensions: computed('object'),
  SalesItemLineDetail: object({
    ItemRef: reference('Item'),
    ClassRef: reference('none'),
    Qty: number(7),
    UnitPrice: number(7),
    TaxCodeRef: reference('any'),
    ServiceDate: date,
    ItemAccountRef: computed('object'),
    TaxInclusiveAmt: amount,
    DiscountAmt: amount,
    DiscountRate: amount,
  }),
  DescriptionLineDetail: object({ ServiceDate: date, TaxCodeRef: reference('any') }),
  DiscountLineDetail: object({
    PercentBased: bool,
    DiscountPercent: amount,
    DiscountAccountRef: reference('Account'),
    ClassRef: reference('none'),
    TaxCodeRef: reference('any'),
  }),
  SubTotalLineDetail: object({ ItemRef: reference('Item') }),
};

const TRANSACTION: FieldMap = {
  ...BASE_FIELDS,
  TxnDate: date,
  CurrencyRef: reference('any'),
  ExchangeRate: number(7),
  PrivateNote: text(4000),
  CustomerRef: reference('Customer'),
  LinkedTxn: computed('object'),
  TotalAmt: computed('number'),
  HomeTotalAmt: computed('number'),
  TxnSource: computed(),
};

const SALES_FORM: FieldMap = {
  ...TRANSACTION,
  DocNumber: text(21),
  Line: list(SALES_LINE),
  CustomField: CUSTOM_FIELDS,
  CustomerMemo: MEMO,
  BillAddr: ADDRESS,
  ShipAddr: ADDRESS,
  ShipFromAddr: ADDRESS,
  BillEmail: EMAIL,
  SalesTermRef: reference('Term'),
  DepartmentRef: reference('none'),
  ClassRef: reference('none'),
  GlobalTaxCalculation: choice('TaxExcluded', 'TaxInclusive', 'NotApplicable'),
  TxnTaxDetail: object({ TxnTaxCodeRef: reference('any'), TotalTax: amount, TaxLine: computed('object') }),
  ApplyTaxAfterDiscount: bool,
  PrintStatus: choice('NotSet', 'NeedToPrint', 'PrintComplete'),
  EmailStatus: choice('NotSet', 'NeedToSend', 'EmailSent'),
  FreeFormAddress: computed('boolean'),
  Balance: computed('number'),
  HomeBalance: computed('number'),
};

const TXN = {
  family: 'transactions',
  isNameList: false,
  inCdc: true,
} as const;

export const INVOICE: EntityType = {
  ...TXN,
  name: 'Invoice',
  path: 'invoice',
  operations: new Set(['create', 'update', 'delete', 'void', 'send', 'pdf'] as const),
  fields: {
    ...SALES_FORM,
    DueDate: date,
    BillEmailCc: EMAIL,
    BillEmailBcc: EMAIL,
    ShipDate: date,
    ShipMethodRef: reference('any'),
    TrackingNum: text(31),
    Deposit: computed('number'),
    DepositToAccountRef: reference('Account'),
    AllowIPNPayment: bool,
    AllowOnlinePayment: bool,
    AllowOnlineCreditCardPayment: bool,
    AllowOnlineACHPayment: bool,
    DeliveryInfo: computed('object'),
    InvoiceLink: computed(),
  },
  filters: ['DocNumber', 'TxnDate', 'DueDate', 'CustomerRef', 'Balance', 'TotalAmt', 'SalesTermRef', 'ShipDate'],
};

export const CREDIT_MEMO: EntityType = {
  ...TXN,
  name: 'CreditMemo',
  path: 'creditmemo',
  operations: new Set(['create', 'update', 'delete', 'void', 'send', 'pdf'] as const),
  fields: {
    ...SALES_FORM,
    RemainingCredit: computed('number'),
    PaymentMethodRef: reference('PaymentMethod'),
    InvoiceRef: reference('Invoice'),
    DeliveryInfo: computed('object'),
  },
  filters: ['DocNumber', 'TxnDate', 'CustomerRef', 'Balance', 'TotalAmt'],
};

export const PAYMENT: EntityType = {
  ...TXN,
  name: 'Payment',
  path: 'payment',
  operations: new Set(['create', 'update', 'delete', 'void'] as const),
  fields: {
    ...TRANSACTION,
    TotalAmt: amount,
    UnappliedAmt: computed('number'),
    PaymentRefNum: text(21),
    PaymentMethodRef: reference('PaymentMethod'),
    DepositToAccountRef: reference('Account'),
    ARAccountRef: reference('Account'),
    ProcessPayment: bool,
    Line: list({ Amount: amount, LinkedTxn: LINKED, LineEx: computed('object') }),
  },
  filters: ['TxnDate', 'TotalAmt', 'CustomerRef', 'PaymentRefNum', 'UnappliedAmt'],
};
