import { type NetSuiteAccount } from '../netsuite.account';
import { rejectRecord } from '../netsuite.errors';
import { type RecordType } from '../schema/account-schema';
import { type StoredRecord } from './record-store';
import { isRef, linesOf, refOf, textOf, type Fields } from './values';

const PREFIXES: Readonly<Record<string, string>> = { customer: 'CUST', vendor: 'VEND' };

/** Customers and vendors. */
export function finishCompany(
  account: NetSuiteAccount,
  type: RecordType,
  values: Fields,
  before: StoredRecord | undefined,
): Fields {
  const names = values.isPerson === true ? PERSON_NAMES : COMPANY_NAMES;
  const missing: string[] = names.filter(([name]) => textOf(values, name) === undefined).map(([, title]) => title);
  if (values.subsidiary == null) missing.push('Subsidiary');
  if (missing.length > 0) rejectRecord('USER_ERROR', `Please enter value(s) for: ${missing.join(', ')}.`);
  checkSubsidiary(account, values, before);
  const subsidiary = account.store.get('subsidiary', refOf(values, 'subsidiary')?.id ?? '');
  const currency = refOf(values, 'currency') ?? refOf(subsidiary?.values ?? {}, 'currency');
  checkCurrency(account, values, before);
  const entityId = textOf(values, 'entityId') ?? newEntityId(account, type, values);
  checkName(account, entityId, type, before);
  const addressed = { ...values, entityId, currency, addressBook: finishAddresses(linesOf(values, 'addressBook')) };
  return type.name === 'customer' ? { ...addressed, currencyList: currencies(values, currency) } : addressed;
}

const COMPANY_NAMES = [['companyName', 'Company Name']] as const;
const PERSON_NAMES = [
  ['firstName', 'First Name'],
  ['lastName', 'Last Name'],
] as const;

/** A contact is found by name, and two may have the same one only in different companies. */
export function finishContact(
  account: NetSuiteAccount,
  type: RecordType,
  values: Fields,
  before: StoredRecord | undefined,
): Fields {
  const company = refOf(values, 'company');
  const employer = company && account.store.get(company.type, company.id);
  const subsidiary = refOf(values, 'subsidiary') ?? (employer && refOf(employer.values, 'subsidiary'));
  const entityId = textOf(values, 'entityId') ?? fullName(values);
  if (entityId === undefined) rejectRecord('USER_ERROR', 'Please enter value(s) for: Name.');
  for (const { id, values: other } of account.store.all(type.name)) {
    if (id === before?.id || refOf(other, 'company')?.id !== company?.id) continue;
    if (textOf(other, 'entityId')?.toLowerCase() === entityId.toLowerCase()) {
      rejectRecord('CONTACT_ALREADY_EXISTS', 'A contact record with this name already exists.');
    }
  }
  return { ...values, entityId, subsidiary, addressBook: finishAddresses(linesOf(values, 'addressBook')) };
}

function newEntityId(account: NetSuiteAccount, type: RecordType, values: Fields): string {
  if (account.settings.autoNumbering) return account.nextNumber(PREFIXES[type.name] ?? type.name, 1_001);
  return textOf(values, 'companyName') ?? fullName(values) ?? '';
}

function fullName(values: Fields): string | undefined {
  const parts = ['firstName', 'middleName', 'lastName'].map((name) => textOf(values, name));
  const name = parts.filter((part) => part !== undefined).join(' ');
  return name === '' ? undefined : name;
}

function checkName(
  account: NetSuiteAccount,
  entityId: string,
  type: RecordType,
  before: StoredRecord | undefined,
): void {
  for (const kind of ['customer', 'vendor']) {
    const owner = account.store.findByKey(kind, 'entityId', entityId);
    if (owner && !(kind === type.name && owner.id === before?.id)) {
      rejectRecord('DUP_ENTITY', 'This entity already exists.');
    }
  }
}

/** A company moves between subsidiaries only as long as nothing was booked for it. */
function checkSubsidiary(account: NetSuiteAccount, values: Fields, before: StoredRecord | undefined): void {
  if (!before || refOf(before.values, 'subsidiary')?.id === refOf(values, 'subsidiary')?.id) return;
  if (hasTransactions(account, before)) {
    rejectRecord('INVALID_SUB', 'You cannot change the subsidiary of an entity that has transactions.', {
      path: 'subsidiary',
    });
  }
}

function checkCurrency(account: NetSuiteAccount, values: Fields, before: StoredRecord | undefined): void {
  const was = before && refOf(before.values, 'currency');
  if (!before || !was || was.id === refOf(values, 'currency')?.id) return;
  if (hasTransactions(account, before)) {
    rejectRecord('INVALID_CURR_CODE', 'You cannot change the primary currency of an entity that has transactions.', {
      path: 'currency',
    });
  }
}

function hasTransactions(account: NetSuiteAccount, { type, id }: StoredRecord): boolean {
  return ['invoice', 'salesOrder', 'customerPayment'].some((name) =>
    [...account.store.all(name)].some(({ values }) => {
      const entity = refOf(values, 'entity') ?? refOf(values, 'customer');
      return entity?.type === type && entity.id === id;
    }),
  );
}

/** One address at most is the default of its kind; the last one that says so stays it. */
function finishAddresses(lines: readonly Fields[]): Fields[] {
  const lastOf = (name: string): number => lines.findLastIndex((line) => line[name] === true);
  const [billing, shipping] = [lastOf('defaultBilling'), lastOf('defaultShipping')];
  return lines.map((line, index) => {
    const address = subrecordOf(line, 'addressBookAddress');
    return {
      ...line,
      defaultBilling: index === billing,
      defaultShipping: index === shipping,
      addressBookAddress: { ...address, addrText: addressText(address) },
      label: textOf(line, 'label') ?? textOf(address, 'addr1') ?? null,
    };
  });
}

export function subrecordOf(values: Fields, name: string): Fields {
  const value = values[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRef(value) ? (value as Fields) : {};
}

export function addressText(address: Fields): string | null {
  const part = (name: string): string => textOf(address, name) ?? '';
  const place = `${part('city')} ${part('state')} ${part('zip')}`.replace(/ +/g, ' ').trim();
  const lines = [part('addressee'), part('addr1'), part('addr2'), part('addr3'), place, part('country')];
  const text = lines.filter((line) => line !== '').join('\n');
  return text === '' ? null : text;
}

function currencies(values: Fields, primary: Fields['x']): Fields[] {
  const lines = [...linesOf(values, 'currencyList')];
  if (isRef(primary) && !lines.some((line) => refOf(line, 'currency')?.id === primary.id)) {
    lines.unshift({ currency: primary });
  }
  return lines;
}
