import Big from 'big.js';
import { helperFailure, quoted } from './function.types';

export type RoundingName = 'half-up' | 'half-even' | 'down';

const MODES: { readonly [mode in RoundingName]: Big.RoundingMode } = { down: 0, 'half-up': 1, 'half-even': 2 };
const DECIMAL_TEXT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/;
/** Far beyond any amount of money; without a bound `$mul` could be made to grow numbers until the memory is gone. */
const MAX_DIGITS = 200;

/** Whether the value reads as a decimal: a finite number or text such as `-12.50`, `.5`, `1e3`. */
export function isDecimal(value: unknown): value is string | number {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && value.length <= MAX_DIGITS && DECIMAL_TEXT.test(value.trim());
}

export function big(value: unknown): Big {
  if (!isDecimal(value)) throw helperFailure(`${quoted(value)} is not a decimal number.`);
  return bounded(new Big(typeof value === 'string' ? trimmedDot(value.trim()) : value));
}

/** `12.` and `.5` are common in exports; big.js takes neither a bare dot at the end nor a leading plus. */
function trimmedDot(text: string): string {
  return text.replace(/^\+/, '').replace(/\.(?=$|[eE])/, '');
}

export function bounded(value: Big): Big {
  if (value.e > MAX_DIGITS || value.c.length - value.e > MAX_DIGITS * 2)
    throw helperFailure(`A decimal went beyond ${MAX_DIGITS} digits.`);
  return value;
}

/** Canonical text: no exponent, no trailing zeros, no `-0`. */
export function canonical(value: Big): string {
  return value.eq(0) ? '0' : bounded(value).toFixed();
}

export function fixed(value: Big, scale: number, mode: RoundingName): string {
  const rounded = value.round(scale, MODES[mode]);
  return (rounded.eq(0) ? rounded.abs() : rounded).toFixed(scale);
}

export function scaleOf(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 100)
    throw helperFailure(`The scale must be a whole number from 0 to 100, not ${quoted(value)}.`);
  return value;
}

export function modeOf(value: unknown, fallback: RoundingName = 'half-up'): RoundingName {
  if (value === undefined) return fallback;
  if (typeof value === 'string' && Object.hasOwn(MODES, value)) return value as RoundingName;
  throw helperFailure(`The rounding must be half-up, half-even or down, not ${quoted(value)}.`);
}

/** Exact quotient rounded once, at the scale asked for. */
export function divide(a: Big, b: Big, scale: number, mode: RoundingName): Big {
  if (b.eq(0)) throw helperFailure('Division by zero.');
  const Scaled = Big();
  Scaled.DP = scale;
  Scaled.RM = MODES[mode];
  // Back to the common constructor: what is computed from the quotient must not inherit its scale.
  return new Big(new Scaled(a.toFixed()).div(b.toFixed()).toFixed());
}
