import { type ApiContext } from '../netsuite.context';
import { displayName } from '../data/record-lookup';
import { type StoredRecord } from '../data/record-store';
import { linesOf, numberOf, refOf, refsOf, textOf, type Fields } from '../data/values';
import { subrecordOf } from '../data/entity-rules';
import { ITEM_TYPES } from '../schema/transactions';
import { cellOf, columnsOf, NOTHING, readField, tableOf, visibleRecords, type ColumnReader } from './record-columns';
import { transactionTables } from './transaction-tables';
import { rejectSearch, SqlTime, type Cell, type SqlTable } from './sql.types';

const COMPANIES = ['customer', 'vendor'] as const;
/** Columns of lists that are not simply their fields. */
const LIST_NAMES: Readonly<Record<string, string>> = { classification: 'classification', salesTaxItem: 'salestaxitem' };

/**
 * The table of that name, as the caller's role sees it.
 * @throws Rejection 400 when there is none
 */
export function findTable(context: ApiContext, name: string): SqlTable {
  const found = tables(context).get(name.toLowerCase());
  if (found) return found();
  return rejectSearch(`Invalid search type: ${name}.`);
}

function tables(context: ApiContext): Map<string, () => SqlTable> {
  const map = new Map<string, () => SqlTable>();
  const add = (name: string, build: () => SqlTable, ...types: readonly string[]): void => {
    map.set(name, () => {
      const isDenied = types.length > 0 && types.every((type) => isHidden(context, type));
      if (isDenied) rejectSearch(`Search error occurred: Record '${name}' was not found.`);
      return build();
    });
  };
  for (const type of COMPANIES) {
    add(type, () => entityTable(context, type), type);
    add(`${type}subsidiaryrelationship`, () => subsidiaryTable(context, type), type);
    add(`${type}addressbook`, () => addressBookTable(context, type), type);
    add(`${type}addressbookentityaddress`, () => addressTable(context, type), type);
  }
  add('contact', () => entityTable(context, 'contact'), 'contact');
  add('entity', () => allEntities(context));
  add('item', () => itemTable(context), ...ITEM_TYPES);
  add('pricing', () => pricingTable(context), ...ITEM_TYPES);
  add('itemsubsidiarymap', () => itemSubsidiaryTable(context), ...ITEM_TYPES);
  for (const [name, build] of transactionTables(context)) add(name, build, 'invoice', 'salesOrder', 'customerPayment');
  for (const { name, viewOnly, isInternal } of context.account.schema.types) {
    if (viewOnly && !isInternal) add(LIST_NAMES[name] ?? name.toLowerCase(), () => listTable(context, name), name);
  }
  add('deletedrecord', () => deletedTable(context));
  add('dual', () => ({ name: 'dual', columns: ['dummy'], rows: () => [() => ({ value: 'X' })] }));
  return map;
}

function isHidden({ account, user }: ApiContext, type: string): boolean {
  return !user.isAdministrator && account.settings.deniedRecordTypes.includes(type);
}

/** In a OneWorld account the subsidiary of an entity is a relationship of its own. */
function entityTable(context: ApiContext, type: string): SqlTable {
  const schema = context.account.schema.required(type);
  const fields = schema.fields.filter(({ name }) => name !== 'subsidiary');
  const columns = new Map<string, ColumnReader<StoredRecord>>(columnsOf(context, schema, fields));
  columns.set('altname', ({ values }) => cellOf(textOf(values, 'companyName') ?? personName(values)));
  if (type !== 'contact') {
    columns.set('defaultbillingaddress', (record) => cellOf(addressId(record, 'defaultBilling')));
    columns.set('defaultshippingaddress', (record) => cellOf(addressId(record, 'defaultShipping')));
  }
  return tableOf(type, columns, () => visibleRecords(context, type));
}

function personName(values: Fields): string | null {
  const name = [textOf(values, 'firstName'), textOf(values, 'lastName')].filter((part) => part !== undefined).join(' ');
  return name === '' ? null : name;
}

