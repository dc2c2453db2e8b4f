import { isLosslessNumber, parse as parseLossless } from 'lossless-json';
import { errorOfFailure, errorOfStatus, type ConnectorError } from '@hub/connector-sdk';
import { type Result, type SafeHttpFailure, type SafeHttpResponse } from '@hub/platform';
import { type CompiledHttp } from './http.compiled';

export type Delivered = { readonly ok: true; readonly externalId: string | null };
export type Refused = { readonly ok: false; readonly error: ConnectorError };

/**
 * What an answer means. Every call carries an idempotency key that stays the same over retries, and receivers of
 * `request.send` are told to deduplicate by it: so whatever may have been applied (time-out, reset, 5xx, 408) is
 * `transient` and simply sent again, never `unknown_outcome`, for which a generic endpoint has no look-up.
 */
export function outcomeOf(
  compiled: CompiledHttp,
  result: Result<SafeHttpResponse, SafeHttpFailure>,
): Delivered | Refused {
  if (!result.ok) return outcomeOfFailure(compiled, result.error);
  const { status, body } = result.value;
  if (compiled.isSuccess(status)) {
    return { ok: true, externalId: readId(body, compiled.config.response_id_pointer) };
  }
  return { ok: false, error: errorOfAnswer(compiled, result.value) };
}

function outcomeOfFailure(compiled: CompiledHttp, failure: SafeHttpFailure): Delivered | Refused {
  if (failure.kind === 'response_too_large' && failure.status !== undefined) {
    // The status has said it all; a chatty body must not make a delivered record look failed and be sent again.
    if (compiled.isSuccess(failure.status)) return { ok: true, externalId: null };
    return { ok: false, error: statusError(compiled, failure.status, {}) };
  }
  return { ok: false, error: errorOfFailure(failure, true) };
}

export function errorOfAnswer(compiled: CompiledHttp, { status, headers }: SafeHttpResponse): ConnectorError {
  return statusError(compiled, status, headers);
}

function statusError(
  compiled: CompiledHttp,
  status: number,
  headers: Readonly<Record<string, string>>,
): ConnectorError {
  const error = errorOfStatus(status, headers, compiled.host);
  if (compiled.isRetried(status) && error.category !== 'rate_limited') return { ...error, category: 'transient' };
  // A fetched token can be fetched again; every other credential needs a person.
  const fetchesToken = compiled.config.auth?.kind === 'oauth2_client_credentials';
  if (status === 401 && fetchesToken) return { ...error, category: 'auth_expired' };
  // 2xx here is one that the connection does not count as success.
  if (status < 300) return { ...error, category: 'validation', code: `unexpected_http_${status}` };
  return error;
}

/** Text or number at the pointer; null if there is none: the record is delivered all the same. */
function readId(body: Buffer, pointer: string | undefined): string | null {
  if (pointer === undefined || body.length === 0) return null;
  let value: unknown;
  try {
    value = parseLossless(body.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
  for (const part of pointer.slice(1).split('/')) {
    const member = part.replace(/~1/g, '/').replace(/~0/g, '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, member)) return null;
    value = (value as Record<string, unknown>)[member];
  }
  if (isLosslessNumber(value)) return value.toString();
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_ID_LENGTH) : null;
}

const MAX_ID_LENGTH = 500;
