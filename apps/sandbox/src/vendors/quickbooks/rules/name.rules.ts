import { ancestry, isKnownCurrency } from '../data/entity-printer';
import { nameKey } from '../data/entity-store';
import { type Company } from '../quickbooks.company';
import { Fault, business, fail, requiredMissing, wrongLength } from '../quickbooks.errors';
import { refId, textOf, type ValueObject } from '../quickbooks.values';
import { type Prepare, type WriteContext, type WriteInput } from './rules.types';

const MAX_LEVELS = 5;

export const prepareCustomer: Prepare = (context, input) => {
  const named = prepareName(context, input);
  const body: ValueObject = {
    ...named,
    Taxable: named.Taxable ?? true,
    Job: named.Job ?? false,
    BillWithParent: named.BillWithParent ?? false,
    PreferredDeliveryMethod: named.PreferredDeliveryMethod ?? 'Print',
    DefaultTaxCodeRef: named.DefaultTaxCodeRef ?? { value: '2' },
    ...currencyOf(context.company, input),
  };
  checkParent(context.company, input, body);
  return body;
};

export const prepareVendor: Prepare = (context, input) => {
  const named = prepareName(context, input);
  return { ...named, Vendor1099: named.Vendor1099 ?? false, ...currencyOf(context.company, input) };
};

export const prepareEmployee: Prepare = (context, input) => {
  const named = prepareName(context, input);
  return { ...named, BillableTime: named.BillableTime ?? false };
};

/** DisplayName: generated when missing, one for all names of the company, changed when the name is retired. */
function prepareName({ company }: WriteContext, { type, desired, current }: WriteInput): ValueObject {
  const parts = ['Title', 'GivenName', 'MiddleName', 'FamilyName', 'Suffix'].flatMap((part) => {
    const text = textOf(desired[part]);
    return text === undefined || text === '' ? [] : [text];
  });
  const given = textOf(desired.DisplayName) ?? '';
  const displayName = given !== '' ? given : parts.join(' ');
  if (displayName === '') {
    throw new Fault([
      {
        ...requiredMissing('DisplayName'),
        Detail:
          'Required parameter is missing in the request. At least one of Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix must be provided',
      },
    ]);
  }
  const { displayNameMax } = company.settings;
  if ([...displayName].length > displayNameMax) {
    throw new Fault([wrongLength('DisplayName', displayNameMax, [...displayName].length)]);
  }
  const named = retire(company, { type, desired: { ...desired, DisplayName: displayName }, current }, 'DisplayName');
  requireUniqueName(company, { type, desired: named, current }, 'Another customer, vendor or employee');
  return {
    ...named,
    PrintOnCheckName: named.PrintOnCheckName ?? named.CompanyName ?? displayName,
    Active: named.Active ?? true,
  };
}

/** Making a record inactive sets its name free; making it active again leaves the name as it is. */
export function retire(
  company: Company,
  { type, desired, current }: WriteInput,
  field: 'DisplayName' | 'Name',
): ValueObject {
  if (desired.Active !== false || !current || current.body.Active === false) return desired;
  const name = textOf(desired[field]) ?? '';
  for (let attempt = 0; ; attempt++) {
    const retired = { ...desired, [field]: `${name} (deleted${attempt === 0 ? '' : ` ${attempt}`})` };
    const owner = company.store.ownerOfName(nameKey(type, retired) ?? '');
    if (owner === undefined || owner === current.id) return retired;
  }
}

export function requireUniqueName(
  company: Company,
  { type, desired, current }: WriteInput,
  who: string | undefined,
): void {
  const owner = company.store.ownerOfName(nameKey(type, desired) ?? '');
  if (owner === undefined || owner === current?.id) return;
  fail({
    Message: 'Duplicate Name Exists Error',
    Detail: `The name supplied already exists. : ${who === undefined ? 'null' : `${who} is already using this name. Please use a different name.`}`,
    code: '6240',
    element: '',
  });
}

/** A name's currency is set once. Without multi-currency there is only the company's own. */
function currencyOf(company: Company, { desired, current }: WriteInput): ValueObject {
  const { multiCurrency, homeCurrency } = company.settings;
  const before = refId(current?.body, 'CurrencyRef');
  const wanted = refId(desired, 'CurrencyRef') ?? before ?? homeCurrency;
  requireCurrency(company, wanted);
  if (before !== undefined && wanted !== before) business('You cannot change the currency of a name once it is set.');
  return multiCurrency || wanted === homeCurrency ? { CurrencyRef: { value: wanted } } : {};
}

export function requireCurrency(company: Company, code: string): void {
  const { multiCurrency, homeCurrency } = company.settings;
  if (!isKnownCurrency(code)) {
    fail({
      Message: 'Invalid Currency Type',
      Detail: `Invalid Currency Type : ${code}`,
      code: '2220',
      element: 'CurrencyRef',
    });
  }
  if (!multiCurrency && code !== homeCurrency) business('Multi-currency is not enabled for this company.');
}

function checkParent(company: Company, { type, current }: WriteInput, body: ValueObject): void {
  const parentId = refId(body, 'ParentRef');
  if (parentId === undefined) {
    if (body.Job === true) {
      fail({
        Message: 'ParentRef Required Validation Error',
        Detail: 'ParentRef is required when Job is true',
        code: '6150',
        element: 'ParentRef',
      });
    }
    return;
  }
  const parent = company.store.get(type.name, parentId);
  const line = parent ? ancestry(company, parent) : [];
  if (current && line.some(({ id }) => id === current.id)) {
    fail({
      Message: 'Parent cannot be child',
      Detail: 'The same object cannot be the parent or child of itself.',
      code: '900',
      element: 'ParentRef',
    });
  }
  if (line.length >= MAX_LEVELS) {
    fail({
      Message: 'Sub Level Limit',
      Detail: `Customers can be nested up to ${MAX_LEVELS} levels.`,
      code: '6180',
      element: 'ParentRef',
    });
  }
}
