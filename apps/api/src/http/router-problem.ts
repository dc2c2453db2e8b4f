import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { problem } from '@hub/platform';
import { sendProblem } from './problem-document';

/**
 * What the router itself refuses, before any hook or filter runs: a path that cannot be decoded, and one whose parts are
 * longer than any id, which therefore names nothing.
 */
export function sendRouterProblem(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('x-request-id', request.id);
  sendProblem(
    request,
    reply,
    error.code === 'FST_ERR_BAD_URL'
      ? problem('bad_request', 'bad_request', 'The path of the request cannot be decoded.')
      : problem('not_found', 'not_found', 'There is nothing here.'),
  );
}
