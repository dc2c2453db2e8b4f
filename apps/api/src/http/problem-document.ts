import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type InputFault, type Problem, type ProblemKind } from '@hub/platform';
import { firstFaults } from './zod-faults';

const STATUS: Readonly<Record<ProblemKind, number>> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  rate_limited: 429,
  unavailable: 503,
};

const TITLE: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Registered problem types (draft-ietf-httpapi-ratelimit-headers) where one fits, else a page of ours. */
const TYPE_BASE = 'https://integration-hub.dev/problems/';
const REGISTERED_TYPES: Readonly<Record<string, string>> = {
  rate_limited: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
  overloaded: 'https://iana.org/assignments/http-problem-types#temporary-reduced-capacity',
};

/** RFC 9457. `errors` names the faults, each with a JSON pointer, up to a number. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  request_id: string;
  errors?: InputFault[];
  [extra: string]: unknown;
}

export function statusOf(problem: Problem): number {
  return STATUS[problem.kind];
}

export function problemDocument(
  problem: Problem,
  request: Pick<FastifyRequest, 'id' | 'url'>,
  status = statusOf(problem),
): ProblemDocument {
  return {
    type: REGISTERED_TYPES[problem.code] ?? TYPE_BASE + problem.code.replaceAll('_', '-'),
    title: TITLE[status] ?? 'Error',
    status,
    detail: problem.detail,
    instance: request.url.split('?')[0] ?? '/',
    code: problem.code,
    request_id: request.id,
    ...(problem.faults === undefined ? {} : { errors: firstFaults(problem.faults).map((fault) => ({ ...fault })) }),
    ...(problem.extra ?? {}),
  };
}

/** Sends a problem; for hooks, which run outside Nest's filters. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  status = statusOf(problem),
): void {
  void reply.send(problemText(request, reply, problem, status));
}

/** Makes an answer that is not sent yet that of a problem. @returns its body */
export function problemText(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  status = statusOf(problem),
): string {
  if (problem.retryAfterSeconds !== undefined) void reply.header('retry-after', String(problem.retryAfterSeconds));
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="hub"');
  // RFC 9110, 15.5.16: what would have been taken.
  if (problem.code === 'unsupported_content_encoding') void reply.header('accept-encoding', 'identity');
  void reply.code(status).header('content-type', 'application/problem+json; charset=utf-8');
  return JSON.stringify(problemDocument(problem, request, status));
}
