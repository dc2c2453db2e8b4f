import Big from 'big.js';
import { readFields, withoutBlanks } from '../data/input-reader';
import { type Stored } from '../data/entity-store';
import {
  Fault,
  fail,
  invalidId,
  objectNotFound,
  requiredMissing,
  staleObject,
  unsupportedOperation,
} from '../quickbooks.errors';
import {
  ZERO,
  isObject,
  objectsOf,
  textOf,
  type Json,
  type JsonObject,
  type Value,
  type ValueObject,
} from '../quickbooks.values';
import { type EntityName, type EntityType, type FieldMap } from '../schema/schema.types';
import { prepareAccount, prepareItem, preparePaymentMethod, prepareTerm } from './list.rules';
import { prepareCustomer, prepareEmployee, prepareVendor } from './name.rules';
import { preparePayment, settle, unapply } from './payment.rules';
import { checkReferences } from './references';
import { type Prepare, type WriteContext } from './rules.types';
import { prepareCreditMemo, prepareInvoice } from './sales-form.rules';
import { requireOpenBooks, requireUnlocked } from './transaction.rules';

const RULES: Partial<Record<EntityName, Prepare>> = {
  Customer: prepareCustomer,
  Vendor: prepareVendor,
  Employee: prepareEmployee,
  Item: prepareItem,
  Account: prepareAccount,
  Term: prepareTerm,
  PaymentMethod: preparePaymentMethod,
  Invoice: prepareInvoice,
  CreditMemo: prepareCreditMemo,
  Payment: preparePayment,
};

/** `POST /{entity}`: without an Id a new record, with one a full or sparse update. */
export function saveEntity(context: WriteContext, type: EntityType, json: JsonObject): Stored {
  const isNew = idText(json.Id) === undefined;
  const prepare = RULES[type.name];
  if (!prepare || !type.operations.has(isNew ? 'create' : 'update')) {
    unsupportedOperation(isNew ? 'create' : 'update');
  }
  requireSubscription(context);
  const { company, actor } = context;
  const input = readFields(type.fields, json);
  if (isNew) {
    checkReferences(company, type.fields, input);
    const body = prepare(context, { type, desired: withoutBlanks(input), current: undefined });
    const created = company.insert(type, tidy(context, type, body), actor);
    if (type.name === 'Payment') settle(context, undefined, created);
    return created;
  }
  const current = requireCurrent(context, type, json);
  if (isVoidUpdate(context, type)) return voidStored(context, current);
  checkReferences(company, type.fields, input);
  const sparse = json.sparse === true || json.sparse === 'true';
  const desired = withoutBlanks(sparse ? { ...current.body, ...input } : input);
  const body = prepare(context, { type, desired, current });
  const updated = company.replace(current, tidy(context, type, body), actor);
  if (type.name === 'Payment') settle(context, current, updated);
  return company.store.get(type.name, updated.id) ?? updated;
}

/** The vendor's way to void a payment: an update with `include=void`. */
function isVoidUpdate({ include }: WriteContext, { name }: EntityType): boolean {
  return include.has('void') && name === 'Payment';
}

export function voidEntity(context: WriteContext, type: EntityType, json: JsonObject): Stored {
  if (!type.operations.has('void')) unsupportedOperation('void');
  requireSubscription(context);
  readFields(type.fields, json);
  return voidStored(context, requireCurrent(context, type, json));
}

export function deleteEntity(context: WriteContext, type: EntityType, json: JsonObject): Stored {
  if (!type.operations.has('delete')) unsupportedOperation('delete');
  requireSubscription(context);
  readFields(type.fields, json);
  const current = requireCurrent(context, type, json);
  requireOpenBooks(context.company, textOf(current.body.TxnDate));
  if (type.name === 'Invoice' || type.name === 'CreditMemo') unapply(context, type.name, current.id);
  context.company.remove(current);
  if (type.name === 'Payment') settle(context, current, undefined);
  return current;
}

/** The document stays, with nothing in it. */
function voidStored(context: WriteContext, current: Stored): Stored {
  const { company, actor } = context;
  requireOpenBooks(company, textOf(current.body.TxnDate));
  const { name } = current.type;
  if (name === 'Invoice' || name === 'CreditMemo') unapply(context, name, current.id);
  const zero = (fields: readonly string[]): ValueObject =>
    Object.fromEntries(fields.filter((field) => current.body[field] !== undefined).map((field) => [field, ZERO]));
  const body: ValueObject = {
    ...current.body,
    ...zero(['TotalAmt', 'Balance', 'HomeTotalAmt', 'HomeBalance', 'RemainingCredit', 'UnappliedAmt']),
    Line: name === 'Payment' ? [] : objectsOf(current.body.Line).map(emptyLine),
    ...(name === 'Payment' ? {} : { TxnTaxDetail: { TotalTax: ZERO }, LinkedTxn: [] }),
    PrivateNote: 'Voided',
  };
  const voided = company.replace(current, body, actor, 'Void');
  if (name === 'Payment') settle(context, current, voided);
  return voided;
}

function emptyLine(line: ValueObject): ValueObject {
  const detail = line.SalesItemLineDetail;
  return {
    ...line,
    ...(line.Amount === undefined ? {} : { Amount: ZERO }),
    ...(isObject(detail)
      ? { SalesItemLineDetail: { ...detail, ...(detail.Qty === undefined ? {} : { Qty: ZERO }) } }
      : {}),
  };
}

export function idText(json: Json | undefined): string | undefined {
  if (json instanceof Big) return json.toFixed();
  return typeof json === 'string' && json !== '' ? json : undefined;
}

/** @throws Fault 2020, 2030, 610, 5010, 6540 */
function requireCurrent({ company }: WriteContext, type: EntityType, json: JsonObject): Stored {
  const id = idText(json.Id);
  if (id === undefined) throw new Fault([requiredMissing('Id')]);
  if (!/^\d+$/.test(id)) invalidId(id);
  const syncToken = idText(json.SyncToken);
  if (syncToken === undefined) throw new Fault([requiredMissing('SyncToken')]);
  const current = company.store.get(type.name, id);
  if (!current) {
    objectNotFound(
      !type.isNameList && company.store.wasDeleted(type.name, id)
        ? 'Another user has deleted this transaction.'
        : undefined,
    );
  }
  if (syncToken !== String(current.syncToken)) staleObject(current.actor.name);
  requireUnlocked(current);
  return current;
}

function requireSubscription({ company }: WriteContext): void {
  if (company.settings.subscription === 'active') return;
  fail({
    Message: 'Invalid Company Status',
    Detail:
      "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks Online Plus because your trial or subscription period ended.",
    code: '6190',
    element: '',
  });
}

/** Drops what is empty inside nested fields too, and gives each new address its id. */
function tidy({ company }: WriteContext, type: EntityType, body: ValueObject): ValueObject {
  const tidied: Record<string, Value> = {};
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    const spec = type.fields[name];
    if (spec?.kind !== 'object' || !isObject(value)) tidied[name] = value;
    else {
      const fields = withoutBlanks(value);
      const kept = Object.fromEntries(Object.entries(fields).filter(([, item]) => item !== undefined));
      if (Object.keys(kept).length > 0) tidied[name] = withAddressId(company.store, spec.fields, kept);
    }
  }
  return tidied;
}

function withAddressId(store: WriteContext['company']['store'], fields: FieldMap, value: ValueObject): ValueObject {
  if (fields.Line1 === undefined || value.Id !== undefined) return value;
  return { Id: store.nextId('addresses'), ...value };
}
