import { createHash, timingSafeEqual } from 'node:crypto';
import { jsonReply, type Exchange, type Reply } from '../../../kernel/http-frame';
import { type Company } from '../quickbooks.company';
import { type OAuthStore, type Grant, type IntuitApp } from './oauth-store';
import { type IdTokens } from './openid.handler';

export interface OAuthParts {
  readonly store: OAuthStore;
  readonly companies: readonly Company[];
  readonly idTokens: IdTokens;
  readonly baseUrl: () => string;
  readonly nowMs: () => number;
}

const NO_STORE = { 'cache-control': 'no-cache, no-store', pragma: 'no-cache' };

function refuse(status: number, error: string, description?: string): Reply {
  return jsonReply(
    status,
    { error, ...(description === undefined ? {} : { error_description: description }) },
    NO_STORE,
  );
}

/** `POST /oauth2/v1/tokens/bearer` */
export function handleToken(parts: OAuthParts, exchange: Exchange): Reply {
  if (exchange.method !== 'POST') return refuse(405, 'invalid_request', 'must use HTTP POST');
  if (!/^application\/x-www-form-urlencoded\b/i.test(exchange.headers['content-type'] ?? '')) {
    return refuse(400, 'invalid_request', 'content type must be application/x-www-form-urlencoded');
  }
  const app = authenticateApp(parts.store, exchange.headers.authorization);
  if (!app) return refuse(401, 'invalid_client');
  const form = new URLSearchParams(exchange.body.toString('utf8'));
  const wantsHardExpiry = exchange.headers['x-include-refresh-token-hard-expires-in'] === 'true';
  switch (form.get('grant_type')) {
    case 'authorization_code':
      return exchangeCode(parts, app, form, wantsHardExpiry);
    case 'refresh_token':
      return refresh(parts, app, form, wantsHardExpiry);
    case null:
      return refuse(400, 'invalid_request', 'grant_type is missing');
    default:
      return refuse(400, 'unsupported_grant_type');
  }
}

/** HTTP Basic only: credentials in the form do not count. */
function authenticateApp(store: OAuthStore, authorization: string | undefined): IntuitApp | undefined {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return undefined;
  const [clientId = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  const app = store.apps.get(clientId);
  return app && sameText(secret.join(':'), app.clientSecret) ? app : undefined;
}

function exchangeCode(parts: OAuthParts, app: IntuitApp, form: URLSearchParams, wantsHardExpiry: boolean): Reply {
  const given = form.get('code');
  if (given === null || given === '') return refuse(400, 'invalid_request', 'code is missing');
  const code = parts.store.takeCode(given);
  if (!code) return refuse(400, 'invalid_grant', 'Invalid authorization code');
  if (code.app.clientId !== app.clientId) return refuse(400, 'invalid_grant', 'Incorrect Token type or clientID');
  if (form.get('redirect_uri') !== code.redirectUri) return refuse(400, 'invalid_grant', 'Invalid redirect_uri');
  const grant = parts.store.connect(code);
  const wantsIdentity = code.scope.split(' ').includes('openid');
  const idToken = wantsIdentity ? parts.idTokens.issue(grant, code.nonce, parts.baseUrl(), parts.nowMs()) : undefined;
  return issue(parts, grant, wantsHardExpiry, idToken);
}

function refresh(parts: OAuthParts, app: IntuitApp, form: URLSearchParams, wantsHardExpiry: boolean): Reply {
  const given = form.get('refresh_token');
  if (given === null || given === '') return refuse(400, 'invalid_request', 'refresh_token is missing');
  const refreshed = parts.store.refresh(given, app);
  switch (refreshed.kind) {
    case 'unknown':
      return refuse(400, 'invalid_grant', 'Incorrect or invalid refresh token');
    case 'foreign':
      return refuse(400, 'invalid_grant', 'Incorrect Token type or clientID');
    case 'expired':
      return refuse(400, 'invalid_grant', 'Token invalid');
    case 'ok':
      return issue(parts, refreshed.grant, wantsHardExpiry);
  }
}

function issue({ store, nowMs }: OAuthParts, grant: Grant, wantsHardExpiry: boolean, idToken?: string): Reply {
  const secondsUntil = (ms: number): number => Math.ceil((ms - nowMs()) / 1000);
  const body = {
    x_refresh_token_expires_in: secondsUntil(store.refreshExpiresMs(grant)),
    ...(wantsHardExpiry ? { x_refresh_token_hard_expires_in: secondsUntil(store.hardExpiresMs(grant)) } : {}),
    refresh_token: grant.refreshToken,
    access_token: store.openSession(grant),
    token_type: 'bearer',
    expires_in: Math.floor(store.settings.accessTokenLifetimeMs / 1000),
    ...(idToken === undefined ? {} : { id_token: idToken }),
  };
  return jsonReply(200, body, NO_STORE);
}

/** `POST /v2/oauth2/tokens/revoke`, as JSON or as a form; libraries of this vendor send both. */
export function handleRevoke(parts: OAuthParts, exchange: Exchange): Reply {
  if (exchange.method !== 'POST') return refuse(405, 'invalid_request', 'must use HTTP POST');
  const app = authenticateApp(parts.store, exchange.headers.authorization);
  if (!app) return refuse(401, 'invalid_client');
  const token = readToken(exchange);
  if (token === undefined || !parts.store.revoke(token, app)) return refuse(400, 'invalid_request');
  return { status: 200, headers: NO_STORE };
}

function readToken({ body, headers }: Exchange): string | undefined {
  const text = body.toString('utf8');
  if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    return new URLSearchParams(text).get('token') ?? undefined;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    const token = typeof parsed === 'object' && parsed !== null && 'token' in parsed ? parsed.token : undefined;
    return typeof token === 'string' ? token : undefined;
  } catch {
    return undefined;
  }
}

function sameText(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
