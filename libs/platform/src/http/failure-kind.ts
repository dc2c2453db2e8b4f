import { errors } from 'undici';
import { type SafeHttpFailure } from './safe-http.types';

type Kind = SafeHttpFailure['kind'];

const BY_CODE: Readonly<Record<string, readonly [Kind, string]>> = {
  HUB_BLOCKED_ADDRESS: ['blocked_address', 'The address is not open to outbound calls'],
  ENOTFOUND: ['dns', 'The host name does not exist'],
  EAI_AGAIN: ['dns', 'The name server did not answer'],
  ENODATA: ['dns', 'The host name has no address'],
  ESERVFAIL: ['dns', 'The name server failed'],
  ECONNREFUSED: ['connect', 'The connection was refused'],
  EHOSTUNREACH: ['connect', 'The host is unreachable'],
  ENETUNREACH: ['connect', 'The network is unreachable'],
  EADDRNOTAVAIL: ['connect', 'No local address or port is free'],
  EMFILE: ['connect', 'Too many open sockets'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'The connection was not made in time'],
  UND_ERR_BODY_TIMEOUT: ['timeout', 'The answer stopped arriving'],
  UND_ERR_HEADERS_TIMEOUT: ['timeout', 'No answer arrived in time'],
  UND_ERR_HEADERS_OVERFLOW: ['protocol', 'The head of the answer is too large'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['protocol', 'The answer is shorter or longer than it said'],
  UND_ERR_INVALID_ARG: ['invalid_request', 'The request cannot be expressed in HTTP'],
  UND_ERR_NOT_SUPPORTED: ['invalid_request', 'The request cannot be expressed in HTTP'],
  UND_ERR_CLOSED: ['aborted', 'Outbound HTTP is shutting down'],
  UND_ERR_DESTROYED: ['aborted', 'Outbound HTTP is shutting down'],
};

const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ENOTCONN', 'UND_ERR_SOCKET', 'ETIMEDOUT']);
const TLS = /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|EPROTO$|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/** Decided by codes alone; the texts are ours, because system messages carry inner addresses and ports. */
export function failureKindOf(error: Error, started: boolean): { readonly kind: Kind; readonly message: string } {
  const code = codeOf(error);
  const known = BY_CODE[code];
  if (known !== undefined) return { kind: known[0], message: known[1] };
  if (TLS.test(code)) return { kind: 'tls', message: `The TLS connection failed (${code})` };
  // Thrown with and without a code of the parser's own (`HPE_…`).
  if (error instanceof errors.HTTPParserError) return { kind: 'protocol', message: 'The answer is not HTTP/1.1' };
  if (BROKEN.has(code) || code === '') {
    return started
      ? { kind: 'reset', message: 'The connection broke before the answer was complete' }
      : { kind: 'connect', message: 'The connection broke while it was being made' };
  }
  return { kind: started ? 'reset' : 'connect', message: `The connection failed (${code})` };
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') return code;
  // Happy eyeballs collects one error per address tried.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return first instanceof Error ? codeOf(first) : '';
}
