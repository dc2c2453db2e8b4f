import { checkField, readField } from '../data/field-values';
import { readItemType, rejectAmbiguous } from '../data/input-reader';
import { printRecord } from '../data/record-reader';
import { deleteRecord, insertRecord, requireRecord, updateRecord } from '../data/record-writer';
import { findByKey, maySee, requireReach } from '../rules/user-access';
import {
  decodeSegment,
  requireJsonObject,
  requireObject,
  type ApiContext,
  type ApiReply,
  type ApiRequest,
} from '../salesforce.context';
import { reject, Rejection, rejectNotFound } from '../salesforce.errors';
import { sfId18 } from '../salesforce.ids';
import { member, tokenName, type JsonNode, type JsonObjectNode } from '../salesforce.json';
import { type SchemaObject } from '../schema/org-schema';
import { type FieldDef } from '../schema/schema.types';
import { fieldsNamed, type ApiHandler } from './sobjects';

const MAX_RECORDS = 200;
const MAX_RETRIEVED = 2_000;

interface ItemError {
  readonly statusCode: string;
  readonly message: string;
  readonly fields: readonly string[];
}

interface ItemResult {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly ItemError[];
  readonly created?: boolean;
}

type ItemWork = () => Omit<ItemResult, 'errors' | 'success'>;

/**
 * Runs the items in order. A refused item leaves no trace and the others stand, unless all or none was asked for:
 * then one refusal undoes every item, and the good ones say so. The HTTP status is 200 either way.
 */
function runItems(context: ApiContext, allOrNone: boolean, works: readonly ItemWork[]): ApiReply {
  const { store } = context.org;
  const start = store.savepoint();
  const results = works.map((work): ItemResult => {
    const savepoint = store.savepoint();
    try {
      const done = work();
      return { id: done.id, success: true, errors: [], created: done.created };
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      store.rollback(savepoint);
      return {
        success: false,
        errors: error.items.map(({ errorCode, message, fields = [] }) => ({ statusCode: errorCode, message, fields })),
      };
    }
  });
  if (!allOrNone || results.every(({ success }) => success)) return { status: 200, body: results };
  store.rollback(start);
  const rolledBack: ItemResult = {
    success: false,
    errors: [
      {
        statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
        message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
        fields: [],
      },
    ],
  };
  return { status: 200, body: results.map((result) => (result.success ? rolledBack : result)) };
}

function readEnvelope({ body }: ApiRequest): { records: readonly JsonNode[]; allOrNone: boolean } {
  const node = requireJsonObject(body);
  const unknown = node.members.find(([name]) => name !== 'records' && name !== 'allOrNone');
  if (unknown) {
    reject(
      400,
      'JSON_PARSER_ERROR',
      `Unrecognized field "${unknown[0]}" at [line:${unknown[1].line}, column:${unknown[1].column}]`,
    );
  }
  const records = member(node, 'records');
  const allOrNone = member(node, 'allOrNone');
  if (records?.kind !== 'array') {
    reject(
      400,
      'JSON_PARSER_ERROR',
      `Required field is missing: records at [line:${node.line}, column:${node.column}]`,
    );
  }
  if (allOrNone && allOrNone.kind !== 'boolean') {
    reject(
      400,
      'JSON_PARSER_ERROR',
      `Cannot deserialize instance of boolean from ${tokenName(allOrNone)} at [line:${allOrNone.line}, column:${allOrNone.column}]`,
    );
  }
  rejectTooMany(records.items.length, MAX_RECORDS);
  return { records: records.items, allOrNone: allOrNone?.kind === 'boolean' && allOrNone.value };
}

function rejectTooMany(count: number, limit: number): void {
  if (count > limit)
    reject(400, 'EXCEEDED_ID_LIMIT', `record limit reached. cannot submit more than ${limit} records into this call`);
}

