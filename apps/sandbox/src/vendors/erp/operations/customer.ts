import { type Row } from '../data/erp-store';
import { amountOf, requireCurrency } from '../data/money-rules';
import { fitColumns } from '../data/text-rules';
import { type ErpCompany } from '../erp.company';
import { isFields, keyField, textField, type FieldValue, type Fields } from '../schema/contract.types';
import { clientFault } from '../soap/soap-fault';
import { type Plan } from './operation.types';
import { isSame, requireVersion } from './row-version';

/** Kept by the system; what a caller sends in them is not looked at. */
const SYSTEM_FIELDS = new Set(['CustNo', 'RowVersion', 'ModifiedOn']);

/** @throws SoapFault with an ERP-1xxx code */
export function planCustomer(company: ErpCompany, input: Fields, expectedVersion: string | undefined): Plan {
  const given = fitColumns(company.settings, 'Customer', input);
  const existing = findCustomer(company, given);
  requireVersion(expectedVersion, existing);
  const fields = existing ? merge(existing.fields, given) : merge(newCustomer(company), given);
  check(company, fields, existing);
  if (existing && isSame(existing.fields, fields)) {
    return { action: 'Unchanged', entity: 'Customer', key: existing.key, changes: [] };
  }
  if (existing) {
    const change = { entity: 'Customer', id: existing.id, fields } as const;
    return { action: 'Updated', entity: 'Customer', key: existing.key, changes: [change] };
  }
  const key = company.nextCustomerNumber();
  return {
    action: 'Created',
    entity: 'Customer',
    key,
    changes: [{ entity: 'Customer', fields: { CustNo: key, ...fields } }],
  };
}

function findCustomer({ store }: ErpCompany, given: Fields): Row | undefined {
  const custNo = keyField(given, 'CustNo');
  const extRef = keyField(given, 'ExtRef');
  const byRef = extRef === undefined ? undefined : store.find('Customer', 'ExtRef', extRef);
  if (custNo === undefined) return byRef;
  const byNo = store.findByKey('Customer', custNo);
  if (!byNo) throw clientFault('ERP-1404', `Customer ${custNo} does not exist`, 'CustNo');
  if (byRef && byRef.id !== byNo.id) throw duplicate('ExtRef', byRef.key);
  return byNo;
}

function newCustomer({ account }: ErpCompany): Fields {
  return { Currency: account.currency, TermsDays: '30', Blocked: 'N' };
}

function merge(old: Fields, given: Fields): Fields {
  const merged: Record<string, FieldValue | undefined> = { ...old };
  for (const [name, value] of Object.entries(given)) {
    if (SYSTEM_FIELDS.has(name)) continue;
    const before = merged[name];
    merged[name] = isFields(value) ? { ...(isFields(before) ? before : {}), ...value } : value;
  }
  return merged;
}

function check({ store }: ErpCompany, fields: Fields, existing: Row | undefined): void {
  if ((textField(fields, 'Name') ?? '').trim() === '') throw clientFault('ERP-1001', 'Name must not be empty', 'Name');
  requireCurrency(textField(fields, 'Currency'));
  const email = textField(fields, 'Email');
  if (email !== undefined && email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw clientFault('ERP-1003', 'Email is not an address', 'Email');
  }
  const terms = Number(textField(fields, 'TermsDays') ?? '0');
  if (terms < 0 || terms > 365) throw clientFault('ERP-1003', 'TermsDays must be between 0 and 365', 'TermsDays');
  const limit = textField(fields, 'CreditLimit');
  if (limit !== undefined && amountOf(limit, 'CreditLimit').lt(0)) {
    throw clientFault('ERP-1003', 'CreditLimit must not be negative', 'CreditLimit');
  }
  const address = fields.Address;
  const country = isFields(address) ? textField(address, 'CountryCode') : undefined;
  if (country !== undefined && country !== '' && !/^[A-Z]{2}$/.test(country)) {
    throw clientFault('ERP-1003', 'CountryCode is not an ISO 3166 code', 'Address/CountryCode');
  }
  const taxNo = keyField(fields, 'TaxNo');
  const holder = taxNo === undefined ? undefined : store.find('Customer', 'TaxNo', taxNo);
  if (holder && holder.id !== existing?.id) throw duplicate('TaxNo', holder.key);
}

function duplicate(field: string, key: string): Error {
  return clientFault('ERP-1062', `${field} is already used; ExistingKey=${key}`, field);
}
