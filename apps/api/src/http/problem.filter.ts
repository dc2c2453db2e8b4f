import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ZodError } from 'zod';
import { classifyDatabaseError, isStatementTimeout } from '@hub/database';
import { AcceptOverloadedError } from '@hub/delivery';
import { problem, type Logger, type Problem } from '@hub/platform';
import { HubProblem } from './hub-problem';
import { sendProblem, statusOf } from './problem-document';
import { faultsOf } from './zod-faults';

/** The one place that turns errors into HTTP. No stack, SQL or upstream text leaves through it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const known = toProblem(error);
    if (known !== null) {
      if (statusOf(known) >= 500)
        this.logger.warn('request refused', { request_id: request.id, code: known.code, error });
      sendProblem(request, reply, known);
      return;
    }
    const status = statusOfFramework(error);
    if (status !== null) {
      sendProblem(request, reply, frameworkProblem(status), status);
      return;
    }
    this.logger.error('request failed', {
      request_id: request.id,
      method: request.method,
      route: request.routeOptions.url,
      error,
    });
    sendProblem(
      request,
      reply,
      problem('unavailable', 'internal_error', 'Something went wrong on our side. Quote the request id to support.'),
      500,
    );
  }
}

function toProblem(error: unknown): Problem | null {
  if (error instanceof HubProblem) return error.problem;
  if (error instanceof AcceptOverloadedError) {
    return problem('unavailable', 'overloaded', 'More events are waiting than can be stored right now.', {
      retryAfterSeconds: 1,
    });
  }
  if (isStatementTimeout(error)) {
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
  return null;
}

/** @param value what was checked; needed to tell a missing field from one of the wrong type. */
export function invalidRequest(error: ZodError, value: unknown, prefix = ''): Problem {
  return problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', {
    faults: faultsOf(error, value, prefix),
  });
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
    case 405:
      return problem('bad_request', 'method_not_allowed', 'This method is not offered here.');
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
