import { allowParameters, requireType, selfLink, type ApiContext } from '../netsuite.context';
import { reject } from '../netsuite.errors';
import { type RecordType } from '../schema/account-schema';
import { type FieldDef } from '../schema/schema.types';
import { type ApiHandler } from './records';

const SCHEMA_JSON = 'application/schema+json';
const SWAGGER_JSON = 'application/swagger+json';

/** `GET /metadata-catalog`: what there is; with `Accept: application/swagger+json` the description of all of it. */
export const catalog: ApiHandler = (context, { query, headers }) => {
  allowParameters(query, ['select']);
  const names = query.get('select')?.split(',');
  const types = names ? names.map((name) => requireType(context, name)) : visibleTypes(context);
  if (accepts(headers.accept, SWAGGER_JSON)) return reply(SWAGGER_JSON, openApi(context, types));
  const items = types.map(({ name }) => ({
    name: name.toLowerCase(),
    links: [
      { rel: 'canonical', href: schemaUrl(context, name) },
      { rel: 'describes', href: schemaUrl(context, name), mediaType: SCHEMA_JSON },
      { rel: 'describes', href: schemaUrl(context, name), mediaType: SWAGGER_JSON },
    ],
  }));
  return reply('application/json', { ...selfLink(`${context.base}/record/v1/metadata-catalog`), items });
};

/** `GET /metadata-catalog/{type}` with `Accept: application/schema+json` */
export const describeType: ApiHandler = (context, { query, headers }, { type: name = '' }) => {
  allowParameters(query, []);
  const type = requireType(context, name);
  if (accepts(headers.accept, SWAGGER_JSON)) return reply(SWAGGER_JSON, openApi(context, [type]));
  if (accepts(headers.accept, SCHEMA_JSON)) {
    return reply(SCHEMA_JSON, {
      ...recordSchema(context, type),
      $schema: 'https://json-schema.org/draft-06/hyper-schema#',
    });
  }
  reject(406, 'INVALID_HEADER', `Provide the Accept header with '${SCHEMA_JSON}' or '${SWAGGER_JSON}'.`, {
    header: 'Accept',
  });
};

function visibleTypes({ account, user }: ApiContext): readonly RecordType[] {
  const { deniedRecordTypes } = account.settings;
  return account.schema.types.filter(
    ({ name, isInternal }) => !isInternal && (user.isAdministrator || !deniedRecordTypes.includes(name)),
  );
}

function accepts(header: string | undefined, type: string): boolean {
  return (header ?? '').split(',').some((part) => part.split(';')[0]?.trim().toLowerCase() === type);
}

function reply(type: string, body: object): ReturnType<ApiHandler> {
  return { status: 200, headers: { 'content-type': `${type}; charset=UTF-8` }, body };
}

function schemaUrl({ base }: ApiContext, name: string): string {
  return `${base}/record/v1/metadata-catalog/${name.toLowerCase()}`;
}

function recordSchema(context: ApiContext, type: RecordType): object {
  const id = { title: 'Internal ID', type: 'string', nullable: true };
  const links = { title: 'Links', type: 'array', readOnly: true, items: { type: 'object' } };
  return {
    type: 'object',
    properties: { id, ...properties(context, type.fields), links },
    'x-ns-filterable': ['id', ...type.fields.filter(isFilterable).map(({ name }) => name)],
  };
}

function properties(context: ApiContext, fields: readonly FieldDef[]): Record<string, object> {
  return Object.fromEntries(
    fields.map((field) => [
      field.name,
      {
        title: field.title,
        ...typeOf(context, field),
        nullable: true,
        ...(field.readOnly ? { readOnly: true } : {}),
        ...(field.custom ? { 'x-ns-custom-field': true } : {}),
      },
    ]),
  );
}

function isFilterable({ type }: FieldDef): boolean {
  return type !== 'sublist' && type !== 'subrecord' && type !== 'multiselect';
}

function typeOf(context: ApiContext, field: FieldDef): object {
  switch (field.type) {
    case 'string':
    case 'phone':
      return { type: 'string' };
    case 'email':
      return { type: 'string', format: 'email' };
    case 'url':
      return { type: 'string', format: 'URL' };
    case 'integer':
      return { type: 'integer', format: 'int64' };
    case 'number':
    case 'currency':
      return { type: 'number', format: 'double' };
    case 'boolean':
      return { type: 'boolean' };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'dateTime':
      return { type: 'string', format: 'date-time' };
    case 'enum':
      return {
        type: 'object',
        properties: {
          id: { title: 'Internal identifier', type: 'string', enum: field.options?.map(({ id }) => id) ?? [] },
          refName: { title: 'Reference Name', type: 'string' },
        },
      };
    case 'reference':
      return referenceTo(context, field.targets ?? []);
    case 'multiselect':
      return collectionOf(referenceTo(context, field.targets ?? []));
    case 'subrecord':
      return { type: 'object', properties: properties(context, field.fields ?? []) };
    case 'sublist':
      return collectionOf({ type: 'object', properties: properties(context, field.fields ?? []) });
  }
}

/** The vendor links to the other type's own description; of several possible ones to each. */
function referenceTo(context: ApiContext, targets: readonly string[]): object {
  const [only, ...more] = targets.map((name) => ({ $ref: schemaUrl(context, name) }));
  return more.length === 0 ? (only ?? {}) : { oneOf: [only, ...more] };
}

function collectionOf(items: object): object {
  return {
    type: 'object',
    properties: {
      items: { type: 'array', items },
      totalResults: { title: 'Total Results', type: 'integer', format: 'int64', readOnly: true },
    },
  };
}

function openApi(context: ApiContext, types: readonly RecordType[]): object {
  const operations = (type: RecordType): object => ({
    [`/${type.name.toLowerCase()}`]: {
      get: { tags: [type.name.toLowerCase()], summary: 'Get list of records' },
      ...(type.viewOnly ? {} : { post: { tags: [type.name.toLowerCase()], summary: 'Insert record' } }),
    },
  });
  return {
    openapi: '3.0.1',
    info: { title: 'NetSuite REST Record API', version: 'v1' },
    servers: [{ url: `${context.base}/record/v1` }],
    paths: Object.assign({}, ...types.map(operations)) as object,
    components: {
      schemas: Object.fromEntries(types.map((type) => [type.name.toLowerCase(), recordSchema(context, type)])),
    },
  };
}
