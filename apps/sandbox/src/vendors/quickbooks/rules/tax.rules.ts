import Big from 'big.js';
import { type Company } from '../quickbooks.company';
import { business, fail, invalidReference } from '../quickbooks.errors';
import { ZERO, numberOf, objectOf, refId, textOf, type ValueObject } from '../quickbooks.values';

/** Per cent of the tax codes that companies outside the US have. */
const GLOBAL_TAX_RATES: Readonly<Record<string, string>> = { '4': '20', '5': '5', '6': '0' };
/** What a US line may say. */
const US_LINE_CODES = new Set(['TAX', 'NON']);
const HUNDRED = new Big(100);

export interface TaxableLine {
  readonly amount: Big;
  readonly taxCode: string;
}

export interface Tax {
  readonly total: Big;
  /** Already inside the line amounts. */
  readonly included: boolean;
  readonly detail: ValueObject;
}

/**
 * The tax code of a line, or the one it gets by itself.
 * @throws Fault 6100 for a US line that names anything but TAX or NON, 6000 for a foreign line that names none
 */
export function lineTaxCode(company: Company, detail: ValueObject, itemTaxable: boolean): string {
  const given = refId(detail, 'TaxCodeRef');
  if (company.settings.taxModel === 'us') {
    if (given !== undefined && !US_LINE_CODES.has(given)) {
      fail({
        Message: 'Invalid Line TaxCode in the request',
        Detail: `Valid Line TaxCodes for US should be TAX or NON. Supplied value:${given}`,
        code: '6100',
        element: 'TaxCodeRef',
      });
    }
    return given ?? (itemTaxable ? 'TAX' : 'NON');
  }
  if (given === undefined) business('Make sure all your transactions have a VAT rate before you save.');
  if (!Object.hasOwn(GLOBAL_TAX_RATES, given)) invalidReference('TaxCodes', given);
  return given;
}

export function computeTax(
  company: Company,
  form: ValueObject,
  lines: readonly TaxableLine[],
  discount: Big,
  customerTaxable: boolean,
): Tax {
  return company.settings.taxModel === 'us'
    ? usTax(company, form, lines, discount, customerTaxable)
    : globalTax(form, lines);
}

/** Under automated sales tax what the client says about tax does not count. */
function usTax(
  { settings }: Company,
  form: ValueObject,
  lines: readonly TaxableLine[],
  discount: Big,
  customerTaxable: boolean,
): Tax {
  const sent = objectOf(form.TxnTaxDetail);
  if (!settings.automatedSalesTax) {
    const total = numberOf(sent?.TotalTax) ?? ZERO;
    return { total, included: false, detail: { ...sent, TotalTax: total } };
  }
  const all = sum(lines.map(({ amount }) => amount));
  const taxable = sum(lines.filter(({ taxCode }) => taxCode === 'TAX').map(({ amount }) => amount));
  const share = form.ApplyTaxAfterDiscount === true && all.gt(0) ? all.minus(discount).div(all) : new Big(1);
  const total = customerTaxable ? percent(taxable.times(share), new Big(settings.salesTaxPercent)) : ZERO;
  return {
    total,
    included: false,
    detail: { ...(total.gt(0) ? { TxnTaxCodeRef: { value: '2' } } : {}), TotalTax: total },
  };
}

function globalTax(form: ValueObject, lines: readonly TaxableLine[]): Tax {
  const calculation = textOf(form.GlobalTaxCalculation);
  if (calculation === undefined) business('Make sure all your transactions have a VAT rate before you save.');
  if (calculation === 'NotApplicable') {
    if (numberOf(objectOf(form.TxnTaxDetail)?.TotalTax)?.gt(0)) {
      fail({
        Message: 'Invalid TxnTaxDetail Error',
        Detail: 'TxnTaxDetail is not allowed when GlobalTaxCalculation is NotApplicable',
        code: '6170',
        element: 'TxnTaxDetail',
      });
    }
    return { total: ZERO, included: false, detail: { TotalTax: ZERO } };
  }
  const included = calculation === 'TaxInclusive';
  const total = sum(
    lines.map(({ amount, taxCode }) => {
      const rate = new Big(GLOBAL_TAX_RATES[taxCode] ?? '0');
      return included ? amount.times(rate).div(HUNDRED.plus(rate)).round(2) : percent(amount, rate);
    }),
  );
  return { total, included, detail: { TotalTax: total } };
}

export function percent(amount: Big, rate: Big): Big {
  return amount.times(rate).div(HUNDRED).round(2);
}

export function sum(amounts: readonly Big[]): Big {
  return amounts.reduce((total, amount) => total.plus(amount), ZERO);
}
