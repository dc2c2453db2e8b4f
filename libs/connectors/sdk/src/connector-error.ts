/**
 * What kind of failure a vendor reported. Decided by the connector from the vendor's status and code,
 * never from message text, because it alone decides whether the hub retries, waits or asks a person.
 *
 * Retried: `transient`, `rate_limited` (after the vendor's wait), `concurrency`, `stale` (after a re-read),
 * `auth_expired` (after one refresh) and `unknown_outcome` (after looking the record up).
 * Everything else is final: a person is needed.
 */
export const ERROR_CATEGORIES = [
  'auth_expired',
  'auth_revoked',
  'permission',
  'validation',
  'duplicate',
  'stale',
  'not_found',
  'rate_limited',
  'concurrency',
  'transient',
  'unknown_outcome',
  'config',
  'too_large',
] as const;

export type ErrorCategory = (typeof ERROR_CATEGORIES)[number];

export interface ConnectorError {
  readonly category: ErrorCategory;
  /** The vendor's own code (`REQUIRED_FIELD_MISSING`), or ours in snake_case (`connect_timeout`, `http_503`). */
  readonly code: string;
  /** Plain words for a support person. Must not contain a secret or a whole upstream body. */
  readonly message: string;
  readonly httpStatus?: number;
  /** The vendor's wait in milliseconds, from `Retry-After` or its like. Applies to the whole connection. */
  readonly retryAfterMs?: number;
  /** With `config`: no record of the connection can pass before a person mends it, so all of them wait for that. */
  readonly wholeConnection?: boolean;
  /** Names of the vendor's fields at fault, where it names them. */
  readonly fields?: readonly string[];
}
