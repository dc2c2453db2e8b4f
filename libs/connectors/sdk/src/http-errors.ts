import { type SafeHttpFailure } from '@hub/platform';
import { type ConnectorError, type ErrorCategory } from './connector-error';
import { parseRetryAfter } from './retry-after';

/** What a bare status means where the vendor has no codes of its own; connectors override what they know better. */
const CATEGORY_OF_STATUS: Readonly<Record<number, ErrorCategory>> = {
  400: 'validation',
  401: 'auth_revoked',
  402: 'config',
  403: 'permission',
  404: 'not_found',
  405: 'config',
  406: 'config',
  407: 'config',
  408: 'transient',
  409: 'duplicate',
  410: 'not_found',
  411: 'config',
  412: 'stale',
  413: 'too_large',
  414: 'too_large',
  415: 'config',
  417: 'config',
  421: 'transient',
  422: 'validation',
  423: 'transient',
  425: 'transient',
  426: 'config',
  428: 'stale',
  429: 'rate_limited',
  431: 'too_large',
  501: 'config',
  505: 'config',
};

/** @param status of an answer that is not a success. */
export function categoryOfStatus(status: number): ErrorCategory {
  const known = CATEGORY_OF_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 500) return 'transient';
  if (status >= 400) return 'validation';
  // 3xx: redirects are not followed, because they would carry credentials and payload to an address nobody approved.
  return 'config';
}

/**
 * The error of an answer by its status and `Retry-After` alone.
 * A 503 that says when to come back is a limit, not an outage: the connection waits and no attempt is used up.
 */
export function errorOfStatus(status: number, headers: Readonly<Record<string, string>>, host: string): ConnectorError {
  const retryAfterMs = parseRetryAfter(headers['retry-after']);
  const limited = status === 429 || (status === 503 && retryAfterMs !== undefined);
  return {
    category: limited ? 'rate_limited' : categoryOfStatus(status),
    code: `http_${status}`,
    message: `${host} answered with HTTP status ${status}`,
    httpStatus: status,
    ...(limited && retryAfterMs !== undefined ? { retryAfterMs } : {}),
  };
}

/** Failures that end before a byte is sent, or that a later attempt may well not meet. */
const CATEGORY_OF_FAILURE: Readonly<Record<SafeHttpFailure['kind'], ErrorCategory>> = {
  invalid_url: 'config',
  invalid_request: 'config',
  blocked_address: 'config',
  // A name or a certificate is often back within minutes, and an open breaker keeps the backlog meanwhile.
  dns: 'transient',
  tls: 'transient',
  connect: 'transient',
  timeout: 'transient',
  reset: 'transient',
  protocol: 'transient',
  response_too_large: 'transient',
  aborted: 'transient',
};

/**
 * @param repeatable true when sending the same request again is harmless (a read, an upsert by key, an idempotency key):
 *   only then may a request that was perhaps received simply be sent again. Otherwise the outcome is unknown and must be looked up.
 */
export function errorOfFailure(failure: SafeHttpFailure, repeatable: boolean): ConnectorError {
  const category = CATEGORY_OF_FAILURE[failure.kind];
  const unknown = category === 'transient' && failure.mayHaveBeenSent && !repeatable;
  return {
    category: unknown ? 'unknown_outcome' : category,
    code: failure.kind === 'timeout' && !failure.mayHaveBeenSent ? 'connect_timeout' : failure.kind,
    message: failure.message,
    ...(failure.status === undefined ? {} : { httpStatus: failure.status }),
  };
}
