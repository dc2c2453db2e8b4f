import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { LRUCache } from 'lru-cache';
import { errorOfFailure, errorOfStatus, type ConnectorContext, type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result, type SafeHttpResponse } from '@hub/platform';
import { type HttpCredentials, type OAuthAuth } from './http.config';

interface Token {
  readonly accessToken: string;
  readonly expiresAtMs: number;
}
type TokenResult = Result<Token, ConnectorError>;

const TOKEN_TIMEOUT_MS = 15_000;
const TOKEN_MAX_BYTES = 64 * 1024;
/** For servers that do not say how long a token lives. */
const DEFAULT_LIFETIME_S = 300;
/** A token is renewed a minute before its end, one of a short life after four fifths of it: calls under way must not meet the end. */
const RENEW_BEFORE_MS = 60_000;
const SHORT_LIFE_MS = 300_000;

/** Errors of RFC 6749 (5.2) that only a person can cure by new credentials; the rest of them is a wrong configuration. */
const REVOKED = new Set(['invalid_client', 'invalid_grant', 'unauthorized_client', 'access_denied']);

/**
 * Tokens of the client credentials grant: kept per connection, renewed before their end, and fetched once
 * however many deliveries ask at the same moment.
 */
export class ClientCredentialsTokens {
  private readonly tokens = new LRUCache<string, Token>({ max: 10_000 });
  private readonly pending = new Map<string, Promise<TokenResult>>();

  constructor(private readonly now: () => number) {}

  async get(
    context: ConnectorContext,
    auth: OAuthAuth,
    credentials: HttpCredentials,
  ): Promise<Result<string, ConnectorError>> {
    const key = cacheKey(context.connectionId, auth, credentials);
    const cached = this.tokens.get(key);
    if (cached !== undefined && cached.expiresAtMs > this.now()) return ok(cached.accessToken);
    const result = await untilAborted(this.fetchOnce(key, context, auth, credentials), context.signal);
    return result.ok ? ok(result.value.accessToken) : result;
  }

  /** Forgets a token that the receiver refused, unless another call has replaced it already. */
  drop(context: ConnectorContext, auth: OAuthAuth, credentials: HttpCredentials, accessToken: string): void {
    const key = cacheKey(context.connectionId, auth, credentials);
    if (this.tokens.get(key)?.accessToken === accessToken) this.tokens.delete(key);
  }

  /** A new token, even if the kept one looks good. */
  async renew(
    context: ConnectorContext,
    auth: OAuthAuth,
    credentials: HttpCredentials,
  ): Promise<Result<string, ConnectorError>> {
    this.tokens.delete(cacheKey(context.connectionId, auth, credentials));
    return this.get(context, auth, credentials);
  }

  private fetchOnce(
    key: string,
    context: ConnectorContext,
    auth: OAuthAuth,
    credentials: HttpCredentials,
  ): Promise<TokenResult> {
    const pending = this.pending.get(key);
    if (pending !== undefined) return pending;
    // Without the caller's signal: others wait for the same answer.
    const fetching = requestToken(context, auth, credentials, this.now)
      .then((result) => {
        if (result.ok) this.tokens.set(key, result.value);
        return result;
      })
      .finally(() => this.pending.delete(key));
    this.pending.set(key, fetching);
    return fetching;
  }
}

/** Everything that the token depends on: changed settings must not be served an old token. */
function cacheKey(connectionId: string, auth: OAuthAuth, { client_id, client_secret }: HttpCredentials): string {
  const parts = [connectionId, auth.token_url, auth.scope, auth.audience, client_id, client_secret];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

async function requestToken(
  { http }: ConnectorContext,
  auth: OAuthAuth,
  { client_id = '', client_secret = '' }: HttpCredentials,
  now: () => number,
): Promise<TokenResult> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (auth.scope !== undefined) form.set('scope', auth.scope);
  if (auth.audience !== undefined) form.set('audience', auth.audience);
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  };
  if (auth.client_auth === 'body') {
    form.set('client_id', client_id);
    form.set('client_secret', client_secret);
  } else {
    headers['authorization'] = `Basic ${basicClientCredentials(client_id, client_secret)}`;
  }
  const askedAt = now();
  const result = await http.request({
    method: 'POST',
    url: auth.token_url,
    headers,
    body: form.toString(),
    timeoutMs: TOKEN_TIMEOUT_MS,
    maxResponseBytes: TOKEN_MAX_BYTES,
  });
  // Asking for a token twice is harmless.
  if (!result.ok) return err(tokenError(errorOfFailure(result.error, true)));
  return readAnswer(result.value, askedAt, new URL(auth.token_url).host);
}

/** RFC 6749, 2.3.1: both parts are form-encoded first. */
export function basicClientCredentials(clientId: string, clientSecret: string): string {
  const encode = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);
  return Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64');
}

function readAnswer(response: SafeHttpResponse, askedAtMs: number, host: string): TokenResult {
  const answer = parseObject(response.body.toString('utf8'));
  if (response.status !== 200) return err(refusal(response, answer, host));
  const token = answer?.['access_token'];
  if (typeof token !== 'string' || token === '') {
    return err({
      category: 'transient',
      code: 'oauth_answer_unreadable',
      message: `The token endpoint at ${host} answered without a token`,
      httpStatus: 200,
    });
  }
  const lifetimeS = Number(answer?.['expires_in']);
  const lifetimeMs = (lifetimeS > 0 ? lifetimeS : DEFAULT_LIFETIME_S) * 1000;
  const usableMs = lifetimeMs > SHORT_LIFE_MS ? lifetimeMs - RENEW_BEFORE_MS : lifetimeMs * 0.8;
  return ok({ accessToken: token, expiresAtMs: askedAtMs + usableMs });
}

function refusal(response: SafeHttpResponse, answer: Record<string, unknown> | null, host: string): ConnectorError {
  const generic = errorOfStatus(response.status, response.headers, `The token endpoint at ${host}`);
  const code = answer?.['error'];
  if (generic.category === 'rate_limited' || generic.category === 'transient') return tokenError(generic);
  if (typeof code !== 'string' || !/^[a-z_]{1,60}$/.test(code)) {
    return tokenError(response.status === 400 ? { ...generic, category: 'config' } : generic);
  }
  return {
    ...generic,
    category: REVOKED.has(code) ? 'auth_revoked' : 'config',
    code: `oauth_${code}`,
    message: `The token endpoint at ${host} refused the client: ${code}`,
  };
}

function tokenError(error: ConnectorError): ConnectorError {
  return { ...error, code: `oauth_${error.code}` };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The fetch goes on for the others; this caller stops waiting. */
async function untilAborted(pending: Promise<TokenResult>, signal: AbortSignal): Promise<TokenResult> {
  const cancelled: TokenResult = err({ category: 'transient', code: 'aborted', message: 'The call was cancelled' });
  if (signal.aborted) return cancelled;
  // One signal serves all deliveries of a drain, and each takes its listener away again.
  setMaxListeners(0, signal);
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<TokenResult>((resolve) => {
    onAbort = () => resolve(cancelled);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([pending, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
