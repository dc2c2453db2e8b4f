import { type ConnectorError, type FieldSummary, type ObjectSummary } from '@hub/connector-sdk';
import { ok, type Result } from '@hub/platform';
import { type QuickBooksClient } from './quickbooks.client';
import { ENTITIES, type Entity } from './quickbooks.entities';
import { isMembers } from './quickbooks.record';

/** The vendor has no describe: these lists and their enumerations follow its entity reference, minor version 75. */
type Spec = readonly [
  name: string,
  type: FieldSummary['type'],
  options?: { required?: true; readOnly?: true; length?: number; values?: readonly string[] },
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
    ['PreferredDeliveryMethod', 'picklist', { values: ['Print', 'Email', 'None'] }],
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
    ['Type', 'picklist', { values: ['Service', 'Inventory', 'NonInventory', 'Group', 'Category'] }],
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
    ['GlobalTaxCalculation', 'picklist', { values: ['TaxExcluded', 'TaxInclusive', 'NotApplicable'] }],
    ['PrintStatus', 'picklist', { values: ['NotSet', 'NeedToPrint', 'PrintComplete'] }],
    ['EmailStatus', 'picklist', { values: ['NotSet', 'NeedToSend', 'EmailSent'] }],
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

/** What every company has, and on sales forms the fields that this one has made for itself. */
export async function describeFields(
  client: QuickBooksClient,
  entity: Entity,
): Promise<Result<readonly FieldSummary[], ConnectorError>> {
  const fields = commonFields(entity);
  if (entity !== 'Invoice') return ok(fields);
  const { result } = await client.read((quickBooks, done) => quickBooks.getPreferences(done));
  return result.ok ? ok([...fields, ...customFields(result.value['Preferences'])]) : result;
}

const CUSTOM_NAME = /^SalesFormsPrefs\.SalesCustomName([1-9])$/;
const CUSTOM_USE = /^SalesFormsPrefs\.UseSalesCustom([1-9])$/;
const CUSTOM_LENGTH = 31;

/** The preferences keep switches and names of the fields in two lists; a payload names a field by its number alone. */
function customFields(preferences: unknown): FieldSummary[] {
  const forms = isMembers(preferences) ? preferences['SalesFormsPrefs'] : undefined;
  const lists = isMembers(forms) && Array.isArray(forms['CustomField']) ? forms['CustomField'].filter(isMembers) : [];
  const settings = lists.flatMap(({ CustomField: list }) => (Array.isArray(list) ? list.filter(isMembers) : []));
  const off = settings.flatMap(({ Name: name, BooleanValue: isOn }) =>
    isOn === false ? (CUSTOM_USE.exec(String(name))?.[1] ?? []) : [],
  );
  return settings.flatMap(({ Name: name, StringValue: label }): FieldSummary[] => {
    const number = CUSTOM_NAME.exec(String(name))?.[1];
    if (number === undefined || off.includes(number) || typeof label !== 'string') return [];
    return [
      {
        name: `CustomField[${number}]`,
        label,
        type: 'string',
        vendorType: 'StringType',
        requiredOnCreate: false,
        writable: true,
        externalId: false,
        maxLength: CUSTOM_LENGTH,
        values: null,
      },
    ];
  });
}

function commonFields(entity: Entity): readonly FieldSummary[] {
  return FIELDS[entity].map(([name, type, options = {}]) => ({
    name,
    label: name.replace(/(?<=[a-z])(?=[A-Z])/g, ' '),
    type,
    vendorType: type,
    requiredOnCreate: options.required === true,
    writable: options.readOnly !== true,
    externalId: false,
    maxLength: options.length ?? null,
    values: options.values ?? null,
  }));
}
