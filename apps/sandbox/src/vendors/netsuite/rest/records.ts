import { printFields, printItems, printRecord, recordUrl, lineKeyOf } from '../data/record-reader';
import { readRecord } from '../data/input-reader';
import { findByExternalId, readExternalId, requireRecord } from '../data/record-lookup';
import { type StoredRecord } from '../data/record-store';
import { createRecord, deleteRecord, updateRecord, type Replaced } from '../data/record-writer';
import { linesOf } from '../data/values';
import {
  allowParameters,
  booleanParameter,
  decodeSegment,
  isObject,
  requireObject,
  requireType,
  requireWritable,
  selfLink,
  SINGULAR,
  type ApiContext,
  type ApiReply,
  type ApiRequest,
} from '../netsuite.context';
import { reject, rejectRecord } from '../netsuite.errors';
import { type RecordType } from '../schema/account-schema';
import { type RouteParams } from '../../../kernel/router';

export type ApiHandler = (context: ApiContext, request: ApiRequest, params: RouteParams) => ApiReply;

/** `POST /{type}` */
export const create: ApiHandler = (context, { query, body }, { type: name = '' }) => {
  allowParameters(query, ['replace']);
  const type = requireWritable(context, name);
  return written(context, createRecord(context, type, readRecord(context, type, requireObject(body))));
};

/** `GET /{type}/{id}` */
export const retrieve: ApiHandler = (context, { query }, { type: name = '', id = '' }) => {
  allowParameters(query, ['expandSubResources', 'fields', 'simpleEnumFormat']);
  const type = requireType(context, name);
  const fields = query.get('fields')?.split(',');
  for (const field of fields ?? []) {
    if (!type.byName.has(field)) {
      reject(400, 'NONEXISTENT_FIELD', `Unknown field '${field}'. Provide a field that exists on the record.`, {
        queryParam: 'fields',
      });
    }
  }
  const expand = booleanParameter(query, 'expandSubResources');
  const simpleEnums = booleanParameter(query, 'simpleEnumFormat');
  const record = requireRecord(context, type, id);
  return shown(printRecord(context, type, record, { expand, fields, simpleEnums }));
};

/** `PATCH /{type}/{id}` */
export const update: ApiHandler = (context, { query, body }, { type: name = '', id = '' }) => {
  const type = requireWritable(context, name);
  const replaced = replacedOf(type, query);
  const record = requireRecord(context, type, id);
  const content = requireObject(body);
  checkOwnId(content, record);
  checkNotBusy(context, record);
  return written(context, updateRecord(context, type, record, readRecord(context, type, content), replaced));
};

/** `PUT /{type}/eid:{externalId}`: creates the record, or changes the one that has that external id. */
export const upsert: ApiHandler = (context, { query, body }, { type: name = '', id = '' }) => {
  const type = requireWritable(context, name);
  const replaced = replacedOf(type, query);
  if (!decodeSegment(id).startsWith('eid:')) {
    reject(405, 'METHOD_NOT_ALLOWED', 'The PUT method is supported only with an external ID (eid:).');
  }
  const externalId = readExternalId(id);
  return written(context, upsertRecord(context, type, externalId, body, replaced));
};

function upsertRecord(
  context: ApiContext,
  type: RecordType,
  externalId: string,
  body: unknown,
  replaced: Replaced,
): StoredRecord {
  const content = requireObject(body);
  if (content.externalId !== undefined && content.externalId !== externalId) {
    reject(400, 'INVALID_CONTENT', 'The external ID in the body differs from the one in the URL.', {
      path: 'externalId',
    });
  }
  const before = findByExternalId(context.account, type, externalId);
  if (before) {
    checkOwnId(content, before);
    checkNotBusy(context, before);
  }
  const given = { ...readRecord(context, type, content), externalId };
  return before ? updateRecord(context, type, before, given, replaced) : createRecord(context, type, given);
}

/** `DELETE /{type}/{id}` */
export const remove: ApiHandler = (context, { query }, { type: name = '', id = '' }) => {
  allowParameters(query, []);
  const type = requireWritable(context, name);
  const record = requireRecord(context, type, id);
  checkNotBusy(context, record);
  deleteRecord(context, type, record);
  return { status: 204, wrote: `${record.type}/${record.id}` };
};