function readItem(
  context: ApiContext,
  node: JsonNode,
  keyName?: string,
): { object: SchemaObject; node: JsonObjectNode } {
  const type = readItemType(node, keyName);
  const object = context.org.schema.object(type);
  if (!object || node.kind !== 'object') {
    reject(
      400,
      'INVALID_TYPE',
      `sObject type '${type}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  return { object, node };
}

export const createMany: ApiHandler = (context, request) => {
  const { records, allOrNone } = readEnvelope(request);
  const works = records.map((record) => () => {
    const { object, node } = readItem(context, record);
    return { id: insertRecord(context, object, node).id };
  });
  return runItems(context, allOrNone, works);
};

export const updateMany: ApiHandler = (context, request) => {
  const { records, allOrNone } = readEnvelope(request);
  const works = records.map((item) => () => {
    const { object, node } = readItem(context, item, 'Id');
    const id = node.members.find(([name]) => name.toLowerCase() === 'id')?.[1];
    if (id?.kind !== 'string' || id.text === '') reject(400, 'MISSING_ARGUMENT', 'Id not specified in an update call');
    const record = requireReferenced(context, object, id.text);
    updateRecord(context, object, record, node, new Set(['id']));
    return { id: record.id };
  });
  return runItems(context, allOrNone, works);
};

/** In a list an unknown id is a bad reference, not a missing resource. */
function requireReferenced(context: ApiContext, object: SchemaObject, id: string): ReturnType<typeof requireRecord> {
  requireReach(context, sfId18(id) ?? id);
  try {
    return requireRecord(context, object, id);
  } catch (error) {
    if (error instanceof Rejection && error.items[0]?.errorCode === 'NOT_FOUND') {
      reject(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
    }
    throw error;
  }
}

export const upsertMany: ApiHandler = (context, request, { object: objectName = '', field: fieldName = '' }) => {
  const target = requireObject(context, objectName);
  const field = target.byName.get(decodeSegment(fieldName).toLowerCase());
  if (!field || !(field.externalId || field.idLookup)) {
    rejectNotFound(`Provided external ID field does not exist or is not accessible: ${fieldName}`);
  }
  const { records, allOrNone } = readEnvelope(request);
  const repeated = repeatedKeys(records, field);
  const works = records.map((record) => () => {
    const { object, node } = readItem(context, record, field.name);
    if (object.name !== target.name) {
      reject(400, 'INVALID_TYPE', `the type of the record does not match the sObject ${target.name}`);
    }
    return upsertItem(context, target, field, node, repeated);
  });
  return runItems(context, allOrNone, works);
};

function keyOf(node: JsonNode, field: FieldDef): JsonNode | undefined {
  if (node.kind !== 'object') return undefined;
  return node.members.findLast(([name]) => name.toLowerCase() === field.name.toLowerCase())?.[1];
}

function comparableKey(node: JsonNode | undefined, field: FieldDef): string | undefined {
  if (node?.kind !== 'string' || node.text.trim() === '') return undefined;
  if (field.type === 'id') return sfId18(node.text) ?? node.text;
  return field.caseSensitive ? node.text.trim() : node.text.trim().toLowerCase();
}

/** Keys that occur twice in one call: the vendor refuses each of those records. */
function repeatedKeys(records: readonly JsonNode[], field: FieldDef): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const record of records) {
    const key = comparableKey(keyOf(record, field), field);
    if (key === undefined) continue;
    if (seen.has(key)) repeated.add(key);
    seen.add(key);
  }
  return repeated;
}

function upsertItem(
  context: ApiContext,
  object: SchemaObject,
  field: FieldDef,
  node: JsonObjectNode,
  repeated: ReadonlySet<string>,
): { id: string; created: boolean } {
  const keyNode = keyOf(node, field);
  const comparable = comparableKey(keyNode, field);
  if (comparable !== undefined && repeated.has(comparable)) {
    const shown = keyNode?.kind === 'string' ? keyNode.text : '';
    reject(400, 'DUPLICATE_VALUE', `Duplicate external id specified: ${shown}`, [field.name]);
  }
  const ignored = new Set([field.name.toLowerCase()]);
  const value = keyNode ? readField(field, keyNode) : null;
  if (typeof value !== 'string') {
    // The vendor's trap, kept: a record without its key is inserted, every time.
    return { id: insertRecord(context, object, without(node, ignored)).id, created: true };
  }
  const problem = checkField(field, value);
  if (problem) throw new Rejection(400, [problem]);
  const matches =
    field.type === 'id' ? [requireReferenced(context, object, value)] : findByKey(context, object.name, field, value);
  if (matches.length > 1)
    rejectAmbiguous(
      field,
      matches.map(({ id }) => id),
    );
  const found = matches[0];
  if (!found) return { id: insertRecord(context, object, node, { field, value }).id, created: true };
  updateRecord(context, object, found, node, ignored);
  return { id: found.id, created: false };
}

function without(node: JsonObjectNode, names: ReadonlySet<string>): JsonObjectNode {
  return { ...node, members: node.members.filter(([name]) => !names.has(name.toLowerCase())) };
}

export const deleteMany: ApiHandler = (context, { query }) => {
  const ids = (query.get('ids') ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (ids.length === 0) reject(400, 'MISSING_ARGUMENT', "the 'ids' parameter is required");
  rejectTooMany(ids.length, MAX_RECORDS);
  const works = ids.map((given) => () => {
    const id = sfId18(given);
    if (id === undefined) reject(400, 'MALFORMED_ID', `malformed id ${given}`, []);
    const object = context.org.schema.objectOfId(id);
    if (!object) reject(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
    const record = requireReferenced(context, object, id);
    deleteRecord(context, object, record);
    return { id: record.id };
  });
  return runItems(context, query.get('allOrNone')?.toLowerCase() === 'true', works);
};

export const retrieveMany: ApiHandler = (context, request, { object: name = '' }) => {
  const object = requireObject(context, name);
  const { ids, fields } = request.method === 'POST' ? listsOfBody(request) : listsOfQuery(request);
  if (ids.length === 0 || fields.length === 0) {
    reject(400, 'MISSING_ARGUMENT', `the '${ids.length === 0 ? 'ids' : 'fields'}' parameter is required`);
  }
  rejectTooMany(ids.length, MAX_RETRIEVED);
  const wanted = fieldsNamed(object, fields);
  const body = ids.map((given) => {
    const id = sfId18(given);
    if (id === undefined) reject(400, 'MALFORMED_ID', `malformed id ${given}`);
    const record = context.org.store.get(object.name, id);
    return record && record.deletedAtMs === undefined && maySee(context, record.id)
      ? printRecord(context, object, record.values, wanted)
      : null;
  });
  return { status: 200, body };
};

function listsOfQuery({ query }: ApiRequest): { ids: string[]; fields: string[] } {
  const list = (name: string): string[] =>
    (query.get(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return { ids: list('ids'), fields: list('fields') };
}

function listsOfBody({ body }: ApiRequest): { ids: string[]; fields: string[] } {
  const node = requireJsonObject(body);
  const list = (name: string): string[] => {
    const items = member(node, name);
    return items?.kind === 'array' ? items.items.map((item) => (item.kind === 'string' ? item.text : '')) : [];
  };
  return { ids: list('ids'), fields: list('fields') };
}
