import { type Socket } from 'node:net';
import { type ConnectionError } from 'fastify';
import { newUuid, problem, toPublicId, type Logger, type Problem } from '@hub/platform';
import { problemDocument } from './problem-document';

/** What Node says, and what the caller is told. Anything else is no HTTP. */
const TOLD: Readonly<Record<string, readonly [number, Problem]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    problem('bad_request', 'headers_too_large', 'The headers of the request are larger than 16 KiB.'),
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, problem('bad_request', 'request_timeout', 'The request did not arrive in time.')],
};
const NO_HTTP = [400, problem('bad_request', 'bad_request', 'This is not HTTP/1.1.')] as const;

/**
 * Answers what could not be read to its end. Its id is a new one: where the headers were read, the request has another in
 * the log. The connection ends, for nobody knows where on it a next request would begin.
 */
export function answerClientError(error: ConnectionError, socket: Socket, logger: Logger): void {
  // Nobody is there any more.
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, told] = TOLD[error.code] ?? NO_HTTP;
  const id = toPublicId('request', newUuid());
  logger.info('request not read', { request_id: id, status, reason: error.code });
  const document = problemDocument(told, { id, url: '/' }, status);
  const body = JSON.stringify(document);
  if (socket.writable && !isAnswering(socket))
    socket.write(
      [
        `HTTP/1.1 ${status} ${document.title}`,
        'content-type: application/problem+json; charset=utf-8',
        `content-length: ${Buffer.byteLength(body)}`,
        `x-request-id: ${id}`,
        'x-content-type-options: nosniff',
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  socket.destroy(error);
}

/** Node keeps the answer that is under way on its socket: nothing may be written into the middle of it. */
function isAnswering(socket: Socket & { readonly _httpMessage?: { readonly headersSent: boolean } | null }): boolean {
  return socket._httpMessage?.headersSent === true;
}
