import { type Company } from '../quickbooks.company';
import { Fault, business, fail, requiredMissing } from '../quickbooks.errors';
import { ZERO, numberOf, refId, textOf, type ValueObject } from '../quickbooks.values';
import { requireCurrency, requireUniqueName, retire } from './name.rules';
import { type Prepare, type WriteContext, type WriteInput } from './rules.types';

export const prepareItem: Prepare = (context, input) => {
  const { company } = context;
  const { current } = input;
  const named = prepareListName(context, input);
  const type = textOf(named.Type) ?? textOf(current?.body.Type) ?? 'NonInventory';
  const before = textOf(current?.body.Type);
  if (
    before !== undefined &&
    before !== type &&
    (before === 'Inventory' || before === 'Category' || type === 'Category')
  ) {
    business(`You can't change an item's type from ${before} to ${type}.`);
  }
  const parent = refId(named, 'ParentRef');
  if (named.SubItem === true && parent === undefined) throw new Fault([requiredMissing('ParentRef')]);
  const body: ValueObject = { ...named, Type: type };
  if (type === 'Category') return body;
  if (type === 'Group') business('Bundles cannot be created through this company file.');
  if (type === 'Inventory') checkInventory(company, body);
  else if (refId(body, 'IncomeAccountRef') === undefined && refId(body, 'ExpenseAccountRef') === undefined) {
    throw new Fault([requiredMissing('ExpenseAccountRef or IncomeAccountRef')]);
  }
  checkAccount(company, body, 'IncomeAccountRef', ['Income', 'Other Income']);
  checkAccount(company, body, 'ExpenseAccountRef', ['Cost of Goods Sold', 'Expense', 'Other Expense']);
  return {
    ...body,
    Taxable: body.Taxable ?? false,
    UnitPrice: body.UnitPrice ?? ZERO,
    PurchaseCost: body.PurchaseCost ?? ZERO,
    TrackQtyOnHand: type === 'Inventory',
  };
};

function checkInventory(company: Company, body: ValueObject): void {
  if (refId(body, 'AssetAccountRef') === undefined) {
    throw new Fault([
      {
        ...requiredMissing('AssetAccountRef'),
        Detail:
          'Required parameter is missing in the request. An inventory assetaccount is required if you are tracking inventory quantities for this product.',
      },
    ]);
  }
  for (const field of ['IncomeAccountRef', 'ExpenseAccountRef'] as const) {
    if (refId(body, field) === undefined) throw new Fault([requiredMissing(field)]);
  }
  if (body.TrackQtyOnHand !== true) throw new Fault([requiredMissing('TrackQtyOnHand')]);
  if (numberOf(body.QtyOnHand) === undefined) throw new Fault([requiredMissing('QtyOnHand')]);
  if (textOf(body.InvStartDate) === undefined) throw new Fault([requiredMissing('InvStartDate')]);
  checkAccount(company, body, 'AssetAccountRef', ['Other Current Asset']);
}

function checkAccount(company: Company, body: ValueObject, field: string, types: readonly string[]): void {
  const id = refId(body, field);
  if (id === undefined) return;
  const type = textOf(company.store.get('Account', id)?.body.AccountType) ?? '';
  if (!types.includes(type)) {
    business(`When you create an item, ${field} must be an account of type ${types.join(' or ')}.`);
  }
}

export const prepareAccount: Prepare = (context, input) => {
  const named = prepareListName(context, input);
  const accountType = textOf(named.AccountType);
  if (accountType === undefined && textOf(named.AccountSubType) === undefined) {
    fail({
      Message: 'Invalid Account.AccountType && Account.SubType',
      Detail: 'Either an Account.AccountType or an Account.AccountSubType must be specified',
      code: '6010',
      element: 'AccountType',
    });
  }
  if (accountType === undefined) throw new Fault([requiredMissing('AccountType')]);
  const currency = refId(named, 'CurrencyRef') ?? context.company.settings.homeCurrency;
  requireCurrency(context.company, currency);
  return { ...named, SubAccount: refId(named, 'ParentRef') !== undefined, CurrencyRef: { value: currency } };
};

export const prepareTerm: Prepare = (context, input) => {
  const named = prepareListName(context, input);
  const { DueDays: dueDays, DayOfMonthDue: day } = named;
  if (dueDays === undefined && day === undefined) throw new Fault([requiredMissing('DueDays')]);
  if (dueDays !== undefined && day !== undefined) {
    fail({
      Message: 'Invalid Request',
      Detail: 'Conflicting elements found in the request: DueDays, DayOfMonthDue',
      code: '2600',
      element: 'DueDays',
    });
  }
  return {
    ...named,
    Type: day === undefined ? 'STANDARD' : 'DATE_DRIVEN',
    DiscountPercent: named.DiscountPercent ?? ZERO,
  };
};

export const preparePaymentMethod: Prepare = (context, input) => {
  const named = prepareListName(context, input);
  return { ...named, Type: named.Type ?? 'NON_CREDIT_CARD' };
};

function prepareListName({ company }: WriteContext, input: WriteInput): ValueObject {
  const { type, desired, current } = input;
  const name = textOf(desired.Name) ?? '';
  if (name === '') throw new Fault([requiredMissing('Name')]);
  const named: ValueObject = { ...retire(company, input, 'Name'), Active: desired.Active ?? true };
  requireUniqueName(company, { type, desired: named, current }, undefined);
  return named;
}
