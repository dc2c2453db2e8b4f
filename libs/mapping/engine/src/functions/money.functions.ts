import Big from 'big.js';
import { code as currencyByCode } from 'currency-codes';
import { big, fixed, modeOf } from './decimal';
import { helperFailure, quoted, type MappingFunction } from './function.types';

const group = 'Decimals and money';
type Operand = string | number | undefined;

/** ISO 4217 code in capitals, or nothing when there is no such currency. */
export function currencyCode(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return /^[A-Za-z]{3}$/.test(text) ? currencyByCode(text.toUpperCase())?.code : undefined;
}

function knownCurrency(value: unknown): { code: string; digits: number } {
  const code = currencyCode(value);
  const record = code === undefined ? undefined : currencyByCode(code);
  if (!record) throw helperFailure(`${quoted(value)} is not an ISO 4217 currency code.`);
  return { code: record.code, digits: record.digits };
}

function money(
  amount: Operand,
  currency: string | undefined,
  mode: unknown,
): { amount: string; currency: string } | undefined {
  if (amount === undefined || currency === undefined) return undefined;
  const { code, digits } = knownCurrency(currency);
  return { amount: fixed(big(amount), digits, modeOf(mode)), currency: code };
}

function minorUnits(amount: Operand, currency: string | undefined, mode: unknown): number | undefined {
  if (amount === undefined || currency === undefined) return undefined;
  const { digits } = knownCurrency(currency);
  const units = Number(fixed(big(amount).times(new Big(10).pow(digits)), 0, modeOf(mode)));
  if (!Number.isSafeInteger(units)) throw helperFailure(`${quoted(amount)} is too large for a count of minor units.`);
  return units;
}

function fromMinorUnits(units: Operand, currency: string | undefined): string | undefined {
  if (units === undefined || currency === undefined) return undefined;
  const { digits } = knownCurrency(currency);
  const whole = big(units);
  if (!whole.round(0, 0).eq(whole)) throw helperFailure(`${quoted(units)} is not a whole number of minor units.`);
  return fixed(whole.div(new Big(10).pow(digits)), digits, 'down');
}

export const MONEY_FUNCTIONS: readonly MappingFunction[] = [
  {
    name: 'money',
    usage: '$money(amount, currency, mode?)',
    signature: '<(ns)ss?:o>',
    group,
    arity: 2,
    description:
      'Amount with exactly the decimals of its currency (ISO 4217), rounded half-up unless `mode` says `"half-even"` or `"down"`. Fails on an unknown currency.',
    examples: [
      { expression: '$money("12.5", "eur")', result: { amount: '12.50', currency: 'EUR' } },
      { expression: '$money("1250", "JPY")', result: { amount: '1250', currency: 'JPY' } },
      { expression: '$money(1, "XYZ")', error: '"XYZ" is not an ISO 4217 currency code.' },
    ],
    implementation: money,
  },
  {
    name: 'minorUnits',
    usage: '$minorUnits(amount, currency, mode?)',
    signature: '<(ns)ss?:n>',
    group,
    arity: 2,
    description: 'Whole number of minor units (cents), as card processors take them.',
    examples: [
      { expression: '$minorUnits("19.99", "USD")', result: 1999 },
      { expression: '$minorUnits("1.234", "KWD")', result: 1234 },
    ],
    implementation: minorUnits,
  },
  {
    name: 'fromMinorUnits',
    usage: '$fromMinorUnits(units, currency)',
    signature: '<(ns)s:s>',
    group,
    arity: 2,
    description: 'Decimal text with the decimals of the currency, from a whole number of minor units.',
    examples: [
      { expression: '$fromMinorUnits(1990, "USD")', result: '19.90' },
      { expression: '$fromMinorUnits(1990, "JPY")', result: '1990' },
    ],
    implementation: fromMinorUnits,
  },
  {
    name: 'currency',
    usage: '$currency(code, fallback?)',
    signature: '<x-x?:s>',
    group,
    arity: 1,
    description: 'The ISO 4217 code in capitals; `fallback`, or nothing, when there is no such currency.',
    examples: [
      { expression: '$currency(" usd ")', result: 'USD' },
      { expression: '$currency("dollars")' },
      { expression: '$currency(missing, "EUR")', input: {}, result: 'EUR' },
    ],
    implementation: (code: unknown, fallback: unknown) => currencyCode(code) ?? fallback,
  },
  {
    name: 'currencyDigits',
    usage: '$currencyDigits(code)',
    signature: '<s-:n>',
    group,
    arity: 1,
    description: 'How many decimals the currency has (ISO 4217). Fails on an unknown currency.',
    examples: [
      { expression: '$currencyDigits("EUR")', result: 2 },
      { expression: '$currencyDigits("JPY")', result: 0 },
    ],
    implementation: (code: string | undefined) => (code === undefined ? undefined : knownCurrency(code).digits),
  },
];
