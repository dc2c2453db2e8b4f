import { type ApiContext } from '../netsuite.context';
import { nameOfRef } from '../data/record-lookup';
import { type StoredRecord } from '../data/record-store';
import { linesOf, numberOf, refOf, roundTo, textOf, type Fields } from '../data/values';
import { cellOf, NOTHING, readField, tableOf, visibleRecords, type ColumnReader } from './record-columns';
import { SqlTime, type Cell, type SqlTable } from './sql.types';

const TYPES = ['invoice', 'salesOrder', 'customerPayment'] as const;

/** All transactions are one table, their lines another, and what settles or bills what a third. */
export function transactionTables(context: ApiContext): [string, () => SqlTable][] {
  const links = [
    'nexttransactionlink',
    'previoustransactionlink',
    'nexttransactionlinelink',
    'previoustransactionlinelink',
  ];
  return [
    ['transaction', () => transactionTable(context)],
    ['transactionline', () => lineTable(context)],
    ...links.map((name): [string, () => SqlTable] => [name, () => linkTable(context, name)]),
  ];
}

function transactions(context: ApiContext): StoredRecord[] {
  const { account, user } = context;
  const { deniedRecordTypes } = account.settings;
  return TYPES.filter((type) => user.isAdministrator || !deniedRecordTypes.includes(type)).flatMap((type) =>
    visibleRecords(context, type),
  );
}

function transactionTable(context: ApiContext): SqlTable {
  const { schema } = context.account;
  const read =
    (...fields: readonly string[]): ColumnReader<StoredRecord> =>
    (record) => {
      const type = schema.required(record.type);
      const found = fields.find((field) => record.values[field] !== undefined || isStamp(field));
      return found === undefined ? NOTHING : readField(context, type, record, found);
    };
  const custom = TYPES.flatMap((type) => schema.required(type).fields.filter((field) => field.custom));
  const columns = new Map<string, ColumnReader<StoredRecord>>([
    ['id', ({ id }) => cellOf(Number(id))],
    ['type', ({ type }) => ({ value: schema.required(type).suiteType ?? '', display: typeTitle(context, type) })],
    ['recordtype', ({ type }) => cellOf(type.toLowerCase())],
    ['entity', read('entity', 'customer')],
    ['status', (record) => statusCell(context, record)],
    // "PO/Check Number": of a sale the one, of a payment the other.
    ['otherrefnum', read('otherRefNum', 'checkNum')],
    ['foreigntotal', read('total')],
    ['foreignamountpaid', read('amountPaid')],
    ['foreignamountunpaid', read('amountRemaining')],
    ['foreignpaymentamountunused', read('unapplied')],
    ['posting', ({ type }) => ({ value: type !== 'salesOrder' })],
    ['voided', () => ({ value: false })],
    ...PLAIN.map((field) => [field.toLowerCase(), read(field)] as const),
    ...custom.map(({ name }) => [name.toLowerCase(), read(name)] as const),
  ]);
  return tableOf('transaction', columns, () => transactions(context));
}

const PLAIN = [
  'tranId',
  'tranDate',
  'dueDate',
  'currency',
  'exchangeRate',
  'memo',
  'postingPeriod',
  'terms',
  'externalId',
  'email',
  'paymentMethod',
  'createdDate',
  'lastModifiedDate',
];

function isStamp(field: string): boolean {
  return field === 'createdDate' || field === 'lastModifiedDate';
}

function typeTitle({ account }: ApiContext, type: string): string {
  return type === 'customerPayment' ? 'Payment' : account.schema.required(type).title;
}

/** `A`, displayed as `Invoice : Open`. */
function statusCell(context: ApiContext, record: StoredRecord): Cell {
  const { value, display } = readField(context, context.account.schema.required(record.type), record, 'status');
  if (typeof value !== 'string') return NOTHING;
  return { value: value.split(':')[1] ?? value, display: `${typeTitle(context, record.type)} : ${display ?? ''}` };
}

interface LineRow {
  readonly record: StoredRecord;
  readonly id: number;
  readonly kind: 'main' | 'item' | 'tax' | 'cogs';
  readonly line: Fields;
  readonly amount: number;
}

/**
 * As the ledger has them: the main line carries the total, and what is sold stands with a minus. What leaves the stock has
 * two lines more, which move its cost: they look like lines that were sold, but for `iscogs`.
 */
function linesOfTransaction(account: ApiContext['account'], record: StoredRecord): LineRow[] {
  const { values } = record;
  const main: LineRow = { record, id: 0, kind: 'main', line: {}, amount: numberOf(values, 'total') ?? 0 };
  const items = linesOf(values, 'item').map((line): LineRow => {
    const amount = -(numberOf(line, 'amount') ?? 0);
    return { record, id: numberOf(line, 'line') ?? 0, kind: 'item', line, amount };
  });
  const tax = numberOf(values, 'taxTotal') ?? 0;
  const last = Math.max(0, ...items.map(({ id }) => id));
  const taxes: LineRow[] = tax === 0 ? [] : [{ record, id: last + 1, kind: 'tax', line: {}, amount: -tax }];
  const first = last + taxes.length + 1;
  const costs = record.type === 'invoice' ? items.flatMap((row) => costOf(account, row)) : [];
  return [main, ...items, ...taxes, ...costs.map((row, index): LineRow => ({ ...row, id: first + index }))];
}

