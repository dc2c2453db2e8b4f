import { deleteRecord, insertRecord, requireRecord, updateRecord } from '../data/record-writer';
import { printRecord } from '../data/record-reader';
import { type StoredRecord } from '../data/record-store';
import {
  decodeSegment,
  requireJsonObject,
  requireObject,
  type ApiContext,
  type ApiReply,
  type ApiRequest,
} from '../salesforce.context';
import { reject } from '../salesforce.errors';
import { member, type JsonObjectNode } from '../salesforce.json';
import { describeObject, describeSummary } from '../schema/describe';
import { type SchemaObject } from '../schema/org-schema';
import { type FieldDef } from '../schema/schema.types';
import { checkPreconditions, entityTag } from './conditional';

export type ApiHandler = (
  context: ApiContext,
  request: ApiRequest,
  params: Readonly<Record<string, string>>,
) => ApiReply;

/** The schema changes with a release of the sandbox alone, so describes have one age. */
const SCHEMA_CHANGED_MS = Date.parse('2026-11-01T00:00:00Z');

export const globalDescribe: ApiHandler = (context) => ({
  status: 200,
  body: {
    encoding: 'UTF-8',
    maxBatchSize: 200,
    sobjects: context.org.schema.objects.map((object) => describeSummary(object, context.base)),
  },
});

export const basicInformation: ApiHandler = (context, _request, { object: name = '' }) => {
  const object = requireObject(context, name);
  const recentItems = [...context.org.store.all(object.name)]
    .filter(({ deletedAtMs }) => deletedAtMs === undefined)
    .slice(-10)
    .reverse()
    .map(({ values }) => printRecord(context, object, values, fieldsNamed(object, ['Id', 'Name'])));
  return { status: 200, body: { objectDescribe: describeSummary(object, context.base), recentItems } };
};

export const describe: ApiHandler = (context, { headers }, { object: name = '' }) => {
  const object = requireObject(context, name);
  if (checkPreconditions(headers, SCHEMA_CHANGED_MS, false)) return { status: 304 };
  return {
    status: 200,
    headers: { 'last-modified': new Date(SCHEMA_CHANGED_MS).toUTCString() },
    body: describeObject(context.org.schema, object, context.base),
  };
};

export const create: ApiHandler = (context, { body }, { object: name = '' }) => {
  const object = requireObject(context, name);
  const node = requireJsonObject(body);
  checkAttributes(object, node);
  const { id } = insertRecord(context, object, node);
  return created(context, object, id, { id, success: true, errors: [] });
};

export function created(context: ApiContext, object: SchemaObject, id: string, body: object): ApiReply {
  return { status: 201, headers: { location: `${context.base}/sobjects/${object.name}/${id}` }, body };
}

export const retrieve: ApiHandler = (context, request, { object: name = '', id = '' }) => {
  const object = requireObject(context, name);
  return printOne(context, request, object, requireRecord(context, object, decodeSegment(id)));
};

export function printOne(
  context: ApiContext,
  request: ApiRequest,
  object: SchemaObject,
  record: StoredRecord,
): ApiReply {
  const modifiedMs = Number(record.values.LastModifiedDate);
  const etag = entityTag(record);
  if (checkPreconditions(request.headers, modifiedMs, false, etag)) return { status: 304 };
  const wanted = request.query.get('fields');
  const fields = wanted
    ? fieldsNamed(
        object,
        wanted.split(',').map((field) => field.trim()),
      )
    : object.fields;
  return {
    status: 200,
    headers: { 'last-modified': new Date(modifiedMs).toUTCString(), ...(etag === undefined ? {} : { etag }) },
    body: printRecord(context, object, record.values, fields),
  };
}

/** @throws Rejection 400 INVALID_FIELD */
export function fieldsNamed(object: SchemaObject, names: readonly string[]): FieldDef[] {
  return names.map(
    (name) =>
      object.byName.get(name.toLowerCase()) ??
      reject(
        400,
        'INVALID_FIELD',
        `No such column '${name}' on entity '${object.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
      ),
  );
}

export const update: ApiHandler = (context, request, { object: name = '', id = '' }) => {
  const object = requireObject(context, name);
  const node = requireJsonObject(request.body);
  const record = requireRecord(context, object, decodeSegment(id));
  rejectField(node, 'Id');
  checkAttributes(object, node);
  checkPreconditions(request.headers, Number(record.values.LastModifiedDate), true, entityTag(record));
  updateRecord(context, object, record, node);
  return { status: 204 };
};

export const remove: ApiHandler = (context, _request, { object: name = '', id = '' }) => {
  const object = requireObject(context, name);
  deleteRecord(context, object, requireRecord(context, object, decodeSegment(id)));
  return { status: 204 };
};

/** The URL names the record; naming it again in the body is refused, even when both agree. */
export function rejectField(node: JsonObjectNode, name: string): void {
  if (node.members.some(([given]) => given.toLowerCase() === name.toLowerCase())) {
    reject(400, 'INVALID_FIELD', `The ${name} field should not be specified in the sobject data.`);
  }
}

export function checkAttributes(object: SchemaObject, node: JsonObjectNode): void {
  const attributes = member(node, 'attributes');
  const type = attributes?.kind === 'object' ? member(attributes, 'type') : undefined;
  if (attributes && (type?.kind !== 'string' || type.text.toLowerCase() !== object.name.toLowerCase())) {
    reject(400, 'INVALID_TYPE', `the type of the record does not match the sObject ${object.name}`);
  }
}
