import { BASE_FIELDS, computed } from './field.builders';
import { ACCOUNT, ITEM, PAYMENT_METHOD, TAX_CODE, TERM } from './list.entities';
import { CUSTOMER, EMPLOYEE, VENDOR } from './name.entities';
import { type EntityName, type EntityType } from './schema.types';
import { CREDIT_MEMO, INVOICE, PAYMENT } from './transaction.entities';

/** One record per company, made from its settings; changed in the vendor's screens only. */
const singleton = (name: EntityName): EntityType => ({
  name,
  path: name.toLowerCase(),
  family: name,
  fields: { ...BASE_FIELDS, CompanyName: computed(), LegalName: computed(), Country: computed() },
  filters: name === 'CompanyInfo' ? ['CompanyName', 'LegalName', 'Country'] : [],
  operations: new Set(),
  isNameList: false,
  inCdc: true,
});

export const COMPANY_INFO = singleton('CompanyInfo');
export const PREFERENCES = singleton('Preferences');

export const ENTITY_TYPES: readonly EntityType[] = [
  CUSTOMER,
  VENDOR,
  EMPLOYEE,
  ITEM,
  ACCOUNT,
  TERM,
  PAYMENT_METHOD,
  TAX_CODE,
  INVOICE,
  CREDIT_MEMO,
  PAYMENT,
  COMPANY_INFO,
  PREFERENCES,
];

const BY_NAME = new Map(ENTITY_TYPES.map((type) => [type.name, type]));
const BY_LOWER = new Map(ENTITY_TYPES.map((type) => [type.name.toLowerCase(), type]));

export function entityType(name: EntityName): EntityType {
  const type = BY_NAME.get(name);
  if (!type) throw new Error(`no such entity: ${name}`);
  return type;
}

/** The query language and batches do not care about case. */
export function findEntityType(name: string): EntityType | undefined {
  return BY_LOWER.get(name.toLowerCase());
}

/** Paths do: they are written in lower case. */
export function entityTypeAtPath(segment: string): EntityType | undefined {
  const type = BY_LOWER.get(segment);
  return type?.path === segment ? type : undefined;
}
