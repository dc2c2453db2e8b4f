import { type Json, type JsonObject } from '@hub/platform';
import { checkCanonical, type CanonicalRecords } from './canonical-check';
import { CANONICAL_SCHEMAS } from './canonical.schemas';
import { CANONICAL_TYPES, type Address, type CanonicalLine, type CanonicalType, type Money } from './canonical.types';

type NeededOf<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];
/** Every member, and whether the type needs it: the compiler holds this table to the types, the tests to the schemas. */
type MembersOf<T> = { readonly [K in keyof T]-?: K extends NeededOf<T> ? 'needed' : 'optional' };

const base = { id: 'needed', status: 'optional', updated_at: 'optional' } as const;
const MEMBERS: { readonly [T in CanonicalType]: MembersOf<CanonicalRecords[T]> } = {
  customer: {
    ...base,
    kind: 'optional',
    display_name: 'needed',
    legal_name: 'optional',
    given_name: 'optional',
    family_name: 'optional',
    email: 'optional',
    phone: 'optional',
    website: 'optional',
    tax_id: 'optional',
    account_number: 'optional',
    billing: 'optional',
    shipping: 'optional',
    currency: 'optional',
    terms_days: 'optional',
    credit_limit: 'optional',
    notes: 'optional',
  },
  contact: {
    ...base,
    customer_id: 'optional',
    given_name: 'optional',
    family_name: 'needed',
    email: 'optional',
    phone: 'optional',
    title: 'optional',
  },
  vendor: {
    ...base,
    display_name: 'needed',
    legal_name: 'optional',
    email: 'optional',
    phone: 'optional',
    tax_id: 'optional',
    account_number: 'optional',
    billing: 'optional',
    currency: 'optional',
  },
  invoice: {
    ...base,
    number: 'optional',
    customer_id: 'needed',
    issue_date: 'needed',
    due_date: 'optional',
    currency: 'needed',
    lines: 'needed',
    tax_total: 'optional',
    total: 'needed',
    balance: 'optional',
    state: 'optional',
    po_number: 'optional',
    memo: 'optional',
  },
  opportunity: {
    ...base,
    name: 'needed',
    customer_id: 'needed',
    stage: 'needed',
    won: 'needed',
    closed: 'needed',
    close_date: 'needed',
    currency: 'optional',
    amount: 'optional',
    lines: 'needed',
    memo: 'optional',
    customer: 'optional',
  },
  order: {
    ...base,
    number: 'optional',
    customer_id: 'needed',
    order_date: 'needed',
    currency: 'needed',
    lines: 'needed',
    total: 'optional',
    po_number: 'optional',
  },
  payment: {
    ...base,
    customer_id: 'needed',
    date: 'needed',
    amount: 'needed',
    unapplied: 'optional',
    method: 'optional',
    reference: 'optional',
    allocations: 'needed',
  },
  product: {
    ...base,
    sku: 'optional',
    name: 'needed',
    description: 'optional',
    type: 'optional',
    unit_price: 'optional',
    cost: 'optional',
  },
};
const PARTS: {
  readonly money: MembersOf<Money>;
  readonly address: MembersOf<Address>;
  readonly line: MembersOf<CanonicalLine>;
} = {
  money: { amount: 'needed', currency: 'needed' },
  address: {
    line1: 'optional',
    line2: 'optional',
    city: 'optional',
    region: 'optional',
    postal_code: 'optional',
    country_code: 'optional',
  },
  line: {
    line_no: 'needed',
    product_id: 'optional',
    sku: 'optional',
    description: 'optional',
    quantity: 'needed',
    unit_price: 'needed',
    tax_code: 'optional',
    amount: 'needed',
  },
};

