import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { classifyDatabaseError, isStatementTimeout, isUnstorableText } from '@hub/database';
import { AcceptOverloadedError } from '@hub/delivery';
import { problem, type InputFault, type Logger, type Problem } from '@hub/platform';
import { tooManyFailures, type FailedRequestLimit } from './failed-request-limit';
import { HubProblem } from './hub-problem';
import { sendProblem, statusOf } from './problem-document';
import { type RateLimits } from './rate-limits';
import { type MethodsOf } from './route-methods';

export interface ProblemFilterDependencies {
  readonly failedRequests: FailedRequestLimit;
  readonly limits: RateLimits;
  readonly logger: Logger;
  readonly methodsOf: MethodsOf;
}

/** The one place that turns errors into HTTP. No stack, SQL or upstream text leaves through it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly dependencies: ProblemFilterDependencies) {}

  /** Never rejects: nobody would be there to hear it. */
  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const [known, status] = this.told(error, request, reply);
    // Those that were refused before any handler were counted there, and do not come by here.
    const isUnauthorised = status === 401 || status === 403;
    if (isUnauthorised && !this.dependencies.failedRequests.mayFail(request.ip))
      return sendProblem(request, reply, tooManyFailures());
    // These are billed to the address, not to the tenant; everything else of a limited route carries its limit.
    const refusal = isUnauthorised ? null : await this.dependencies.limits.takeForUnread(request, reply);
    if (refusal !== null) sendProblem(request, reply, refusal);
    else sendProblem(request, reply, known, status);
  }

  private told(error: unknown, request: FastifyRequest, reply: FastifyReply): [Problem, number] {
    const { logger, methodsOf } = this.dependencies;
    // RFC 9110, 15.5.6. Before whatever was wrong with the body, which no handler would have had.
    const allowed = request.is404 ? methodsOf(request.url) : [];
    if (allowed.length > 0) {
      void reply.header('allow', allowed.join(', '));
      return [METHOD_NOT_ALLOWED, statusOf(METHOD_NOT_ALLOWED)];
    }
    const known = toProblem(error, request.method);
    if (known !== null) {
      if (statusOf(known) >= 500) logger.warn('request refused', { request_id: request.id, code: known.code, error });
      return [known, statusOf(known)];
    }
    const status = statusOfFramework(error);
    if (status !== null) return [frameworkProblem(status), status];
    logger.error('request failed', {
      request_id: request.id,
      method: request.method,
      route: request.routeOptions.url,
      error,
    });
    return [INTERNAL_ERROR, 500];
  }
}

const METHOD_NOT_ALLOWED = problem(
  'method_not_allowed',
  'method_not_allowed',
  'This method is not offered here; Allow names those that are.',
);

const INTERNAL_ERROR = problem(
  'unavailable',
  'internal_error',
  'Something went wrong on our side. Quote the request id to support.',
);

function toProblem(error: unknown, method: string): Problem | null {
  if (error instanceof HubProblem) return error.problem;
  if (error instanceof AcceptOverloadedError) {
    return problem('unavailable', 'overloaded', 'More events are waiting than can be stored right now.', {
      retryAfterSeconds: 1,
    });
  }
  // What changes something is not a search: there the database was too slow for it, which passes.
  if (method === 'GET' && isStatementTimeout(error)) {
    return problem(
      'unprocessable',
      'search_too_broad',
      'The search took too long. Narrow it by time, type, status or subject.',
    );
  }
  if (classifyDatabaseError(error) === 'unavailable') {
    return problem(
      'unavailable',
      'storage_unavailable',
      'The hub cannot reach its storage. Nothing was accepted; try again.',
      { retryAfterSeconds: 2 },
    );
  }
  if (isUnstorableText(error))
    return problem('bad_request', 'invalid_request', 'A text of the request has a NUL or broken Unicode in it.');
  return null;
}

export function invalidRequest(faults: readonly InputFault[]): Problem {
  return problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', { faults });
}

function statusOfFramework(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500)
    return error.statusCode;
  return null;
}

function frameworkProblem(status: number): Problem {
  switch (status) {
    case 404:
      return problem('not_found', 'not_found', 'There is nothing here.');
    case 413:
      return problem('too_large', 'body_too_large', 'The body is larger than this endpoint takes.');
    case 415:
      return problem(
        'unsupported_media_type',
        'unsupported_media_type',
        'Send application/json (or application/cloudevents+json for events).',
      );
    default:
      return problem('bad_request', 'bad_request', 'The request could not be read.');
  }
}
