import Big from 'big.js';
import { type Row } from '../data/erp-store';
import { plusDays } from '../data/local-time';
import { amountOf, bookedAmount, requireCurrency, roundingTolerance, storedMoney, taxRate } from '../data/money-rules';
import { fitColumns } from '../data/text-rules';
import { type ErpCompany } from '../erp.company';
import { fieldsField, keyField, listField, textField, type Fields, type FieldValue } from '../schema/contract.types';
import { clientFault } from '../soap/soap-fault';
import { type Plan } from './operation.types';
import { requireOpenPeriod } from './posting-period';
import { isSame, requireVersion } from './row-version';

const SYSTEM_FIELDS = new Set(['InvoiceNo', 'OpenAmount', 'Status', 'RowVersion', 'ModifiedOn']);

/** @throws SoapFault with an ERP-1xxx code */
export function planInvoice(company: ErpCompany, input: Fields, expectedVersion: string | undefined): Plan {
  const given = fitColumns(company.settings, 'Invoice', input);
  const existing = findInvoice(company, given);
  requireVersion(expectedVersion, existing);
  const customer = requireCustomer(company, given);
  const fields = priced(merge(existing, given, customer));
  if (existing && isSame(existing.fields, fields)) {
    return { action: 'Unchanged', entity: 'Invoice', key: existing.key, changes: [] };
  }
  checkDates(company, fields, existing);
  checkAmounts(fields);
  if (existing) {
    checkUpdate(existing.fields, fields);
    const change = { entity: 'Invoice', id: existing.id, fields } as const;
    return { action: 'Updated', entity: 'Invoice', key: existing.key, changes: [change] };
  }
  if (textField(customer.fields, 'Blocked') === 'Y') {
    throw clientFault('ERP-1021', `Customer ${customer.key} is blocked`, 'CustNo');
  }
  const key = company.nextInvoiceNumber(textField(fields, 'InvDate') ?? '');
  return {
    action: 'Created',
    entity: 'Invoice',
    key,
    changes: [{ entity: 'Invoice', fields: { InvoiceNo: key, ...fields } }],
  };
}

function findInvoice({ store }: ErpCompany, given: Fields): Row | undefined {
  const number = keyField(given, 'InvoiceNo');
  const extRef = keyField(given, 'ExtRef');
  const byRef = extRef === undefined ? undefined : store.find('Invoice', 'ExtRef', extRef);
  if (number === undefined) return byRef;
  // Where numbers repeat each year, the reference tells which of them is meant.
  const byNo = byRef?.key === number ? byRef : store.findByKey('Invoice', number);
  if (!byNo) throw clientFault('ERP-1404', `Invoice ${number} does not exist`, 'InvoiceNo');
  if (byRef && byRef.id !== byNo.id) {
    throw clientFault('ERP-1062', `ExtRef is already used; ExistingKey=${byRef.key}`, 'ExtRef');
  }
  return byNo;
}

/** @throws SoapFault ERP-1404 */
export function requireCustomer({ store }: ErpCompany, given: Fields): Row {
  const custNo = keyField(given, 'CustNo');
  if (custNo === undefined) throw clientFault('ERP-1001', 'CustNo must not be empty', 'CustNo');
  const customer = store.findByKey('Customer', custNo);
  if (!customer) throw clientFault('ERP-1404', `Customer ${custNo} does not exist`, 'CustNo');
  return customer;
}

function merge(existing: Row | undefined, given: Fields, customer: Row): Fields {
  const merged: Record<string, FieldValue | undefined> = { ...existing?.fields };
  for (const [name, value] of Object.entries(given)) if (!SYSTEM_FIELDS.has(name)) merged[name] = value;
  merged.CustNo = customer.key;
  const invDate = textField(given, 'InvDate') ?? '';
  // No terms, no due date: it is to be paid at once.
  const terms = Number(textField(customer.fields, 'TermsDays') ?? '0');
  if (merged.DueDate === undefined && terms > 0) merged.DueDate = plusDays(invDate, terms);
  merged.Status = nextStatus(textField(existing?.fields ?? {}, 'Status') ?? 'OPEN', textField(given, 'Status'));
  return merged;
}

/** Only one step is the caller's to take: to cancel. Everything else follows from payments. */
function nextStatus(current: string, wanted: string | undefined): string {
  if (wanted === undefined || wanted === '' || wanted === current) return current;
  if (wanted === 'CANCELLED' && current === 'OPEN') return wanted;
  if (wanted === 'CANCELLED')
    throw clientFault('ERP-1044', `An invoice with status ${current} cannot be cancelled`, 'Status');
  throw clientFault('ERP-1003', `Status cannot be set to "${wanted}"`, 'Status');
}

/** What is still to be paid, from what was. */
function priced(fields: Fields): Fields {
  const total = new Big(textField(fields, 'Total') ?? '0');
  const paid = new Big(textField(fields, 'Paid') ?? '0');
  const open = textField(fields, 'Status') === 'CANCELLED' ? new Big(0) : total.minus(paid);
  return { ...fields, OpenAmount: storedMoney(open) };
}

function checkDates(company: ErpCompany, fields: Fields, existing: Row | undefined): void {
  const invDate = textField(fields, 'InvDate') ?? '';
  requireOpenPeriod(company, invDate, 'InvDate');
  if (existing) requireOpenPeriod(company, textField(existing.fields, 'InvDate') ?? '', 'InvDate');
  if ((textField(fields, 'DueDate') ?? invDate) < invDate) {
    throw clientFault('ERP-1003', 'DueDate is before InvDate', 'DueDate');
  }
}

function checkAmounts(fields: Fields): void {
  const currency = textField(fields, 'Currency') ?? '';
  requireCurrency(currency);
  const lines = listField(fieldsField(fields, 'Lines'), 'Line');
  if (lines.length === 0) throw clientFault('ERP-1001', 'An invoice needs at least one line', 'Lines/Line');
  const seen = new Set<string>();
  let expected = new Big(0);
  for (const line of lines) {
    const number = textField(line, 'LineNo') ?? '';
    if (Number(number) < 1 || seen.has(number)) {
      throw clientFault('ERP-1011', `LineNo ${number} is not positive, or used twice`, 'Lines/Line/LineNo');
    }
    seen.add(number);
    amountOf(textField(line, 'Qty') ?? '0', 'Lines/Line/Qty');
    amountOf(textField(line, 'UnitPrice') ?? '0', 'Lines/Line/UnitPrice');
    const amount = bookedAmount(textField(line, 'LineAmount') ?? '0', currency, 'Lines/Line/LineAmount');
    expected = expected.plus(amount).plus(amount.times(taxRate(textField(line, 'TaxCode'))));
  }
  const total = bookedAmount(textField(fields, 'Total') ?? '0', currency, 'Total');
  if (total.minus(expected).abs().gt(roundingTolerance(currency, lines.length))) {
    throw clientFault(
      'ERP-1010',
      `Total is ${total.toFixed()}, lines and tax add up to ${expected.toFixed()}`,
      'Total',
    );
  }
}

function checkUpdate(before: Fields, after: Fields): void {
  if (textField(before, 'Status') === 'CANCELLED') throw clientFault('ERP-1044', 'The invoice is cancelled', 'Status');
  const isPaid = new Big(textField(before, 'Paid') ?? '0').gt(0);
  const frozen = ['CustNo', 'Currency', 'Total', 'Lines'] as const;
  const changed = frozen.find((name) => !isSame({ [name]: before[name] }, { [name]: after[name] }));
  if (isPaid && changed !== undefined) {
    throw clientFault('ERP-1044', `${changed} cannot change once the invoice has payments`, changed);
  }
}
