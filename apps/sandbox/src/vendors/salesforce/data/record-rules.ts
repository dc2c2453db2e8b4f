import { type ApiContext } from '../salesforce.context';
import { reject, type SfErrorItem } from '../salesforce.errors';
import { Decimal } from '../salesforce.json';
import { CURRENCY_FIELD } from '../schema/currencies';
import { STAGES } from '../schema/picklists';
import { divide, multiply, sum, type FieldValue, type FieldValues } from './field-values';
import { textOf, type StoredRecord } from './record-store';

export interface RuleInput {
  readonly context: ApiContext;
  /** The record as it was; absent on insert. */
  readonly before: FieldValues | undefined;
  /** The record as it would be, defaults applied; rules change it in place. */
  readonly after: Record<string, FieldValue>;
  /** Names the caller wrote themselves. */
  readonly written: ReadonlySet<string>;
}

/** What the vendor's own triggers do to a record before it is saved. May throw a Rejection. */
export type ObjectRule = (input: RuleInput) => void;

const fullName: ObjectRule = ({ after }) => {
  after.Name = [after.FirstName, after.LastName].filter((part) => typeof part === 'string').join(' ');
};

const opportunity: ObjectRule = ({ before, after, written }) => {
  const stage = STAGES.find(({ name }) => name === after.StageName);
  if (!stage) return;
  after.IsClosed = stage.closed;
  after.IsWon = stage.won;
  const stageMoved = before?.StageName !== after.StageName;
  if (!written.has('Probability') && stageMoved) after.Probability = new Decimal(`${stage.probability}.0`);
  // With line items the amount is their sum; what the caller sends is ignored without a word.
  if (before?.HasOpportunityLineItem === true) after.Amount = before.Amount ?? null;
};

const priceBookEntry: ObjectRule = ({ context, before, after }) => {
  const { store } = context.org;
  const product = store.get('Product2', textOf(after.Product2Id) ?? '');
  after.Name = product?.values.Name ?? null;
  after.ProductCode = product?.values.ProductCode ?? null;
  if (before) return;
  const live = [...store.all('PricebookEntry')].filter(
    ({ values, deletedAtMs }) => deletedAtMs === undefined && values.Product2Id === after.Product2Id,
  );
  // One price for each currency that the org has.
  const isSame = ({ values }: StoredRecord): boolean =>
    values.Pricebook2Id === after.Pricebook2Id && values[CURRENCY_FIELD] === after[CURRENCY_FIELD];
  if (live.some(isSame)) {
    reject(400, 'DUPLICATE_VALUE', 'This price definition already exists in this price book', []);
  }
  const isStandard = (id: FieldValue | undefined): boolean =>
    store.get('Pricebook2', textOf(id) ?? '')?.values.IsStandard === true;
  if (!isStandard(after.Pricebook2Id) && !live.some(({ values }) => isStandard(values.Pricebook2Id))) {
    reject(400, 'STANDARD_PRICE_NOT_DEFINED', 'No standard price defined for this product', []);
  }
};

const lineItem: ObjectRule = ({ context, before, after, written }) => {
  const { store } = context.org;
  const entry = store.get('PricebookEntry', textOf(after.PricebookEntryId) ?? '')?.values;
  const parent = store.get('Opportunity', textOf(after.OpportunityId) ?? '')?.values;
  if (!before && entry && parent) {
    const book = parent.Pricebook2Id ?? null;
    if (book !== null && book !== entry.Pricebook2Id) {
      reject(
        400,
        'FIELD_INTEGRITY_EXCEPTION',
        'field integrity exception: PricebookEntryId (pricebook entry is in a different pricebook than the one assigned to the opportunity)',
        ['PricebookEntryId'],
      );
    }
    if ((parent[CURRENCY_FIELD] ?? null) !== (entry[CURRENCY_FIELD] ?? null)) {
      reject(
        400,
        'FIELD_INTEGRITY_EXCEPTION',
        'The pricebook entry currency code does not match the opportunity currency code',
        ['PricebookEntryId'],
      );
    }
    if (CURRENCY_FIELD in after) after[CURRENCY_FIELD] = parent[CURRENCY_FIELD] ?? null;
    after.Product2Id = entry.Product2Id ?? null;
    after.ProductCode = entry.ProductCode ?? null;
    after.ListPrice = entry.UnitPrice ?? null;
    after.Name = `${textOf(parent.Name) ?? ''} ${textOf(entry.Name) ?? ''}`.trim();
  }
  price(after, written, before === undefined);
};

function price(after: Record<string, FieldValue>, written: ReadonlySet<string>, isInsert: boolean): void {
  const { Quantity: quantity, UnitPrice: unit, TotalPrice: total } = after;
  if (!(quantity instanceof Decimal)) return;
  if (Number(quantity.text) === 0) {
    reject(400, 'FIELD_INTEGRITY_EXCEPTION', 'Quantity: cannot be zero', ['Quantity']);
  }
  const wroteUnit = written.has('UnitPrice') && unit !== null;
  const wroteTotal = written.has('TotalPrice') && total !== null;
  if (wroteUnit && wroteTotal) {
    reject(
      400,
      'FIELD_INTEGRITY_EXCEPTION',
      'field integrity exception: unknown (only one of unit price or total price may be specified)',
      ['UnitPrice', 'TotalPrice'],
    );
  }
  if (wroteTotal && total instanceof Decimal) after.UnitPrice = divide(total, quantity, 2) ?? null;
  else if (unit instanceof Decimal) after.TotalPrice = multiply(quantity, unit, 2);
  else if (isInsert) {
    reject(400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [UnitPrice]', ['UnitPrice']);
  }
}

const invoice: ObjectRule = ({ context, before, after }) => {
  if (!before) after.Name = context.org.nextInvoiceName();
};

export const OBJECT_RULES: Readonly<Record<string, ObjectRule | undefined>> = {
  Contact: fullName,
  Opportunity: opportunity,
  OpportunityLineItem: lineItem,
  PricebookEntry: priceBookEntry,
  Invoice__c: invoice,
};

/** Line items roll up into their opportunity: amount, flag, price book and the system stamp move. */
export function rollUpOpportunity(context: ApiContext, opportunityId: string): void {
  const { org } = context;
  const object = org.schema.object('Opportunity');
  const parent = org.store.get('Opportunity', opportunityId);
  if (!object || !parent || parent.deletedAtMs !== undefined) return;
  const items = [...org.store.all('OpportunityLineItem')].filter(
    ({ values, deletedAtMs }) => deletedAtMs === undefined && values.OpportunityId === opportunityId,
  );
  const entry = org.store.get('PricebookEntry', textOf(items[0]?.values.PricebookEntryId) ?? '');
  const totals = items.flatMap(({ values }) => (values.TotalPrice instanceof Decimal ? [values.TotalPrice] : []));
  const values: FieldValues = {
    ...parent.values,
    HasOpportunityLineItem: items.length > 0,
    ...(items.length > 0 ? { Amount: sum(totals) } : {}),
    Pricebook2Id: parent.values.Pricebook2Id ?? entry?.values.Pricebook2Id ?? null,
    SystemModstamp: org.stampMs(),
  };
  org.store.replace(object, parent, values, org.visibleAtMs());
}

export function requiredProblem(names: readonly string[]): SfErrorItem {
  return {
    errorCode: 'REQUIRED_FIELD_MISSING',
    message: `Required fields are missing: [${names.join(', ')}]`,
    fields: names,
  };
}
