import Big from 'big.js';
import { big, bounded, canonical, divide, fixed, isDecimal, modeOf, scaleOf } from './decimal';
import { helperFailure, quoted, type MappingFunction } from './function.types';

const group = 'Decimals and money';
type Operand = string | number | undefined;

const binary = (
  name: string,
  verb: string,
  compute: (a: Big, b: Big) => Big,
  examples: MappingFunction['examples'],
): MappingFunction => ({
  name,
  usage: `$${name}(a, b)`,
  signature: '<(ns)(ns):s>',
  group,
  arity: 2,
  description: `${verb}, exactly, as canonical decimal text. Nothing when an operand is absent.`,
  examples,
  implementation: (a: Operand, b: Operand) =>
    a === undefined || b === undefined ? undefined : canonical(bounded(compute(big(a), big(b)))),
});

const rounding = (
  name: string,
  mode: 'half-up' | 'half-even' | 'down',
  explanation: string,
  examples: MappingFunction['examples'],
): MappingFunction => ({
  name,
  usage: `$${name}(x, scale)`,
  signature: '<(ns)n:s>',
  group,
  arity: 2,
  description: `Rounds to \`scale\` decimals and keeps the trailing zeros. ${explanation}`,
  examples,
  implementation: (x: Operand, scale: unknown) => (x === undefined ? undefined : fixed(big(x), scaleOf(scale), mode)),
});

function parseDecimal(text: string | undefined, separator: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (separator !== undefined && separator !== ',' && separator !== '.')
    throw helperFailure('The decimal separator must be "," or ".".');
  const grouping = separator === ',' ? /[.'’\s]/g : /[,'’\s]/g;
  const plain = text.replace(grouping, '');
  const candidate = separator === ',' ? plain.replace(',', '.') : plain;
  if (!isDecimal(candidate)) throw helperFailure(`${quoted(text)} is not a decimal number.`);
  return canonical(big(candidate));
}

function sumDecimals(values: readonly unknown[] | undefined): string | undefined {
  return values === undefined
    ? undefined
    : canonical(values.reduce((sum: Big, value) => bounded(sum.plus(big(value))), new Big(0)));
}

/** Largest remainder: each share is rounded down, then the units left over go to the largest fractions, first come first served. */
function allocate(total: Operand, weights: readonly unknown[] | undefined, scale: unknown): string[] | undefined {
  if (total === undefined || weights === undefined) return undefined;
  const places = scaleOf(scale);
  const parts = weights.map(big);
  const sum = parts.reduce((all, part) => all.plus(part), new Big(0));
  if (parts.some((part) => part.lt(0)) || sum.lte(0))
    throw helperFailure('The weights must not be negative and must not all be zero.');
  const factor = new Big(10).pow(places);
  const units = big(total).times(factor);
  if (!units.round(0, 0).eq(units)) throw helperFailure(`${quoted(total)} has more than ${places} decimals.`);
  const shares = parts.map((part, index) => {
    const product = units.abs().times(part);
    const floor = divide(product, sum, 0, 'down');
    return { index, floor, rest: product.minus(floor.times(sum)) };
  });
  let left = Number(shares.reduce((open, share) => open.minus(share.floor), units.abs()).toFixed());
  for (const share of [...shares].sort((a, b) => b.rest.cmp(a.rest) || a.index - b.index)) {
    if (left-- <= 0) break;
    share.floor = share.floor.plus(1);
  }
  const sign = units.lt(0) ? -1 : 1;
  return shares.map((share) => fixed(share.floor.times(sign).div(factor), places, 'down'));
}

