import { type NetSuiteAccount } from '../netsuite.account';
import { rejectRecord, rejectValue } from '../netsuite.errors';
import { type RecordType } from '../schema/account-schema';
import { type StoredRecord } from './record-store';
import { linesOf, numberOf, refOf, textOf, type Fields, type Ref } from './values';

const NUMBERS: Readonly<Record<string, string>> = { invoice: 'INV', salesOrder: 'SO', customerPayment: 'PYMT' };

/** What every transaction has: number, day, subsidiary, currency and its rate. */
export function finishTransaction(
  account: NetSuiteAccount,
  type: RecordType,
  values: Fields,
  customer: Fields,
  before: StoredRecord | undefined,
): Fields {
  const subsidiary = refOf(customer, 'subsidiary');
  const currency = refOf(values, 'currency') ?? refOf(customer, 'currency');
  const allowed = linesOf(customer, 'currencyList').map((line) => refOf(line, 'currency')?.id);
  if (currency && !allowed.includes(currency.id)) rejectValue(currency.id, 'currency', 'currency');
  const rate = account.store.get('currency', currency?.id ?? '')?.values.exchangeRate ?? 1;
  const exchangeRate = numberOf(values, 'exchangeRate');
  if (exchangeRate !== undefined && exchangeRate <= 0) rejectValue(exchangeRate, 'exchangeRate', 'exchangeRate');
  const tranDate = textOf(values, 'tranDate') ?? account.today();
  const location = refOf(values, 'location');
  checkLocation(account, location, subsidiary, 'location');
  const common = {
    ...values,
    tranDate,
    tranId: textOf(values, 'tranId') ?? account.nextNumber(NUMBERS[type.name] ?? '', 1_001),
    subsidiary,
    currency,
    exchangeRate: exchangeRate ?? rate,
  };
  if (type.name === 'salesOrder') return common;
  if (before) checkPeriod(account, textOf(before.values, 'tranDate') ?? tranDate);
  const period = checkPeriod(account, tranDate);
  const moved = before && textOf(before.values, 'tranDate') !== tranDate;
  return { ...common, postingPeriod: moved ? period : (values.postingPeriod ?? period) };
}

/**
 * The period a day falls in.
 * @throws Rejection 400 when there is none, or it is closed
 */
export function checkPeriod(account: NetSuiteAccount, tranDate: string): Ref {
  if (tranDate <= account.settings.closedThrough) {
    rejectRecord(
      'TRANS_IN_CLSD_PERIOD',
      'This transaction cannot be posted, because its date falls into a closed accounting period.',
      { path: 'tranDate' },
    );
  }
  for (const { id, values } of account.store.all('accountingPeriod')) {
    if ((textOf(values, 'startDate') ?? '') <= tranDate && tranDate <= (textOf(values, 'endDate') ?? '')) {
      return { type: 'accountingPeriod', id };
    }
  }
  rejectRecord(
    'INVALID_TRAN_DATE',
    'The transaction date you specified is not within the date range of your accounting period.',
    { path: 'tranDate' },
  );
}

export function precisionOf(account: NetSuiteAccount, currency: Ref | undefined): number {
  return numberOf(account.store.get('currency', currency?.id ?? '')?.values ?? {}, 'currencyPrecision') ?? 2;
}

export function checkLocation(
  account: NetSuiteAccount,
  location: Ref | undefined,
  subsidiary: Ref | undefined,
  path: string,
): void {
  const home = location && refOf(account.store.get('location', location.id)?.values ?? {}, 'subsidiary');
  if (location && home && home.id !== subsidiary?.id) rejectValue(location.id, 'location', path);
}
