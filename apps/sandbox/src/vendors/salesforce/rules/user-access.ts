import { type StoredRecord } from '../data/record-store';
import { type ApiContext } from '../salesforce.context';
import { reject } from '../salesforce.errors';
import { type SchemaObject } from '../schema/org-schema';
import { type FieldDef } from '../schema/schema.types';

function isRestricted({ org, actorId }: ApiContext): boolean {
  return actorId === org.integrationUser.id;
}

/** Whether whoever asks may see the record at all; what is not shared does not exist for them. */
export function maySee(context: ApiContext, recordId: string): boolean {
  return !isRestricted(context) || !context.org.settings.hiddenRecords.includes(recordId);
}

/** Live records with that key that whoever asks may see. */
export function findByKey(context: ApiContext, object: string, field: FieldDef, value: string): StoredRecord[] {
  return context.org.store.findByKey(object, field, value).filter(({ id }) => maySee(context, id));
}

/** @throws Rejection 400 where the profile lacks the permission on the object */
export function requireCreate(context: ApiContext, object: SchemaObject): void {
  if (!isRestricted(context) || !context.org.settings.readOnlyObjects.includes(object.name)) return;
  reject(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `entity type cannot be inserted: ${object.label}`, []);
}

/** @throws Rejection 400 where the profile or the sharing of the record lets the user read alone */
export function requireEdit(context: ApiContext, object: SchemaObject, { id }: Pick<StoredRecord, 'id'>): void {
  const { readOnlyObjects, readOnlyRecords } = context.org.settings;
  if (!isRestricted(context) || (!readOnlyObjects.includes(object.name) && !readOnlyRecords.includes(id))) return;
  reject(400, 'INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', []);
}

/** @throws Rejection 400 where the record that is pointed at is not shared with the user */
export function requireReach(context: ApiContext, recordId: string): void {
  if (maySee(context, recordId)) return;
  reject(
    400,
    'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    `insufficient access rights on cross-reference id: ${recordId.slice(0, 15)}`,
    [],
  );
}