function allEntities(context: ApiContext): SqlTable {
  const types = ['customer', 'vendor', 'contact'];
  const read = (field: string): ColumnReader<StoredRecord> => {
    return (record) => readField(context, context.account.schema.required(record.type), record, field);
  };
  const columns = new Map<string, ColumnReader<StoredRecord>>([
    ['id', ({ id }) => cellOf(Number(id))],
    ['type', ({ type }) => ({ value: type === 'customer' ? 'CustJob' : type === 'vendor' ? 'Vendor' : 'Contact' })],
    ...['entityId', 'firstName', 'lastName', 'email', 'phone', 'externalId', 'isInactive', 'dateCreated'].map(
      (field) => [field.toLowerCase(), read(field)] as const,
    ),
    ['lastmodifieddate', read('lastModifiedDate')],
    ['altname', ({ values }) => cellOf(textOf(values, 'companyName') ?? personName(values))],
  ]);
  return tableOf('entity', columns, () => types.flatMap((type) => visibleRecords(context, type)));
}

function subsidiaryTable(context: ApiContext, type: string): SqlTable {
  const columns = new Map<string, ColumnReader<StoredRecord>>([
    ['entity', ({ id }) => cellOf(Number(id))],
    ['subsidiary', (record) => readField(context, context.account.schema.required(type), record, 'subsidiary')],
    ['isprimarysub', () => ({ value: true })],
    ['primarycurrency', (record) => readField(context, context.account.schema.required(type), record, 'currency')],
  ]);
  return tableOf(`${type}subsidiaryrelationship`, columns, () => visibleRecords(context, type));
}

interface AddressRow {
  readonly record: StoredRecord;
  readonly line: Fields;
}

function addressRows(context: ApiContext, type: string): AddressRow[] {
  return visibleRecords(context, type).flatMap((record) =>
    linesOf(record.values, 'addressBook').map((line) => ({ record, line })),
  );
}

/** Addresses have a numbering of their own in the vendor's tables. */
function addressKey(record: StoredRecord, line: Fields): number {
  return Number(record.id) * 100 + (numberOf(line, 'id') ?? 0);
}

function addressId(record: StoredRecord, flag: string): number | null {
  const line = linesOf(record.values, 'addressBook').find((candidate) => candidate[flag] === true);
  return line ? addressKey(record, line) : null;
}

function addressBookTable(context: ApiContext, type: string): SqlTable {
  const columns = new Map<string, ColumnReader<AddressRow>>([
    ['internalid', ({ record, line }) => cellOf(addressKey(record, line))],
    ['entity', ({ record }) => cellOf(Number(record.id))],
    ['addressbookaddress', ({ record, line }) => cellOf(addressKey(record, line))],
    ['defaultbilling', ({ line }) => ({ value: line.defaultBilling === true })],
    ['defaultshipping', ({ line }) => ({ value: line.defaultShipping === true })],
    ['label', ({ line }) => cellOf(textOf(line, 'label'))],
  ]);
  return tableOf(`${type}addressbook`, columns, () => addressRows(context, type));
}

function addressTable(context: ApiContext, type: string): SqlTable {
  const names = ['addressee', 'attention', 'addrPhone', 'addr1', 'addr2', 'addr3', 'city', 'state', 'zip', 'country'];
  const columns = new Map<string, ColumnReader<AddressRow>>([
    ['nkey', ({ record, line }) => cellOf(addressKey(record, line))],
    ...names.map(
      (name) =>
        [
          name.toLowerCase(),
          ({ line }: AddressRow): Cell => cellOf(textOf(subrecordOf(line, 'addressBookAddress'), name)),
        ] as const,
    ),
  ]);
  return tableOf(`${type}addressbookentityaddress`, columns, () => addressRows(context, type));
}

const ITEM_DISPLAY: Readonly<Record<string, string>> = {
  InvtPart: 'Inventory Item',
  NonInvtPart: 'Non-inventory Item',
  Service: 'Service',
};

