import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { jsonReply, type Exchange, type Reply } from '../../../kernel/http-frame';
import { type SalesforceOrg } from '../salesforce.org';
import { type ConnectedApp, type Grant, type OAuthStore } from './oauth-store';

export interface OAuthParts {
  readonly store: OAuthStore;
  readonly orgs: readonly SalesforceOrg[];
  readonly instanceUrl: (org: SalesforceOrg) => string;
  readonly loginUrl: () => string;
  readonly nowMs: () => number;
}

const NO_STORE = { 'cache-control': 'no-cache, no-store', pragma: 'no-cache' };

function refuse(error: string, description: string): Reply {
  return jsonReply(400, { error, error_description: description }, NO_STORE);
}

/** `POST /services/oauth2/token` */
export function handleToken(parts: OAuthParts, exchange: Exchange): Reply {
  if (exchange.method !== 'POST') return refuse('invalid_request', 'must use HTTP POST');
  if (!/^application\/x-www-form-urlencoded\b/i.test(exchange.headers['content-type'] ?? '')) {
    return refuse('invalid_request', 'content type must be application/x-www-form-urlencoded');
  }
  const form = new URLSearchParams(exchange.body.toString('utf8'));
  const grantType = form.get('grant_type');
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
    return grantType === null
      ? refuse('invalid_request', 'missing required parameter: grant_type')
      : refuse('unsupported_grant_type', 'grant type not supported');
  }
  const credentials = readCredentials(form, exchange.headers.authorization);
  const app = parts.store.apps.get(credentials.clientId);
  if (!app) return refuse('invalid_client_id', 'client identifier invalid');
  if (!sameText(credentials.clientSecret, app.clientSecret))
    return refuse('invalid_client', 'invalid client credentials');
  return grantType === 'refresh_token' ? refresh(parts, app, form) : exchangeCode(parts, app, form);
}

function readCredentials(
  form: URLSearchParams,
  authorization: string | undefined,
): { clientId: string; clientSecret: string } {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined)
    return { clientId: form.get('client_id') ?? '', clientSecret: form.get('client_secret') ?? '' };
  const [clientId = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  return { clientId, clientSecret: secret.join(':') };
}

function exchangeCode(parts: OAuthParts, app: ConnectedApp, form: URLSearchParams): Reply {
  const given = form.get('code');
  if (given === null) return refuse('invalid_request', 'missing required parameter: code');
  const taken = parts.store.takeCode(given);
  if (!taken || taken.code.app.clientId !== app.clientId) return refuse('invalid_grant', 'invalid authorization code');
  if (taken.expired) return refuse('invalid_grant', 'expired authorization code');
  const { code } = taken;
  if (form.get('redirect_uri') !== code.redirectUri) {
    return refuse('redirect_uri_mismatch', 'redirect_uri must match configuration');
  }
  if (!verifierFits(code.codeChallenge, form.get('code_verifier')))
    return refuse('invalid_grant', 'invalid code verifier');
  const grant = mayRefresh(code.scope) ? parts.store.addGrant(code) : undefined;
  return issue(parts, { app, org: code.org, userId: code.user.id, scope: code.scope, grant }, grant?.refreshToken);
}

function mayRefresh(scope: string): boolean {
  return scope.split(' ').some((name) => name === 'refresh_token' || name === 'offline_access');
}

/** A challenge demands its verifier; a verifier without a challenge is refused too: somebody stripped the challenge. */
function verifierFits(challenge: string | undefined, verifier: string | null): boolean {
  if (challenge === undefined) return verifier === null;
  if (verifier === null || !/^[A-Za-z0-9\-._~]{43,128}$/.test(verifier)) return false;
  return sameText(createHash('sha256').update(verifier).digest('base64url'), challenge);
}

function refresh(parts: OAuthParts, app: ConnectedApp, form: URLSearchParams): Reply {
  const given = form.get('refresh_token');
  if (given === null) return refuse('invalid_request', 'missing required parameter: refresh_token');
  const grant = parts.store.grantOf(given);
  if (!grant || grant.app.clientId !== app.clientId) return refuse('invalid_grant', 'expired access/refresh token');
  const rotates = grant.org.settings.refreshTokenRotation;
  if (rotates) parts.store.rotate(grant);
  const { org, user, scope } = grant;
  return issue(parts, { app, org, userId: user.id, scope, grant }, rotates ? grant.refreshToken : undefined);
}

interface Issue {
  readonly app: ConnectedApp;
  readonly org: SalesforceOrg;
  readonly userId: string;
  readonly scope: string;
  readonly grant: Grant | undefined;
}

/** No `expires_in`: the vendor does not say how long a session lives. */
function issue(parts: OAuthParts, { app, org, userId, scope, grant }: Issue, refreshToken: string | undefined): Reply {
  const id = `${parts.loginUrl()}/id/${org.id}/${userId}`;
  const issuedAt = String(parts.nowMs());
  const body = {
    access_token: parts.store.openSession({ org, userId, scope, grant }),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    signature: createHmac('sha256', app.clientSecret).update(`${id}${issuedAt}`).digest('base64'),
    scope,
    instance_url: parts.instanceUrl(org),
    id,
    token_type: 'Bearer',
    issued_at: issuedAt,
  };
  return jsonReply(200, body, NO_STORE);
}

/** `POST|GET /services/oauth2/revoke` */
export function handleRevoke(parts: OAuthParts, exchange: Exchange): Reply {
  const form = exchange.method === 'POST' ? new URLSearchParams(exchange.body.toString('utf8')) : exchange.query;
  const token = form.get('token');
  if (token === null) return refuse('invalid_request', 'missing required parameter: token');
  if (!parts.store.revoke(token)) return refuse('invalid_token', 'invalid token');
  return { status: 200 };
}

function sameText(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
