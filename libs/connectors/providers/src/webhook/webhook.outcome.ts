import { errorOfFailure, errorOfStatus, parseRetryAfter, type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result, type SafeHttpFailure, type SafeHttpResponse } from '@hub/platform';

/**
 * What a receiver's answer means, after Standard Webhooks: only 2xx is a success, 410 ends the relation, and whatever else
 * it says (a redirect and a refusal too: nobody is there to mend the notice) is tried again by the schedule. `Retry-After`
 * is honoured with any of them.
 */
export function outcomeOfNotice(
  host: string,
  result: Result<SafeHttpResponse, SafeHttpFailure>,
): Result<null, ConnectorError> {
  if (result.ok) return outcomeOfStatus(host, result.value.status, result.value.headers);
  const { kind, status } = result.error;
  // The status has said it all; a chatty body must not make a notice that has arrived look lost.
  if (kind === 'response_too_large' && status !== undefined) return outcomeOfStatus(host, status, {});
  return err(errorOfFailure(result.error, true));
}

function outcomeOfStatus(
  host: string,
  status: number,
  headers: Readonly<Record<string, string>>,
): Result<null, ConnectorError> {
  if (status >= 200 && status < 300) return ok(null);
  const error = errorOfStatus(status, headers, host);
  // Nothing is sent any more until a person has switched the endpoint on again.
  if (status === 410) return err({ ...error, category: 'auth_revoked', code: 'gone' });
  if (error.category === 'rate_limited') return err(error);
  const retryAfterMs = parseRetryAfter(headers['retry-after']);
  return err({ ...error, category: 'transient', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
