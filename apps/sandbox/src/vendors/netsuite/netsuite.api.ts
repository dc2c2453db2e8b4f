import { randomUUID } from 'node:crypto';
import { pause, type Exchange, type Reply } from '../../kernel/http-frame';
import { authenticate, type Caller } from './auth/authenticate';
import { type ApiReply, type ApiRequest } from './netsuite.context';
import { errorReply, invalidLogin, reject, Rejection } from './netsuite.errors';
import { type NetSuiteState } from './netsuite.state';
import { dispatch, REST_PATH } from './rest/api-routes';

/** Bodies above it are refused. */
const MAX_BODY_BYTES = 104 * 1024 * 1024;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Everything below `/services/rest` but the token endpoint. */
export async function handleApiCall(state: NetSuiteState, exchange: Exchange): Promise<Reply> {
  let caller: Caller;
  try {
    caller = authenticate(state, exchange);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return finish(state, errorReply(error, 'flat'));
  }
  const { account } = caller;
  const { concurrencyLimit, backgroundConcurrency } = account.settings;
  const leave = account.limiter.enter(concurrencyLimit, backgroundConcurrency);
  if (!leave) return finish(state, await overLimit(state, caller, exchange));
  try {
    return finish(state, await serve(caller, exchange));
  } finally {
    leave();
  }
}

async function serve({ account, user }: Caller, exchange: Exchange): Promise<Reply> {
  let reply: ApiReply;
  try {
    const request = toRequest(exchange);
    if (request.method === 'OPTIONS') return { status: 204 };
    const context = { account, user, base: `http://${exchange.headers.host ?? ''}${REST_PATH}` };
    reply = dispatch(context, request);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    return errorReply(error, account.settings.errorCodes);
  }
  // The write is final; its record stays held, and the call keeps its place, while the vendor runs its scripts.
  const { wrote } = reply;
  if (wrote !== undefined) account.busy.add(wrote);
  const delayMs = wrote === undefined ? account.settings.readDelayMs : account.settings.writeDelayMs;
  if (delayMs > 0) await pause(delayMs);
  if (wrote !== undefined) account.busy.delete(wrote);
  const body = reply.body === undefined ? undefined : JSON.stringify(reply.body);
  return { status: reply.status, headers: reply.headers, body };
}

async function overLimit(state: NetSuiteState, caller: Caller, { method, path }: Exchange): Promise<Reply> {
  const { account, user, type } = caller;
  const { overLimit, overLimitHoldMs, errorCodes } = account.settings;
  if (overLimit === 'reject') {
    const detail = 'Request limit exceeded. Wait until your other requests are finished and try again.';
    return errorReply(new Rejection(429, [{ detail, code: 'CONCURRENCY_LIMIT_EXCEEDED' }]), errorCodes);
  }
  await pause(overLimitHoldMs);
  const request = `${method} ${path}`;
  state.audit.record({ account: account.id, user: user.username, type, request, detail: 'ConcurrencyLimit' });
  return errorReply(invalidLogin(), errorCodes);
}

function toRequest({ method, path, headers, query, body }: Exchange): ApiRequest {
  const segments = path.slice(REST_PATH.length + 1).split('/');
  if (segments.at(-1) === '') segments.pop();
  const flat = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return { method, segments, query, headers: flat, body: readJson(method, flat['content-type'], body) };
}

function readJson(method: string, contentType: string | undefined, body: Buffer): unknown {
  if (body.length === 0 || method === 'GET' || method === 'DELETE') return undefined;
  if (body.length > MAX_BODY_BYTES) reject(413, 'REQUEST_SIZE_EXCEEDED', 'The request body is larger than 104 MB.');
  if (!/^application\/(?:json|vnd\.oracle\.resource\+json)\s*(?:;|$)/i.test(contentType ?? '')) {
    reject(415, 'INVALID_HEADER', `Unsupported media type '${contentType ?? ''}'.`, { header: 'Content-Type' });
  }
  try {
    return JSON.parse(UTF8.decode(body));
  } catch {
    return reject(400, 'INVALID_CONTENT', 'Invalid content in the request body.');
  }
}

/** The headers that every answer has. The cookie is bait: a client that sends it back is taken for a browser. */
function finish(state: NetSuiteState, reply: Reply): Reply {
  const operation = randomUUID();
  return {
    ...reply,
    headers: {
      date: new Date(state.clock.now()).toUTCString(),
      'cache-control': 'No-Cache',
      'x-n-operationid': operation,
      'x-netsuite-jobid': randomUUID(),
      ns_rtimer_composite: `${operation.replaceAll('-', '').toUpperCase()}:80`,
      'set-cookie': `JSESSIONID=${randomUUID().replaceAll('-', '')}; path=/; HttpOnly`,
      ...reply.headers,
    },
  };
}
