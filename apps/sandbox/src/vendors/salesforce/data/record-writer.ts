import { applySaveRules } from '../rules/save-rules';
import { maySee, requireCreate, requireEdit, requireReach } from '../rules/user-access';
import { type ApiContext } from '../salesforce.context';
import { Rejection, reject, rejectNotFound } from '../salesforce.errors';
import { sfId18 } from '../salesforce.ids';
import { type JsonObjectNode } from '../salesforce.json';
import { type SchemaObject } from '../schema/org-schema';
import { type FieldDef } from '../schema/schema.types';
import { type FieldValue, type FieldValues } from './field-values';
import { readInput, type Wanted } from './input-reader';
import { OBJECT_RULES, requiredProblem, rollUpOpportunity } from './record-rules';
import { textOf, type StoredRecord } from './record-store';

const NOTHING: ReadonlySet<string> = new Set();

/** @throws Rejection with everything the vendor finds wrong */
export function insertRecord(
  context: ApiContext,
  object: SchemaObject,
  node: JsonObjectNode,
  key?: { readonly field: FieldDef; readonly value: string },
): StoredRecord {
  if (!object.createable) rejectEntity(object, 'create');
  requireCreate(context, object);
  const wanted = readInput(context, object, node, 'insert', key ? new Set([key.field.name.toLowerCase()]) : NOTHING);
  if (key) wanted.set(key.field.name, key.value);
  return insertValues(context, object, wanted);
}

function insertValues(context: ApiContext, object: SchemaObject, wanted: Wanted): StoredRecord {
  const { org } = context;
  const after: Record<string, FieldValue> = {};
  for (const field of object.fields) {
    after[field.name] = wanted.get(field.name) ?? defaultOf(field, context);
  }
  const stamp = org.stampMs();
  Object.assign(after, {
    IsDeleted: false,
    CreatedDate: stamp,
    CreatedById: context.actorId,
    LastModifiedDate: stamp,
    LastModifiedById: context.actorId,
    SystemModstamp: stamp,
  });
  validate(context, object, undefined, after, wanted);
  if (!org.hasRoom) {
    reject(400, 'STORAGE_LIMIT_EXCEEDED', 'storage limit exceeded', []);
  }
  const id = org.ids.next(object.keyPrefix);
  after.Id = id;
  holdRows(context, object, after);
  const record = org.store.insert(object, id, after, org.visibleAtMs());
  afterWrite(context, object, after);
  return record;
}

function defaultOf(field: FieldDef, context: ApiContext): FieldValue {
  if (field.name === 'OwnerId') return context.actorId;
  if (field.type === 'picklist') return field.picklist.find(({ isDefault }) => isDefault)?.value ?? null;
  return field.defaultValue;
}

/** @throws Rejection with everything the vendor finds wrong */
export function updateRecord(
  context: ApiContext,
  object: SchemaObject,
  record: StoredRecord,
  node: JsonObjectNode,
  ignored: ReadonlySet<string> = NOTHING,
): void {
  if (!object.updateable) rejectEntity(object, 'update');
  requireEdit(context, object, record);
  const wanted = readInput(context, object, node, 'update', ignored);
  const stamp = context.org.stampMs();
  const after: Record<string, FieldValue> = {
    ...record.values,
    ...Object.fromEntries(wanted),
    LastModifiedDate: stamp,
    LastModifiedById: context.actorId,
    SystemModstamp: stamp,
  };
  validate(context, object, record.values, after, wanted);
  holdRows(context, object, after);
  context.org.store.replace(object, record, after, context.org.visibleAtMs());
  afterWrite(context, object, after);
}

/** Deletes the record and, as the vendor does, what hangs on it. */
export function deleteRecord(context: ApiContext, object: SchemaObject, record: StoredRecord): void {
  if (!object.deletable) rejectEntity(object, 'delete');
  requireEdit(context, object, record);
  removeRecord(context, object, record);
}

