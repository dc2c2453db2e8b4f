import type Big from 'big.js';
import { type Company } from '../quickbooks.company';
import { Fault, business, fail, invalidReference, requiredMissing } from '../quickbooks.errors';
import { ZERO, numberOf, objectOf, objectsOf, refId, textOf, type ValueObject } from '../quickbooks.values';
import { lineTaxCode, percent, sum, type TaxableLine } from './tax.rules';

export interface ReadLines {
  /** As they are kept: numbered, with the generated subtotal before the discount. */
  readonly lines: readonly ValueObject[];
  readonly taxable: readonly TaxableLine[];
  readonly subtotal: Big;
  readonly discount: Big;
}

/**
 * The lines of a sales form replace those it had. A line that names one of the present ids keeps it, others are new.
 * @throws Fault 2020, 2500, 6070, 6090, 6100
 */
export function readLines(company: Company, form: ValueObject, present: readonly ValueObject[]): ReadLines {
  const given = objectsOf(form.Line);
  if (given.length === 0) throw new Fault([requiredMissing('Line')]);
  const ids = new LineIds(present);
  const lines: ValueObject[] = [];
  const taxable: TaxableLine[] = [];
  let discountLine: ValueObject | undefined;
  for (const line of given) {
    const detailType = textOf(line.DetailType);
    if (detailType === undefined) throw new Fault([requiredMissing('DetailType')]);
    if (detailType === 'SubTotalLineDetail') continue;
    if (detailType === 'DiscountLineDetail') {
      if (discountLine) business('Only one discount line is allowed.');
      discountLine = line;
      continue;
    }
    const read = detailType === 'DescriptionOnly' ? descriptionLine(line) : salesLine(company, line, taxable);
    lines.push({
      Id: ids.take(textOf(line.Id)),
      LineNum: numberOf(line.LineNum)?.gt(0) ? line.LineNum : undefined,
      ...read,
    });
  }
  const subtotal = sum(taxable.map(({ amount }) => amount));
  const numbered = lines.map((line, index) => ({ ...line, LineNum: ZERO.plus(index + 1) }));
  const subtotalLine = { Amount: subtotal, DetailType: 'SubTotalLineDetail', SubTotalLineDetail: {} };
  const discount = discountLine ? readDiscount(discountLine, subtotal) : undefined;
  return {
    lines: [...numbered, subtotalLine, ...(discount ? [discount.line] : [])],
    taxable,
    subtotal,
    discount: discount?.amount ?? ZERO,
  };
}

class LineIds {
  private readonly free: Set<string>;
  private last: number;

  constructor(present: readonly ValueObject[]) {
    const ids = present.flatMap(({ Id }) => textOf(Id) ?? []);
    this.free = new Set(ids);
    this.last = Math.max(0, ...ids.map(Number));
  }

  take(wanted: string | undefined): string {
    return wanted !== undefined && this.free.delete(wanted) ? wanted : String(++this.last);
  }
}

function descriptionLine(line: ValueObject): ValueObject {
  return {
    Description: line.Description,
    DetailType: 'DescriptionOnly',
    DescriptionLineDetail: objectOf(line.DescriptionLineDetail) ?? {},
  };
}

function salesLine(company: Company, line: ValueObject, taxable: TaxableLine[]): ValueObject {
  const detail = objectOf(line.SalesItemLineDetail);
  if (!detail) throw new Fault([requiredMissing('SalesItemLineDetail')]);
  const amount = numberOf(line.Amount);
  if (!amount) throw new Fault([requiredMissing('Amount')]);
  const itemId = refId(detail, 'ItemRef');
  // The vendor keeps a line without an item as a remark and drops its amount.
  if (itemId === undefined) return descriptionLine(line);
  const quantity = numberOf(detail.Qty);
  const unitPrice = numberOf(detail.UnitPrice);
  if (quantity && unitPrice && !quantity.times(unitPrice).round(2).eq(amount)) {
    fail({
      Message: 'Amount calculation incorrect in the request',
      Detail: `Amount is not equal to UnitPrice * Qty. Supplied value:${grouped(amount)}`,
      code: '6070',
      element: 'Line.Amount',
    });
  }
  const item = company.store.get('Item', itemId);
  if (!item) invalidReference('Items', itemId);
  if (item.body.Type === 'Category') {
    fail({
      Message: 'Invalid Reference Id',
      Detail:
        'Invalid Reference Id : An item in this transaction is set up as a category instead of a product or service.',
      code: '2500',
      element: '',
    });
  }
  const taxCode = lineTaxCode(company, detail, item.body.Taxable === true);
  taxable.push({ amount, taxCode });
  const account = refId(item.body, 'IncomeAccountRef');
  return {
    Description: line.Description,
    Amount: amount,
    DetailType: 'SalesItemLineDetail',
    LinkedTxn: objectsOf(line.LinkedTxn).length > 0 ? line.LinkedTxn : undefined,
    SalesItemLineDetail: {
      ...detail,
      ...(account === undefined ? {} : { ItemAccountRef: accountRef(company, account) }),
      TaxCodeRef: { value: taxCode },
    },
    CustomExtensions: [],
  };
}

function accountRef(company: Company, id: string): ValueObject {
  return { value: id, name: textOf(company.store.get('Account', id)?.body.Name) };
}

/** The vendor prints the amount in this one message with thousands separators. */
function grouped(amount: Big): string {
  const [whole = '0', fraction] = amount.toFixed().split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? text : `${text}.${fraction}`;
}

function readDiscount(line: ValueObject, subtotal: Big): { line: ValueObject; amount: Big } {
  const detail = objectOf(line.DiscountLineDetail) ?? {};
  const rate = numberOf(detail.DiscountPercent);
  const amount = detail.PercentBased === true ? rate && percent(subtotal, rate) : numberOf(line.Amount);
  if (!amount) {
    fail({
      Message: 'Discount Line missing required info.',
      Detail: 'Discount amount or percent should be provided.',
      code: '6090',
      element: 'DiscountLineDetail',
    });
  }
  return {
    line: {
      Amount: amount,
      DetailType: 'DiscountLineDetail',
      DiscountLineDetail: { ...detail, PercentBased: detail.PercentBased ?? false },
    },
    amount,
  };
}
