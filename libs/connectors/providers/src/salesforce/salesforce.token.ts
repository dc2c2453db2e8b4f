import {
  errorOfFailure,
  errorOfStatus,
  type ConnectorContext,
  type ConnectorError,
  type ErrorCategory,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result, type SafeHttpResponse } from '@hub/platform';
import { type SalesforceSettings } from './salesforce.settings';

const TOKEN_TIMEOUT_MS = 30_000;

/** By the error codes of the token endpoint; anything else is a setting that is wrong. */
const CATEGORY_OF_OAUTH_ERROR: Readonly<Record<string, ErrorCategory>> = {
  // Revoked, unused for too long, rotated away, or the user is frozen: only signing in again helps.
  invalid_grant: 'auth_revoked',
  inactive_user: 'auth_revoked',
  inactive_org: 'auth_revoked',
  access_denied: 'auth_revoked',
  rate_limit_exceeded: 'rate_limited',
  server_error: 'transient',
  temporarily_unavailable: 'transient',
};

/**
 * The refresh grant as a plain call. jsforce's own cannot be used: it forgets a rotated refresh token and turns every
 * failure into one text, so that a revoked grant looks like a broken network.
 *
 * Where the org rotates refresh tokens, a call that was received but not answered has used up the old one; the next try
 * then ends with `invalid_grant`. Nothing can be looked up, so trying is right: mostly, the call had not arrived.
 */
export async function refreshToken(
  context: ConnectorContext,
  settings: SalesforceSettings,
): Promise<Result<JsonObject, ConnectorError>> {
  const { client_id, client_secret, refresh_token } = settings.credentials;
  const result = await context.http.request({
    method: 'POST',
    url: `${settings.loginUrl}/services/oauth2/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token, client_id, client_secret }).toString(),
    timeoutMs: TOKEN_TIMEOUT_MS,
    maxResponseBytes: 64 * 1024,
    signal: context.signal,
  });
  if (!result.ok) return err(settings.recorder.cleanError(errorOfFailure(result.error, true)));
  const answer = parseObject(result.value.body.toString('utf8'));
  if (result.value.status !== 200) return err(settings.recorder.cleanError(refusal(result.value, answer)));
  return newCredentials(context, settings, answer);
}

function newCredentials(
  context: ConnectorContext,
  settings: SalesforceSettings,
  answer: Record<string, unknown> | null,
): Result<JsonObject, ConnectorError> {
  const accessToken = answer?.['access_token'];
  const instanceUrl = answer?.['instance_url'];
  const rotated = answer?.['refresh_token'];
  if (typeof accessToken !== 'string' || accessToken === '') {
    return err({
      category: 'transient',
      code: 'unreadable_answer',
      message: 'The token endpoint answered without a token',
    });
  }
  if (typeof instanceUrl === 'string' && !settings.trustsInstance(instanceUrl)) {
    return err({
      category: 'config',
      code: 'untrusted_instance_url',
      message: 'The token answer names a host that is neither configured nor one of Salesforce',
    });
  }
  return ok({
    ...context.credentials,
    access_token: accessToken,
    ...(typeof instanceUrl === 'string' ? { instance_url: new URL(instanceUrl).origin } : {}),
    // Only sent when the org rotates them, and then the old one is dead.
    ...(typeof rotated === 'string' && rotated !== '' ? { refresh_token: rotated } : {}),
  });
}

function refusal(response: SafeHttpResponse, answer: Record<string, unknown> | null): ConnectorError {
  const generic = errorOfStatus(response.status, response.headers, 'The Salesforce token endpoint');
  const code = answer?.['error'];
  if (typeof code !== 'string' || code === '') {
    return generic.category === 'validation' ? { ...generic, category: 'config' } : generic;
  }
  const description = answer?.['error_description'];
  return {
    ...generic,
    category: CATEGORY_OF_OAUTH_ERROR[code] ?? (response.status >= 500 ? 'transient' : 'config'),
    code: code.slice(0, 100),
    message: `Token refused: ${code}${typeof description === 'string' ? ` (${description})` : ''}`,
  };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
