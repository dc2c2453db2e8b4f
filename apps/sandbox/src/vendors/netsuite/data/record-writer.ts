import { type NetSuiteAccount } from '../netsuite.account';
import { type ApiContext } from '../netsuite.context';
import { reject, rejectRecord } from '../netsuite.errors';
import { type RecordType } from '../schema/account-schema';
import { type FieldDef, type Space } from '../schema/schema.types';
import { displayName, externalIdPeers, findByExternalId } from './record-lookup';
import { finishRecord, mayDelete, refreshInvoices } from './record-rules';
import { type StoredRecord } from './record-store';
import { isRef, linesOf, textOf, type Fields, type FieldValue } from './values';

const FIRST_IDS: Readonly<Record<Space, number>> = { entity: 101, transaction: 1_001, item: 21, list: 1_001 };

/** What of a change replaces a sublist, instead of being merged into its lines. */
export type Replaced = ReadonlySet<string>;

/**
 * Creates a record from the fields given.
 * @throws Rejection 400 when a rule forbids it
 */
export function createRecord(context: ApiContext, type: RecordType, given: Fields): StoredRecord {
  const { account } = context;
  const defaults = Object.fromEntries(
    type.fields.flatMap(({ name, defaultValue }) => (defaultValue === undefined ? [] : [[name, defaultValue]])),
  );
  const id = account.store.nextId(type.space, FIRST_IDS[type.space]);
  const values = numberLines(type, { ...defaults, ...given }, given, new Set());
  const stamp = account.stampMs();
  const draft = { type: type.name, space: type.space, id, createdMs: stamp, modifiedMs: stamp };
  const finished = finishRecord(context, type, values, given, undefined);
  checkKeys(account, type, finished, undefined);
  checkRequired(type, finished);
  const record: StoredRecord = { ...draft, values: withoutEmpty(finished), lag: account.lag(undefined) };
  account.store.put(record);
  refreshInvoices(account, undefined, record);
  return record;
}

/**
 * Changes a record. Sublists are merged by their key: a line without a known key is one more line.
 * @throws Rejection 400 when a rule forbids it
 */
export function updateRecord(
  context: ApiContext,
  type: RecordType,
  before: StoredRecord,
  given: Fields,
  replaced: Replaced = new Set(),
): StoredRecord {
  const { account } = context;
  const merged = numberLines(type, { ...before.values, ...given }, given, replaced, before.values);
  const finished = finishRecord(context, type, merged, given, before);
  checkKeys(account, type, finished, before);
  checkRequired(type, finished);
  const record: StoredRecord = {
    ...before,
    values: withoutEmpty(finished),
    modifiedMs: Math.max(before.modifiedMs, account.stampMs()),
    lag: account.lag(before),
  };
  account.store.put(record);
  refreshInvoices(account, before, record);
  return record;
}

/** @throws Rejection 400 when other records need this one */
export function deleteRecord({ account, user }: ApiContext, type: RecordType, before: StoredRecord): void {
  mayDelete(account, type, before);
  const deletedMs = account.stampMs();
  account.store.remove({
    type: type.name,
    id: before.id,
    name: displayName(type, before),
    deletedMs,
    deletedBy: user.entityId,
    before,
    visibleAtMs: account.clock.now() + account.settings.visibilityLagMs,
  });
  refreshInvoices(account, before, undefined);
}

/** Merges the sublists and subrecords of a change into what is there, and gives new lines their numbers. */
function numberLines(
  type: RecordType,
  values: Fields,
  given: Fields,
  replaced: Replaced,
  before: Fields = {},
): Record<string, FieldValue | undefined> {
  const result: Record<string, FieldValue | undefined> = { ...values };
  for (const field of type.fields) {
    if (given[field.name] === undefined) continue;
    if (field.type === 'subrecord') result[field.name] = mergeFields(before[field.name], given[field.name]);
    if (field.type !== 'sublist') continue;
    const kept = replaced.has(field.name) ? [] : linesOf(before, field.name);
    result[field.name] = mergeLines(field, kept, linesOf(given, field.name));
  }
  return result;
}

function mergeFields(before: FieldValue | undefined, given: FieldValue | undefined): Fields {
  return { ...asFields(before), ...asFields(given) };
}

function asFields(value: FieldValue | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRef(value) ? (value as Fields) : {};
}

