import { type ApiContext, type ApiReply, type ApiRequest } from '../quickbooks.api.types';
import { type Fault, fail, unsupportedOperation } from '../quickbooks.errors';
import { responseTime } from '../quickbooks.time';
import { runQuery } from '../query/query-engine';
import { entityTypeAtPath } from '../schema/entity-registry';
import { runBatch } from './batch';
import { changeDataCapture } from './cdc';
import { getPdf, sendDocument } from './documents';
import { getEntity, getSingleton, postEntity } from './entity.handlers';

const MAX_REQUEST_ID = 50;
const MAX_BATCH_REQUEST_ID = 36;

/**
 * One data call, after authentication. What was answered before under the same request id is answered again.
 * @throws Fault
 */
export function dispatch(context: ApiContext, request: ApiRequest): ApiReply {
  const requestId = request.method === 'POST' ? readRequestId(request) : undefined;
  if (requestId === undefined) return route(context, request, undefined);
  const { requests, settings } = context.company;
  const kept = requests.find(requestId, settings.requestIdTtlMs);
  if (kept) return kept;
  const reply = route(context, request, requestId);
  requests.keep(requestId, reply);
  return reply;
}

function readRequestId({ query, segments }: ApiRequest): string | undefined {
  const id = query.get('requestid') ?? query.get('requestId');
  if (id === null || id === '') return undefined;
  const max = segments[0] === 'batch' ? MAX_BATCH_REQUEST_ID : MAX_REQUEST_ID;
  if (id.length > max) {
    fail({
      Message: 'Invalid Request Id Format',
      Detail: `Invalid Request Id Format : requestid is longer than ${max} characters`,
      code: '2130',
      element: 'requestid',
    });
  }
  return id;
}

function route(context: ApiContext, request: ApiRequest, requestId: string | undefined): ApiReply {
  const { method, segments } = request;
  const [first = '', id, action, ...rest] = segments;
  if (rest.length > 0) notFound(context, segments);
  if (first === 'query' && id === undefined) return query(context, request);
  if (first === 'cdc' && id === undefined) {
    return method === 'GET' ? changeDataCapture(context, request) : noMethod(method);
  }
  if (first === 'batch' && id === undefined) {
    return method === 'POST' ? runBatch(context, request.json(), requestId) : noMethod(method);
  }
  const type = entityTypeAtPath(first);
  if (!type) notFound(context, segments);
  if (type.name === 'CompanyInfo' || type.name === 'Preferences') {
    return method === 'GET' && action === undefined ? getSingleton(context, type, id) : noMethod(method);
  }
  if (id === undefined) return method === 'POST' ? postEntity(context, type, request) : noMethod(method);
  if (action === undefined) return method === 'GET' ? getEntity(context, type, id) : noMethod(method);
  if (action === 'pdf' && method === 'GET' && type.operations.has('pdf')) return getPdf(context, type, id);
  if (action === 'send' && method === 'POST' && type.operations.has('send')) {
    return sendDocument(context, type, id, request);
  }
  notFound(context, segments);
}

/** `GET /query?query=…`, or `POST /query` with the statement as plain body. */
function query({ company }: ApiContext, { method, query: parameters, contentType, rawBody }: ApiRequest): ApiReply {
  if (method !== 'GET' && method !== 'POST') noMethod(method);
  if (method === 'POST' && !/^(application|text)\/(text|plain)\b/i.test(contentType)) {
    fail({ Message: 'Invalid Content Type', Detail: `Invalid Content Type : ${contentType}`, code: '1050' });
  }
  const statement = method === 'GET' ? (parameters.get('query') ?? '') : rawBody.toString('utf8');
  const time = responseTime(company.clock.now());
  return { status: 200, body: { QueryResponse: runQuery(company, statement), time } };
}

function noMethod(method: string): never {
  unsupportedOperation(`No resource method found for ${method}, return 405 with Allow header`);
}

function notFound({ company }: ApiContext, segments: readonly string[]): never {
  const path = `/v3/company/${company.realmId}/${segments.join('/')}`;
  unsupportedOperation(`Could not find resource for relative : ${path}`);
}

export function faultReply(company: ApiContext['company'], fault: Fault): ApiReply {
  return { status: fault.status, body: { Fault: fault.body, time: responseTime(company.clock.now()) } };
}
