import { randomFillSync } from 'node:crypto';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { newUuid, problem, startServerSpan, toPublicId, type Logger, type ServerSpan } from '@hub/platform';
import {
  type ApiKeyAuthenticator,
  type KeyIdentity,
  type KeyRefusal,
  type OperatorAuthenticator,
  type OperatorIdentity,
} from '@hub/tenancy';
import { bodyLimitOf, needsKey, tooLarge } from './body-parser';
import { sendProblem } from './problem-document';
import { type KeyUsage } from '../infrastructure/key-usage';
import { type ApiMetrics } from '../modules/metrics/api-metrics';
import { tooManyFailures, type FailedRequestLimit } from './failed-request-limit';
import { type RateLimits } from './rate-limits';
import { type SessionAccess } from './session-access';

declare module 'fastify' {
  interface FastifyRequest {
    startedMs: number;
    identity?: KeyIdentity;
    operator?: OperatorIdentity;
    /** W3C trace context of this request: its own span's, the caller's, or a new one. */
    traceparent: string;
    span: ServerSpan;
  }
}

const SANE_REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const REFUSALS: Readonly<Record<KeyRefusal, string>> = {
  malformed_api_key: 'This is not an API key of this hub.',
  wrong_kind_of_key:
    'This is an operator key, which is good for /admin/v1. Here an API key is wanted: hub_live_… or hub_test_….',
  unknown_api_key: 'There is no such API key.',
  revoked_api_key: 'This API key has been revoked.',
  expired_api_key: 'This API key has expired.',
  tenant_suspended: 'This account is suspended.',
};

/** The caller's id is kept if it is sane, so that both sides' logs can be joined. */
export function requestIdOf(headers: Record<string, string | string[] | undefined>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE_REQUEST_ID.test(given) ? given : toPublicId('request', newUuid());
}

export interface RequestHookDependencies {
  readonly authenticator: ApiKeyAuthenticator;
  readonly operators: OperatorAuthenticator;
  readonly limits: RateLimits;
  readonly failedRequests: FailedRequestLimit;
  readonly keyUsage: KeyUsage;
  readonly sessions: SessionAccess;
  readonly metrics: ApiMetrics;
  readonly logger: Logger;
}

/**
 * Who is calling is settled before a body is read: a stranger's 16 MiB cost nothing but a header.
 * Whether the caller may do what they ask is the guard's business.
 */
export function installRequestHooks(fastify: FastifyInstance, dependencies: RequestHookDependencies): void {
  fastify.addHook('onRequest', async (request, reply) => {
    request.startedMs = performance.now();
    const given = callersTraceparent(request);
    request.span = startServerSpan(request.method, given);
    request.traceparent = request.span.traceparent ?? given ?? newTraceparent();
    void reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (isPersonal(request)) void reply.header('cache-control', 'no-store');
    if (needsKey(request.url) && !(await authenticate(request, reply, dependencies))) return;
    const announced = Number(request.headers['content-length'] ?? 0);
    const limit = bodyLimitOf(request.url);
    if (announced <= limit) return;
    sendProblem(request, reply, (await dependencies.limits.takeForUnread(request, reply)) ?? tooLarge(limit));
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const durationMs = performance.now() - request.startedMs;
    const route = request.routeOptions.url ?? 'unmatched';
    request.span.end(`${request.method} ${route}`, {
      'http.route': route,
      'http.response.status_code': reply.statusCode,
    });
    dependencies.metrics.requestEnded(request.method, route, reply.statusCode, durationMs);
    logRequest(dependencies.logger, request, reply.statusCode, route, durationMs);
    done();
  });
}

/** One line a request, but not for the successes of the hot path: those are counted, and the event tells its story. */
function logRequest(logger: Logger, request: FastifyRequest, status: number, route: string, durationMs: number): void {
  const fields = {
    request_id: request.id,
    tenant_id: request.identity?.tenantId,
    trace_id: request.traceparent.slice(3, 35),
    api_key_prefix: request.identity?.keyPrefix,
    method: request.method,
    route,
    status,
    duration_ms: Math.round(durationMs * 10) / 10,
  };
  if (status >= 500) logger.error('request', fields);
  else if (route.startsWith('/v1/events') && request.method === 'POST' && status < 300) logger.debug('request', fields);
  else if (route.startsWith('/health')) logger.debug('request', fields);
  else logger.info('request', fields);
}