export const DECIMAL_FUNCTIONS: readonly MappingFunction[] = [
  {
    name: 'decimal',
    usage: '$decimal(x)',
    signature: '<(ns)-:s>',
    group,
    arity: 1,
    description:
      'Canonical decimal text: no exponent, no plus, no trailing zeros. Text is taken digit by digit, so money should arrive as text; a number is taken as its shortest decimal form. Fails on anything else.',
    examples: [
      { expression: '$decimal("0012.500")', result: '12.5' },
      { expression: '$decimal(1e3)', result: '1000' },
      { expression: '$decimal("12,50")', error: '"12,50" is not a decimal number.' },
    ],
    implementation: (x: Operand) => (x === undefined ? undefined : canonical(big(x))),
  },
  {
    name: 'parseDecimal',
    usage: '$parseDecimal(text, separator?)',
    signature: '<s-s?:s>',
    group,
    arity: 1,
    description:
      'Reads a number as people write it. `separator` is the decimal separator, `"."` (default) or `","`; the other one, spaces and apostrophes are taken as grouping. Never guesses which is which.',
    examples: [
      { expression: '$parseDecimal("1.234,50", ",")', result: '1234.5' },
      { expression: '$parseDecimal("1,234.50")', result: '1234.5' },
    ],
    implementation: parseDecimal,
  },
  {
    name: 'isDecimal',
    usage: '$isDecimal(x)',
    signature: '<x-:b>',
    group,
    arity: 1,
    description: 'Whether the value can be given to the decimal functions.',
    examples: [
      { expression: '$isDecimal("12.50")', result: true },
      { expression: '$isDecimal("12,50")', result: false },
      { expression: '$isDecimal(null)', result: false },
    ],
    implementation: (x: unknown) => isDecimal(x),
  },
  binary('add', 'Sum', (a, b) => a.plus(b), [{ expression: '$add("0.1", "0.2")', result: '0.3' }]),
  binary('sub', 'Difference', (a, b) => a.minus(b), [{ expression: '$sub("1", "0.9")', result: '0.1' }]),
  binary('mul', 'Product', (a, b) => a.times(b), [
    { expression: '$mul("19.99", 3)', result: '59.97' },
    { expression: '$mul(missing, 3)', input: {} },
  ]),
  {
    name: 'div',
    usage: '$div(a, b, scale, mode?)',
    signature: '<(ns)(ns)ns?:s>',
    group,
    arity: 3,
    description:
      'Quotient, rounded once to `scale` decimals: `"half-up"` (default, away from zero), `"half-even"` or `"down"`. Canonical text. Fails on division by zero.',
    examples: [
      { expression: '$div("10", "3", 4)', result: '3.3333' },
      { expression: '$div("1", "8", 2, "half-even")', result: '0.12' },
      { expression: '$div("1", "0", 2)', error: 'Division by zero.' },
    ],
    implementation: (a: Operand, b: Operand, scale: unknown, mode: unknown) =>
      a === undefined || b === undefined ? undefined : canonical(divide(big(a), big(b), scaleOf(scale), modeOf(mode))),
  },
  rounding('roundHalfUp', 'half-up', 'A half goes away from zero, as in commerce.', [
    { expression: '$roundHalfUp("2.345", 2)', result: '2.35' },
    { expression: '$roundHalfUp("-2.5", 0)', result: '-3' },
  ]),
  rounding('roundHalfEven', 'half-even', "A half goes to the even neighbour (banker's rounding).", [
    { expression: '$roundHalfEven("2.345", 2)', result: '2.34' },
    { expression: '$roundHalfEven("3", 2)', result: '3.00' },
  ]),
  rounding('roundDown', 'down', 'Cuts towards zero.', [{ expression: '$roundDown("-2.999", 2)', result: '-2.99' }]),
  {
    name: 'compareDecimals',
    usage: '$compareDecimals(a, b)',
    signature: '<(ns)(ns):n>',
    group,
    arity: 2,
    description: '-1, 0 or 1. Use it in place of `<` on decimal text, which would compare letter by letter.',
    examples: [
      { expression: '$compareDecimals("10", "9.5")', result: 1 },
      { expression: '$compareDecimals("1.50", 1.5)', result: 0 },
    ],
    implementation: (a: Operand, b: Operand) => (a === undefined || b === undefined ? undefined : big(a).cmp(big(b))),
  },
  {
    name: 'sumDecimals',
    usage: '$sumDecimals(values)',
    signature: '<a:s>',
    group,
    arity: 1,
    description: 'Exact sum of a list of decimals. Nothing when the list is absent.',
    examples: [
      {
        expression: '$sumDecimals(lines.amount)',
        input: { lines: [{ amount: '0.10' }, { amount: '0.20' }, { amount: 3 }] },
        result: '3.3',
      },
    ],
    implementation: sumDecimals,
  },
  {
    name: 'allocate',
    usage: '$allocate(total, weights, scale)',
    signature: '<(ns)an:a<s>>',
    group,
    arity: 3,
    description:
      'Splits an amount by weights without losing a cent: the shares always add up to the total. Units left over go to the largest fractions, the first of equals first.',
    examples: [
      { expression: '$allocate("100.00", [1, 1, 1], 2)', result: ['33.34', '33.33', '33.33'] },
      { expression: '$allocate("-0.05", [3, 7], 2)', result: ['-0.02', '-0.03'] },
    ],
    implementation: allocate,
  },
];
