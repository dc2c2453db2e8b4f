import fc from 'fast-check';
import { big, canonical, divide, fixed, isDecimal } from './decimal';
import { DECIMAL_FUNCTIONS } from './decimal.functions';

const call = (name: string, ...args: unknown[]): unknown =>
  DECIMAL_FUNCTIONS.find((item) => item.name === name)?.implementation.apply(
    { environment: { lookup: () => undefined } },
    args as never[],
  );

const cents = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
const asText = (units: bigint): string =>
  `${units < 0n ? '-' : ''}${(units < 0n ? -units : units) / 100n}.${String((units < 0n ? -units : units) % 100n).padStart(2, '0')}`;

describe('decimal arithmetic', () => {
  it('adds and subtracts as whole numbers of cents do', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(call('add', asText(a), asText(b))).toBe(canonical(big(asText(a + b))));
        expect(call('sub', asText(a), asText(b))).toBe(canonical(big(asText(a - b))));
      }),
    );
  });

  it('allocates so that the shares add up to the total, with its sign, and none is off by a unit or more', () => {
    fc.assert(
      fc.property(
        cents,
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 12 }),
        (total, weights) => {
          fc.pre(weights.some((weight) => weight > 0));
          const shares = call('allocate', asText(total), weights, 2) as string[];
          const sum = weights.reduce((all, weight) => all + weight, 0);
          expect(call('sumDecimals', shares)).toBe(canonical(big(asText(total))));
          shares.forEach((share, index) => {
            const ideal = divide(big(asText(total)).times(weights[index] ?? 0), big(sum), 10, 'half-even');
            expect(big(share).minus(ideal).abs().lt('0.01')).toBe(true);
          });
        },
      ),
    );
  });

  it('rounds halves as told and keeps no minus before zero', () => {
    expect(fixed(big('-0.004'), 2, 'half-up')).toBe('0.00');
    expect(fixed(big('0.125'), 2, 'half-even')).toBe('0.12');
    expect(fixed(big('0.125'), 2, 'half-up')).toBe('0.13');
    expect(canonical(big('-0'))).toBe('0');
  });

  it.each([' 12.50 ', '+3', '.5', '5.', '1e3', 0.1, -7])('takes %p for a decimal', (value) =>
    expect(isDecimal(value)).toBe(true),
  );
  it.each([
    '',
    ' ',
    '1,5',
    '1.2.3',
    '0x10',
    'NaN',
    'Infinity',
    NaN,
    Infinity,
    null,
    true,
    [1],
    '1e99999',
    '9'.repeat(500),
  ])('refuses %p', (value) => expect(isDecimal(value)).toBe(false));

  it('refuses to grow without bound', () => {
    expect(() => big('1e9999')).toThrow('beyond');
    expect(() => call('mul', '9'.repeat(150), '9'.repeat(150))).toThrow('beyond');
  });

  it.each([
    ['div', ['1', '3', -1]],
    ['div', ['1', '3', 2, 'up']],
    ['allocate', ['1', [0, 0], 2]],
    ['allocate', ['1', [-1, 2], 2]],
    ['allocate', ['1.001', [1], 2]],
  ])('refuses %s%j', (name, args) => expect(() => call(name, ...args)).toThrow());
});
