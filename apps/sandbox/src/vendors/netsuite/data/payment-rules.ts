import { type NetSuiteAccount } from '../netsuite.account';
import { rejectRecord, rejectValue } from '../netsuite.errors';
import { type RecordType } from '../schema/account-schema';
import { type StoredRecord } from './record-store';
import { finishTransaction, precisionOf } from './transaction-rules';
import { linesOf, numberOf, refOf, roundTo, textOf, type Fields } from './values';

/** A customer's payment and the invoices it settles. */
export function finishPayment(
  account: NetSuiteAccount,
  type: RecordType,
  values: Fields,
  before: StoredRecord | undefined,
): Fields {
  const ref = refOf(values, 'customer');
  const customer = ref && account.store.get(ref.type, ref.id);
  if (!ref || !customer) return values;
  if (before && refOf(before.values, 'customer')?.id !== ref.id) {
    rejectRecord('INVALID_FLD_VALUE', 'You cannot change the customer of a saved transaction.', { path: 'customer' });
  }
  const general = finishTransaction(account, type, values, customer.values, before);
  const digits = precisionOf(account, refOf(general, 'currency'));
  const apply = linesOf(values, 'apply').map((line, at) => finishApply(account, line, at, general, before, digits));
  const applied = roundTo(
    apply.reduce((sum, line) => sum + (line.apply === true ? (numberOf(line, 'amount') ?? 0) : 0), 0),
    digits,
  );
  const payment = roundTo(numberOf(values, 'payment') ?? applied, digits);
  if (payment <= 0) rejectRecord('USER_ERROR', 'Please enter value(s) for: Payment Amount.');
  if (applied > payment) {
    rejectRecord('INVALID_AMOUNT', 'The amount applied to invoices cannot be greater than the payment amount.', {
      path: 'payment',
    });
  }
  const undepFunds = values.account == null;
  return {
    ...general,
    undepFunds,
    status: undepFunds ? 'CustPymt:B' : 'CustPymt:C',
    apply,
    payment,
    total: payment,
    applied,
    unapplied: roundTo(payment - applied, digits),
  };
}

function finishApply(
  account: NetSuiteAccount,
  line: Fields,
  index: number,
  payment: Fields,
  before: StoredRecord | undefined,
  digits: number,
): Fields {
  const path = `apply.items[${index}]`;
  const doc = refOf(line, 'doc');
  const invoice = doc && account.store.get('invoice', doc.id);
  if (!doc || !invoice) return line;
  const isTheirs =
    refOf(invoice.values, 'entity')?.id === refOf(payment, 'customer')?.id &&
    refOf(invoice.values, 'currency')?.id === refOf(payment, 'currency')?.id;
  if (!isTheirs) rejectValue(doc.id, 'doc', `${path}.doc`);
  const due = numberOf(invoiceBalances(account, doc.id, invoice.values, before?.id), 'amountRemaining') ?? 0;
  const total = numberOf(invoice.values, 'total') ?? 0;
  // An amount alone applies nothing: the line's own mark does.
  const isApplied = line.apply === true;
  const amount = isApplied ? roundTo(numberOf(line, 'amount') ?? due, digits) : 0;
  if (isApplied && (amount <= 0 || amount > due)) rejectValue(amount, 'amount', `${path}.amount`);
  const refNum = textOf(invoice.values, 'tranId') ?? null;
  return { ...line, apply: isApplied, amount, line: index, refNum, type: 'Invoice', total, due };
}

/**
 * What is paid and what is left of an invoice.
 * @param invoiceId absent for an invoice that is being created: nothing can have been paid on it
 * @param exceptPaymentId a payment that is being changed counts as if it were not there
 */
export function invoiceBalances(
  account: NetSuiteAccount,
  invoiceId: string | undefined,
  values: Fields,
  exceptPaymentId?: string,
): Fields {
  let paid = 0;
  for (const { id, values: payment } of invoiceId === undefined ? [] : account.store.all('customerPayment')) {
    if (id === exceptPaymentId) continue;
    for (const line of linesOf(payment, 'apply')) {
      if (line.apply === true && refOf(line, 'doc')?.id === invoiceId) paid += numberOf(line, 'amount') ?? 0;
    }
  }
  const digits = precisionOf(account, refOf(values, 'currency'));
  const amountRemaining = roundTo((numberOf(values, 'total') ?? 0) - paid, digits);
  return {
    amountPaid: roundTo(paid, digits),
    amountRemaining,
    status: amountRemaining === 0 ? 'CustInvc:B' : 'CustInvc:A',
  };
}
