import Big from 'big.js';
import { clientFault } from '../soap/soap-fault';

/** The company's currency table with the decimals that each one has. */
const CURRENCIES: Readonly<Record<string, number>> = {
  AUD: 2,
  BHD: 3,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  CNY: 2,
  CZK: 2,
  DKK: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  HUF: 2,
  INR: 2,
  ISK: 0,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  MXN: 2,
  NOK: 2,
  NZD: 2,
  PLN: 2,
  SEK: 2,
  SGD: 2,
  TRY: 2,
  USD: 2,
  ZAR: 2,
};
const TAX_RATES: Readonly<Record<string, string>> = { NONE: '0', S0: '0', S7: '0.07', S19: '0.19' };
/** The columns are NUMERIC(19,4). */
const LARGEST = new Big('1e15');

/** @throws SoapFault ERP-1003 */
export function requireCurrency(code: string | undefined): void {
  if (code === undefined || !Object.hasOwn(CURRENCIES, code)) {
    throw clientFault('ERP-1003', `Currency "${code ?? ''}" is not in the currency table`, 'Currency');
  }
}

/** @throws SoapFault ERP-1003 when it is larger than its column */
export function amountOf(text: string, field: string): Big {
  const amount = new Big(text);
  if (amount.abs().gte(LARGEST)) throw clientFault('ERP-1003', `${field} is out of range`, field);
  return amount;
}

/** An amount that is booked: it has no smaller fraction than the currency has. @throws SoapFault ERP-1003 */
export function bookedAmount(text: string, currency: string, field: string): Big {
  const amount = amountOf(text, field);
  const decimals = CURRENCIES[currency] ?? 2;
  if (!amount.round(decimals).eq(amount)) {
    throw clientFault('ERP-1003', `${field} has more decimals than ${currency} has (${decimals})`, field);
  }
  return amount;
}

/** @throws SoapFault ERP-1003 for a code that is not in the tax table */
export function taxRate(code: string | undefined): Big {
  if (code === undefined || code === '') return new Big(0);
  const rate = Object.hasOwn(TAX_RATES, code) ? TAX_RATES[code] : undefined;
  if (rate === undefined) {
    throw clientFault('ERP-1003', `TaxCode "${code}" is not in the tax table`, 'Lines/Line/TaxCode');
  }
  return new Big(rate);
}

/** Half a minor unit for each line: systems round tax by line or by document. */
export function roundingTolerance(currency: string, lines: number): Big {
  return new Big(10)
    .pow(-(CURRENCIES[currency] ?? 2))
    .times(0.5)
    .times(Math.max(1, lines));
}

export function storedMoney(amount: Big): string {
  return (amount.eq(0) ? new Big(0) : amount).toFixed(4);
}