/** `GET /{type}/{id}/{field}`: a sublist, a multiple choice or a subrecord, which a record shows as a link. */
export const subresource: ApiHandler = (context, { query }, { type: name = '', id = '', field: fieldName = '' }) => {
  allowParameters(query, ['expandSubResources', 'simpleEnumFormat']);
  const type = requireType(context, name);
  const record = requireRecord(context, type, id);
  const field = [...type.byName.values()].find(({ name: own }) => own.toLowerCase() === fieldName.toLowerCase());
  const value = field && record.values[field.name];
  const href = `${recordUrl(context, type.name, record.id)}/${field?.name ?? ''}`;
  const options = {
    expand: booleanParameter(query, 'expandSubResources'),
    simpleEnums: booleanParameter(query, 'simpleEnumFormat'),
  };
  if (field?.type === 'subrecord' && value !== undefined) {
    return shown({ ...selfLink(href), ...printFields(context, field, value, href, options) });
  }
  if (field?.type !== 'sublist' && field?.type !== 'multiselect') return rejectSubresource(fieldName);
  const { items, totalResults } = printItems(context, field, value, href, options);
  // As in every collection: links only, unless the caller asks for more.
  const linked = options.expand ? items : items.map((item) => ({ links: 'links' in item ? item.links : [] }));
  return shown({ ...selfLink(href), items: linked, totalResults });
};

/** `GET /{type}/{id}/{sublist}/{line}`, and the subrecord of a line below it */
export const subresourceLine: ApiHandler = (context, { query }, params) => {
  allowParameters(query, ['expandSubResources', 'simpleEnumFormat']);
  const { type: name = '', id = '', field: fieldName = '', line: key = '', inner: innerName } = params;
  const type = requireType(context, name);
  const record = requireRecord(context, type, id);
  const field = [...type.byName.values()].find(({ name: own }) => own.toLowerCase() === fieldName.toLowerCase());
  if (field?.type !== 'sublist') return rejectSubresource(fieldName);
  const line = linesOf(record.values, field.name).find((found) => lineKeyOf(field, found) === decodeSegment(key));
  if (!line) return rejectSubresource(`${fieldName}/${key}`);
  const href = `${recordUrl(context, type.name, record.id)}/${field.name}/${key}`;
  const options = {
    expand: booleanParameter(query, 'expandSubResources'),
    simpleEnums: booleanParameter(query, 'simpleEnumFormat'),
  };
  if (innerName === undefined) return shown({ ...selfLink(href), ...printFields(context, field, line, href, options) });
  const inner = field.fields?.find(({ name: own }) => own.toLowerCase() === innerName.toLowerCase());
  if (inner?.type !== 'subrecord') return rejectSubresource(innerName);
  const innerHref = `${href}/${inner.name}`;
  return shown({ ...selfLink(innerHref), ...printFields(context, inner, line[inner.name], innerHref, options) });
};

function rejectSubresource(name: string): never {
  reject(404, 'NONEXISTENT_ID', `The subresource '${name}' does not exist.`);
}

function shown(body: object): ApiReply {
  return { status: 200, headers: { 'content-type': SINGULAR }, body };
}

/** Whoever writes gets an address, never a body. */
export function written(context: ApiContext, record: StoredRecord): ApiReply {
  return {
    status: 204,
    headers: { location: recordUrl(context, record.type, record.id) },
    wrote: `${record.type}/${record.id}`,
  };
}

function replacedOf(type: RecordType, query: URLSearchParams): Replaced {
  allowParameters(query, ['replace']);
  const names = query.get('replace')?.split(',') ?? [];
  for (const name of names) {
    if (type.byName.get(name)?.type !== 'sublist') {
      reject(400, 'INVALID_PARAMETER', `Invalid value '${name}' for query parameter 'replace'.`, {
        queryParam: 'replace',
      });
    }
  }
  return new Set(names);
}

function checkOwnId(body: unknown, record: StoredRecord): void {
  const id = isObject(body) ? body.id : undefined;
  if (id !== undefined && id !== record.id && id !== Number(record.id)) {
    reject(400, 'INVALID_CONTENT', 'The ID in the body differs from the one in the URL.', { path: 'id' });
  }
}

/** Two edits at once: the one that comes while the other is still being saved loses. */
function checkNotBusy({ account }: ApiContext, { type, id }: StoredRecord): void {
  if (account.settings.lockConflicts && account.busy.has(`${type}/${id}`)) {
    rejectRecord('RCRD_HAS_BEEN_CHANGED', 'Record has been changed.');
  }
}
