import { type Company } from '../quickbooks.company';
import { invalidReference, objectNotFound } from '../quickbooks.errors';
import { isObject, objectsOf, textOf, type Value, type ValueObject } from '../quickbooks.values';
import { type EntityName, type FieldMap, type FieldSpec } from '../schema/schema.types';

/** How the vendor's messages call the lists. */
const NOUNS: Partial<Record<EntityName, string>> = {
  Customer: 'Names',
  Vendor: 'Names',
  Employee: 'Names',
  Item: 'Items',
  Account: 'Accounts',
  Term: 'SalesTerms',
  PaymentMethod: 'PaymentMethods',
  TaxCode: 'TaxCodes',
  Invoice: 'Transactions',
};

/**
 * Every reference in a request must exist (2500) and be active (610).
 * @param input what the client sent, not what the record holds: old references may have gone inactive since
 */
export function checkReferences(company: Company, fields: FieldMap, input: ValueObject): void {
  for (const [name, value] of Object.entries(input)) {
    const spec = fields[name];
    if (spec && value !== undefined) checkValue(company, name, spec, value);
  }
}

function checkValue(company: Company, name: string, spec: FieldSpec, value: Value): void {
  if (spec.kind === 'object' && isObject(value)) checkReferences(company, spec.fields, value);
  else if (spec.kind === 'list') objectsOf(value).forEach((item) => checkReferences(company, spec.of, item));
  else if (spec.kind === 'reference' && isObject(value))
    checkReference(company, name, spec.to, textOf(value.value) ?? '');
}

function checkReference(company: Company, name: string, to: EntityName | 'none' | 'any', id: string): void {
  if (to === 'any') return;
  if (to === 'none') invalidReference(`${name.replace(/Ref$/, '')}s`, id);
  const target = company.store.get(to, id);
  if (!target) invalidReference(NOUNS[to] ?? to, id);
  if (target.body.Active === false) objectNotFound();
}
