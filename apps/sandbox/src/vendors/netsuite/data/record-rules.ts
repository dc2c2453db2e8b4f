import { type NetSuiteAccount } from '../netsuite.account';
import { type ApiContext } from '../netsuite.context';
import { rejectRecord } from '../netsuite.errors';
import { type RecordType } from '../schema/account-schema';
import { finishContact, finishCompany } from './entity-rules';
import { finishItem } from './item-rules';
import { finishPayment, invoiceBalances } from './payment-rules';
import { type StoredRecord } from './record-store';
import { finishSale } from './sale-rules';
import { checkPeriod } from './transaction-rules';
import { isRef, linesOf, refOf, textOf, type Fields } from './values';

/**
 * The business rules of a type: fills in what the vendor derives, and refuses what it does not allow.
 * @param values the record as it would be
 * @param given what this request says of it
 */
export function finishRecord(
  context: ApiContext,
  type: RecordType,
  values: Fields,
  given: Fields,
  before: StoredRecord | undefined,
): Fields {
  switch (type.name) {
    case 'customer':
    case 'vendor':
      return finishCompany(context.account, type, values, before);
    case 'contact':
      return finishContact(context.account, type, values, before);
    case 'invoice':
    case 'salesOrder':
      return finishSale(context.account, type, values, given, before);
    case 'customerPayment':
      return finishPayment(context.account, type, values, before);
    case 'inventoryItem':
    case 'nonInventorySaleItem':
    case 'serviceSaleItem':
      return finishItem(context.account, type, values, before);
    default:
      return values;
  }
}

/** @throws Rejection 400 */
export function mayDelete(account: NetSuiteAccount, type: RecordType, record: StoredRecord): void {
  if (type.space === 'transaction') checkPeriod(account, textOf(record.values, 'tranDate') ?? '');
  if (isNeeded(account, record)) {
    rejectRecord(
      'THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS',
      'This record cannot be deleted because it has dependent records.',
    );
  }
}

/** Transactions hold on to their customers, items and invoices, and sub-customers to their parent. */
function isNeeded(account: NetSuiteAccount, { type, id }: StoredRecord): boolean {
  const pointsHere = (values: Fields, name: string): boolean => {
    const ref = refOf(values, name);
    return ref?.type === type && ref.id === id;
  };
  const users = ['invoice', 'salesOrder', 'customerPayment', 'customer'].flatMap((name) => [
    ...account.store.all(name),
  ]);
  return users.some(
    ({ values }) =>
      ['entity', 'customer', 'parent', 'createdFrom'].some((name) => pointsHere(values, name)) ||
      linesOf(values, 'item').some((line) => pointsHere(line, 'item')) ||
      linesOf(values, 'apply').some((line) => line.apply === true && pointsHere(line, 'doc')),
  );
}

/** Invoices that a payment, or the end of one, touched: their balance moves, and with it their modification date. */
export function refreshInvoices(
  account: NetSuiteAccount,
  before: StoredRecord | undefined,
  after: StoredRecord | undefined,
): void {
  const touched = new Set<string>();
  for (const record of [before, after]) {
    if (record?.type !== 'customerPayment') continue;
    for (const line of linesOf(record.values, 'apply')) if (isRef(line.doc)) touched.add(line.doc.id);
  }
  for (const id of touched) {
    const invoice = account.store.get('invoice', id);
    if (!invoice) continue;
    const balances = invoiceBalances(account, invoice.id, invoice.values);
    if (balances.amountRemaining === invoice.values.amountRemaining) continue;
    account.store.put({
      ...invoice,
      values: { ...invoice.values, ...balances },
      modifiedMs: Math.max(invoice.modifiedMs, account.stampMs()),
      lag: account.lag(invoice),
    });
  }
}
