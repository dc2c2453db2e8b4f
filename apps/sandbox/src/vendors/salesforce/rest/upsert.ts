import { checkField, readField } from '../data/field-values';
import { deleteRecord, insertRecord, requireRecord, updateRecord } from '../data/record-writer';
import { type StoredRecord } from '../data/record-store';
import { findByKey } from '../rules/user-access';
import { decodeSegment, requireJsonObject, requireObject, type ApiContext, type ApiReply } from '../salesforce.context';
import { reject, Rejection, rejectNotFound } from '../salesforce.errors';
import { type SchemaObject } from '../schema/org-schema';
import { type FieldDef } from '../schema/schema.types';
import { checkPreconditions, entityTag } from './conditional';
import { checkAttributes, created, printOne, rejectField, type ApiHandler } from './sobjects';

/** A key that ends like a file name is taken for a format suffix of the URL, and the resource is not found. */
const FILE_SUFFIX = /\.(json|xml|inc|html?|csv|txt|js|css|jspx?|php|pdf|png|jpe?g|gif|svg|do|asp|apexp|zip|exe)$/i;

interface Key {
  readonly object: SchemaObject;
  readonly field: FieldDef;
  readonly value: string;
  readonly matches: readonly StoredRecord[];
}

function readKey(context: ApiContext, params: Readonly<Record<string, string>>): Key {
  const { object: objectName = '', field: fieldName = '', value: rawValue = '' } = params;
  const object = requireObject(context, objectName);
  const field = object.byName.get(decodeSegment(fieldName).toLowerCase());
  if (!field || !(field.externalId || field.idLookup)) {
    rejectNotFound(`Provided external ID field does not exist or is not accessible: ${fieldName}`);
  }
  const given = decodeSegment(rawValue);
  if (FILE_SUFFIX.test(given)) rejectNotFound();
  if (field.type === 'id') {
    return { object, field, value: given, matches: [requireRecord(context, object, given)] };
  }
  const value = readField(field, { kind: 'string', text: given, line: 1, column: 1 });
  if (typeof value !== 'string') rejectNotFound();
  const problem = checkField(field, value);
  if (problem) throw new Rejection(400, [problem]);
  return { object, field, value, matches: findByKey(context, object.name, field, value) };
}

/** Several records have that key: the vendor answers 300 with where they are, and does nothing. */
function multipleChoices(context: ApiContext, { object, matches }: Key): ApiReply {
  return { status: 300, body: matches.map(({ id }) => `${context.base}/sobjects/${object.name}/${id}`) };
}

export const retrieveByKey: ApiHandler = (context, request, params) => {
  const key = readKey(context, params);
  if (key.matches.length > 1) return multipleChoices(context, key);
  return printOne(context, request, key.object, key.matches[0] ?? rejectNotFound());
};

export const upsert: ApiHandler = (context, request, params) => {
  const key = readKey(context, params);
  const { object, field, value, matches } = key;
  const node = requireJsonObject(request.body);
  rejectField(node, field.name);
  rejectField(node, 'Id');
  checkAttributes(object, node);
  if (matches.length > 1) return multipleChoices(context, key);
  const found = matches[0];
  if (found) {
    checkPreconditions(request.headers, Number(found.values.LastModifiedDate), true, entityTag(found));
    updateRecord(context, object, found, node);
    // Before v46 the vendor answered an update without a body.
    if (Number(context.version) < 46) return { status: 204 };
    return { status: 200, body: { id: found.id, success: true, errors: [], created: false } };
  }
  const updateOnly = request.query.get('updateOnly');
  if (updateOnly !== null && !/^(true|false)$/i.test(updateOnly)) {
    reject(400, 'INVALID_QUERY_VALUE', `updateOnly must be true or false: ${updateOnly}`);
  }
  if (updateOnly?.toLowerCase() === 'true') rejectNotFound();
  const { id } = insertRecord(context, object, node, { field, value });
  return created(context, object, id, { id, success: true, errors: [], created: true });
};

export const removeByKey: ApiHandler = (context, _request, params) => {
  const key = readKey(context, params);
  if (key.matches.length > 1) return multipleChoices(context, key);
  deleteRecord(context, key.object, key.matches[0] ?? rejectNotFound());
  return { status: 204 };
};
