import Big from 'big.js';
import { type Change, type Row } from '../data/erp-store';
import { bookedAmount, requireCurrency, storedMoney } from '../data/money-rules';
import { fitColumns } from '../data/text-rules';
import { type ErpCompany } from '../erp.company';
import { fieldsField, keyField, listField, textField, type Fields } from '../schema/contract.types';
import { clientFault } from '../soap/soap-fault';
import { requireCustomer } from './invoice';
import { type Plan } from './operation.types';
import { requireOpenPeriod } from './posting-period';
import { isSame } from './row-version';

const ALLOCATION = 'Allocations/Allocation';

/** Posting is final: there is no second version of a payment. @throws SoapFault with an ERP-1xxx code */
export function planPayment(company: ErpCompany, input: Fields): Plan {
  const given = fitColumns(company.settings, 'Payment', input);
  if (keyField(given, 'PaymentNo') !== undefined) {
    throw clientFault('ERP-1003', 'PaymentNo is given by the system', 'PaymentNo');
  }
  const customer = requireCustomer(company, given);
  const { RowVersion: _version, ModifiedOn: _modified, PaymentNo: _number, ...rest } = given;
  const fields = { ...rest, CustNo: customer.key };
  const posted = findPosted(company, given);
  if (posted) return repeated(posted, fields);
  const currency = textField(fields, 'Currency') ?? '';
  requireCurrency(currency);
  requireOpenPeriod(company, textField(fields, 'PayDate') ?? '', 'PayDate');
  const amount = bookedAmount(textField(fields, 'Amount') ?? '0', currency, 'Amount');
  if (amount.lte(0)) throw clientFault('ERP-1003', 'Amount must be positive', 'Amount');
  const invoices = allocate(company, fields, customer.key, currency, amount);
  const key = company.nextPaymentNumber();
  return {
    action: 'Created',
    entity: 'Payment',
    key,
    changes: [{ entity: 'Payment', fields: { PaymentNo: key, ...fields } }, ...invoices],
  };
}

function findPosted({ store }: ErpCompany, given: Fields): Row | undefined {
  const extRef = keyField(given, 'ExtRef');
  return extRef === undefined ? undefined : store.find('Payment', 'ExtRef', extRef);
}

/** The same payment once more is recognised; another one under its reference is not taken. */
function repeated(posted: Row, fields: Fields): Plan {
  const { PaymentNo: _number, ...before } = posted.fields;
  if (!isSame(before, fields)) {
    throw clientFault('ERP-1062', `ExtRef is already used; ExistingKey=${posted.key}`, 'ExtRef');
  }
  return { action: 'Duplicate', entity: 'Payment', key: posted.key, changes: [] };
}

function allocate(company: ErpCompany, fields: Fields, custNo: string, currency: string, amount: Big): Change[] {
  const paid = new Map<number, { readonly row: Row; readonly amount: Big }>();
  let allocated = new Big(0);
  for (const allocation of listField(fieldsField(fields, 'Allocations'), 'Allocation')) {
    const number = keyField(allocation, 'InvoiceNo');
    const row = number === undefined ? undefined : company.store.findByKey('Invoice', number);
    if (!row || keyField(row.fields, 'CustNo') !== custNo) {
      throw clientFault('ERP-1404', `Customer ${custNo} has no invoice ${number ?? ''}`, `${ALLOCATION}/InvoiceNo`);
    }
    if (textField(row.fields, 'Currency') !== currency) {
      throw clientFault('ERP-1031', `Invoice ${row.key} is not in ${currency}`, 'Currency');
    }
    const part = bookedAmount(textField(allocation, 'Amount') ?? '0', currency, `${ALLOCATION}/Amount`);
    const before = paid.get(row.id)?.amount ?? new Big(0);
    const open = new Big(textField(row.fields, 'OpenAmount') ?? '0').minus(before);
    if (part.lte(0) || part.gt(open)) {
      throw clientFault('ERP-1030', `Invoice ${row.key} has ${open.toFixed(2)} open`, `${ALLOCATION}/Amount`);
    }
    paid.set(row.id, { row, amount: before.plus(part) });
    allocated = allocated.plus(part);
  }
  if (allocated.gt(amount)) throw clientFault('ERP-1030', 'More is allocated than was paid', `${ALLOCATION}/Amount`);
  return [...paid.values()].map(({ row, amount: part }) => ({
    entity: 'Invoice',
    id: row.id,
    fields: withPayment(row.fields, part),
  }));
}

function withPayment(invoice: Fields, part: Big): Fields {
  const open = new Big(textField(invoice, 'OpenAmount') ?? '0').minus(part);
  const paid = new Big(textField(invoice, 'Paid') ?? '0').plus(part);
  return {
    ...invoice,
    Paid: storedMoney(paid),
    OpenAmount: storedMoney(open),
    Status: open.eq(0) ? 'PAID' : 'PART',
  };
}
