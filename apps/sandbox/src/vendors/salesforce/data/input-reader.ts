import { findByKey } from '../rules/user-access';
import { type ApiContext } from '../salesforce.context';
import { Rejection, reject, type SfErrorItem } from '../salesforce.errors';
import { tokenText, type JsonNode, type JsonObjectNode } from '../salesforce.json';
import { type SchemaObject } from '../schema/org-schema';
import { type FieldDef } from '../schema/schema.types';
import { checkField, readField, type FieldValue } from './field-values';

export type WriteMode = 'insert' | 'update';

/** What the caller wants written, by canonical field name. Absent fields stay as they are. */
export type Wanted = Map<string, FieldValue>;

/**
 * Reads one record's JSON as the vendor does: unknown columns, read-only fields and unreadable values end it at
 * once; values of the right type that break a rule are reported together.
 * @param ignored names that were consumed elsewhere (`attributes`, an upsert's key)
 */
export function readInput(
  context: ApiContext,
  object: SchemaObject,
  node: JsonObjectNode,
  mode: WriteMode,
  ignored: ReadonlySet<string>,
): Wanted {
  const wanted: Wanted = new Map();
  const problems: SfErrorItem[] = [];
  const locked: string[] = [];
  for (const [name, value] of node.members) {
    const lower = name.toLowerCase();
    if (lower === 'attributes' || ignored.has(lower)) continue;
    const relation = value.kind === 'object' ? object.byRelationship.get(lower) : undefined;
    if (relation && value.kind === 'object') {
      if (!isWritable(relation, mode)) locked.push(relation.name);
      else wanted.set(relation.name, resolveForeignKey(context, relation, value));
      continue;
    }
    const field = object.byName.get(lower);
    if (!field) reject(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
    if (!isWritable(field, mode)) {
      locked.push(field.name);
      continue;
    }
    const read = readField(field, value);
    const problem = checkField(field, read);
    if (problem) problems.push(problem);
    wanted.set(field.name, canonicalOption(field, read));
  }
  if (locked.length > 0) rejectLocked(locked);
  if (problems.length > 0) throw new Rejection(400, problems);
  return wanted;
}

function isWritable(field: FieldDef, mode: WriteMode): boolean {
  return mode === 'insert' ? field.createable : field.updateable;
}

function rejectLocked(names: readonly string[]): never {
  reject(
    400,
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    `Unable to create/update fields: ${names.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
    names,
  );
}

/** Picklists match without regard to case and store the configured spelling. */
function canonicalOption(field: FieldDef, value: FieldValue): FieldValue {
  if (field.type !== 'picklist' || typeof value !== 'string') return value;
  return field.picklist.find((option) => option.value.toLowerCase() === value.toLowerCase())?.value ?? value;
}

/** `"Account": {"ERP_Id__c": "A-1"}`: a parent named by its external id instead of its id. */
function resolveForeignKey(context: ApiContext, relation: FieldDef, node: JsonObjectNode): FieldValue {
  const parentName = relation.referenceTo[0] ?? '';
  const parent = context.org.schema.object(parentName);
  const keys = node.members.filter(([name]) => name !== 'attributes');
  const [keyName, keyNode] = keys[0] ?? ['', undefined];
  const field = parent?.byName.get(keyName.toLowerCase());
  if (!parent || !keyNode || keys.length !== 1 || !field) {
    reject(400, 'INVALID_FIELD', `No such column '${keyName}' on sobject of type ${parentName}`);
  }
  if (!field.externalId && !field.idLookup) {
    reject(400, 'INVALID_FIELD', `${keyName} is not an External ID or indexed field for ${parentName}`);
  }
  const key = readField(field, keyNode);
  if (field.type === 'id') return key;
  const matches = typeof key === 'string' ? findByKey(context, parentName, field, key) : [];
  if (matches.length > 1)
    rejectAmbiguous(
      field,
      matches.map(({ id }) => id),
    );
  const found = matches[0];
  if (!found) {
    reject(
      400,
      'INVALID_FIELD',
      `Foreign key external ID: ${tokenText(keyNode)} not found for field ${field.name} in entity ${parentName}`,
      [],
    );
  }
  return found.id;
}

export function rejectAmbiguous(field: FieldDef, ids: readonly string[]): never {
  reject(
    400,
    'DUPLICATE_EXTERNAL_ID',
    `${field.label}: more than one record found for external id field: [${ids.join(', ')}]`,
    [field.name],
  );
}

/**
 * The type a collection item claims. The vendor reads it before the fields, so it must come first. Only the key of
 * the call may stand before it: jsforce writes it there (`{ERP_Id__c, attributes, …}`, `{id, attributes, …}`), and
 * is served by the real vendor.
 */
export function readItemType(node: JsonNode, keyName?: string): string {
  const members = node.kind === 'object' ? node.members : [];
  const [first, value] = members.find(([name]) => name.toLowerCase() !== keyName?.toLowerCase()) ?? [];
  const type = value?.kind === 'object' ? value.members.find(([name]) => name === 'type')?.[1] : undefined;
  if (first !== 'attributes' || type?.kind !== 'string') {
    reject(
      400,
      'JSON_PARSER_ERROR',
      `Nested object for polymorphic foreign key must have an attributes field before any other fields. at [line:${node.line}, column:${node.column}]`,
    );
  }
  return type.text;
}
