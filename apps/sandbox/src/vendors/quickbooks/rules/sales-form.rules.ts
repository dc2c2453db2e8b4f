import type Big from 'big.js';
import { applicationsOf } from '../data/ledger';
import { type Stored } from '../data/entity-store';
import { type Company } from '../quickbooks.company';
import { business, fail } from '../quickbooks.errors';
import { addDays, nextDayOfMonth } from '../quickbooks.time';
import { ZERO, numberOf, objectOf, objectsOf, refId, textOf, type ValueObject } from '../quickbooks.values';
import { readLines } from './sales-lines';
import { computeTax, sum } from './tax.rules';
import { homeAmounts, prepareTransaction } from './transaction.rules';
import { type Prepare, type WriteContext, type WriteInput } from './rules.types';

export const prepareInvoice: Prepare = (context, input) => {
  const { company } = context;
  const form = prepareForm(context, input);
  const balance = openBalance(company, 'Invoice', input.current, form);
  const terms =
    refId(form, 'SalesTermRef') ?? (input.current ? undefined : refId(customerOf(company, form)?.body, 'SalesTermRef'));
  return {
    ...form,
    ...(terms === undefined ? {} : { SalesTermRef: { value: terms } }),
    DueDate: textOf(form.DueDate) ?? dueDate(company, textOf(form.TxnDate) ?? '', terms),
    Balance: balance,
    ...homeAmounts(company, form, { HomeBalance: balance }),
    AllowIPNPayment: form.AllowIPNPayment ?? false,
    AllowOnlinePayment: form.AllowOnlinePayment ?? false,
    AllowOnlineCreditCardPayment: form.AllowOnlineCreditCardPayment ?? false,
    AllowOnlineACHPayment: form.AllowOnlineACHPayment ?? false,
  };
};

export const prepareCreditMemo: Prepare = (context, input) => {
  const form = prepareForm(context, input);
  const remaining = openBalance(context.company, 'CreditMemo', input.current, form);
  return { ...form, Balance: remaining, RemainingCredit: remaining };
};

/** Lines, tax and totals; the vendor's own counting decides, not what the client thinks the total is. */
function prepareForm(context: WriteContext, input: WriteInput): ValueObject {
  const { company } = context;
  const { current } = input;
  const form = prepareTransaction(company, input);
  const customer = customerOf(company, form);
  const read = readLines(company, form, objectsOf(current?.body.Line));
  const tax = computeTax(company, form, read.taxable, read.discount, customer?.body.Taxable !== false);
  const total = read.subtotal.minus(read.discount).plus(tax.included ? ZERO : tax.total);
  if (total.lt(0)) business('Transaction amount must be 0 or greater.');
  if (form.EmailStatus === 'NeedToSend' && textOf(objectOf(form.BillEmail)?.Address) === undefined) {
    business('BillEmail is required when EmailStatus is NeedToSend.');
  }
  return {
    ...form,
    DocNumber: docNumber(context, input),
    Line: read.lines,
    CustomField: customFields(company, form),
    TxnTaxDetail: tax.detail,
    ...(current ? {} : addresses(customer, form)),
    LinkedTxn: current?.body.LinkedTxn ?? [],
    ApplyTaxAfterDiscount: form.ApplyTaxAfterDiscount ?? false,
    PrintStatus: form.PrintStatus ?? 'NeedToPrint',
    EmailStatus: form.EmailStatus ?? 'NotSet',
    TotalAmt: total,
    ...homeAmounts(company, form, { HomeTotalAmt: total }),
  };
}

function customerOf(company: Company, form: ValueObject): Stored | undefined {
  return company.store.get('Customer', refId(form, 'CustomerRef') ?? '');
}

/** What payments have not covered yet. @throws Fault 6000 when they cover more than the new total */
function openBalance(
  company: Company,
  type: 'Invoice' | 'CreditMemo',
  current: Stored | undefined,
  form: ValueObject,
): Big {
  const total = numberOf(form.TotalAmt) ?? ZERO;
  if (!current) return total;
  const applied = applicationsOf(company, type, current.id);
  if (applied.length > 0 && refId(current.body, 'CustomerRef') !== refId(form, 'CustomerRef')) {
    business("You can't change the customer of a transaction that has payments applied to it.");
  }
  const balance = total.minus(sum(applied.map(({ amount }) => amount)));
  if (balance.lt(0)) business("You can't reduce the total below the amount that has been applied to it.");
  return balance;
}

function dueDate(company: Company, date: string, termId: string | undefined): string {
  const term = termId === undefined ? undefined : company.store.get('Term', termId)?.body;
  const day = numberOf(term?.DayOfMonthDue);
  if (day) return nextDayOfMonth(date, day.toNumber());
  return addDays(date, numberOf(term?.DueDays)?.toNumber() ?? 0);
}

/** Empty addresses are filled from the customer, marked as not located. */
function addresses(customer: Stored | undefined, form: ValueObject): ValueObject {
  const copy = (field: 'BillAddr' | 'ShipAddr'): ValueObject => {
    const own = objectOf(form[field]);
    const theirs = objectOf(customer?.body[field]) ?? objectOf(customer?.body.BillAddr);
    if (own || !theirs) return {};
    return { [field]: { ...theirs, Id: undefined, Lat: 'INVALID', Long: 'INVALID' } };
  };
  return { ...copy('BillAddr'), ...copy('ShipAddr') };
}

/** @throws Fault 6140 for a number in use, where the company wants to be warned */
function docNumber({ company, include }: WriteContext, { type, desired, current }: WriteInput): string | undefined {
  const { customTxnNumbers, warnDuplicateDocNumber } = company.settings;
  const wanted = textOf(desired.DocNumber);
  if (wanted === undefined) {
    if (customTxnNumbers) return undefined;
    return textOf(current?.body.DocNumber) ?? String(++company.lastDocNumber);
  }
  if (!customTxnNumbers || !warnDuplicateDocNumber || include.has('allowduplicatedocnum')) return wanted;
  for (const other of company.store.all(type.name)) {
    if (other.id !== current?.id && other.body.DocNumber === wanted) {
      fail({
        Message: 'Duplicate Document Number Error',
        Detail: `Duplicate Document Number Error : You must specify a different number. This number has already been used. DocNumber=${wanted} is assigned to TxnType=${type.name === 'CreditMemo' ? 'Credit Memo' : type.name} with TxnId=${other.id}`,
        code: '6140',
        element: '',
      });
    }
  }
  return wanted;
}

/** @throws Fault 3000 for a field the company has not switched on */
function customFields({ settings }: Company, form: ValueObject): readonly ValueObject[] {
  const given = objectsOf(form.CustomField);
  for (const { DefinitionId } of given) {
    const id = textOf(DefinitionId) ?? '';
    if (settings.customFieldNames[Number(id) - 1] === undefined) {
      fail({
        Message: 'Invalid Custom Field',
        Detail: `Invalid Custom Field : DefinitionId ${id} is not in use`,
        code: '3000',
        element: 'CustomField',
      });
    }
  }
  return settings.customFieldNames.map((Name, index) => {
    const DefinitionId = String(index + 1);
    const value = textOf(given.find((field) => textOf(field.DefinitionId) === DefinitionId)?.StringValue);
    return { DefinitionId, Name, Type: 'StringType', StringValue: value === '' ? undefined : value };
  });
}
