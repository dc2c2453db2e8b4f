import Big from 'big.js';
import { type Stored } from '../data/entity-store';
import { type Company } from '../quickbooks.company';
import { Fault, business, fail, requiredMissing } from '../quickbooks.errors';
import { localDate } from '../quickbooks.time';
import { numberOf, refId, textOf, type ValueObject } from '../quickbooks.values';
import { requireCurrency } from './name.rules';
import { type WriteInput } from './rules.types';

/** @throws Fault 6210 when the date lies in closed books */
export function requireOpenBooks({ settings }: Company, date: string | undefined): void {
  if (settings.bookCloseDate === null || date === undefined || date > settings.bookCloseDate) return;
  fail({
    Message: 'Account Period Closed',
    Detail:
      'The account period has closed and the account books cannot be updated through the QBO Services API. Please use the QBO website to make these changes.',
    code: '6210',
    element: '',
  });
}

/** @throws Fault 6540 or 6000 when somebody has deposited or reconciled the transaction meanwhile */
export function requireUnlocked({ lock }: Stored): void {
  if (lock === 'deposited') {
    fail({
      Message: 'Deposited Transaction cannot be changed',
      Detail:
        'This transaction has been deposited. If you want to change or delete it, you must edit the deposit it appears on and remove it first.',
      code: '6540',
      element: '',
    });
  }
  if (lock === 'reconciled') business('This transaction has been reconciled and cannot be changed.');
}

/** Date, customer and currency: what every transaction has. */
export function prepareTransaction(company: Company, { desired, current }: WriteInput): ValueObject {
  const customerId = refId(desired, 'CustomerRef');
  if (customerId === undefined) throw new Fault([requiredMissing('CustomerRef')]);
  const date = textOf(desired.TxnDate) ?? textOf(current?.body.TxnDate) ?? localDate(company.clock.now());
  requireOpenBooks(company, textOf(current?.body.TxnDate));
  requireOpenBooks(company, date);
  return { ...desired, TxnDate: date, ...currencyOf(company, desired, customerId) };
}

function currencyOf(company: Company, desired: ValueObject, customerId: string): ValueObject {
  const { homeCurrency, multiCurrency } = company.settings;
  const ofCustomer = refId(company.store.get('Customer', customerId)?.body, 'CurrencyRef') ?? homeCurrency;
  const wanted = refId(desired, 'CurrencyRef') ?? ofCustomer;
  requireCurrency(company, wanted);
  if (wanted !== ofCustomer) business("The currency of the transaction is invalid for the customer's account.");
  if (!multiCurrency) return { CurrencyRef: { value: wanted }, ExchangeRate: undefined };
  return {
    CurrencyRef: { value: wanted },
    ExchangeRate: wanted === homeCurrency ? new Big(1) : (numberOf(desired.ExchangeRate) ?? new Big(1)),
  };
}

/** In the company's own currency; appears only where several are in use. */
export function homeAmounts(company: Company, body: ValueObject, fields: Readonly<Record<string, Big>>): ValueObject {
  if (!company.settings.multiCurrency) return {};
  const rate = numberOf(body.ExchangeRate) ?? new Big(1);
  return Object.fromEntries(Object.entries(fields).map(([name, amount]) => [name, amount.times(rate).round(2)]));
}
