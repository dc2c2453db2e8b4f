import {
  errorOfFailure,
  errorOfStatus,
  type ConnectorContext,
  type ConnectorError,
  type ErrorCategory,
  type TokenLifetime,
} from '@hub/connector-sdk';
import { err, ok, type JsonObject, type Result } from '@hub/platform';
import { endpointOf, recorderOf, type QuickBooksCredentials } from './quickbooks.settings';

const TOKEN_TIMEOUT_MS = 30_000;

const CATEGORY_OF_OAUTH_ERROR: Readonly<Record<string, ErrorCategory>> = {
  // Revoked, older than 100 days without use, past its five years, or rotated away.
  invalid_grant: 'auth_revoked',
  access_denied: 'auth_revoked',
  server_error: 'transient',
  temporarily_unavailable: 'transient',
};

/** The app that the tokens belong to. */
export function appOf({ credentials, oauthApp }: ConnectorContext): { id: string; secret: string } | null {
  const { client_id: id, client_secret: secret } = credentials as Partial<QuickBooksCredentials>;
  if (id !== undefined && secret !== undefined) return { id, secret };
  return oauthApp === null ? null : { id: oauthApp.clientId, secret: oauthApp.clientSecret ?? '' };
}

export const NO_APP: ConnectorError = {
  category: 'config',
  code: 'oauth_app_missing',
  message:
    'This hub has no QuickBooks app for the environment of this connection, and the connection has none of its own',
};

/**
 * The refresh token's value changes about once a day and the old one works on for a short time only, so whatever comes
 * back is stored. Not by intuit-oauth: it repeats the call by itself three times, and without a time limit.
 */
export async function refreshToken(context: ConnectorContext): Promise<Result<JsonObject, ConnectorError>> {
  const token = context.credentials['refresh_token'];
  if (typeof token !== 'string') return err({ ...NO_APP, code: 'not_signed_in', message: 'Nobody has signed in yet' });
  const granted = await requestTokens(context, { grant_type: 'refresh_token', refresh_token: token });
  return granted.ok ? ok({ ...context.credentials, ...granted.value }) : granted;
}

export async function requestTokens(
  context: ConnectorContext,
  form: Readonly<Record<string, string>>,
): Promise<Result<JsonObject, ConnectorError>> {
  const app = appOf(context);
  if (app === null) return err(NO_APP);
  const recorder = recorderOf(context);
  const result = await context.http.request({
    method: 'POST',
    url: endpointOf('token', context.config, context.oauthApp),
    headers: {
      authorization: basic(app),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      // Only then does it say when the grant ends for good, five years after the sign-in.
      'x-include-refresh-token-hard-expires-in': 'true',
    },
    body: new URLSearchParams(form).toString(),
    timeoutMs: TOKEN_TIMEOUT_MS,
    maxResponseBytes: 64 * 1024,
    signal: context.signal,
  });
  if (!result.ok) return err(recorder.cleanError(errorOfFailure(result.error, true)));
  const answer = parseObject(result.value.body.toString('utf8'));
  if (result.value.status !== 200)
    return err(recorder.cleanError(refusal(result.value.status, result.value.headers, answer)));
  const { access_token: access, refresh_token: refresh } = answer;
  if (typeof access !== 'string' || typeof refresh !== 'string') {
    return err({
      category: 'transient',
      code: 'unreadable_answer',
      message: 'The token endpoint answered without tokens',
    });
  }
  const now = Date.now();
  const lifeMs = seconds(answer['expires_in']) ?? 3_600_000;
  const ends = [answer['x_refresh_token_expires_in'], answer['x_refresh_token_hard_expires_in']];
  const refreshLifeMs = Math.min(...ends.map((life) => seconds(life) ?? Infinity));
  return ok({
    access_token: access,
    refresh_token: refresh,
    issued_at: now,
    expires_at: now + lifeMs,
    ...(refreshLifeMs === Infinity ? {} : { refresh_expires_at: now + refreshLifeMs }),
  });
}

export function quickBooksTokenLifetime(credentials: JsonObject): TokenLifetime | null {
  const { issued_at, expires_at, refresh_expires_at } = credentials as Partial<QuickBooksCredentials>;
  if (issued_at === undefined) return null;
  return { issuedAtMs: issued_at, expiresAtMs: expires_at ?? null, refreshExpiresAtMs: refresh_expires_at ?? null };
}

export function basic({ id, secret }: { id: string; secret: string }): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

function refusal(status: number, headers: Readonly<Record<string, string>>, answer: JsonObject): ConnectorError {
  const generic = errorOfStatus(status, headers, 'The Intuit token endpoint');
  const code = answer['error'];
  if (typeof code !== 'string' || code === '') {
    return generic.category === 'validation' ? { ...generic, category: 'config' } : generic;
  }
  const description = answer['error_description'];
  return {
    ...generic,
    category: CATEGORY_OF_OAUTH_ERROR[code] ?? (status >= 500 ? 'transient' : 'config'),
    code: code.slice(0, 100),
    message: `Token refused: ${code}${typeof description === 'string' ? ` (${description})` : ''}`,
  };
}

function seconds(value: unknown): number | null {
  const count = Number(value);
  return Number.isFinite(count) && count > 0 ? count * 1000 : null;
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}
