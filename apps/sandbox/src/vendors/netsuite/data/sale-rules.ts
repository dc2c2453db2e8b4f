import { type NetSuiteAccount } from '../netsuite.account';
import { rejectRecord, rejectValue } from '../netsuite.errors';
import { addDays } from '../netsuite.time';
import { type RecordType } from '../schema/account-schema';
import { addressText, subrecordOf } from './entity-rules';
import { priceOf } from './item-rules';
import { invoiceBalances } from './payment-rules';
import { type StoredRecord } from './record-store';
import { checkLocation, finishTransaction, precisionOf } from './transaction-rules';
import { linesOf, numberOf, refOf, refsOf, roundTo, textOf, type Fields, type FieldValue, type Ref } from './values';

const CUSTOM_PRICE: Ref = { type: 'priceLevel', id: '-1' };
const BASE_PRICE: Ref = { type: 'priceLevel', id: '1' };
const RATE_DIGITS = 8;

/** Invoices and sales orders. */
export function finishSale(
  account: NetSuiteAccount,
  type: RecordType,
  values: Fields,
  given: Fields,
  before: StoredRecord | undefined,
): Fields {
  const entity = refOf(values, 'entity');
  const customer = entity && account.store.get(entity.type, entity.id);
  // The check for mandatory fields that follows names what is missing.
  if (!entity || !customer) return values;
  if (before && refOf(before.values, 'entity')?.id !== entity.id) {
    rejectRecord('INVALID_FLD_VALUE', 'You cannot change the customer of a saved transaction.', { path: 'entity' });
  }
  if (customer.values.isInactive === true && !before) rejectValue(entity.id, 'entity', 'entity');
  const general = finishTransaction(account, type, values, customer.values, before);
  const currency = refOf(general, 'currency');
  const lines = linesOf(values, 'item');
  if (lines.length === 0) rejectRecord('USER_ERROR', 'You must enter at least one line item for this transaction.');
  const digits = precisionOf(account, currency);
  // Lines that this request does not speak of keep their price, whatever became of the price list.
  const kept = new Set(given.currency === undefined && before ? linesOf(before.values, 'item') : []);
  const item = lines.map((line, at) => (kept.has(line) ? line : finishLine(account, line, at, general, digits)));
  const totals = totalsOf(account, item, digits);
  const terms = values.terms === undefined ? (refOf(customer.values, 'terms') ?? null) : values.terms;
  const sale = { ...general, ...totals, item, terms, ...addresses(values, customer.values) };
  return type.name === 'invoice'
    ? finishInvoice(account, sale, before)
    : { ...sale, status: before?.values.status ?? 'SalesOrd:B' };
}

function finishLine(
  account: NetSuiteAccount,
  line: Fields,
  index: number,
  transaction: Fields,
  digits: number,
): Fields {
  const path = `item.items[${index}]`;
  const ref = refOf(line, 'item');
  const item = ref && account.store.get(ref.type, ref.id);
  if (!ref || !item) return line;
  const subsidiary = refOf(transaction, 'subsidiary');
  const isOffered = refsOf(item.values, 'subsidiary').some(({ id }) => id === subsidiary?.id);
  if (!isOffered || item.values.isInactive === true) rejectValue(ref.id, 'item', `${path}.item`);
  checkLocation(account, refOf(line, 'location'), subsidiary, `${path}.location`);
  return {
    ...line,
    description: line.description ?? item.values.salesDescription ?? null,
    ...priceLine(line, item.values, refOf(transaction, 'currency')?.id ?? '', digits),
  };
}

/**
 * A price level other than Custom rules over the rate. Of an amount and a rate, whichever stands last counts; the
 * other follows from it.
 */
function priceLine(line: Fields, item: Fields, currencyId: string, digits: number): Fields {
  const quantity = numberOf(line, 'quantity') ?? 1;
  const asked = refOf(line, 'price') ?? BASE_PRICE;
  const listed = asked.id === CUSTOM_PRICE.id ? undefined : priceOf(item, asked.id, currencyId);
  const price = listed === undefined ? CUSTOM_PRICE : asked;
  const rate = listed ?? numberOf(line, 'rate');
  const amount = numberOf(line, 'amount');
  const names = Object.keys(line);
  const amountIsLast = amount !== undefined && (rate === undefined || names.indexOf('amount') > names.indexOf('rate'));
  if (amountIsLast) {
    const derived = quantity === 0 ? amount : roundTo(amount / quantity, RATE_DIGITS);
    return { quantity, price, rate: derived, amount: roundTo(amount, digits) };
  }
  if (rate === undefined) rejectRecord('USER_ERROR', 'Please enter value(s) for: Amount.');
  return { quantity, price, rate: roundTo(rate, RATE_DIGITS), amount: roundTo(quantity * rate, digits) };
}

function totalsOf(account: NetSuiteAccount, lines: readonly Fields[], digits: number): Record<string, FieldValue> {
  const subtotal = lines.reduce((sum, line) => sum + (numberOf(line, 'amount') ?? 0), 0);
  const taxTotal = lines.reduce((sum, line) => {
    const code = account.store.get('salesTaxItem', refOf(line, 'taxCode')?.id ?? '');
    const percent = code ? (numberOf(code.values, 'rate') ?? 0) : 0;
    return sum + roundTo(((numberOf(line, 'amount') ?? 0) * percent) / 100, digits);
  }, 0);
  return {
    subtotal: roundTo(subtotal, digits),
    taxTotal: roundTo(taxTotal, digits),
    total: roundTo(subtotal + taxTotal, digits),
  };
}

function addresses(values: Fields, customer: Fields): Record<string, FieldValue | undefined> {
  const book = linesOf(customer, 'addressBook');
  const resolve = (name: string, flag: string): FieldValue | undefined => {
    if (values[name] !== undefined) {
      const own = subrecordOf(values, name);
      return { ...own, addrText: addressText(own) };
    }
    const line = book.find((candidate) => candidate[flag] === true);
    return line && subrecordOf(line, 'addressBookAddress');
  };
  return {
    billingAddress: resolve('billingAddress', 'defaultBilling'),
    shippingAddress: resolve('shippingAddress', 'defaultShipping'),
  };
}

function finishInvoice(account: NetSuiteAccount, values: Fields, before: StoredRecord | undefined): Fields {
  const tranDate = textOf(values, 'tranDate') ?? '';
  const terms = account.store.get('term', refOf(values, 'terms')?.id ?? '');
  const derived = addDays(tranDate, terms ? (numberOf(terms.values, 'daysUntilNetDue') ?? 0) : 0);
  const dueDate = textOf(values, 'dueDate') ?? derived;
  const balances = invoiceBalances(account, before?.id, values);
  if (numberOf(balances, 'amountRemaining') !== undefined && Number(balances.amountRemaining) < 0) {
    rejectRecord('INVALID_AMOUNT', 'The amount of this invoice cannot be less than what is already applied to it.');
  }
  return { ...values, dueDate, ...balances };
}