/**
 * What is for one caller alone: no proxy or browser keeps a copy of it, unless the route says how. By the route as well: a path
 * in another spelling, as `/%61uth/session`, comes to the same one.
 */
function isPersonal({ url, routeOptions }: FastifyRequest): boolean {
  return [url, routeOptions.url ?? ''].some((path) => needsKey(path) || path.startsWith('/auth/'));
}

/** @returns whether the request goes on; if not, it has been answered */
async function authenticate(
  request: FastifyRequest,
  reply: Parameters<typeof sendProblem>[1],
  dependencies: RequestHookDependencies,
): Promise<boolean> {
  const { failedRequests } = dependencies;
  const refuse = (code: string, detail: string): false => {
    const told = failedRequests.mayFail(request.ip) ? problem('unauthenticated', code, detail) : tooManyFailures();
    sendProblem(request, reply, told);
    return false;
  };
  const key = keyOf(request);
  if (key === null && dependencies.sessions.hasSession(request)) {
    const refusal = await dependencies.sessions.admit(request);
    if (refusal === null) return true;
    sendProblem(request, reply, failedRequests.mayFail(request.ip) ? refusal : tooManyFailures());
    return false;
  }
  if (key === null)
    return refuse('missing_api_key', 'Send your API key as "Authorization: Bearer hub_…" or in X-API-Key.');
  // Whoever guesses keys stops costing look-ups; who shares their address and was right before goes on.
  const knownOnly = failedRequests.isUsedUp(request.ip);
  if (request.url.startsWith('/admin/')) {
    const operator = await dependencies.operators.check(key, knownOnly);
    if (operator === 'wrong_kind_of_key')
      return refuse(operator, 'This is an API key, which is good for /v1. Here an operator key is wanted: hub_op_….');
    if (operator === null || operator === 'not_looked_up')
      return refuse('unknown_operator_key', 'This endpoint needs an operator key.');
    request.operator = operator;
    return true;
  }
  const check = await dependencies.authenticator.check(key, knownOnly);
  if (!check.ok)
    return check.refusal === 'not_looked_up'
      ? refuse('unknown_api_key', REFUSALS.unknown_api_key)
      : refuse(check.refusal, REFUSALS[check.refusal]);
  request.identity = check.identity;
  dependencies.keyUsage.used(check.identity);
  return true;
}

/** The key that came with a request, of whichever kind. */
export function keyOf(request: FastifyRequest): string | null {
  // Another scheme is not for the hub: a proxy on the way may want it.
  const { authorization = '' } = request.headers;
  if (/^Bearer(?: |$)/i.test(authorization)) return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null;
  const header = request.headers['x-api-key'];
  return typeof header === 'string' && header !== '' ? header : null;
}

function callersTraceparent(request: FastifyRequest): string | null {
  const given = request.headers['traceparent'];
  return typeof given === 'string' && TRACEPARENT.test(given) ? given : null;
}

const TRACE_BYTES = 24;
const RANDOM_POOL = Buffer.alloc(TRACE_BYTES * 256);
let randomAt = RANDOM_POOL.length;

/** Not sampled: an id that joins our logs with the vendor's call, though nobody records the trace. */
function newTraceparent(): string {
  // Drawn for many requests at once: the call to the generator cost 3 % of an accepted event's CPU, and a trace id is no secret.
  if (randomAt === RANDOM_POOL.length) {
    randomFillSync(RANDOM_POOL);
    randomAt = 0;
  }
  const random = RANDOM_POOL.toString('hex', randomAt, (randomAt += TRACE_BYTES));
  return `00-${random.slice(0, 32)}-${random.slice(32)}-00`;
}