function itemRecords(context: ApiContext): StoredRecord[] {
  return ITEM_TYPES.filter((type) => !isHidden(context, type)).flatMap((type) => visibleRecords(context, type));
}

function itemTable(context: ApiContext): SqlTable {
  const { schema } = context.account;
  const shared = schema.required('inventoryItem');
  const fields = shared.fields.filter(({ name }) => name !== 'subsidiary' && name !== 'salesDescription');
  const columns = new Map<string, ColumnReader<StoredRecord>>(columnsOf(context, shared, fields));
  columns.set('description', ({ values }) => cellOf(textOf(values, 'salesDescription')));
  columns.set('fullname', ({ values }) => cellOf(textOf(values, 'itemId')));
  columns.set('itemtype', ({ type }) => {
    const value = schema.required(type).suiteType ?? '';
    return { value, display: ITEM_DISPLAY[value] };
  });
  columns.set('subtype', ({ type }) => (type === 'inventoryItem' ? NOTHING : { value: 'Sale' }));
  return tableOf('item', columns, () => itemRecords(context));
}

function pricingTable(context: ApiContext): SqlTable {
  interface PriceRow {
    readonly record: StoredRecord;
    readonly line: Fields;
  }
  const columns = new Map<string, ColumnReader<PriceRow>>([
    ['item', ({ record }) => cellOf(Number(record.id))],
    ['pricelevel', ({ line }) => cellOf(Number(refOf(line, 'priceLevel')?.id))],
    ['currency', ({ line }) => cellOf(Number(refOf(line, 'currencyPage')?.id))],
    ['quantity', ({ line }) => cellOf(numberOf(line, 'quantity') ?? 0)],
    ['unitprice', ({ line }) => cellOf(numberOf(line, 'price'))],
  ]);
  return tableOf('pricing', columns, () =>
    itemRecords(context).flatMap((record) => linesOf(record.values, 'price').map((line) => ({ record, line }))),
  );
}

function itemSubsidiaryTable(context: ApiContext): SqlTable {
  interface MapRow {
    readonly item: string;
    readonly subsidiary: string;
  }
  const columns = new Map<string, ColumnReader<MapRow>>([
    ['item', ({ item }) => cellOf(Number(item))],
    ['subsidiary', ({ subsidiary }) => cellOf(Number(subsidiary))],
  ]);
  return tableOf('itemsubsidiarymap', columns, () =>
    itemRecords(context).flatMap(({ id, values }) =>
      refsOf(values, 'subsidiary').map((ref) => ({ item: id, subsidiary: ref.id })),
    ),
  );
}

function listTable(context: ApiContext, type: string): SqlTable {
  const schema = context.account.schema.required(type);
  const columns = new Map(columnsOf(context, schema, schema.fields));
  if (type === 'account') columns.set('fullname', (record) => cellOf(displayName(schema, record)));
  return tableOf(type.toLowerCase(), columns, () => visibleRecords(context, type));
}

function deletedTable(context: ApiContext): SqlTable {
  const { account } = context;
  type Deleted = ReturnType<typeof account.store.deleted>[number];
  const columns = new Map<string, ColumnReader<Deleted>>([
    ['recordid', ({ id }) => cellOf(Number(id))],
    ['type', ({ type }) => ({ value: type.toLowerCase(), display: account.schema.required(type).title })],
    ['recordtypeid', ({ type }) => cellOf(account.schema.types.findIndex(({ name }) => name === type) + 1)],
    ['name', ({ name }) => cellOf(name)],
    ['deleteddate', ({ deletedMs }) => ({ value: new SqlTime(deletedMs) })],
    ['deletedby', ({ deletedBy }) => cellOf(Number(deletedBy))],
    ['iscustomlist', () => ({ value: false })],
    ['iscustomrecord', () => ({ value: false })],
  ]);
  return tableOf('deletedrecord', columns, () =>
    account.store
      .deleted()
      .filter(({ type, visibleAtMs }) => visibleAtMs <= account.clock.now() && !isHidden(context, type)),
  );
}
