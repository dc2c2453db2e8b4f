import { type FieldSummary, type ObjectSummary } from '@hub/connector-sdk';
import { ENTITIES, type Entity } from './quickbooks.entities';

/** The vendor has no describe: these lists follow its entity reference, minor version 75. */
type Spec = readonly [
  name: string,
  type: FieldSummary['type'],
  options?: { required?: true; readOnly?: true; length?: number },
];

const NAME: readonly Spec[] = [
  ['GivenName', 'string', { length: 100 }],
  ['MiddleName', 'string', { length: 100 }],
  ['FamilyName', 'string', { length: 100 }],
  ['CompanyName', 'string', { length: 100 }],
  ['DisplayName', 'string', { length: 100 }],
  ['PrintOnCheckName', 'string', { length: 110 }],
  ['Active', 'boolean'],
  ['PrimaryPhone', 'object'],
  ['PrimaryEmailAddr', 'object'],
  ['WebAddr', 'object'],
  ['BillAddr', 'object'],
  ['CurrencyRef', 'reference'],
  ['Balance', 'number', { readOnly: true }],
];
const HEAD: readonly Spec[] = [
  ['Id', 'string', { readOnly: true }],
  ['SyncToken', 'string', { readOnly: true }],
  ['MetaData', 'object', { readOnly: true }],
];
const TRANSACTION: readonly Spec[] = [
  ['TxnDate', 'date'],
  ['CurrencyRef', 'reference'],
  ['ExchangeRate', 'number'],
  ['PrivateNote', 'string', { length: 4000 }],
];

const FIELDS: Readonly<Record<Entity, readonly Spec[]>> = {
  Customer: [
    ...HEAD,
    ...NAME,
    ['ShipAddr', 'object'],
    ['Mobile', 'object'],
    ['Fax', 'object'],
    ['Notes', 'string', { length: 2000 }],
    ['Taxable', 'boolean'],
    ['Job', 'boolean'],
    ['ParentRef', 'reference'],
    ['SalesTermRef', 'reference'],
    ['PaymentMethodRef', 'reference'],
    ['DefaultTaxCodeRef', 'reference'],
    ['PreferredDeliveryMethod', 'string'],
    ['PrimaryTaxIdentifier', 'string', { length: 20 }],
    ['BalanceWithJobs', 'number', { readOnly: true }],
    ['FullyQualifiedName', 'string', { readOnly: true }],
  ],
  Vendor: [
    ...HEAD,
    ...NAME,
    ['AcctNum', 'string', { length: 100 }],
    ['Vendor1099', 'boolean'],
    ['TermRef', 'reference'],
    ['TaxIdentifier', 'string', { length: 20 }],
  ],
  Item: [
    ...HEAD,
    ['Name', 'string', { required: true, length: 100 }],
    ['Sku', 'string', { length: 100 }],
    ['Description', 'string', { length: 4000 }],
    ['Active', 'boolean'],
    ['Type', 'string'],
    ['UnitPrice', 'number'],
    ['PurchaseCost', 'number'],
    ['PurchaseDesc', 'string', { length: 1000 }],
    ['Taxable', 'boolean'],
    ['IncomeAccountRef', 'reference', { required: true }],
    ['ExpenseAccountRef', 'reference'],
    ['AssetAccountRef', 'reference'],
    ['TrackQtyOnHand', 'boolean'],
    ['QtyOnHand', 'number'],
    ['InvStartDate', 'date'],
    ['FullyQualifiedName', 'string', { readOnly: true }],
  ],
  Invoice: [
    ...HEAD,
    ...TRANSACTION,
    ['CustomerRef', 'reference', { required: true }],
    ['Line', 'object', { required: true }],
    ['DocNumber', 'string', { length: 21 }],
    ['DueDate', 'date'],
    ['SalesTermRef', 'reference'],
    ['BillEmail', 'object'],
    ['BillAddr', 'object'],
    ['ShipAddr', 'object'],
    ['CustomerMemo', 'object'],
    ['GlobalTaxCalculation', 'string'],
    ['TxnTaxDetail', 'object'],
    ['CustomField', 'object'],
    ['TotalAmt', 'number', { readOnly: true }],
    ['Balance', 'number', { readOnly: true }],
    ['LinkedTxn', 'object', { readOnly: true }],
  ],
  Payment: [
    ...HEAD,
    ...TRANSACTION,
    ['CustomerRef', 'reference', { required: true }],
    ['TotalAmt', 'number', { required: true }],
    ['Line', 'object'],
    ['PaymentRefNum', 'string', { length: 21 }],
    ['PaymentMethodRef', 'reference'],
    ['DepositToAccountRef', 'reference'],
    ['UnappliedAmt', 'number', { readOnly: true }],
  ],
};

export function describeObjects(): readonly ObjectSummary[] {
  return Object.values(ENTITIES).map((name) => ({
    name,
    label: name === 'Item' ? 'Product or service' : name,
    custom: false,
    createable: true,
    updateable: true,
  }));
}

export function describeFields(entity: Entity): readonly FieldSummary[] {
  return FIELDS[entity].map(([name, type, options = {}]) => ({
    name,
    label: name.replace(/(?<=[a-z])(?=[A-Z])/g, ' '),
    type,
    vendorType: type,
    requiredOnCreate: options.required === true,
    writable: options.readOnly !== true,
    externalId: false,
    maxLength: options.length ?? null,
    values: null,
  }));
}
