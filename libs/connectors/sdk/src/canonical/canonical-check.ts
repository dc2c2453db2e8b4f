import { type Json } from '@hub/platform';
import Big from 'big.js';
import { code as currencyByCode } from 'currency-codes';
import { compileSchema, type ConfigProblem } from '../config-validation';
import { CANONICAL_SCHEMAS } from './canonical.schemas';
import {
  type CanonicalContact,
  type CanonicalCustomer,
  type CanonicalInvoice,
  type CanonicalOpportunity,
  type CanonicalOrder,
  type CanonicalPayment,
  type CanonicalProduct,
  type CanonicalType,
  type CanonicalVendor,
  type Currency,
  type Money,
} from './canonical.types';

/** The type of each record of the model. */
export interface CanonicalRecords {
  readonly customer: CanonicalCustomer;
  readonly contact: CanonicalContact;
  readonly invoice: CanonicalInvoice;
  readonly payment: CanonicalPayment;
  readonly product: CanonicalProduct;
  readonly opportunity: CanonicalOpportunity;
  readonly vendor: CanonicalVendor;
  readonly order: CanonicalOrder;
}

type Problems = Generator<ConfigProblem>;
type Invariants = { readonly [T in CanonicalType]: (record: CanonicalRecords[T]) => Problems };

/**
 * Everything that is wrong with a record of the hub's model: its schema first, and if that is kept, what has to hold
 * between its members. Never repeats a value. Empty: it can be written to any system that knows its type.
 */
export function checkCanonical(type: CanonicalType, value: Json): readonly ConfigProblem[] {
  const problems = compileSchema(CANONICAL_SCHEMAS[type])(value);
  // The schema has just said that the value is a record of this type.
  const invariants = INVARIANTS[type] as (record: unknown) => Problems;
  return problems.length > 0 ? problems : [...invariants(value)];
}

const INVARIANTS: Invariants = {
  customer: checkCustomer,
  contact: (contact) => named('/family_name', contact.family_name),
  *vendor(vendor) {
    yield* named('/display_name', vendor.display_name);
    yield* known('/currency', vendor.currency);
  },
  *product(product) {
    yield* named('/name', product.name);
    yield* known('/unit_price/currency', product.unit_price?.currency);
    yield* known('/cost/currency', product.cost?.currency);
  },
  *opportunity(opportunity) {
    yield* named('/name', opportunity.name);
    yield* known('/currency', opportunity.currency);
    yield* known('/amount/currency', opportunity.amount?.currency);
    if (opportunity.currency != null) yield* inCurrency(opportunity.currency, { '/amount': opportunity.amount });
    if (opportunity.customer === undefined) return;
    for (const problem of checkCustomer(opportunity.customer))
      yield { ...problem, pointer: `/customer${problem.pointer}` };
  },
  *order(order) {
    yield* known('/currency', order.currency);
    yield* inCurrency(order.currency, { '/total': order.total });
  },
  *invoice(invoice) {
    const { currency, total, tax_total: tax, balance, issue_date: issued, due_date: due } = invoice;
    yield* known('/currency', currency);
    yield* inCurrency(currency, { '/total': total, '/tax_total': tax, '/balance': balance });
    // Days in this form sort as text.
    if (due != null && due < issued) {
      yield { pointer: '/due_date', code: 'before_issue_date', message: 'Is before the issue date' };
    }
    if (!addsUp(invoice)) {
      yield { pointer: '/total', code: 'total_mismatch', message: 'Is not what the lines and the tax add up to' };
    }
  },
  *payment(payment) {
    const { amount, unapplied, allocations } = payment;
    yield* known('/amount/currency', amount.currency);
    yield* inCurrency(amount.currency, { '/unapplied': unapplied });
    const spent = sum(allocations.map((allocation) => allocation.amount));
    if (spent.gt(new Big(amount.amount).plus(halfMinorUnit(amount.currency)))) {
      yield { pointer: '/allocations', code: 'over_allocated', message: 'Are more than the amount of the payment' };
    }
  },
};

function* checkCustomer(customer: CanonicalCustomer): Problems {
  yield* named('/display_name', customer.display_name);
  yield* known('/currency', customer.currency);
  yield* known('/credit_limit/currency', customer.credit_limit?.currency);
}

function* named(pointer: string, text: string): Problems {
  if (text.trim() === '') yield { pointer, code: 'blank', message: 'Must not be empty or blank' };
}

function* known(pointer: string, currency: Currency | null | undefined): Problems {
  if (currency != null && currencyByCode(currency) === undefined) {
    yield { pointer, code: 'unknown_currency', message: 'Is no currency of ISO 4217' };
  }
}

function* inCurrency(currency: Currency, amounts: Readonly<Record<string, Money | null | undefined>>): Problems {
  for (const [pointer, amount] of Object.entries(amounts)) {
    if (amount == null || amount.currency === currency) continue;
    yield { pointer: `${pointer}/currency`, code: 'other_currency', message: 'Is not the currency of the document' };
  }
}

/**
 * Within half a minor unit, because vendors round each line. Tax comes on top of the lines or is in them: the systems do
 * both. An invoice of which no lines are known has nothing to be compared with.
 */
function addsUp({ lines, tax_total: tax, total, currency }: CanonicalInvoice): boolean {
  if (lines.length === 0) return true;
  const net = sum(lines.map((line) => line.amount));
  const most = halfMinorUnit(currency);
  return [net, net.plus(tax?.amount ?? '0')].some((candidate) => candidate.minus(total.amount).abs().lte(most));
}

function sum(amounts: readonly string[]): Big {
  return amounts.reduce((total, amount) => total.plus(amount), new Big(0));
}

/** Of yen 0.5, of euro 0.005, of dinar 0.0005; where the currency is unknown, of the commonest. */
function halfMinorUnit(currency: Currency): Big {
  return new Big(`5e-${(currencyByCode(currency)?.digits ?? 2) + 1}`);
}
