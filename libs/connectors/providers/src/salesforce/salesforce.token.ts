import {
  createExchangeRecorder,
  errorOfFailure,
  errorOfStatus,
  secretsOf,
  type ConnectorContext,
  type ConnectorError,
  type ErrorCategory,
  type ExchangeRecorder,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result, type SafeHttpFailure, type SafeHttpResponse } from '@hub/platform';
import { loginUrlOf, trustsInstance } from './salesforce.settings';

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
export async function refreshToken(context: ConnectorContext): Promise<Result<JsonObject, ConnectorError>> {
  const { credentials, oauthApp } = context;
  const clientId = credentials['client_id'] ?? oauthApp?.clientId;
  const clientSecret =
    credentials['client_secret'] ?? (credentials['client_id'] === undefined && oauthApp?.clientSecret);
  const refreshToken = credentials['refresh_token'];
  if (typeof clientId !== 'string' || typeof refreshToken !== 'string') {
    return err({
      category: 'config',
      code: 'oauth_app_missing',
      message:
        'This hub has no Salesforce app for the environment of this connection, and the connection has none of its own',
    });
  }
  const answer = await readTokenAnswer(
    context,
    `${loginUrlOf(context.config, oauthApp, credentials)}/services/oauth2/token`,
    {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: clientId,
      ...(typeof clientSecret === 'string' ? { client_secret: clientSecret } : {}),
    },
  );
  return answer.ok ? credentialsOfAnswer(context, credentials, answer.value) : answer;
}

/** Posts to the token endpoint and reads what it grants; what it refuses becomes a category. */
export async function readTokenAnswer(
  context: ConnectorContext,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<Result<JsonObject, ConnectorError>> {
  const recorder = recorderOf(context);
  const posted = await postForm(context, url, form);
  // A code or a refresh token that was perhaps received cannot be looked up; trying again is harmless.
  if (!posted.ok) return err(recorder.cleanError(errorOfFailure(posted.error, true)));
  const answer = parseObject(posted.value.body.toString('utf8'));
  if (posted.value.status !== 200) return err(recorder.cleanError(refusal(posted.value, answer)));
  return ok(answer ?? {});
}

export function postForm(
  context: ConnectorContext,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<Result<SafeHttpResponse, SafeHttpFailure>> {
  return context.http.request({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
    timeoutMs: TOKEN_TIMEOUT_MS,
    maxResponseBytes: 64 * 1024,
    signal: context.signal,
  });
}

export function recorderOf({ credentials, oauthApp }: ConnectorContext): ExchangeRecorder {
  const ours = oauthApp?.clientSecret ?? null;
  return createExchangeRecorder([
    ...secretsOf(credentials, ['instance_url', 'issued_at', 'user_id', 'client_id']),
    ...(ours === null ? [] : [ours]),
  ]);
}

/** `before` with what the token endpoint granted. */
export function credentialsOfAnswer(
  context: ConnectorContext,
  before: JsonObject,
  answer: JsonObject,
): Result<JsonObject, ConnectorError> {
  const { access_token: accessToken, instance_url: instanceUrl, refresh_token: rotated, issued_at: issuedAt } = answer;
  if (typeof accessToken !== 'string' || accessToken === '') {
    return err({
      category: 'transient',
      code: 'unreadable_answer',
      message: 'The token endpoint answered without a token',
    });
  }
  const loginUrl = loginUrlOf(context.config, context.oauthApp, before);
  if (typeof instanceUrl === 'string' && !trustsInstance(context.config, loginUrl, instanceUrl)) {
    return err({
      category: 'config',
      code: 'untrusted_instance_url',
      message: 'The token answer names a host that is neither configured nor one of Salesforce',
    });
  }
  return ok({
    ...before,
    access_token: accessToken,
    ...(typeof instanceUrl === 'string' ? { instance_url: new URL(instanceUrl).origin } : {}),
    ...(typeof issuedAt === 'string' ? { issued_at: issuedAt } : {}),
    // On a refresh it is only sent when the org rotates them, and then the old one is dead.
    ...(typeof rotated === 'string' && rotated !== '' ? { refresh_token: rotated } : {}),
  });
}

function refusal(response: SafeHttpResponse, answer: JsonObject | null): ConnectorError {
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

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}