const eur = (amount: string): Money => ({ amount, currency: 'EUR' });
const line = (amount: string): CanonicalLine => ({ line_no: 1, quantity: '1', unit_price: amount, amount });
/** The least of each type, and all of it: what the compiler takes for a record has to pass. */
const LEAST: CanonicalRecords = {
  customer: { id: '1', display_name: 'Ada' },
  contact: { id: '1', family_name: 'Lovelace' },
  vendor: { id: '1', display_name: 'Ada' },
  invoice: { id: '1', customer_id: '2', issue_date: '2024-02-29', currency: 'EUR', lines: [], total: eur('0') },
  opportunity: {
    id: '1',
    name: 'Deal',
    customer_id: null,
    stage: 'Won',
    won: true,
    closed: true,
    close_date: '2026-01-01',
    lines: [],
  },
  order: { id: '1', customer_id: '2', order_date: '2026-01-01', currency: 'EUR', lines: [] },
  payment: { id: '1', customer_id: '2', date: '2026-01-01', amount: eur('1'), allocations: [] },
  product: { id: '1', name: 'Nut' },
};
const common = { status: 'active', updated_at: '2026-11-20T10:00:00.000Z' } as const;
const address: Required<Address> = {
  line1: 'a',
  line2: null,
  city: 'b',
  region: null,
  postal_code: '1',
  country_code: 'DE',
};
const fullLine: Required<CanonicalLine> = {
  line_no: 1,
  product_id: 'p',
  sku: 's',
  description: 'd',
  quantity: '2',
  unit_price: '10.0000001',
  tax_code: 'S',
  amount: '20.00',
};
const customer: Required<CanonicalRecords['customer']> = {
  id: '1',
  ...common,
  kind: 'business',
  display_name: 'Ada',
  legal_name: 'Ada Ltd',
  given_name: null,
  family_name: null,
  email: 'a@b.example',
  phone: null,
  website: null,
  tax_id: null,
  account_number: 'A-1',
  billing: address,
  shipping: null,
  currency: 'EUR',
  terms_days: 30,
  credit_limit: eur('100'),
  notes: '💶',
};
const FULL: { readonly [T in CanonicalType]: Required<CanonicalRecords[T]> } = {
  customer,
  contact: {
    id: '1',
    ...common,
    customer_id: '2',
    given_name: 'A',
    family_name: 'L',
    email: null,
    phone: null,
    title: null,
  },
  vendor: {
    id: '1',
    ...common,
    display_name: 'V',
    legal_name: null,
    email: null,
    phone: null,
    tax_id: null,
    account_number: null,
    billing: address,
    currency: 'EUR',
  },
  invoice: {
    id: '1',
    ...common,
    number: 'I-1',
    customer_id: '2',
    issue_date: '2026-01-01',
    due_date: '2026-01-01',
    currency: 'EUR',
    lines: [fullLine],
    tax_total: eur('3.80'),
    total: eur('23.80'),
    balance: eur('0.00'),
    state: 'paid',
    po_number: null,
    memo: null,
  },
  opportunity: {
    ...LEAST.opportunity,
    ...common,
    customer_id: '2',
    currency: 'EUR',
    amount: eur('20.00'),
    lines: [fullLine],
    memo: null,
    customer,
  },
  order: { ...LEAST.order, ...common, number: null, lines: [fullLine], total: eur('20.00'), po_number: null },
  payment: {
    ...LEAST.payment,
    ...common,
    unapplied: eur('0.4'),
    method: 'card',
    reference: 'x',
    allocations: [{ invoice_id: '3', amount: '0.60' }],
  },
  product: {
    ...LEAST.product,
    ...common,
    sku: 'N',
    description: null,
    type: 'service',
    unit_price: eur('1'),
    cost: null,
  },
};

const problemsOf = (type: CanonicalType, value: unknown): string[] =>
  checkCanonical(type, value as Json).map(({ pointer, code }) => `${pointer} ${code}`);
const membersOf = (schema: JsonObject): Record<string, string> => {
  const needed = schema['required'] as string[];
  const names = Object.keys(schema['properties'] as JsonObject);
  return Object.fromEntries(names.map((name) => [name, needed.includes(name) ? 'needed' : 'optional']));
};
const at = (schema: JsonObject, ...path: string[]): JsonObject =>
  path.reduce((found, step) => found[step] as JsonObject, schema);

