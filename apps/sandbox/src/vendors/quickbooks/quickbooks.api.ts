import { jsonReply, pause, type Exchange, type Reply } from '../../kernel/http-frame';
import { type AccessToken } from './oauth/oauth-store';
import { type ApiContext, type ApiReply, type ApiRequest } from './quickbooks.api.types';
import { type Company } from './quickbooks.company';
import { Fault, fail, unsupportedOperation } from './quickbooks.errors';
import { type QuickBooksState } from './quickbooks.state';
import { responseTime } from './quickbooks.time';
import { parseBody, printJson, type JsonObject } from './quickbooks.values';
import { authenticationXml, printXml, throttleXml } from './quickbooks.xml';
import { dispatch, faultReply } from './rest/api-routes';

export const DATA_ROOT = '/v3/company/';
const ACCOUNTING_SCOPE = 'com.intuit.quickbooks.accounting';
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const XML = 'application/xml;charset=UTF-8';

/** Everything below `/v3/company/{realmId}`. */
export async function handleDataCall(state: QuickBooksState, exchange: Exchange): Promise<Reply> {
  const [realmId = '', ...segments] = exchange.path.slice(DATA_ROOT.length).split('/');
  if (segments.at(-1) === '') segments.pop();
  const company = state.companies.find((candidate) => candidate.realmId === realmId);
  const given = /^Bearer (\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1];
  const token = given === undefined ? undefined : state.oauth.accessToken(given);
  if (!token || token.expired) return unauthenticated(state, company, token);
  if (!company || token.grant.company !== company || !token.grant.scope.split(' ').includes(ACCOUNTING_SCOPE)) {
    return gatewayFault(state, 403, 'AuthorizationFailed', '3100', 'SERVICE', '');
  }
  const isBatch = segments[0] === 'batch';
  const { clientId } = token.grant.app;
  if (!company.throttle.enter(clientId, isBatch, company.settings)) return throttled(company);
  try {
    const reply = answer(company, exchange, segments);
    if (company.settings.responseDelayMs > 0) await pause(company.settings.responseDelayMs);
    return finish(reply, exchange);
  } finally {
    company.throttle.leave(clientId);
  }
}

function answer(company: Company, exchange: Exchange, segments: readonly string[]): ApiReply {
  const context: ApiContext = { company, actor: company.administrator };
  try {
    return dispatch(context, toRequest(exchange, segments));
  } catch (error) {
    if (error instanceof Fault) return faultReply(company, error);
    throw error;
  }
}

function toRequest({ method, headers, query, body }: Exchange, segments: readonly string[]): ApiRequest {
  const contentType = headers['content-type'] ?? '';
  return { method, segments, query, contentType, rawBody: body, json: () => readJson(contentType, body) };
}

function readJson(contentType: string, body: Buffer): JsonObject {
  if (!/^application\/json\b/i.test(contentType)) {
    fail({ Message: 'Invalid Content Type', Detail: `Invalid Content Type : ${contentType}`, code: '1050' });
  }
  let text: string;
  try {
    text = UTF8.decode(body);
  } catch {
    unsupportedOperation(
      'com.sun.org.apache.xerces.internal.impl.io.MalformedByteSequenceException: Invalid byte 1 of 1-byte UTF-8 sequence',
    );
  }
  return parseBody(text);
}

/** JSON only for who asks for it; a client that says nothing gets the vendor's older tongue. */
function finish({ status, body, raw }: ApiReply, { headers, query }: Exchange): Reply {
  if (raw) return { status, headers: { 'content-type': raw.contentType }, body: raw.data };
  const wantsJson = /\bjson\b/i.test(headers.accept ?? '') || query.get('format') === 'json';
  const caching = { 'cache-control': 'max-age=0, no-cache, no-store, must-revalidate, private' };
  if (wantsJson) {
    return {
      status,
      headers: { 'content-type': 'application/json;charset=UTF-8', ...caching },
      body: printJson(body ?? {}),
    };
  }
  return { status, headers: { 'content-type': XML, ...caching }, body: printXml(body ?? {}) };
}

function unauthenticated(state: QuickBooksState, company: Company | undefined, token: AccessToken | undefined): Reply {
  if (company?.settings.authErrorFormat === 'xml') {
    return { status: 401, headers: { 'content-type': XML }, body: authenticationXml(responseTime(state.clock.now())) };
  }
  const detail = token ? 'Token expired' : 'Malformed bearer token: too short or too long';
  return gatewayFault(state, 401, 'AuthenticationFailed', '3200', 'AUTHENTICATION', detail);
}

/** The gateway before the API has an envelope of its own, in lower case. */
function gatewayFault(
  state: QuickBooksState,
  status: number,
  name: string,
  code: string,
  type: string,
  detail: string,
): Reply {
  const message = `message=${name}; errorCode=00${code}; statusCode=${status}`;
  return jsonReply(status, {
    warnings: null,
    intuitObject: null,
    fault: { error: [{ message, detail, code, element: null }], type },
    report: null,
    queryResponse: null,
    batchItemResponse: [],
    attachableResponse: [],
    syncErrorResponse: null,
    requestId: null,
    time: state.clock.now(),
    status: null,
    cdcresponse: [],
  });
}

function throttled({ settings, clock }: Company): Reply {
  return {
    status: settings.throttleStatus,
    headers: {
      'content-type': XML,
      ...(settings.retryAfterSeconds === null ? {} : { 'retry-after': String(settings.retryAfterSeconds) }),
    },
    body: throttleXml(settings.throttleStatus, responseTime(clock.now())),
  };
}