/** What goes with its parent is not asked whether the user may delete it. */
function removeRecord(context: ApiContext, object: SchemaObject, record: StoredRecord): void {
  const { org } = context;
  holdRows(context, object, record.values);
  const stamp = org.stampMs();
  const values = {
    ...record.values,
    IsDeleted: true,
    LastModifiedDate: stamp,
    LastModifiedById: context.actorId,
    SystemModstamp: stamp,
  };
  org.store.replace(object, record, values, org.visibleAtMs(), org.clock.now());
  for (const { object: child, field } of org.schema.childrenOf(object.name)) {
    for (const row of [...org.store.all(child.name)]) {
      if (row.deletedAtMs !== undefined || row.values[field.name] !== record.id) continue;
      if (field.cascadeDelete) removeRecord(context, child, row);
      else
        org.store.replace(child, row, { ...row.values, [field.name]: null, SystemModstamp: stamp }, org.visibleAtMs());
    }
  }
  afterWrite(context, object, values);
}

function afterWrite(context: ApiContext, object: SchemaObject, values: FieldValues): void {
  if (object.name === 'OpportunityLineItem') rollUpOpportunity(context, textOf(values.OpportunityId) ?? '');
}

function validate(
  context: ApiContext,
  object: SchemaObject,
  before: FieldValues | undefined,
  after: Record<string, FieldValue>,
  wanted: Wanted,
): void {
  const missing = object.fields.filter(
    (field) =>
      !field.nillable && (before ? field.updateable : field.createable) && (after[field.name] ?? null) === null,
  );
  if (missing.length > 0) throw new Rejection(400, [requiredProblem(missing.map(({ name }) => name))]);
  checkReferences(context, object, wanted);
  OBJECT_RULES[object.name]?.({ context, before, after, written: new Set(wanted.keys()) });
  applySaveRules({ context, object, before, after });
  checkUnique(context, object, before, after);
}

function checkReferences(context: ApiContext, object: SchemaObject, wanted: Wanted): void {
  const { schema, store } = context.org;
  for (const field of object.fields) {
    const id = field.type === 'reference' ? textOf(wanted.get(field.name)) : undefined;
    if (id === undefined) continue;
    const target = schema.objectOfId(id)?.name;
    if (target === undefined || !field.referenceTo.includes(target)) {
      reject(400, 'MALFORMED_ID', `${field.label}: id value of incorrect type: ${id}`, [field.name]);
    }
    const parent = store.get(target, id);
    if (!parent) reject(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
    if (parent.deletedAtMs !== undefined) reject(400, 'ENTITY_IS_DELETED', 'entity is deleted', []);
    requireReach(context, id);
  }
}

function checkUnique(
  context: ApiContext,
  object: SchemaObject,
  before: FieldValues | undefined,
  after: FieldValues,
): void {
  for (const field of object.fields) {
    const value = field.unique ? textOf(after[field.name]) : undefined;
    if (value === undefined) continue;
    const other = context.org.store.findByKey(object.name, field, value).find(({ id }) => id !== before?.Id);
    if (other) {
      // The vendor's text carries the 15-character id.
      const id = other.id.slice(0, 15);
      reject(
        400,
        'DUPLICATE_VALUE',
        `duplicate value found: ${field.name} duplicates value on record with id: ${id}`,
        [],
      );
    }
  }
}

function holdRows(context: ApiContext, object: SchemaObject, values: FieldValues): void {
  const { lockHoldMs } = context.org.settings;
  if (lockHoldMs === 0) return;
  const parents = object.fields
    .filter((field) => field.type === 'reference' && !field.referenceTo.includes('User'))
    .flatMap((field) => textOf(values[field.name]) ?? []);
  const own = textOf(values.Id);
  context.org.locks.acquire(context.requestId, own === undefined ? parents : [own, ...parents], lockHoldMs);
  context.heldRows = true;
}

function rejectEntity(object: SchemaObject, operation: string): never {
  reject(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `entity type ${object.name} does not support ${operation}`, []);
}

/**
 * The live record with that 15- or 18-character id.
 * @throws Rejection 400 MALFORMED_ID, 404 NOT_FOUND or 404 ENTITY_IS_DELETED
 */
export function requireRecord(context: ApiContext, object: SchemaObject, givenId: string): StoredRecord {
  const id = sfId18(givenId);
  if (id === undefined) reject(400, 'MALFORMED_ID', `malformed id ${givenId}`);
  const record = context.org.store.get(object.name, id);
  if (!record || !maySee(context, id)) rejectNotFound();
  if (record.deletedAtMs !== undefined) reject(404, 'ENTITY_IS_DELETED', 'entity is deleted', []);
  return record;
}