describe('the model', () => {
  it.each(CANONICAL_TYPES)('has the members of its type: %s', (type) => {
    expect(membersOf(CANONICAL_SCHEMAS[type])).toEqual(MEMBERS[type]);
  });

  it('has the members of the types within', () => {
    const { invoice, customer: of } = CANONICAL_SCHEMAS;
    expect(membersOf(at(invoice, 'properties', 'total'))).toEqual(PARTS.money);
    expect(membersOf(at(invoice, 'properties', 'lines', 'items'))).toEqual(PARTS.line);
    expect(membersOf(at(of, 'properties', 'billing'))).toEqual(PARTS.address);
  });

  it.each(CANONICAL_TYPES)('takes the least and the most of a record: %s', (type) => {
    expect(problemsOf(type, LEAST[type])).toEqual([]);
    expect(problemsOf(type, FULL[type])).toEqual([]);
  });

  it.each(CANONICAL_TYPES)(
    'refuses a record without a member that it needs, and with one that is unknown: %s',
    (type) => {
      for (const [name, need] of Object.entries(MEMBERS[type])) {
        if (need !== 'needed') continue;
        const { [name]: _left, ...rest } = LEAST[type] as unknown as Record<string, unknown>;
        expect(problemsOf(type, rest)).toEqual([`/${name} required`]);
      }
      expect(problemsOf(type, { ...LEAST[type], nonsense: 1 })).toEqual(['/nonsense unknown_member']);
      expect(problemsOf(type, { ...LEAST[type], id: '' })).toEqual(['/id min_length']);
      expect(problemsOf(type, [])).toEqual([' type']);
    },
  );

  it.each<[CanonicalType, object, string]>([
    ['invoice', { total: { amount: 12.5, currency: 'EUR' } }, '/total/amount type'],
    ['invoice', { total: { amount: '1e3', currency: 'EUR' } }, '/total/amount pattern'],
    ['invoice', { total: { amount: '1,000.00', currency: 'EUR' } }, '/total/amount pattern'],
    ['invoice', { issue_date: '2025-02-29' }, '/issue_date format'],
    ['invoice', { issue_date: '2025-02-28T00:00:00Z' }, '/issue_date format'],
    ['invoice', { due_date: '2024-02-28' }, '/due_date before_issue_date'],
    ['invoice', { currency: 'eur' }, '/currency pattern'],
    ['invoice', { currency: 'XXY', total: { amount: '0', currency: 'XXY' } }, '/currency unknown_currency'],
    ['invoice', { total: { amount: '0', currency: 'USD' } }, '/total/currency other_currency'],
    ['invoice', { tax_total: { amount: '0', currency: 'USD' } }, '/tax_total/currency other_currency'],
    ['invoice', { balance: { amount: '0', currency: 'USD' } }, '/balance/currency other_currency'],
    ['customer', { display_name: ' \t' }, '/display_name blank'],
    ['customer', { updated_at: '2026-11-20T10:00:00+01:00' }, '/updated_at pattern'],
    ['customer', { billing: { country_code: 'Germany' } }, '/billing/country_code pattern'],
    ['customer', { credit_limit: { amount: '1', currency: 'QQQ' } }, '/credit_limit/currency unknown_currency'],
    ['vendor', { display_name: '' }, '/display_name blank'],
    ['contact', { family_name: '\u00a0' }, '/family_name blank'],
    ['product', { name: ' ' }, '/name blank'],
    ['opportunity', { name: '' }, '/name blank'],
    ['opportunity', { currency: 'USD', amount: eur('1') }, '/amount/currency other_currency'],
    ['opportunity', { customer: { id: '1', display_name: ' ' } }, '/customer/display_name blank'],
    ['order', { total: { amount: '1', currency: 'USD' } }, '/total/currency other_currency'],
    ['payment', { unapplied: { amount: '0', currency: 'USD' } }, '/unapplied/currency other_currency'],
  ])('says what is wrong with a %s: %j', (type, wrong, problem) => {
    expect(problemsOf(type, { ...LEAST[type], ...wrong })).toEqual([problem]);
  });
});

describe('sums', () => {
  const invoice = (currency: string, lines: string[], tax: string | null, total: string): string[] =>
    problemsOf('invoice', {
      ...LEAST.invoice,
      currency,
      lines: lines.map((amount, index) => ({ ...line(amount), line_no: index + 1 })),
      ...(tax === null ? {} : { tax_total: { amount: tax, currency } }),
      total: { amount: total, currency },
    });
  const OFF = ['/total total_mismatch'];

  it.each<[string, string[], string | null, string, string[]]>([
    ['EUR', ['0.1', '0.2'], null, '0.3', []],
    ['EUR', ['10.00', '20.00'], '5.70', '35.70', []],
    ['EUR', ['10.00', '20.00'], '4.79', '30.00', []],
    ['EUR', ['10.004'], null, '10.00', []],
    ['EUR', ['10.005'], null, '10.00', []],
    ['EUR', ['10.0051'], null, '10.00', OFF],
    ['EUR', ['10.00'], null, '10.01', OFF],
    ['JPY', ['100.5'], null, '101', []],
    ['JPY', ['100.51'], null, '100', OFF],
    ['KWD', ['1.0005'], null, '1.000', []],
    ['KWD', ['1.001'], null, '1.000', OFF],
    ['EUR', ['12345678901234567890.12', '-0.12'], null, '12345678901234567890.00', []],
    ['EUR', ['12345678901234567890.12'], null, '12345678901234567890.13', OFF],
  ])('of an invoice in %s: %j + %s = %s', (currency, lines, tax, total, problems) => {
    expect(invoice(currency, lines, tax, total)).toEqual(problems);
  });

  it.each<[string, string[], string[]]>([
    ['1.00', ['0.60', '0.40'], []],
    ['1.00', ['0.60'], []],
    ['1.00', ['0.60', '0.405'], []],
    ['1.00', ['0.60', '0.41'], ['/allocations over_allocated']],
  ])('of a payment of %s: %j', (amount, allocations, problems) => {
    const record = {
      ...LEAST.payment,
      amount: eur(amount),
      allocations: allocations.map((part, index) => ({ invoice_id: `${index}`, amount: part })),
    };
    expect(problemsOf('payment', record)).toEqual(problems);
  });
});
