import { randomBytes } from 'node:crypto';
import { pause, type Exchange, type Reply } from '../../kernel/http-frame';
import { advanceBulkJobs } from './bulk/bulk-processor';
import { type Session } from './oauth/oauth-store';
import { dispatch } from './rest/api-routes';
import { limitInfo } from './rest/limits';
import { readDuplicateRuleHeader, type ApiContext, type ApiReply, type ApiRequest } from './salesforce.context';
import { reject, Rejection, type SfErrorItem } from './salesforce.errors';
import { parseJson, printJson, type JsonNode } from './salesforce.json';
import { type SalesforceState } from './salesforce.state';
import { readVersion, VERSION_LIST } from './salesforce.versions';

const DATA_ROOT = '/services/data';
/** The org does not look at what is longer. */
const MOST_OF_AN_ADDRESS = 16_384;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
let requestCounter = 0;

/** Everything below `/services/data`. */
export async function handleDataCall(state: SalesforceState, exchange: Exchange): Promise<Reply> {
  if (exchange.path.length + exchange.rawQuery.length + 1 > MOST_OF_AN_ADDRESS)
    return {
      status: 414,
      headers: { 'content-type': 'text/html' },
      body: '<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>',
    };
  let context: ApiContext | undefined;
  let reply: ApiReply;
  let end: (() => void) | undefined;
  try {
    const [first, ...segments] = exchange.path.slice(DATA_ROOT.length + 1).split('/');
    if (segments.at(-1) === '') segments.pop();
    if (first === undefined || first === '') return finish({ status: 200, body: VERSION_LIST }, undefined);
    const version = readVersion(first);
    const session = authenticate(state, exchange);
    context = {
      org: session.org,
      actorId: session.userId,
      requestId: ++requestCounter,
      base: `${DATA_ROOT}/v${version}`,
      version,
      duplicateRules: readDuplicateRuleHeader(String(exchange.headers['sforce-duplicate-rule-header'] ?? '')),
      heldRows: false,
    };
    admit(context);
    advanceBulkJobs(session.org);
    end = session.org.longCalls.begin();
    reply = dispatch(context, toRequest(exchange, segments));
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    reply = { status: error.status, body: error.items };
  }
  // Everything this request wrote is final from here on; whatever happens on the wire cannot take it back.
  context?.org.store.commit();
  if (context && end) {
    const { lockHoldMs, callDelayMs } = context.org.settings;
    const waitMs = Math.max(callDelayMs, context.heldRows ? lockHoldMs : 0);
    if (waitMs > 0) await pause(waitMs);
    end();
  }
  return finish(reply, context);
}

/**
 * A session belongs to one org. On another org's own host it is as good as none.
 * @throws Rejection 401 INVALID_SESSION_ID
 */
function authenticate(state: SalesforceState, { headers }: Exchange): Session {
  const token = /^(?:Bearer|OAuth) (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const session = token === undefined ? undefined : state.oauth.session(token);
  const host = (headers.host ?? '').split('.')[0]?.toLowerCase();
  const addressed = state.orgs.find(({ account }) => account.myDomain === host);
  if (!session || (addressed && addressed !== session.org)) {
    reject(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  }
  return session;
}

/**
 * What the org says before it looks at a call.
 * @throws Rejection 403 when the API is switched off, or a limit is reached
 */
function admit({ org, actorId }: ApiContext): void {
  const { apiAccess, concurrentCallLimit, longCallMs, backgroundLongCalls } = org.settings;
  if (apiAccess === 'disabled_for_org')
    reject(403, 'API_DISABLED_FOR_ORG', 'The REST API is not enabled for this Organization.');
  if (apiAccess === 'disabled_for_user' && actorId === org.integrationUser.id)
    reject(403, 'API_CURRENTLY_DISABLED', 'API is disabled for this User.');
  if (backgroundLongCalls + org.longCalls.count(longCallMs) >= concurrentCallLimit) {
    reject(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.');
  }
  if (org.usage.used() >= org.settings.dailyApiLimit) {
    reject(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
  }
  org.usage.add();
}

function toRequest({ method, headers, query, body }: Exchange, segments: readonly string[]): ApiRequest {
  const isUpload = segments[0] === 'jobs' && segments.at(-1) === 'batches';
  const flat = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return {
    method,
    segments,
    query,
    headers: flat,
    body: isUpload ? undefined : readJson(method, flat['content-type'], body),
    rawBody: body,
  };
}

function readJson(method: string, contentType: string | undefined, body: Buffer): JsonNode | undefined {
  if (body.length === 0 || method === 'GET' || method === 'HEAD') return undefined;
  if (!/^application\/json\b/i.test(contentType ?? '')) {
    reject(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `Content-Type header specified in HTTP request is not supported: ${contentType ?? 'none'}`,
    );
  }
  let text: string;
  try {
    text = UTF8.decode(body);
  } catch {
    reject(400, 'JSON_PARSER_ERROR', 'Invalid UTF-8 in the request body');
  }
  return parseJson(text);
}

function finish(reply: ApiReply, context: ApiContext | undefined): Reply {
  const requestId = randomBytes(16).toString('hex');
  const body = reply.text ?? (reply.body === undefined ? undefined : printJson(reply.body));
  return {
    status: reply.status,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json;charset=UTF-8' }),
      'cache-control': 'no-cache,must-revalidate,max-age=0,no-store,private',
      'x-sfdc-request-id': requestId,
      'x-request-id': requestId,
      ...(context ? { 'sforce-limit-info': limitInfo(context) } : {}),
      ...reply.headers,
    },
    body,
  };
}

/** What the vendor answers outside its API. */
export function notFoundReply(): Reply {
  const body: SfErrorItem[] = [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }];
  return { status: 404, headers: { 'content-type': 'application/json;charset=UTF-8' }, body: JSON.stringify(body) };
}
