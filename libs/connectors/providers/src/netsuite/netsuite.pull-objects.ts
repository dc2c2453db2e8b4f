import { type PullObjectManifest } from '@hub/connector-sdk';

export type ColumnKind = 'text' | 'number' | 'boolean' | 'date' | 'reference';

export interface PullColumn {
  /** As the record API names it: the shape of a pulled record is that of a record that is written. */
  readonly member: string;
  readonly kind: ColumnKind;
  /** Column of SuiteQL, where it is not the member in small letters. */
  readonly column?: string;
  /** Of a reference: what else is known of what it points at, from a joined table. */
  readonly joined?: { readonly member: string; readonly kind: 'text' | 'number'; readonly sql: string };
}

export interface PullSpec {
  readonly name: string;
  readonly table: string;
  /** Condition that tells the object from others in the same table. */
  readonly where: string | null;
  readonly created: string;
  /** Record type whose description says which fields this account has. Null: the columns are there in every account. */
  readonly catalog: string | null;
  readonly columns: readonly PullColumn[];
  /** Table of its addresses. */
  readonly addresses: string | null;
  readonly parts: 'lines' | 'applications' | 'prices' | null;
  /** What `deletedrecord` calls it; accounts differ in the spelling. */
  readonly deletedAs: readonly string[];
}

const text = (member: string, column?: string): PullColumn => ({
  member,
  kind: 'text',
  ...(column === undefined ? {} : { column }),
});
const number = (member: string, column?: string): PullColumn => ({ ...text(member, column), kind: 'number' });
const flag = (member: string): PullColumn => ({ member, kind: 'boolean' });
const day = (member: string): PullColumn => ({ member, kind: 'date' });
const reference = (member: string, column?: string): PullColumn => ({ ...text(member, column), kind: 'reference' });

/** The name of a currency is the account's choice; its ISO code is the symbol. */
const CURRENCY: PullColumn = {
  ...reference('currency'),
  joined: { member: 'symbol', kind: 'text', sql: 'cur.symbol' },
};
const TERMS: PullColumn = {
  ...reference('terms'),
  joined: { member: 'daysUntilNetDue', kind: 'number', sql: 'trm.daysuntilnetdue' },
};

const COMPANY: readonly PullColumn[] = [
  text('entityId'),
  text('externalId'),
  flag('isPerson'),
  text('companyName'),
  text('firstName'),
  text('lastName'),
  text('email'),
  text('phone'),
  text('url'),
  text('comments'),
  text('accountNumber'),
  text('vatRegNumber'),
  number('creditLimit'),
  flag('isInactive'),
  CURRENCY,
  TERMS,
];

const TRANSACTION: readonly PullColumn[] = [
  text('tranId'),
  text('externalId'),
  day('tranDate'),
  CURRENCY,
  number('exchangeRate'),
  text('memo'),
  text('status'),
  flag('voided'),
];

const SALE: readonly PullColumn[] = [
  ...TRANSACTION,
  reference('entity'),
  text('otherRefNum'),
  number('total', 'foreigntotal'),
];

const party = (name: 'customer' | 'vendor'): PullSpec => ({
  name,
  table: name,
  where: null,
  created: 'datecreated',
  catalog: name,
  columns: name === 'customer' ? [...COMPANY, reference('parent')] : COMPANY,
  addresses: `${name}addressbookentityaddress`,
  parts: null,
  deletedAs: name === 'customer' ? ['customer', 'custjob'] : ['vendor'],
});

const transaction = (
  name: string,
  type: string,
  columns: readonly PullColumn[],
  parts: PullSpec['parts'],
  deletedAs: readonly string[],
): PullSpec => ({
  name,
  table: 'transaction',
  where: `x.type = '${type}'`,
  created: 'createddate',
  catalog: null,
  columns,
  addresses: null,
  parts,
  deletedAs,
});

const PULL_SPECS: readonly PullSpec[] = [
  party('customer'),
  party('vendor'),
  {
    name: 'contact',
    table: 'contact',
    where: null,
    created: 'datecreated',
    catalog: 'contact',
    columns: [
      text('entityId'),
      text('externalId'),
      text('firstName'),
      text('lastName'),
      text('title'),
      text('email'),
      text('phone'),
      text('mobilePhone'),
      text('comments'),
      reference('company'),
      flag('isInactive'),
    ],
    addresses: null,
    parts: null,
    deletedAs: ['contact'],
  },
  {
    name: 'item',
    table: 'item',
    where: null,
    created: 'createddate',
    catalog: null,
    columns: [
      text('itemId'),
      text('externalId'),
      text('displayName'),
      text('salesDescription', 'description'),
      text('itemType'),
      text('subtype'),
      number('cost'),
      flag('isInactive'),
    ],
    addresses: null,
    parts: 'prices',
    deletedAs: [
      ...['inventoryitem', 'assemblyitem', 'kititem'],
      ...['noninventory', 'service', 'othercharge'].flatMap((kind) =>
        ['saleitem', 'resaleitem', 'purchaseitem', 'item'].map((side) => `${kind}${side}`),
      ),
      ...['invtpart', 'noninvtpart', 'service', 'assembly', 'kit', 'othcharge', 'item'],
    ],
  },
  transaction(
    'invoice',
    'CustInvc',
    [
      ...SALE,
      day('dueDate'),
      number('amountPaid', 'foreignamountpaid'),
      number('amountRemaining', 'foreignamountunpaid'),
    ],
    'lines',
    ['invoice', 'custinvc'],
  ),
  transaction('salesOrder', 'SalesOrd', SALE, 'lines', ['salesorder', 'salesord']),
  transaction(
    'customerPayment',
    'CustPymt',
    [
      ...TRANSACTION,
      reference('customer', 'entity'),
      text('checkNum', 'otherrefnum'),
      reference('paymentMethod'),
      number('payment', 'foreigntotal'),
      number('unapplied', 'foreignpaymentamountunused'),
    ],
    'applications',
    ['customerpayment', 'custpymt'],
  ),
];

export function pullSpec(name: string): PullSpec | null {
  return PULL_SPECS.find((spec) => spec.name === name) ?? null;
}

/** They move with every save, and with the saving of other records. */
const VOLATILE = ['lastModifiedDate', 'dateCreated', 'createdDate'];

function pulled(
  name: string,
  title: string,
  canonicalType: PullObjectManifest['canonicalType'],
  description: string,
): PullObjectManifest {
  return {
    name,
    title,
    description,
    canonicalType,
    reportsDeletions: true,
    volatileFields: VOLATILE,
    // A poll is two calls, and each takes one of the few places that the account has.
    minIntervalSeconds: 30,
    defaultIntervalSeconds: 300,
  };
}

export const NETSUITE_PULL: readonly PullObjectManifest[] = [
  pulled('customer', 'Customers', 'customer', 'Changed and deleted customers with their default addresses.'),
  pulled('vendor', 'Vendors', 'vendor', 'Changed and deleted vendors with their default addresses.'),
  pulled('contact', 'Contacts', 'contact', 'Changed and deleted contacts.'),
  pulled('item', 'Items', 'product', 'Changed and deleted items of all kinds with their base prices.'),
  pulled('invoice', 'Invoices', 'invoice', 'Changed, paid and deleted invoices with their lines.'),
  pulled('salesOrder', 'Sales orders', 'order', 'Changed and deleted sales orders with their lines.'),
  pulled(
    'customerPayment',
    'Customer payments',
    'payment',
    'Changed and deleted payments with what they were applied to.',
  ),
];
