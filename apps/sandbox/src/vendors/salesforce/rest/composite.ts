import { requireJsonObject, type ApiContext, type ApiReply, type ApiRequest } from '../salesforce.context';
import { reject, type SfErrorItem } from '../salesforce.errors';
import { Decimal, member, type JsonNode, type JsonObjectNode } from '../salesforce.json';
import { type ApiHandler } from './sobjects';

const MAX_SUBREQUESTS = 25;
const MAX_QUERIES = 5;
const REFERENCE_ID = /^[A-Za-z0-9][A-Za-z0-9_]*$/;
const REFERENCE = /@\{([^}]+)\}/g;
const METHODS = new Set(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']);

/** Runs one call of the same API. It never throws a Rejection: a refusal is its reply. */
export type Dispatch = (context: ApiContext, request: ApiRequest) => ApiReply;

interface Subrequest {
  readonly method: string;
  readonly url: string;
  readonly referenceId: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: JsonNode | undefined;
}

interface SubResponse {
  readonly body: unknown;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly httpStatusCode: number;
  readonly referenceId: string;
}

class BrokenReference extends Error {}

/** `POST /composite`: dependent sub-requests in one call, answered 200 whatever became of them. */
export function compositeHandler(dispatch: Dispatch): ApiHandler {
  return (context, { body }) => {
    const node = requireJsonObject(body);
    const allOrNone = booleanMember(node, 'allOrNone');
    const subrequests = readSubrequests(node);
    const { store } = context.org;
    const savepoint = store.savepoint();
    const responses: SubResponse[] = [];
    for (const subrequest of subrequests) {
      if (allOrNone && responses.some(isFailure)) responses.push(halted(subrequest.referenceId));
      else responses.push(runOne(context, dispatch, subrequest, responses));
    }
    if (allOrNone && responses.some(isFailure)) {
      store.rollback(savepoint);
      return {
        status: 200,
        body: {
          compositeResponse: responses.map((response) =>
            isFailure(response) ? response : halted(response.referenceId),
          ),
        },
      };
    }
    return { status: 200, body: { compositeResponse: responses } };
  };
}

function isFailure({ httpStatusCode }: SubResponse): boolean {
  return httpStatusCode >= 300;
}

function halted(referenceId: string): SubResponse {
  return failed(
    referenceId,
    400,
    'PROCESSING_HALTED',
    'The transaction was rolled back since another operation in the same transaction failed.',
  );
}

function failed(referenceId: string, httpStatusCode: number, errorCode: string, message: string): SubResponse {
  const body: SfErrorItem[] = [{ message, errorCode }];
  return { body, httpHeaders: {}, httpStatusCode, referenceId };
}

function runOne(
  context: ApiContext,
  dispatch: Dispatch,
  subrequest: Subrequest,
  earlier: readonly SubResponse[],
): SubResponse {
  const { referenceId } = subrequest;
  const answers = new Map(
    earlier.filter((response) => !isFailure(response)).map((response) => [response.referenceId, response.body]),
  );
  let url: string;
  let body: JsonNode | undefined;
  try {
    // In a URL the resolved text is data, not structure.
    url = interpolate(subrequest.url, answers, encodeURIComponent);
    body = subrequest.body && interpolateNode(subrequest.body, answers);
  } catch (error) {
    if (!(error instanceof BrokenReference)) throw error;
    return failed(referenceId, 400, 'PROCESSING_HALTED', error.message);
  }
  const request = toApiRequest(context, { ...subrequest, url, body });
  if (!request) return failed(referenceId, 404, 'NOT_FOUND', 'The requested resource does not exist');
  const reply = dispatch(context, request);
  return {
    body: plain(reply.body),
    httpHeaders: reply.headers?.location === undefined ? {} : { Location: reply.headers.location },
    httpStatusCode: reply.status,
    referenceId,
  };
}

function plain(body: unknown): unknown {
  return body === undefined ? null : body;
}

function interpolate(text: string, answers: ReadonlyMap<string, unknown>, encode: (value: string) => string): string {
  return text.replace(REFERENCE, (_whole, path: string) => encode(resolve(path, answers)));
}

function interpolateNode(node: JsonNode, answers: ReadonlyMap<string, unknown>): JsonNode {
  switch (node.kind) {
    case 'string':
      return { ...node, text: interpolate(node.text, answers, (value) => value) };
    case 'array':
      return { ...node, items: node.items.map((item) => interpolateNode(item, answers)) };
    case 'object':
      return { ...node, members: node.members.map(([name, item]) => [name, interpolateNode(item, answers)] as const) };
    default:
      return node;
  }
}

/** `refA.id`, `refB.records[0].Id`: a path into an earlier answer. */
function resolve(path: string, answers: ReadonlyMap<string, unknown>): string {
  const [reference = '', ...steps] = path.split(/\.|(?=\[)/);
  const broken = (): never => {
    throw new BrokenReference(`Invalid reference specified. No value for ${path} found in ${reference}`);
  };
  if (!answers.has(reference)) return broken();
  let value = answers.get(reference);
  for (const step of steps) {
    const name = /^\[(\d+)\]$/.exec(step)?.[1] ?? step;
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : broken();
  }
  if (value instanceof Decimal) return value.text;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : broken();
}

function readSubrequests(node: JsonObjectNode): Subrequest[] {
  const list = member(node, 'compositeRequest');
  if (list?.kind !== 'array' || list.items.length === 0) {
    reject(
      400,
      'JSON_PARSER_ERROR',
      `Required field is missing: compositeRequest at [line:${node.line}, column:${node.column}]`,
    );
  }
  if (list.items.length > MAX_SUBREQUESTS) {
    reject(
      400,
      'LIMIT_EXCEEDED',
      `The composite request has too many subrequests: ${list.items.length}, the limit is ${MAX_SUBREQUESTS}`,
    );
  }
  const subrequests = list.items.map(readSubrequest);
  const ids = new Set(subrequests.map(({ referenceId }) => referenceId));
  if (ids.size < subrequests.length)
    reject(400, 'INVALID_INPUT', 'Duplicate referenceId provided in the composite request');
  const queries = subrequests.filter(({ url }) => /\/(query|queryAll|composite\/sobjects)(\/|\?|$)/.test(url));
  if (queries.length > MAX_QUERIES) {
    reject(
      400,
      'LIMIT_EXCEEDED',
      `The composite request has too many query and collection subrequests: ${queries.length}, the limit is ${MAX_QUERIES}`,
    );
  }
  return subrequests;
}

function readSubrequest(item: JsonNode): Subrequest {
  const node = requireJsonObject(item);
  const method = textMember(node, 'method').toUpperCase();
  const referenceId = textMember(node, 'referenceId');
  if (!METHODS.has(method)) reject(400, 'INVALID_INPUT', `Invalid HTTP method: ${method}`);
  if (!REFERENCE_ID.test(referenceId)) reject(400, 'INVALID_INPUT', `Invalid referenceId: ${referenceId}`);
  const headers = member(node, 'httpHeaders');
  return {
    method,
    referenceId,
    url: textMember(node, 'url'),
    headers:
      headers?.kind === 'object'
        ? Object.fromEntries(
            headers.members.map(([name, value]) => [
              name.toLowerCase(),
              value.kind === 'string' ? value.text : undefined,
            ]),
          )
        : {},
    body: member(node, 'body'),
  };
}

function textMember(node: JsonObjectNode, name: string): string {
  const value = member(node, name);
  if (value?.kind !== 'string') {
    reject(
      400,
      'JSON_PARSER_ERROR',
      `Required field is missing: ${name} at [line:${node.line}, column:${node.column}]`,
    );
  }
  return value.text;
}

function booleanMember(node: JsonObjectNode, name: string): boolean {
  const value = member(node, name);
  return value?.kind === 'boolean' && value.value;
}

/** @returns `undefined` when the URL is not below the API version of the outer call, or is itself composite */
function toApiRequest(
  context: ApiContext,
  { method, url, headers, body }: Omit<Subrequest, 'referenceId'>,
): ApiRequest | undefined {
  const [path = '', query = ''] = url.split(/\?(.*)/s);
  if (!path.startsWith(`${context.base}/`)) return undefined;
  const segments = path.slice(context.base.length + 1).split('/');
  if (segments[0] === 'composite' && segments[1] !== 'sobjects') return undefined;
  return { method, segments, query: new URLSearchParams(query), headers, body, rawBody: Buffer.alloc(0) };
}

/** `POST /composite/batch`: independent sub-requests, each counted as a call of its own; nothing is undone. */
export function batchHandler(dispatch: Dispatch): ApiHandler {
  return (context, { body }) => {
    const node = requireJsonObject(body);
    const list = member(node, 'batchRequests');
    if (list?.kind !== 'array' || list.items.length === 0) {
      reject(
        400,
        'JSON_PARSER_ERROR',
        `Required field is missing: batchRequests at [line:${node.line}, column:${node.column}]`,
      );
    }
    if (list.items.length > MAX_SUBREQUESTS)
      reject(400, 'INVALID_BATCH_SIZE', `The batch size must be from 1 to ${MAX_SUBREQUESTS}`);
    const haltOnError = booleanMember(node, 'haltOnError');
    context.org.usage.add(list.items.length - 1);
    const results: { statusCode: number; result: unknown }[] = [];
    let hasErrors = false;
    for (const item of list.items) {
      if (hasErrors && haltOnError) {
        results.push({
          statusCode: 412,
          result: [{ errorCode: 'BATCH_PROCESSING_HALTED', message: 'Batch processing halted per request' }],
        });
        continue;
      }
      const reply = runBatchItem(context, dispatch, requireJsonObject(item));
      hasErrors ||= reply.status >= 400;
      results.push({ statusCode: reply.status, result: reply.body === undefined ? null : reply.body });
    }
    return { status: 200, body: { hasErrors, results } };
  };
}

function runBatchItem(context: ApiContext, dispatch: Dispatch, node: JsonObjectNode): ApiReply {
  const url = textMember(node, 'url').replace(/^\/?(services\/data\/)?/, '/services/data/');
  const request = toApiRequest(context, {
    method: textMember(node, 'method').toUpperCase(),
    url,
    headers: {},
    body: member(node, 'richInput'),
  });
  if (!request)
    return { status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }] };
  return dispatch(context, request);
}
