import { ledgerOf } from './ledger';
import { type Stored } from './entity-store';
import { type Company } from '../quickbooks.company';
import { stamp } from '../quickbooks.time';
import { ZERO, isObject, objectsOf, refId, textOf, type Value, type ValueObject } from '../quickbooks.values';
import { entityType } from '../schema/entity-registry';
import { ACCOUNT_TYPES } from '../schema/list.entities';
import { type FieldMap, type FieldSpec } from '../schema/schema.types';

/** Tax numbers go in whole and come out masked. */
const MASKED = new Set(['PrimaryTaxIdentifier', 'TaxIdentifier', 'SSN']);
const CURRENCIES: Readonly<Record<string, string>> = {
  USD: 'United States Dollar',
  EUR: 'Euro',
  GBP: 'British Pound Sterling',
  JPY: 'Japanese Yen',
  CAD: 'Canadian Dollar',
  AUD: 'Australian Dollar',
  CHF: 'Swiss Franc',
  KWD: 'Kuwaiti Dinar',
};
const MAX_LEVELS = 6;

export function isKnownCurrency(code: string): boolean {
  return Object.hasOwn(CURRENCIES, code);
}

/** A record as the vendor sends it: fields that have a value, and the vendor's own. */
export function printEntity(company: Company, stored: Stored): ValueObject {
  const { type, id, syncToken, createdMs, updatedMs, actor } = stored;
  return {
    ...printFields(company, type.fields, stored.body),
    ...computedFields(company, stored),
    domain: 'QBO',
    sparse: false,
    Id: id,
    SyncToken: String(syncToken),
    MetaData: {
      CreateTime: stamp(createdMs),
      ...(type.isNameList ? {} : { LastModifiedByRef: { value: actor.id } }),
      LastUpdatedTime: stamp(updatedMs),
    },
  };
}

function printFields(company: Company, fields: FieldMap, body: ValueObject): ValueObject {
  const printed: Record<string, Value | undefined> = {};
  for (const [name, value] of Object.entries(body)) {
    if (value !== undefined) printed[name] = printValue(company, name, fields[name], value);
  }
  return printed;
}

function printValue(company: Company, name: string, spec: FieldSpec | undefined, value: Value): Value {
  if (MASKED.has(name)) return mask(textOf(value) ?? '');
  if (spec?.kind === 'reference') return withName(company, spec.to, textOf((value as ValueObject).value) ?? '');
  if (spec?.kind === 'object' && isObject(value)) return printFields(company, spec.fields, value);
  if (spec?.kind === 'list') return objectsOf(value).map((item) => printFields(company, spec.of, item));
  return value;
}

function mask(text: string): string {
  return text.length <= 4 ? text : `${'X'.repeat(text.length - 4)}${text.slice(-4)}`;
}

function withName(company: Company, to: Extract<FieldSpec, { kind: 'reference' }>['to'], id: string): ValueObject {
  if (to === 'none') return { value: id };
  if (to === 'any') return isKnownCurrency(id) ? { value: id, name: CURRENCIES[id] } : { value: id };
  const target = company.store.get(to, id);
  if (!target) return { value: id };
  const name = entityType(to).family === 'names' ? textOf(target.body.DisplayName) : textOf(target.body.Name);
  return { value: id, name };
}

/** What the vendor derives from other records each time it is asked. */
export function computedFields(company: Company, stored: Stored): ValueObject {
  const { id, body } = stored;
  switch (stored.type.name) {
    case 'Customer': {
      const level = ancestry(company, stored).length - 1;
      const { balance, withJobs } = ledgerOf(company).customer(id);
      return {
        FullyQualifiedName: fullName(company, stored),
        ...(level > 0 ? { Level: String(level) } : {}),
        Balance: balance,
        BalanceWithJobs: withJobs,
        IsProject: false,
      };
    }
    case 'Vendor':
      return { Balance: ZERO };
    case 'Item':
      return { FullyQualifiedName: fullName(company, stored) };
    case 'Account':
      return {
        FullyQualifiedName: fullName(company, stored),
        Classification: ACCOUNT_TYPES[textOf(body.AccountType) ?? ''],
        CurrentBalance: ZERO,
        CurrentBalanceWithSubAccounts: ZERO,
      };
    default:
      return {};
  }
}

/** The record and what it hangs below, topmost first. */
export function ancestry(company: Company, stored: Stored): readonly Stored[] {
  const chain = [stored];
  for (let at: Stored | undefined = stored; at && chain.length <= MAX_LEVELS;) {
    const parent = refId(at.body, 'ParentRef');
    at = parent === undefined ? undefined : company.store.get(stored.type.name, parent);
    if (at) chain.unshift(at);
  }
  return chain;
}

function fullName(company: Company, stored: Stored): string {
  return ancestry(company, stored)
    .map(({ type, body }) => textOf(type.family === 'names' ? body.DisplayName : body.Name) ?? '')
    .join(':');
}