function costOf(account: ApiContext['account'], { record, line }: LineRow): Omit<LineRow, 'id'>[] {
  const ref = refOf(line, 'item');
  const item = ref?.type === 'inventoryItem' ? account.store.get(ref.type, ref.id) : undefined;
  const cost = numberOf(item?.values ?? {}, 'cost');
  if (!ref || cost === undefined) return [];
  const amount = roundTo(cost * (numberOf(line, 'quantity') ?? 0), 2);
  const moved = { record, kind: 'cogs' as const, line: { item: ref, quantity: line.quantity } };
  return [
    { ...moved, amount },
    { ...moved, amount: -amount },
  ];
}

function lineTable(context: ApiContext): SqlTable {
  const { account } = context;
  const custom = account.schema
    .required('invoice')
    .byName.get('item')
    ?.fields?.filter((field) => field.custom);
  const ofLine =
    (name: string): ColumnReader<LineRow> =>
    ({ line }) => {
      const ref = refOf(line, name);
      if (ref) return { value: Number(ref.id), display: nameOfRef(account, ref) };
      return cellOf(textOf(line, name) ?? numberOf(line, name));
    };
  const ofRecord =
    (name: string): ColumnReader<LineRow> =>
    ({ record }) =>
      readField(context, account.schema.required(record.type), record, name);
  const columns = new Map<string, ColumnReader<LineRow>>([
    ['uniquekey', ({ record, id }) => cellOf(Number(record.id) * 1_000 + id)],
    ['id', ({ id }) => cellOf(id)],
    ['transaction', ({ record }) => cellOf(Number(record.id))],
    ['linesequencenumber', ({ id }) => cellOf(id)],
    ['mainline', ({ kind }) => ({ value: kind === 'main' })],
    ['taxline', ({ kind }) => ({ value: kind === 'tax' })],
    ['iscogs', ({ kind }) => ({ value: kind === 'cogs' })],
    ['item', ofLine('item')],
    ['itemtype', ({ line }) => cellOf(account.schema.type(refOf(line, 'item')?.type ?? '')?.suiteType)],
    ['quantity', ({ line }) => cellOf(negated(numberOf(line, 'quantity')))],
    ['rate', ofLine('rate')],
    ['price', ofLine('price')],
    ['foreignamount', ({ amount }) => cellOf(amount)],
    ['netamount', ({ amount, record }) => cellOf(amount * (numberOf(record.values, 'exchangeRate') ?? 1))],
    [
      'memo',
      ({ kind, line, record }) =>
        cellOf(textOf(kind === 'main' ? record.values : line, kind === 'main' ? 'memo' : 'description')),
    ],
    ['location', ofLine('location')],
    ['department', ofLine('department')],
    ['class', ofLine('class')],
    ['taxcode', ofLine('taxCode')],
    [
      'entity',
      ({ record }) => cellOf(Number((refOf(record.values, 'entity') ?? refOf(record.values, 'customer'))?.id)),
    ],
    ['subsidiary', ofRecord('subsidiary')],
    ['createdfrom', ofRecord('createdFrom')],
    ...(custom ?? []).map(({ name }) => [name.toLowerCase(), ofLine(name)] as const),
  ]);
  return tableOf('transactionline', columns, () =>
    transactions(context).flatMap((record) => linesOfTransaction(account, record)),
  );
}

function negated(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

interface LinkRow {
  readonly previous: number;
  readonly next: StoredRecord;
  readonly previousType: string;
  readonly linkType: string;
  readonly amount: number;
}

function linksOf(next: StoredRecord): LinkRow[] {
  const applied = linesOf(next.values, 'apply')
    .filter((line) => line.apply === true)
    .map((line): LinkRow => {
      const previous = Number(refOf(line, 'doc')?.id);
      const amount = numberOf(line, 'amount') ?? 0;
      return { previous, next, previousType: 'CustInvc', linkType: 'Payment', amount };
    });
  const order = refOf(next.values, 'createdFrom');
  const billed = { next, previousType: 'SalesOrd', linkType: 'OrdBill', amount: numberOf(next.values, 'total') ?? 0 };
  return [...applied, ...(order ? [{ ...billed, previous: Number(order.id) }] : [])];
}

function linkTable(context: ApiContext, name: string): SqlTable {
  const columns = new Map<string, ColumnReader<LinkRow>>([
    ['previousdoc', ({ previous }) => cellOf(previous)],
    ['nextdoc', ({ next }) => cellOf(Number(next.id))],
    ['previoustype', ({ previousType }) => cellOf(previousType)],
    ['nexttype', ({ next }) => cellOf(context.account.schema.required(next.type).suiteType)],
    ['linktype', ({ linkType }) => cellOf(linkType)],
    ['foreignamount', ({ amount }) => cellOf(amount)],
    ['lastmodifieddate', ({ next }) => ({ value: new SqlTime(next.modifiedMs) })],
  ]);
  return tableOf(name, columns, () => transactions(context).flatMap(linksOf));
}