function mergeLines(field: FieldDef, kept: readonly Fields[], given: readonly Fields[]): Fields[] {
  const { name, lineKey = [], fields = [] } = field;
  const lines = [...kept];
  const counted = lineKey.find((key) => key === 'line' || key === 'id');
  given.forEach((line, index) => {
    const at = lines.findIndex((candidate) => sameKey(lineKey, candidate, line));
    const known = lines[at];
    if (known) {
      lines[at] = mergeLine(fields, known, line);
      return;
    }
    if (counted !== undefined && line[counted] !== undefined && kept.length > 0) {
      const path = `${name}.items[${index}].${counted}`;
      reject(400, 'INVALID_CONTENT', `The sublist line ${JSON.stringify(line[counted])} does not exist.`, { path });
    }
    const highest = Math.max(0, ...lines.map((candidate) => Number(candidate[counted ?? ''] ?? 0)));
    const defaults = Object.fromEntries(
      fields.flatMap((inner) => (inner.defaultValue === undefined ? [] : [[inner.name, inner.defaultValue]])),
    );
    const number = counted === undefined ? {} : { [counted]: line[counted] ?? highest + 1 };
    lines.push(mergeLine(fields, { ...defaults, ...number }, line));
  });
  return lines;
}

/** The changed fields move behind the others: of an amount and a rate the one that was written last wins. */
function mergeLine(fields: readonly FieldDef[], before: Fields, given: Fields): Fields {
  const outdated = outdatedBy(given);
  const kept = Object.entries(before).filter(([name]) => given[name] === undefined && !outdated.includes(name));
  const merged: Record<string, FieldValue | undefined> = { ...Object.fromEntries(kept), ...given };
  for (const { name, type, fields: inner = [] } of fields) {
    if (type !== 'subrecord' || given[name] === undefined) continue;
    const defaults = inner.flatMap(({ name: own, defaultValue }) =>
      defaultValue === undefined ? [] : [[own, defaultValue] as const],
    );
    merged[name] = { ...Object.fromEntries(defaults), ...mergeFields(before[name], given[name]) };
  }
  return merged;
}

/** A new quantity or rate makes the old amount void, a new amount the old rate, and a new item both. */
function outdatedBy(given: Fields): string[] {
  const says = (name: string): boolean => given[name] !== undefined;
  return [
    ...(!says('amount') && ['quantity', 'rate', 'price', 'item'].some(says) ? ['amount'] : []),
    ...(says('amount') || says('item') ? ['rate'] : []),
  ];
}

function sameKey(keys: readonly string[], left: Fields, right: Fields): boolean {
  return keys.every((key) => {
    const [one, other] = [left[key], right[key] ?? (key === 'quantity' ? 0 : undefined)];
    if (isRef(one) && isRef(other)) return one.id === other.id;
    return one !== undefined && one === other;
  });
}

function checkKeys(account: NetSuiteAccount, type: RecordType, values: Fields, before: StoredRecord | undefined): void {
  const externalId = textOf(values, 'externalId');
  if (externalId === undefined) return;
  for (const peer of externalIdPeers(account, type)) {
    const owner = findByExternalId(account, peer, externalId);
    if (!owner || (owner.type === before?.type && owner.id === before.id)) continue;
    rejectDuplicate(type);
  }
}

function rejectDuplicate({ space }: RecordType): never {
  if (space === 'entity') rejectRecord('DUP_ENTITY', 'This entity already exists.');
  if (space === 'item') rejectRecord('DUP_ITEM', 'Uniqueness error - a record with the same item name already exists.');
  rejectRecord('DUP_RCRD', 'This record already exists.');
}

/** @throws Rejection 400 that names every field that is missing, by its label, as the vendor does */
function checkRequired(type: RecordType, values: Fields): void {
  const missing = type.fields
    .filter(({ name, required }) => required && isEmpty(values[name]))
    .map(({ title }) => title);
  for (const { name, title, fields = [], type: kind } of type.fields) {
    if (kind !== 'sublist') continue;
    for (const line of linesOf(values, name)) {
      const gaps = fields.filter((field) => field.required && isEmpty(line[field.name]));
      missing.push(...gaps.map((field) => `${title}: ${field.title}`));
    }
  }
  if (missing.length > 0) {
    rejectRecord('USER_ERROR', `Please enter value(s) for: ${[...new Set(missing)].join(', ')}.`);
  }
}

function isEmpty(value: FieldValue | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** An empty field is no field: the vendor leaves it out of what it answers. */
function withoutEmpty(values: Fields): Fields {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}
