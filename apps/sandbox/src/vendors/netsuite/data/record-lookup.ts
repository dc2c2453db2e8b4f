import { decodeSegment, type ApiContext, type JsonObject } from '../netsuite.context';
import { type NetSuiteAccount } from '../netsuite.account';
import { reject, rejectRecord } from '../netsuite.errors';
import { type RecordType } from '../schema/account-schema';
import { type StoredRecord } from './record-store';
import { textOf, type Ref } from './values';

/** Letters, digits, `_` and `-`: `|` separates ids, and the rest breaks in one place or another. */
export function isExternalId(text: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(text);
}

/** External ids are unique among the record types that this one shares a table with. */
export function externalIdPeers(account: NetSuiteAccount, type: RecordType): readonly RecordType[] {
  if (type.space === 'transaction' || type.space === 'list') return [type];
  return account.schema.types.filter(({ space }) => space === type.space);
}

export function findByExternalId(
  account: NetSuiteAccount,
  type: RecordType,
  externalId: string,
): StoredRecord | undefined {
  return account.store.findByKey(type.name, 'externalId', externalId);
}

/** @throws Rejection 400 INVALID_KEY_OR_REF */
export function readExternalId(segment: string): string {
  const externalId = decodeSegment(segment).slice('eid:'.length);
  if (!isExternalId(externalId)) {
    reject(400, 'INVALID_KEY_OR_REF', `Invalid external ID '${externalId}'. Provide a valid record instance ID.`);
  }
  return externalId;
}

/**
 * The record that an address names, by internal id or as `eid:…`.
 * @throws Rejection 400 for what is no id, 404 for the id of nothing
 */
export function requireRecord(context: ApiContext, type: RecordType, segment: string): StoredRecord {
  const { account } = context;
  const text = decodeSegment(segment);
  if (text.startsWith('eid:')) {
    const externalId = readExternalId(segment);
    const record = findByExternalId(account, type, externalId);
    if (record) return record;
    reject(
      404,
      'NONEXISTENT_ID',
      `The record instance for external ID '${externalId}' does not exist. Provide a valid record instance ID.`,
    );
  }
  if (!/^-?[1-9]\d{0,14}$/.test(text)) {
    reject(400, 'INVALID_ID', `Invalid record instance identifier '${text}'. Provide a valid record instance ID.`, {
      url: `/services/rest/record/v1/${type.name.toLowerCase()}/${segment}`,
    });
  }
  const record = account.store.get(type.name, text);
  if (record) return record;
  const isOther = account.schema.types.some(
    ({ space, name }) => space === 'transaction' && space === type.space && account.store.get(name, text) !== undefined,
  );
  if (isOther) rejectRecord('INVALID_TRANS_TYP', 'Transaction type specified is incorrect.');
  reject(404, 'NONEXISTENT_ID', 'The record instance does not exist. Provide a valid record instance ID.');
}

/** What a reference in a body points at; `undefined` when it points at nothing. */
export function findReference(
  account: NetSuiteAccount,
  targets: readonly string[],
  given: JsonObject,
): Ref | undefined {
  const types = targets.map((name) => account.schema.required(name));
  if (typeof given.id === 'string' || typeof given.id === 'number') {
    const id = String(given.id);
    const type = types.find(({ name }) => account.store.get(name, id) !== undefined);
    return type && { type: type.name, id };
  }
  for (const type of types) {
    const found =
      typeof given.externalId === 'string'
        ? findByExternalId(account, type, given.externalId)
        : typeof given.refName === 'string'
          ? findByName(account, type, given.refName)
          : undefined;
    if (found) return { type: type.name, id: found.id };
  }
  return undefined;
}

function findByName(account: NetSuiteAccount, type: RecordType, name: string): StoredRecord | undefined {
  for (const record of account.store.all(type.name)) if (displayName(type, record) === name) return record;
  return undefined;
}

/** What a reference to the record shows as `refName`, and `BUILTIN.DF` in SuiteQL. */
export function displayName(type: RecordType, { values }: StoredRecord): string {
  const name = textOf(values, type.nameField) ?? '';
  switch (type.name) {
    case 'account':
      return [textOf(values, 'acctNumber'), textOf(values, 'acctName') ?? name].filter(Boolean).join(' ');
    case 'invoice':
    case 'salesOrder':
      return `${type.title} #${name}`;
    case 'customerPayment':
      return `Payment #${name}`;
    case 'customer':
    case 'vendor': {
      const company = textOf(values, 'companyName');
      return company === undefined || company === name ? name : `${name} ${company}`;
    }
    default:
      return name;
  }
}

export function nameOfRef(account: NetSuiteAccount, { type, id }: Ref): string | undefined {
  const record = account.store.get(type, id);
  return record && displayName(account.schema.required(type), record);
}
